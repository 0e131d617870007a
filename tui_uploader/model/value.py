"""Values: dataclasses that nobody changes. The type checker holds that, not the interpreter."""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

_T = TypeVar("_T")
FEW = 8  # objects that are made without a constructor of their own: of most classes there is but one


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(kind: type[_T]) -> type[_T]:
    """A class as a frozen dataclass with slots, as far as mypy is concerned: assigning to a field is an error there.

    At run time it is a plain one. `frozen=True` makes each object three times as long to make, and every object that
    is uploaded makes half a dozen. The class is made for a fifth of the time, too: the standard library compiles its
    methods when it is imported; here they are shared by all classes, and the constructor is compiled when more than
    a few objects are made. A start loads many classes and uses few.
    """
    return _made(kind)


@dataclass_transform(field_specifiers=(field,))
def record(kind: type[_T]) -> type[_T]:
    """The same for a dataclass with slots whose fields change; it has no hash."""
    made: Any = _made(kind)
    made.__hash__ = None
    return made  # type: ignore[no-any-return]


def _made(kind: type[_T]) -> type[_T]:
    kind.__doc__ = kind.__doc__ or kind.__name__  # or the standard library writes one, which takes 2 ms
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(kind)
    known: tuple[Field[Any], ...] = fields(made)
    contents = attrgetter(*(one.name for one in known if one.compare))
    left = FEW

    def same(self: object, other: object) -> bool:
        return contents(self) == contents(other) if other.__class__ is self.__class__ else NotImplemented

    def mark(self: object) -> int:
        return hash(contents(self))

    def first(self: object, *values: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0 or not _filled(self, known, values, named):
            made.__init__ = _constructor(made.__name__, known)
            made.__init__(self, *values, **named)

    made.__init__, made.__eq__, made.__hash__ = first, same, mark
    made.__repr__ = _shown
    return made  # type: ignore[no-any-return]


def _filled(self: object, known: tuple[Field[Any], ...], values: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Give one of the first objects its values; False where they do not fit, which the constructor explains."""
    used = 0
    for one in known:
        if used < len(values) and not one.kw_only:
            if one.name in named:
                return False
            given = values[used]
            used += 1
        elif one.name in named:
            given = named[one.name]
        elif one.default is not MISSING:
            given = one.default
        elif one.default_factory is not MISSING:
            given = one.default_factory()
        else:
            return False
        setattr(self, one.name, given)
    return used == len(values) and named.keys() <= {one.name for one in known}


def _constructor(name: str, known: tuple[Field[Any], ...]) -> Callable[..., None]:
    """The standard library's own, taken from a class with the same fields that nobody else sees."""
    body = {"__annotations__": {one.name: one.type for one in known}, **{one.name: one for one in known}}
    twin: Any = dataclass(repr=False, eq=False)(type(name, (), body))
    return twin.__init__  # type: ignore[no-any-return]


def _shown(self: Any) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({shown})"
