"""Paths that are kept as a root and their key come back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.paths import Paths

NAMES = st.text(alphabet="ab/é中\ud800 ", max_size=6)
BYTES = st.binary(max_size=6) | st.sampled_from([b"/srv/a", b"ab", b"\xff", "é".encode()])


@given(st.lists(st.tuples(BYTES, NAMES)))
def test_what_goes_in_comes_out(pairs: list[tuple[bytes, str]]) -> None:
    keys: list[str] = []
    paths = Paths(keys)
    wanted = []
    for root, key in pairs:
        keys.append(key)
        wanted.append(root + key.encode("utf-8", "replace"))
        paths.append(wanted[-1])
    assert [paths[item_id] for item_id in range(len(paths))] == wanted
    assert not pairs or paths[-1] == wanted[-1]


def test_a_walk_has_one_root() -> None:
    keys: list[str] = []
    paths = Paths(keys)
    for number in range(1000):
        keys.append(f"backup/2026/part-{number:04d}")
        paths.append(b"/srv/2026/part-%04d" % number)
    assert len(paths._roots) == 1
    assert not paths._odd
    assert paths[999] == b"/srv/2026/part-0999"
    paths.pin(5)
    keys[5] = "elsewhere"
    assert paths[5] == b"/srv/2026/part-0005"


def test_roots_are_so_many_at_most() -> None:
    keys: list[str] = []
    paths = Paths(keys)
    for number in range(10_000):
        keys.append("same")
        paths.append(b"/%d/same" % number)
    assert len(paths._roots) < 5000
    assert [paths[at] for at in (0, 9_999)] == [b"/0/same", b"/9999/same"]
