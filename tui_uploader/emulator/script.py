"""Scripted faults: which keys, where, which trouble, how many times. Read from TOML, strictly."""

import difflib
import fnmatch
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

PUT_KINDS = frozenset(
    {"status", "latency", "reset", "close", "stall", "no_answer", "lost_answer", "drop", "wrong_crc", "wrong_etag"}
    | {"no_crc", "no_digests", "corrupt", "expired", "redirect", "html", "early", "no_request_id", "cut_head", "drip"}
    | {"cut_body", "garbage", "big_head", "endless", "lost"}
)
INFO_KINDS = frozenset(
    {"status", "latency", "cut", "reorder", "duplicate", "extra", "null_entry", "wrong_type", "missing_field", "drop"}
    | {"foreign_url", "http_url", "wrong_key_url", "not_json", "empty", "truncated_json", "nan", "deep", "huge", "bom"}
    | {"crlf_token", "object_code_200", "echo_id", "expired", "redirect", "html", "no_answer", "reset"}
)
_SHAPES: dict[str, type] = {"keys": Sequence, "headers": dict, "whole": bool}


class FaultError(ValueError):
    """What is wrong in a fault file, in one sentence that names file, table and field."""


@dataclass(slots=True)
class Fault:
    """One rule. `keys` are shell globs (``*`` crosses ``/``); `times` 0 is always, counted per key or, with
    `per` ``all``, over all keys; `after` lets the first ones pass. `at` is a share of the body in percent,
    `delay` is in milliseconds."""

    kind: str
    where: str = "put"
    keys: tuple[str, ...] = ("*",)
    times: int = 0
    after: int = 0
    per: str = "key"
    status: int = 500
    code: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: int = 0
    at: int = 50
    whole: bool = False
    location: str = "https://example.invalid/"
    name: str = "token"
    host: str = "example.invalid"
    _met: Counter[str] = field(default_factory=Counter, repr=False)

    def strikes(self, where: str, key: str) -> bool:
        """Whether it strikes a key now; counts."""
        if self.where != where or not any(fnmatch.fnmatchcase(key, glob) for glob in self.keys):
            return False
        counted = key if self.per == "key" else "*"
        self._met[counted] += 1
        number = self._met[counted] - self.after
        return number > 0 and (self.times == 0 or number <= self.times)


def make(table: dict[str, Any], source: str = "the fault") -> Fault:
    """A fault from a table. Raises FaultError naming the field and the nearest right one."""
    known = {f.name: f for f in fields(Fault) if not f.name.startswith("_")}
    for name, value in table.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.4)
            hint = f", did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
            raise FaultError(f"{source}: unknown field {name!r}{hint}")
        wanted = _SHAPES.get(name) or (int if known[name].type in (int, "int") else str)
        good = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
        if not good or (name == "keys" and not all(isinstance(glob, str) for glob in value)):
            raise FaultError(f"{source}: {name}: {value!r} is of the wrong kind")
    if "kind" not in table:
        raise FaultError(f"{source}: kind is missing")
    values = dict(table)
    if "keys" in values:
        values["keys"] = (values["keys"],) if isinstance(values["keys"], str) else tuple(values["keys"])
    fault = Fault(**values)
    if fault.where not in ("put", "info"):
        raise FaultError(f"{source}: where: {fault.where!r} is neither 'put' nor 'info'")
    kinds = PUT_KINDS if fault.where == "put" else INFO_KINDS
    if fault.kind not in kinds:
        near = difflib.get_close_matches(fault.kind, sorted(kinds), 1, 0.4)
        hint = f", did you mean {near[0]!r}?" if near else f"; known: {', '.join(sorted(kinds))}"
        raise FaultError(f"{source}: kind: unknown {fault.where} fault {fault.kind!r}{hint}")
    return fault


def load(path: str) -> list[Fault]:
    """The ``[[fault]]`` tables of a TOML file. Raises FaultError."""
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        raise FaultError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FaultError(f"{path}: is not TOML: {error}") from None
    for name in data:
        if name != "fault":
            raise FaultError(f"{path}: unknown table {name!r}, did you mean 'fault'?")
    tables = data.get("fault", [])
    if not isinstance(tables, list):
        raise FaultError(f"{path}: fault: write it as [[fault]]")
    return [make(table, f"{path}: fault {number}") for number, table in enumerate(tables, 1)]


class Script:
    """The faults in force, in order: the first that strikes counts."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def strike(self, where: str, key: str) -> Fault | None:
        """The fault that strikes a key now, or None."""
        return next((fault for fault in self.faults if fault.strikes(where, key)), None)

    def lift(self, code: str) -> None:
        """Take out the rules that answer with `code`."""
        self.faults = [fault for fault in self.faults if fault.code != code]
