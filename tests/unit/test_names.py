"""Names in blobs are as a list of them would be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.names import PIECE, Names

NAME = st.binary(min_size=1, max_size=5).filter(lambda name: b"\0" not in name and b"/" not in name)


@given(st.lists(st.lists(NAME, min_size=1), max_size=4), st.integers(-30, 30), st.integers(-30, 30), NAME)
def test_as_a_list(pieces: list[list[bytes]], start: int, stop: int, name: bytes) -> None:
    plain: list[bytes] = []
    names = Names()
    for piece in pieces:
        names.add(b"\0".join(piece))
        plain += piece
    assert len(names) == len(plain)
    assert list(names) == plain
    assert [names[at] for at in range(len(plain))] == plain
    assert names[start:stop] == plain[start:stop]
    assert names[start:stop:2] == plain[start:stop:2]
    assert names.find(name) == (plain.index(name) if name in plain else None)
    for wanted in plain:
        assert names.find(wanted) == plain.index(wanted)
    with pytest.raises(IndexError):
        names[len(plain)]


def test_many_are_light_and_near_each_other() -> None:
    names = Names(b"access-%d.log" % n for n in range(3 * PIECE + 5))
    assert len(names._blobs) == 4
    assert names[-1] == b"access-%d.log" % (3 * PIECE + 4)
    assert names.find(b"access-20000.log") == 20_000
    assert names.find(b"access-20000") is None  # a part of a name is no name
    assert len(names._apart) <= 8
