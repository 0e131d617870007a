"""A value is what the library's frozen dataclass with slots is, whoever asks; that it stays, mypy holds."""

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from tui_uploader.model.value import FEW, record, value


@dataclass(frozen=True, slots=True)
class Usual:
    """As the standard library makes it."""

    key: str
    size: int = 0
    parts: list[int] = field(default_factory=list, compare=False)
    note: str = field(default="", repr=False)
    at: float = field(default=0.0, kw_only=True)


@value
class Ours:
    """The same fields."""

    key: str
    size: int = 0
    parts: list[int] = field(default_factory=list, compare=False)
    note: str = field(default="", repr=False)
    at: float = field(default=0.0, kw_only=True)


@value
class Longer(Ours):
    """One field more."""

    more: int = 7


@value
class Bare:
    """None at all but its name."""

    only: bytes


MAKES: list[Callable[[Any], Any]] = [
    lambda kind: kind("a"),
    lambda kind: kind("a", 2, [3], "n", at=1.5),
    lambda kind: kind(size=2, key="a"),
    lambda kind: replace(kind("a", 2), size=9, at=4.0),
]


@pytest.mark.parametrize("make", MAKES)
def test_it_holds_and_shows_the_same(make: Callable[[Any], Any]) -> None:
    ours, usual = make(Ours), make(Usual)
    assert asdict(ours) == asdict(usual)
    assert repr(ours) == repr(usual).replace("Usual", "Ours")
    assert hash(ours) == hash(usual)
    assert not hasattr(ours, "__dict__")


def test_it_is_equal_to_what_has_the_same_contents_and_kind() -> None:
    assert Ours("a", 2, [1]) == Ours("a", 2, [2])  # `parts` is left out of the comparison
    assert Ours("a", 2) != Ours("a", 3)
    usual: object = Usual("a")
    assert Ours("a") != usual
    assert Longer("a") != Ours("a")
    assert {Ours("a"), Ours("a")} == {Ours("a")}


@pytest.mark.parametrize(
    "make",
    [
        lambda kind: kind(),
        lambda kind: kind("a", 1, [], "", 2.0),
        lambda kind: kind("a", other=1),
        lambda kind: kind("a", key="b"),
        lambda kind: kind(size=1),
    ],
)
def test_wrong_arguments_are_refused(make: Callable[[Any], Any]) -> None:
    @value
    class Fresh(Ours):
        """The same, and the first of its objects."""

    with pytest.raises(TypeError) as ours:
        make(Fresh)
    with pytest.raises(TypeError) as usual:
        make(Usual)
    assert str(ours.value).split("__init__")[1] == str(usual.value).split("__init__")[1]


def test_it_has_slots_and_no_other_attribute() -> None:
    thing: Any = Ours("a")
    with pytest.raises(AttributeError):
        thing.other = 1


def test_two_objects_do_not_share_what_a_factory_made() -> None:
    one, other = Ours("a"), Ours("b")
    one.parts.append(1)
    assert other.parts == []


def test_it_is_a_dataclass_for_those_who_ask() -> None:
    assert is_dataclass(Ours)
    assert [one.name for one in fields(Ours)] == [one.name for one in fields(Usual)]
    assert [one.name for one in fields(Longer)] == [*(one.name for one in fields(Ours)), "more"]
    assert asdict(Longer("a", more=1))["more"] == 1
    assert hash(Bare(b"x")) == hash(Bare(b"x"))


def test_the_constructor_is_compiled_when_more_than_a_few_objects_are_made() -> None:
    @value
    class Late:
        """Nobody has made one yet."""

        size: int
        parts: list[int] = field(default_factory=list)
        at: float = field(default=0.5, kw_only=True)

    made = [Late(3), Late(size=3), Late(3, []), *(Late(3, parts=[], at=0.5) for _ in range(FEW - 3))]
    assert "values" in inspect.signature(Late.__init__).parameters
    made += [Late(3), Late(size=3), Late(3, [])]
    assert list(inspect.signature(Late.__init__).parameters) == ["self", "size", "parts", "at"]
    assert {(one.size, tuple(one.parts), one.at) for one in made} == {(3, (), 0.5)}
    assert all(one == made[0] for one in made)


def test_a_record_changes_and_has_no_hash() -> None:
    @record
    class Tally:
        """It grows."""

        done: int = 0
        keys: list[str] = field(default_factory=list)

    one, other = Tally(), Tally(done=1)
    one.done += 1
    assert one == other
    assert repr(one).endswith("Tally(done=1, keys=[])")
    with pytest.raises(TypeError):
        hash(one)
