"""Rows of the file tree against a brute-force flattening, and what they cost."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_uploader.model.files import Entries, Entry, Kind
from tui_uploader.model.ordering import entry_key
from tui_uploader.ui.widgets.tree_folder import Folder, parent_of
from tui_uploader.ui.widgets.tree_rows import TreeRows


def files(*names: str) -> list[Entry]:
    return [Entry(name.rstrip("/").encode(), Kind.FOLDER if name.endswith("/") else Kind.FILE, 1) for name in names]


def opened(rows: TreeRows, path: bytes) -> Folder:
    y = rows.find(path)
    assert y is not None
    return rows.expand(rows.row(y))


def names(rows: TreeRows) -> list[str]:
    found = []
    for y in range(len(rows)):
        row = rows.row(y)
        found.append("  " * row.depth + (row.entry.name.decode() if row.entry else f"<{row.folder.note}>"))
    return found


def test_folders_first_then_numbers_by_value_then_letters_of_any_size() -> None:
    listed = files("b10", "B9", "a", "Z/", "b9", "log010", "log9", "c/", ".x")
    assert [e.name for e in sorted(listed, key=entry_key)] == [
        b"c", b"Z", b".x", b"a", b"B9", b"b9", b"b10", b"log9", b"log010",
    ]  # fmt: skip


def test_notes_stand_where_a_folder_has_nothing_to_show() -> None:
    rows = TreeRows(b"/r", show_hidden=False)
    assert names(rows) == ["<(not read)>"]
    rows.read(rows.root)
    assert names(rows) == ["<reading...>"]
    rows.listed(rows.root, files("bad/", "empty/", "full/", "hid/", ".h"), None)
    for path in (b"/r/bad", b"/r/empty", b"/r/full", b"/r/hid"):
        rows.read(opened(rows, path))
    assert names(rows)[1] == "  <reading...>"
    for name, inside, error in (("bad", "", "EACCES"), ("empty", "", None), ("full", "x", None), ("hid", ".y", None)):
        folder = rows.folder(f"/r/{name}".encode())
        assert folder is not None
        rows.listed(folder, files(inside) if inside else [], error)
    assert names(rows) == [
        "bad", "  <EACCES permission denied>", "empty", "  <(empty, h closes it)>", "full", "  x",
        "hid", "  <(1 hidden, . shows them)>", "<1 hidden (.)>",
    ]  # fmt: skip
    assert rows.hidden_count == 2
    rows.set_hidden(True)
    assert names(rows)[-2:] == ["  .y", ".h"]
    assert rows.hidden_count == 0


def test_what_is_known_stays_when_a_later_look_fails_unless_the_folder_is_gone() -> None:
    rows = TreeRows(b"/r")
    rows.listed(rows.root, files("a", "b"), None)
    rows.read(rows.root)
    assert names(rows) == ["a", "b"]
    rows.listed(rows.root, [], "DIR_STALLED")
    assert names(rows) == ["a", "b", "<DIR_STALLED no answer in time>"]
    rows.listed(rows.root, [], "DIR_GONE")
    assert names(rows) == ["<DIR_GONE folder is gone>"]


def test_an_open_folder_stays_open_through_a_listing_and_goes_with_its_entry() -> None:
    rows = TreeRows(b"/r")
    rows.listed(rows.root, files("m/", "z"), None)
    rows.listed(opened(rows, b"/r/m"), files("in"), None)
    rows.listed(rows.root, files("a/", "m/", "z"), None)
    assert names(rows) == ["a", "m", "  in", "z"]
    assert rows.nearest(b"/r/m/in") == 2
    rows.listed(rows.root, files("a/", "z"), None)
    assert names(rows) == ["a", "z"]
    assert rows.nearest(b"/r/m/in") == 1


def test_the_parent_becomes_the_root_with_the_old_root_in_it() -> None:
    rows = TreeRows(b"/srv/data")
    rows.listed(rows.root, files("x/"), None)
    rows.read(rows.up())
    assert names(rows) == ["data", "<reading more...>"]
    rows.listed(rows.root, [], "EACCES")
    assert names(rows) == ["data", "<EACCES permission denied>"]
    opened(rows, b"/srv/data")
    assert names(rows) == ["data", "  x", "<EACCES permission denied>"]
    top = rows.up()
    assert top.path == b"/"
    assert rows.row(0).path == b"/srv"
    assert rows.find(b"/srv") == 0


NAMES = ["a", "b", "c10", "c9", ".h", "D"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["toggle", "list", "fail", "hidden"]), st.integers(0, 30), st.sets(st.sampled_from(NAMES))
    ),
    max_size=25,
)


def flatten(rows: TreeRows) -> list[tuple[bytes, int, bool]]:
    """The rows as (path, depth, is a note), worked out from the folders alone."""
    found: list[tuple[bytes, int, bool]] = []

    def walk(folder: Folder, depth: int) -> None:
        for entry in sorted(folder.entries, key=entry_key):
            if rows.show_hidden or not entry.name.startswith(b"."):
                path = folder.path + b"/" + entry.name
                found.append((path, depth, False))
                child = folder.children.get(entry.name)
                if child is not None and child.expanded:
                    walk(child, depth + 1)
        if folder.note:
            found.append((folder.path, depth, True))

    walk(rows.root, 0)
    return found


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_rows_are_what_a_walk_over_the_open_folders_gives(steps: list[tuple[str, int, set[str]]]) -> None:
    rows = TreeRows(b"/r")
    rows.listed(rows.root, sorted(files("a/", "b/", "c9/", ".h/", "f"), key=entry_key), None)
    for what, where, some in steps:
        row = rows.row(where % len(rows))
        entries = sorted(files(*(name + ("/" if name != "D" else "") for name in some)), key=entry_key)
        if what == "hidden":
            rows.set_hidden(not rows.show_hidden)
        elif what == "list":
            rows.listed(row.folder, entries, None)
        elif what == "fail":
            rows.listed(row.folder, [], ["EIO", "DIR_GONE"][len(some) % 2])
        elif row.is_folder and row.child is not None and row.child.expanded:
            rows.collapse(row.child)
        elif row.is_folder:
            child = rows.expand(row)
            if not child.complete:
                rows.listed(child, entries, None)
        expected = flatten(rows)
        assert len(rows) == len(expected) > 0
        for y, (path, depth, note) in enumerate(expected):
            row = rows.row(y)
            assert (row.path, row.depth, row.entry is None) == (path, depth, note)
            if not note:
                assert rows.find(path) == y
        with pytest.raises(IndexError):
            rows.row(len(rows))


def calls_of(work: Callable[[], object]) -> int:
    """How many Python functions a piece of work calls: its cost, the same on every machine."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_a_million_rows_cost_a_bisection_a_key_and_no_array() -> None:
    rows = TreeRows(b"/r")
    inside = sorted(files(*(f"f{n}" for n in range(1000))), key=entry_key)
    rows.listed(rows.root, sorted(files(*(f"d{n}/" for n in range(1000))), key=entry_key), None)
    for n in range(999):
        rows.listed(opened(rows, b"/r/d%d" % n), inside, None)
    assert len(rows) == 1000 + 999 * 1000
    last = rows.find(b"/r/d999")
    assert last is not None
    assert calls_of(lambda: rows.expand(rows.row(last))) < 90
    assert calls_of(lambda: rows.row(500_000)) < 20
    assert calls_of(lambda: rows.find(b"/r/d500/f500")) < 400
    middle = rows.row(500_000).folder
    assert calls_of(lambda: rows.listed(middle, inside, None)) < 2300  # looks at its entries once, not at others
    assert rows.row(500_499).path == b"/r/d499/f999"


def test_a_large_folder_is_filtered_in_pieces_that_let_others_run() -> None:
    rows = TreeRows(b"/r")
    rows.listed(rows.root, Entries.of(sorted(files(*(f"n{n}" for n in range(100_000))), key=entry_key)), None)
    assert sum(1 for _ in rows.set_view(True, b"n9999")) >= 6
    assert names(rows) == ["n9999", *(f"n{n}" for n in range(99_990, 100_000)), "<99,989 do not match (f)>"]


def test_the_parent_of_the_top_is_the_top() -> None:
    assert [parent_of(path) for path in (b"/a/b", b"/a", b"/")] == [b"/a", b"/", b"/"]
