"""Values: dataclasses that nobody changes. The type checker holds that, not the interpreter."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """A class as a frozen dataclass with slots, as far as mypy is concerned: assigning to a field is an error there.

    At run time it is a plain one. `frozen=True` makes each of them three times as long to make, and every object
    that is uploaded makes half a dozen; the class itself is made sooner, too.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
