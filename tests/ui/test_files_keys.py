"""The keys of the files pane beyond moving: ranges, patterns, find, filter, order, places, information."""

import asyncio
import os
import stat
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.stage import ROOT, FakeScout, Stage, on_stage
from tests.ui.tree_host import Host, press
from tui_uploader.model.files import Entry, Inspection, Kind, Listing, NotListed
from tui_uploader.ui import bookmarks
from tui_uploader.ui.widgets import tree_finder

NAMES = ("alpha.csv", "beta.log", "beta2.csv", "gamma.csv")


async def filled(stage: Stage) -> Stage:
    """A root with four files, a link and a folder."""
    stage.scout.folders[ROOT] = (
        Entry(b"sub", Kind.FOLDER),
        *(Entry(name.encode(), Kind.FILE, 10 + n, 1.0e9 + n) for n, name in enumerate(NAMES)),
        Entry(b"to", Kind.LINK, -1, 1.0e9, b"sub", "folder"),
    )
    stage.app.main.files.relist()
    await stage.pilot.pause()
    await stage.press("g")
    return stage


def marked(stage: Stage) -> list[str]:
    """The names of what is marked."""
    return sorted(mark.path.rpartition(b"/")[2].decode() for mark in stage.app.main.files.marks())


def names(frame: list[str]) -> list[str]:
    """The names in the files pane, without the signs before them."""
    rows = [line[:38] for line in frame[2:18]]
    return [row.split("]")[1].split()[0] for row in rows if "]" in row]


async def test_a_range_is_marked_at_once_and_undone_at_once() -> None:
    async with on_stage() as stage:
        await filled(stage)
        frame = await stage.press("j", "v")
        assert "range from here" in frame[-2]
        frame = await stage.press("j", "j")
        assert "range of 3 rows" in frame[-2]
        frame = await stage.press("v")
        assert marked(stage) == ["alpha.csv", "beta.log", "beta2.csv"]
        assert "3 marks changed" in frame[-2]
        await stage.press("U")
        assert marked(stage) == []
        await stage.press("v", "escape", "j", "space")
        assert marked(stage) == ["gamma.csv"]


async def test_patterns_invert_and_all() -> None:
    async with on_stage() as stage:
        await filled(stage)
        assert "mark" in (await stage.press("plus"))[-2]
        await stage.press(".", "c", "s", "v", "enter")
        assert marked(stage) == ["alpha.csv", "beta2.csv", "gamma.csv"]
        await stage.press("minus", "backspace", *"beta*", "enter")
        assert marked(stage) == ["alpha.csv", "gamma.csv"]
        await stage.press("asterisk")
        assert marked(stage) == ["beta.log", "beta2.csv", "sub"]
        frame = await stage.press("plus", *"nothing", "enter")
        assert "nothing here matches" in frame[-2]
        await stage.press("a")
        assert marked(stage) == ["reports"]


async def test_find_follows_the_letters_and_goes_on_with_n() -> None:
    async with on_stage() as stage:
        await filled(stage)
        files = stage.app.main.files
        assert "nothing was looked for" in (await stage.press("n"))[-2]
        await stage.press("slash", *"beta")
        assert files.cursor_path.endswith(b"beta.log")
        await stage.press("enter", "n")
        assert files.cursor_path.endswith(b"beta2.csv")
        await stage.press("n")
        assert files.cursor_path.endswith(b"beta.log")
        await stage.press("N")
        assert files.cursor_path.endswith(b"beta2.csv")
        frame = await stage.press("slash", *"zzz")
        assert "no name in sight contains zzz" in "\n".join(frame)
        await stage.press("escape")
        assert files.cursor_path.endswith(b"beta2.csv")


async def test_a_filter_narrows_as_one_types_and_escape_takes_it_back() -> None:
    async with on_stage() as stage:
        await filled(stage)
        frame = await stage.press("f", *"BETA")
        assert names(frame) == ["beta.log", "beta2.csv"]
        frame = await stage.press("enter")
        assert "only BETA" in frame[1]
        await stage.press("a")
        assert marked(stage) == ["beta.log", "beta2.csv"]
        await stage.press("escape")
        frame = await stage.press("escape")
        assert len(names(frame)) == 5
        frame = await stage.press("f", *"nix")
        assert "nothing matches" in "\n".join(frame)
        frame = await stage.press("escape")
        assert len(names(frame)) == 5


async def test_s_goes_through_the_orders() -> None:
    async with on_stage() as stage:
        await filled(stage)
        frame = await stage.press("s")
        assert "the largest first" in frame[-2]
        assert names(frame) == ["sub/", *reversed(NAMES)]
        assert "by size" in frame[1]
        assert "newest" in (await stage.press("s"))[-2]
        assert "type" in (await stage.press("s"))[-2]
        assert "by name" in (await stage.press("s"))[-2]


async def test_no_dots_stay_behind_an_order_that_is_done() -> None:
    async with on_stage() as stage:
        await filled(stage)
        for _ in range(4):
            assert "..." not in (await stage.press("s"))[-2]


class SlowScout(FakeScout):
    """Lists when it is told to; the orders that were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.orders = asyncio.Event(), list[str]()

    async def read(self, folder: bytes, order: str = "name", timeout: float = 5.0) -> AsyncIterator[Listing]:
        self.orders.append(order)
        await self.go.wait()
        async for listing in super().read(folder, order, timeout):
            yield listing


@asynccontextmanager
async def _stalled(folder: Path) -> AsyncIterator[tuple[Host, SlowScout, Pilot[None]]]:
    """A folder that has been read once, and whose next reading waits for the reader's `go`."""
    reader = SlowScout()
    reader.folders[os.fsencode(folder)] = reader.folders[ROOT]
    host = Host(folder, reader)
    async with host.run_test(size=(60, 10)) as pilot:
        reader.go.set()
        await press(pilot)
        reader.go.clear()
        yield host, reader, pilot


async def test_an_order_that_is_asked_for_while_another_is_being_read_comes_after_it(tmp_path: Path) -> None:
    """The rows of a large folder stayed by date while the title said by size."""
    async with _stalled(tmp_path) as (host, reader, pilot):
        tree = host.tree_widget
        for _ in range(5):
            tree.action_sort()
        await pilot.pause()
        assert (reader.orders, tree.order) == (["name", "size"], "size")
        tree.action_sort()
        reader.go.set()
        await press(pilot)
        assert reader.orders == ["name", "size", "date"]
        assert tree.rows.root.order == "date"
        assert host.said == "sorted by date, the newest first"


async def test_an_answer_that_comes_late_replaces_no_newer_sentence() -> None:
    """A large folder is sorted some seconds after the key."""
    async with on_stage() as stage:
        main = stage.app.main
        main.files.say("sorted by size ...")
        main.files.say("sorted by size", "sorted by size ...")
        await stage.pilot.pause()
        assert main.path_line.said == "sorted by size"
        main.say("one object retried")
        main.files.say("sorted by size", "sorted by size ...")
        await stage.pilot.pause()
        assert main.path_line.said == "one object retried"


async def test_what_was_asked_of_a_folder_is_forgotten_with_it(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with _stalled(tmp_path) as (host, reader, pilot):
        tree = host.tree_widget
        tree.action_sort()
        tree.open_root(os.fsencode(tmp_path / "other"))
        reader.go.set()
        await press(pilot)
        tree.open_root(os.fsencode(tmp_path))
        await press(pilot)
        assert tree._asked is None
        assert host.said.endswith(" ...")


async def test_the_one_name_that_fits_is_said_to_be_the_only_one() -> None:
    async with on_stage() as stage:
        await filled(stage)
        await stage.press("slash", *"alpha", "enter")
        for key in ("n", "N"):
            assert "no other name in sight contains alpha" in (await stage.press(key))[-2]


@pytest.mark.parametrize("key", ["enter", "l", "right"])
async def test_the_row_of_an_empty_folder_answers(key: str) -> None:
    async with on_stage() as stage:
        stage.scout.folders[ROOT] = ()
        stage.app.main.files.relist()
        await stage.pilot.pause()
        assert "read again: (empty, Backspace goes up)" in (await stage.press(key))[-2]
        stage.scout.folders[ROOT] = (Entry(b"came", Kind.FILE, 1),)
        assert "came" in "\n".join(await stage.press(key))


async def test_hidden_files_are_shown_or_not_from_the_key_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large folder the key said nothing where there are none."""
    monkeypatch.setattr(tree_finder, "ROWS_AT_ONCE", 2)
    async with on_stage() as stage:
        await filled(stage)
        assert "no hidden files here" in (await stage.press("full_stop"))[-2]
        stage.scout.folders[ROOT] = (*stage.scout.folders[ROOT], Entry(b".env", Kind.FILE, 1))
        stage.app.main.files.relist()
        await stage.pilot.pause()
        assert "hidden files are shown" in (await stage.press("full_stop"))[-2]
        frame = await stage.press("full_stop")
        assert "hidden files left out: . shows them" in frame[-2]
        assert ".env" not in names(frame)


async def test_go_to_a_path_with_completion(tmp_path: Path) -> None:
    async with on_stage() as stage:
        await filled(stage)
        stage.scout.folders[ROOT + b"/deep/er"] = (Entry(b"x", Kind.FILE, 1),)
        stage.scout.inspection = Inspection(Kind.FOLDER)
        frame = await stage.press("o", *"dee", "tab")
        assert "/srv/reports/deep/er/" in "\n".join(frame)
        frame = await stage.press("enter")
        assert "/srv/reports/deep/er" in frame[1]
        frame = await stage.press("o", *["backspace"] * 40, *"nope", "enter")
        assert "a path begins with / or ~" in "\n".join(frame)
        stage.scout.inspection = Inspection(error="ENOENT")
        frame = await stage.press(*["backspace"] * 4, *"/nope", "enter")
        assert "/nope: ENOENT" in frame[-2]


async def test_tab_says_why_a_folder_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a folder that is denied, or does not answer, it said that no folder begins like this."""
    async with on_stage() as stage:
        await filled(stage)
        code = "EACCES"

        async def denied(typed: bytes, timeout: float = 2.0) -> Sequence[bytes]:
            raise NotListed(code)

        monkeypatch.setattr(stage.scout, "completions", denied)
        frame = await stage.press("o", *"shut/x", "tab")
        assert "/srv/reports/shut: EACCES permission denied" in "\n".join(frame)
        code = "DIR_GONE"
        assert "no folder begins like this" in "\n".join(await stage.press("y", "tab"))


async def test_bookmarks_are_kept_for_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path / "config"))
    async with on_stage() as stage:
        await filled(stage)
        assert "no bookmarks yet" in (await stage.press("apostrophe"))[-2]
        assert "/srv/reports kept" in (await stage.press("m"))[-2]
        assert stat.S_IMODE((tmp_path / "config" / "bookmarks.toml").stat().st_mode) == 0o600
        bookmarks.toggle(b"/srv/\xff%41")
        stage.scout.inspection = Inspection(Kind.FOLDER)
        frame = await stage.press("apostrophe", "j")
        assert "Bookmarks" in frame[0]
        assert "> /srv/\\xff%41" in "\n".join(frame)
        await stage.press("enter")
        assert stage.app.main.files.root == b"/srv/\xff%41"
        assert "dropped" in (await stage.press("m"))[-2]
        assert bookmarks.load() == [ROOT]


def test_a_damaged_file_of_bookmarks_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path))
    for text in ("folders = 3", "[[", "folders = [1, 'x', '/a', '/%zz']"):
        (tmp_path / "bookmarks.toml").write_text(text)
        assert bookmarks.load() == ([b"/a", b"/%zz"] if "/a" in text else [])


async def test_information_shows_owner_mode_times_and_the_first_lines() -> None:
    async with on_stage() as stage:
        await filled(stage)
        stage.scout.inspection = Inspection(
            Kind.FILE, "-rw-r-----", 0o640, "root (0)", "adm (4)", 4096, 2, 1.0e9, 1.0e9, 1.0e9, b"",
            b"first\tline\n\x1b[31mred\xff\nlast",
        )  # fmt: skip
        await stage.press("j")
        text = "\n".join(await stage.press("i"))
    for words in ("root (0)  group adm (4)", "-rw-r----- 0640", "2 hard links", "first   line", "\u241b[31mred\ufffd"):
        assert words in text
    assert "\x1b" not in text
    assert time.strftime("%Y-%m-%d", time.localtime(1.0e9)) in text


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Inspection(Kind.FILE, size=3, head=b"\0\1\2"), "the content is binary"),
        (Inspection(Kind.FILE, size=0), "the file is empty"),
        (Inspection(Kind.FILE, size=9, head_error="EACCES"), "no preview: EACCES permission denied"),
        (Inspection(Kind.FILE, size=9, head_error="DIR_STALLED"), "no answer in time"),
        (Inspection(error="EIO"), "press i again"),
        (Inspection(error="ENOENT"), "ENOENT it is there no more: Esc goes back"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (40, 10), (120, 40)])
async def test_information_says_why_there_is_no_preview(found: Inspection, words: str, size: tuple[int, int]) -> None:
    async with on_stage(size) as stage:
        await filled(stage)
        stage.scout.inspection = found
        await stage.press("j", "i")
        await stage.press("G")
        assert words[:12] in stage.text


async def test_what_is_in_a_folder_is_counted_on_demand() -> None:
    async with on_stage() as stage:
        await filled(stage)
        frame = await stage.press("equals_sign")
        assert "sub/: 2 files, 2.9M" in frame[-2]
        assert "2.9M" in frame[2]
        assert "this is none" in (await stage.press("j", "equals_sign"))[-2]


async def test_a_folder_whose_name_cannot_be_typed_is_not_said_to_be_missing() -> None:
    disk = FakeScout()
    disk.folders[ROOT + b"/esc\x1b[31mred"] = ()
    async with on_stage(disk=disk) as stage:
        await stage.press("o", "e", "tab")
        assert "holds what no key types: go there with the arrows" in stage.text
        await stage.press("backspace", "z", "tab")
        assert "no folder begins like this" in stage.text
