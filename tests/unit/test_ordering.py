"""The cheap ways to sort many names give what the exact keys give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.ordering import name_key, sorted_names


def exact(names: list[bytes]) -> list[bytes]:
    return sorted(names, key=lambda name: name_key(name, False))


@pytest.mark.parametrize(
    "shape",
    ["report-%07d.log", "f%d", "%d", "F%d", "a%d-%d", "x%d.%03d", "0%d", "v1.%d.txt", "n%08x", "%d." + "%d"],
)
def test_many_names_of_one_shape(shape: str) -> None:
    numbers = [(n * 7919) % 20_011 for n in range(5000)]
    names = [(shape % ((n,) * shape.count("%"))).encode() for n in numbers]
    assert sorted_names(names) == exact(names)


def test_a_leading_zero_among_numbers_of_several_widths() -> None:
    names = [b"f%d" % n for n in range(2000)] + [b"f05", b"f0999", b"F7"]
    assert sorted_names(names) == exact(names)


@given(st.lists(st.from_regex(rb"[aB._0-3]{1,6}", fullmatch=True), min_size=1, max_size=40, unique=True))
def test_any_names(names: list[bytes]) -> None:
    many = [name + b"%d" % n for name in names for n in range(1000 // len(names) + 1)]
    assert sorted_names(sorted(set(many))) == exact(sorted(set(many)))
