"""Codec: frozen values to JSON and back by their type annotations: a new event or port call crosses with no new code.

A dataclass becomes the list of its fields, a union of dataclasses that list behind the class's name, an enum its value,
bytes base64 text. A `Secret` crosses towards the worker alone: what encodes for a view refuses it.
"""

import base64
import binascii
import inspect
import types
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tui_uploader.model.secret import Secret
from tui_uploader.model.value import value

_PLAIN = (str, int, float, bool)


class CodecError(ValueError):
    """A value that cannot cross, or text that is no such value. The sentence names types, never values."""


@value
class Coder:
    """How one type crosses. `encode` gives what `json` writes; `decode` raises CodecError for anything else."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    same: bool = False  # the value and its JSON are the same


@cache
def coder(kind: Any, *, secrets: bool = False) -> Coder:
    """The coder of a type. Raises CodecError for a type that cannot cross; `secrets` lets a Secret through."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is None or kind is type(None):
        return Coder(_same, _none, same=True)
    if kind in _PLAIN:
        return Coder(_same, _plain(kind), same=True)
    if kind is bytes:
        return Coder(_encode_bytes, _decode_bytes)
    if kind is Secret:
        if not secrets:
            raise CodecError("a Secret does not cross")
        return Coder(lambda value: value.reveal(), lambda text: Secret(_plain(str)(text)))
    if origin is Literal:
        return Coder(_same, _one_of(arguments), same=True)
    if origin in (Union, types.UnionType):
        return _union(arguments, secrets)
    if origin is Sequence or (origin is tuple and arguments[-1:] == (...,)):
        return _many(arguments[0], secrets)
    if origin is tuple:
        return _fixed(arguments, secrets)
    if origin is dict and arguments[0] is str:
        inner = coder(arguments[1], secrets=secrets)
        return Coder(
            lambda value: {key: inner.encode(one) for key, one in value.items()},
            lambda value: {key: inner.decode(one) for key, one in _of(dict, value).items()},
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Coder(lambda value: value.value, _enum(kind))
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, secrets)
    raise CodecError(f"no way to send {kind!r}")


def signature(function: Callable[..., Any]) -> tuple[tuple[str, Coder], ...]:
    """The parameters of a port's method with their coders, in order, without `self`. Raises CodecError."""
    hints = get_type_hints(function)
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    return tuple((name, coder(hints[name], secrets=True)) for name in names)


def _record(kind: type, secrets: bool) -> Coder:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind) if field.init]
    coders = [coder(hints[name], secrets=secrets) for name in names]
    special = [(place, one.encode) for place, one in enumerate(coders) if not one.same]
    decoders = [one.decode for one in coders]
    get = attrgetter(*names) if names else None
    by_name = any(field.kw_only for field in fields(kind))

    def encode(value: Any) -> list[Any]:
        if get is None:
            return []
        row = list(get(value)) if len(names) > 1 else [get(value)]
        for place, one in special:
            row[place] = one(row[place])
        return row

    def decode(value: Any) -> Any:
        if type(value) is not list or len(value) != len(decoders):
            raise CodecError(f"no {kind.__name__}")
        made = [one(part) for one, part in zip(decoders, value, strict=True)]
        return kind(**dict(zip(names, made, strict=True))) if by_name else kind(*made)

    return Coder(encode, decode)


def _union(arguments: Sequence[Any], secrets: bool) -> Coder:
    others = [one for one in arguments if one is not type(None)]
    if len(others) == 1:
        inner = coder(others[0], secrets=secrets)
        if inner.same:
            return Coder(_same, lambda value: None if value is None else inner.decode(value), same=True)
        return Coder(
            lambda value: None if value is None else inner.encode(value),
            lambda value: None if value is None else inner.decode(value),
        )
    if all(is_dataclass(one) for one in others):
        coders = {one.__name__: coder(one, secrets=secrets) for one in others}

        def encode(value: Any) -> list[Any] | None:
            if value is None:
                return None
            name = type(value).__name__
            return [name, *coders[name].encode(value)]

        def decode(value: Any) -> Any:
            if value is None and len(others) < len(arguments):
                return None
            if type(value) is not list or not value or type(value[0]) is not str or value[0] not in coders:
                raise CodecError("none of the known kinds")
            return coders[value[0]].decode(value[1:])

        return Coder(encode, decode)
    if all(one in _PLAIN for one in others):
        return Coder(_same, _one_type_of((*others, *arguments)), same=True)
    raise CodecError(f"no way to tell apart {arguments!r}")


def _many(kind: Any, secrets: bool) -> Coder:
    inner = coder(kind, secrets=secrets)
    if inner.same:
        return Coder(list, lambda value: tuple(inner.decode(one) for one in _of(list, value)))
    return Coder(
        lambda value: [inner.encode(one) for one in value],
        lambda value: tuple(inner.decode(one) for one in _of(list, value)),
    )


def _fixed(kinds: Sequence[Any], secrets: bool) -> Coder:
    coders = [coder(one, secrets=secrets) for one in kinds]

    def decode(value: Any) -> Any:
        if type(value) is not list or len(value) != len(coders):
            raise CodecError("not as many values as there should be")
        return tuple(one.decode(part) for one, part in zip(coders, value, strict=True))

    return Coder(lambda value: [one.encode(part) for one, part in zip(coders, value, strict=True)], decode)


def _enum(kind: type[Enum]) -> Callable[[Any], Enum]:
    members = {member.value: member for member in kind}

    def decode(value: Any) -> Enum:
        if not isinstance(value, str | int) or value not in members:
            raise CodecError(f"no {kind.__name__}")
        return members[value]

    return decode


def _plain(kind: type) -> Callable[[Any], Any]:
    allowed = (float, int) if kind is float else (kind,)

    def decode(value: Any) -> Any:
        if type(value) not in allowed:
            raise CodecError(f"no {kind.__name__}")
        return value

    return decode


def _one_type_of(kinds: Sequence[type]) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:
        if type(value) not in kinds:
            raise CodecError("none of the known types")
        return value

    return decode


def _one_of(values: Sequence[Any]) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:
        if value not in values:
            raise CodecError("none of the known words")
        return value

    return decode


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise CodecError(f"no {kind.__name__}")
    return value


def _same(value: Any) -> Any:
    return value


def _none(value: Any) -> None:
    if value is not None:
        raise CodecError("not nothing")


def _encode_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _decode_bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(_of(str, value), validate=True)
    except binascii.Error:
        raise CodecError("no base64") from None
