"""Marks on many rows at once: links that were never painted, rows that move meanwhile, and what is left out."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from tests.ui.stage import ROOT, FakeScout, on_stage
from tests.ui.tree_host import Disk, Host, press
from tui_uploader.engine.scout import Scout
from tui_uploader.model.files import Entry, Facts, Kind
from tui_uploader.ui.widgets.file_tree import FileTree
from tui_uploader.ui.widgets.tree_marks import MarkState

FILES, LINKS = 300, 700


@pytest.fixture
async def scout() -> AsyncIterator[Scout]:
    made = Scout()
    yield made
    await made.close()


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    """Files, links to them, and at the end of the list links that can never be uploaded."""
    top = tmp_path / "crowd"
    top.mkdir()
    (tmp_path / "outside").touch()
    for n in range(FILES):
        (top / f"f{n}").touch()
    for n in range(LINKS):
        (top / f"k{n}").symlink_to(f"f{n % FILES}")
    (top / "sub").mkdir()
    for name, target in (("z-broken", "nowhere"), ("z-folder", "sub"), ("z-folder2", "sub"), ("z-loop", "z-loop")):
        (top / name).symlink_to(target)
    (top / "z-out").symlink_to("../outside")
    os.mkfifo(top / "z-pipe")
    return top


def by_pattern(tree: FileTree) -> None:
    tree.mark_by("*")


def by_range(tree: FileTree) -> None:
    tree.action_range()
    tree.action_cursor_to(-1)
    tree.action_range()


def all_here(tree: FileTree) -> None:
    tree.action_mark_all()


def inverted(tree: FileTree) -> None:
    tree.action_invert()


@pytest.mark.parametrize("way", [by_pattern, by_range, all_here, inverted])
async def test_every_link_ends_up_right_whatever_was_painted(
    crowd: Path, scout: Scout, way: Callable[[FileTree], None]
) -> None:
    host = Host(crowd, scout)
    tree, top = host.tree_widget, os.fsencode(crowd)
    async with host.run_test(size=(60, 10)) as pilot:
        await press(pilot)
        way(tree)
        await press(pilot)
        marks = tree.look.marks
        links = {mark.path for mark in tree.marks() if mark.link}
        assert links == {top + b"/k%d" % n for n in range(LINKS)}
        assert all(marks.state(top + b"/f%d" % n) is MarkState.ALL for n in range(FILES))
        pipe = "" if way in (by_range, inverted, by_pattern) else "x"
        assert "left out: 2 links to folders, 1 link in a circle, 1 broken link" in host.said
        assert ("1 pipe or device" in host.said) is not bool(pipe)
        assert top + b"/z-out" not in links  # it was asked about
        if way is all_here:  # again: all of it is unmarked
            tree.agree({top + b"/z-out": b""})
            tree.action_mark_all()
            assert tree.mark_counts() == (0, 0)


class Slow(Disk):
    """Says nothing of a link until `tell` is set; a question about so many is `asked`."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self.wanted = wanted
        self.tell, self.asked = asyncio.Event(), asyncio.Event()

    async def look(self, folder: bytes, names: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Facts]:
        if len(names) == self.wanted:
            self.asked.set()
        await self.tell.wait()
        return {name: Facts(1, 1.0, b"a", "file") for name in names}


async def test_a_range_means_the_rows_that_were_seen_when_it_was_marked(tmp_path: Path) -> None:
    for name in (".a", "b", "c", "d"):
        (tmp_path / name).touch()
    host = Host(tmp_path, Slow(1))
    tree, top = host.tree_widget, os.fsencode(tmp_path)
    disk = tree._reader
    assert isinstance(disk, Slow)
    async with host.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        tree.rows.listed(tree.rows.root, [*map(_file, (b".a", b"b", b"c", b"d")), Entry(b"k", Kind.LINK)], None)
        tree.settle()
        tree.move_to(0)
        by_range(tree)
        await disk.asked.wait()
        tree.action_hidden()  # other rows stand there now
        assert tree.rows.runs(0, 3)[0][2:] == (0, 4)
        await pilot.press("space")
        assert host.said == "still marking: wait, or Esc stops it"
        disk.tell.set()
        await press(pilot)
        assert {mark.path for mark in tree.marks()} == {top + b"/" + name for name in (b".a", b"b", b"c", b"d", b"k")}


def _file(name: bytes) -> Entry:
    return Entry(name, Kind.FILE, 1, 1.0)


async def test_escape_stops_the_look_at_links_and_says_what_was_not_looked_at(tmp_path: Path) -> None:
    host = Host(tmp_path, Slow(256))
    tree = host.tree_widget
    disk = tree._reader
    assert isinstance(disk, Slow)
    async with host.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        tree.rows.listed(tree.rows.root, [_file(b"a"), *(Entry(b"k%d" % n, Kind.LINK) for n in range(500))], None)
        tree.settle()
        tree.mark_by("*")
        await disk.asked.wait()
        assert tree.step_back()
        await pilot.pause()
        assert tree.mark_counts() == (1, 0)
        assert host.said == "stopped half-way: 1 mark changed; left out: 500 links not looked at"


async def test_while_marks_are_made_no_plan_begins_and_nothing_is_taken_back() -> None:
    disk = FakeScout()
    disk.folders[ROOT] = (*(_file(b"f%d" % n) for n in range(50)), Entry(b"k", Kind.LINK))
    held = asyncio.Event()

    async def look(folder: bytes, names: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Facts]:
        await held.wait()
        return {name: Facts(1, 1.0, b"a", "file") for name in names}

    disk.look = look  # type: ignore[method-assign]
    async with on_stage(disk=disk) as stage:
        await stage.press("asterisk")
        for key in ("u", "U", "a", "asterisk"):
            assert "still marking: wait, or Esc stops it" in (await stage.press(key))[-2], key
        held.set()
        await stage.app.workers.wait_for_complete()
        assert stage.app.main.files.mark_counts() == (51, 0)


async def test_marks_of_a_folder_that_holds_a_million_are_dropped_and_brought_back_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_uploader.ui.widgets.tree_marks.PIECE", 512)
    host = Host(tmp_path)
    tree, top = host.tree_widget, os.fsencode(tmp_path)
    async with host.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        names = [b"f%07d" % n for n in range(100_000)]
        tree.rows.listed(tree.rows.root, [Entry(name, Kind.FILE) for name in names], None)
        tree.settle()
        tree.move_to(1)
        by_range(tree)
        await press(pilot)
        assert tree.mark_counts() == (99_999, 0)
        steps = len(tree.undo)
        tree.action_mark_all()
        assert tree.mark_counts() == (0, 1)
        assert tree.undo.undo()
        assert tree.mark_counts() == (99_999, 0)
        assert tree.undo.undo()
        first = tree.mark_counts()
        while tree.mark_counts() == first:  # noqa: ASYNC110 - marks tell nobody when a piece of them is gone
            await asyncio.sleep(0)
        assert tree.step_back()  # Esc stops it half-way
        await pilot.pause()
        assert len(tree.undo) == steps  # and U goes on
        assert 0 < tree.mark_counts()[0] < 99_999
        assert tree.undo.undo()
        await press(pilot)
        assert (tree.mark_counts(), tree.look.marks.state(top)) == ((0, 0), MarkState.NONE)
