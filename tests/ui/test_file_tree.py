"""The file tree driven with keys over real folders; frames are the painted strips read as text."""

import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from textual.geometry import Offset

from tests.faults.table import rows
from tests.ui.tree_host import Disk, Host, frame, press
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.files import Entries, Entry, Kind, Listing, Mark
from tui_uploader.model.items import Past, QueueItem, Receipt, Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.glyphs import UNICODE
from tui_uploader.ui.keys import FILES
from tui_uploader.ui.widgets.file_tree import FileTree

SIZE = (38, 20)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A small folder like the one that UX draws."""
    top = tmp_path / "reports"
    (top / "q1" / "exports").mkdir(parents=True)
    (top / "raw").mkdir()
    (top / "empty").mkdir()
    for name, size in (("summary.pdf", 1_200_000), ("plan.xlsx", 2_200_000), ("季度报告.docx", 90_000)):
        with (top / "q1" / name).open("wb") as file:
            file.truncate(size)
    for n in (1, 2, 10):
        (top / "q1" / "exports" / f"part-{n}.csv").write_bytes(b"x" * n)
    (top / "notes.txt").write_bytes(b"hello")
    for name in (".a", ".b", ".c"):
        (top / name).write_bytes(b"")
    return top


async def test_the_first_frame_and_the_cursor_on_the_first_entry(reports: Path) -> None:
    host = Host(reports, show_hidden=False)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot)
        assert frame(host) == [
            "> + [ ] empty/",
            "  + [ ] q1/",
            "  + [ ] raw/",
            "    [ ] notes.txt                   5B",
            "    3 hidden (.)",
        ]
        assert host.disk.calls == [os.fsencode(reports)]  # nothing else is listed
        assert host.tree_widget.hidden_count == 3
        assert host.tree_widget.title_line == f"{reports} name"
        assert host.line == f"{reports}/empty/   a folder, not read yet"


async def test_opening_and_closing_folders(reports: Path) -> None:
    host = Host(reports, show_hidden=False)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "l", "j", "enter", "l", "l", "l")
        assert frame(host) == [
            "  - [ ] empty/",
            "      (empty, h closes it)",
            "  - [ ] q1/",
            "    - [ ] exports/",
            ">       [ ] part-1.csv              1B",
            "        [ ] part-2.csv              2B",
            "        [ ] part-10.csv            10B",
            "      [ ] plan.xlsx               2.1M",
            "      [ ] summary.pdf             1.1M",
            "      [ ] 季度报告.docx            88K",
            "  + [ ] raw/",
            "    [ ] notes.txt                   5B",
            "    3 hidden (.)",
        ]
        await press(pilot, "h")
        assert host.tree_widget.cursor_path.endswith(b"q1/exports")
        await press(pilot, "h", "h", "enter")
        assert frame(host)[2] == "> + [ ] q1/"
        await press(pilot, "l", "h")
        assert len(host.disk.calls) == 4  # what was listed is not listed again
        await press(pilot, "h")
        assert host.said == f"this is the first level: Backspace makes {reports.parent} the root"
        await press(pilot, "k", "h", "k", "h")
        assert host.said == f"this is the first level: Backspace makes {reports.parent} the root"


async def test_a_folder_says_that_it_is_being_read_and_keys_go_on(reports: Path) -> None:
    host = Host(reports)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot)
        host.disk.hold.clear()
        await pilot.press("j", "l", "j")
        assert frame(host)[1:4] == ["  - [ ] q1/", "      reading...", "> + [ ] raw/"]
        host.disk.hold.set()
        await press(pilot)
        assert host.tree_widget.cursor_path.endswith(b"/raw")  # its row moved down, the cursor with it
        assert frame(host)[6] == "> + [ ] raw/"


@pytest.fixture
def hostile() -> Iterator[Path]:
    """Every kind of entry and of name, in a place that an ordinary user can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        top = Path(made)
        top.chmod(0o755)
        os.mkfifo(top / "pipe")
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(top / "sock"))
        (top / "dangling").symlink_to("nowhere")
        (top / "loop").symlink_to("loop")
        (top / "up").symlink_to("..")
        (top / "to-file").symlink_to("plain")
        (top / "denied").mkdir(mode=0o700)
        (top / "denied").chmod(0o700 if os.geteuid() == 0 else 0o000)
        (top / "x[").mkdir()
        for name in (b"plain", b"esc\x1b[31m", b"[bold]x", b"x[2", b"new\nline", b"bad\xff", b"-rf", b" lead",
                     "🚀 go".encode(), "季度.docx".encode(), "❤\ufe0f".encode(), b"\xe2\x80\xaert"):  # fmt: skip
            with open(os.fsencode(top) + b"/" + name, "wb"):
                pass
        yield top
        (top / "denied").chmod(0o700)


async def test_hostile_names_and_kinds_are_all_shown_and_nothing_shifts(hostile: Path) -> None:
    host = Host(hostile)
    async with host.run_test(size=(38, 30)) as pilot:
        await press(pilot, "l")
        assert frame(host) == [
            "> - [ ] denied/",
            "      EACCES permission denied",
            "  + [ ] x[/",
            "    [ ] ␠lead                       0B",
            "    [ ] -rf                         0B",
            "    [ ] [bold]x                     0B",
            "    [ ] bad\\xff                     0B",
            "        dangling -> n~ere link, broken",
            "    [ ] esc␛[31m                    0B",
            "        loop -> loop        link, loop",
            "    [ ] new␊line                    0B",
            "        pipe                    a pipe",
            "    [ ] plain                       0B",
            "        sock                  a socket",
            "    [ ] to-file -> plain            0B",
            "        up -> ..            link, loop",
            "    [ ] x[2                         0B",
            "    [ ] <U+202E>rt                  0B",
            "    [ ] ❤<U+FE0F>                   0B",
            "    [ ] 季度.docx                   0B",
            "    [ ] 🚀 go                       0B",
        ]
        assert "EACCES permission denied: change its mode" in host.line
        assert not [char for line in frame(host) for char in line if not char.isprintable()]


async def test_what_cannot_be_marked_says_why(hostile: Path) -> None:
    host = Host(hostile)
    tree = host.tree_widget
    async with host.run_test(size=(38, 30)) as pilot:
        await press(pilot)
        said = {}
        for y in range(len(tree.rows)):
            tree.move_to(y)
            can = tree.works("files.mark")
            await press(pilot, "space")
            name = tree.rows.row(y).path.rpartition(b"/")[2]
            if host.said:
                said[name] = host.said
                assert not can
            else:
                assert can
            host.posted.clear()
        assert said == {
            b"dangling": "this link leads nowhere: there is nothing to upload",
            b"loop": "this link leads in a circle: there is nothing to upload",
            b"up": "this link leads in a circle: there is nothing to upload",
            b"pipe": "a pipe cannot be uploaded",
            b"sock": "a socket cannot be uploaded",
        }
        assert Mark(os.fsencode(hostile / "to-file"), os.fsencode(hostile), False, link=True) in tree.marks()


async def test_marks_of_a_folder_and_of_one_in_it(reports: Path) -> None:
    host = Host(reports, show_hidden=False)
    tree, top = host.tree_widget, os.fsencode(reports)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "l", "space")
        assert frame(host)[1:6] == [
            "  - [*] q1/",
            ">   + [*] exports/",
            "      [*] plan.xlsx               2.1M",
            "      [*] summary.pdf             1.1M",
            "      [*] 季度报告.docx            88K",
        ]
        await press(pilot, "j", "space")
        assert frame(host)[1:5] == [
            "  - [-] q1/",
            "    + [*] exports/",
            "      [ ] plan.xlsx               2.1M",
            ">     [*] summary.pdf             1.1M",
        ]
        assert tree.marks() == (Mark(top + b"/q1", top, True),)
        assert tree.excluded() == frozenset({top + b"/q1/plan.xlsx"})
        assert tree.mark_counts() == (0, 1)
        told = host.posted[-1]
        assert isinstance(told, FileTree.MarksChanged)
        assert (told.files, told.folders) == (0, 1)
        assert host.disk.calls == [top, top + b"/q1"]  # marking walks nothing
        tree.clear_marks()
        await pilot.pause()
        assert "*" not in "".join(frame(host))


async def test_all_in_a_folder_but_not_what_is_hidden(reports: Path) -> None:
    host = Host(reports, show_hidden=False)
    tree, top = host.tree_widget, os.fsencode(reports)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "a")
        assert [line[4:7] for line in frame(host)[:4]] == ["[*]"] * 4
        assert tree.marks() == (Mark(top, top, True),)
        assert tree.excluded() == {top + b"/.a", top + b"/.b", top + b"/.c"}
        await press(pilot, "a")
        assert (tree.marks(), tree.excluded()) == ((), frozenset())


async def test_the_parent_as_root_and_marks_that_keep_their_root(reports: Path) -> None:
    host = Host(reports / "q1")
    tree, top = host.tree_widget, os.fsencode(reports)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "space", "backspace")
        assert tree.root == top
        assert tree.cursor_path == top + b"/q1"
        assert frame(host)[1] == "> + [-] q1/"
        assert [one.root for one in host.posted if isinstance(one, FileTree.RootChanged)][-1] == top
        await press(pilot, "j", "space")
        assert tree.marks() == (Mark(top + b"/q1/plan.xlsx", top + b"/q1", False), Mark(top + b"/raw", top, True))
        while tree.root != b"/":
            await press(pilot, "backspace")
        assert tree.cursor_path == b"/" + top.split(b"/")[1]
        await press(pilot, "backspace")
        assert host.said == "no folder above /"
        assert not tree.works("files.parent")


async def test_home(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(reports / "q1"))
    host = Host(reports)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "tilde")
        assert host.tree_widget.root == os.fsencode(reports / "q1")
        assert frame(host)[0] == "> + [ ] exports/"
        await press(pilot, "tilde")
        assert host.said == "this is the home folder already"


async def test_the_cursor_stays_on_its_item(reports: Path) -> None:
    host = Host(reports)
    tree = host.tree_widget
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "G")
        assert tree.cursor_path.endswith(b"/notes.txt")
        for name in ("another", "ever", "m.log"):
            (reports / name).write_bytes(b"")
        tree.relist()
        await press(pilot)
        assert tree.cursor_path.endswith(b"/notes.txt")
        await press(pilot, "full_stop")
        assert tree.cursor_path.endswith(b"/notes.txt")
        await press(pilot, "full_stop")
        await pilot.resize_terminal(38, 5)
        await pilot.pause()
        assert [line for line in frame(host) if line.startswith(">")] == [frame(host)[-1]]
        assert "notes.txt" in frame(host)[-1]
        (reports / "notes.txt").unlink()
        tree.relist()
        await press(pilot)
        assert tree.cursor_path.endswith(b"/m.log")  # the last one that is left


@rows(84)
@pytest.mark.parametrize("every", [True, False])
async def test_a_folder_that_is_gone_sends_the_cursor_to_the_nearest_parent_that_lives(
    reports: Path, every: bool
) -> None:
    host = Host(reports)
    tree = host.tree_widget
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "l", "l", "l", "l")
        assert tree.cursor_path.endswith(b"exports/part-1.csv")
        os.rename(reports / "q1" / "exports", reports / "q1" / "moved")
        exports = tree.rows.folder(os.fsencode(reports / "q1" / "exports"))
        assert exports is not None
        tree.relist() if every else tree.read(exports)
        await press(pilot)
        assert tree.cursor_path == os.fsencode(reports / "q1")
        assert "exports: DIR_GONE folder is gone" in host.said
        assert not any("exports" in line for line in frame(host))
        assert any("moved" in line for line in frame(host))


@rows(84)
@pytest.mark.parametrize("every", [True, False])
async def test_where_the_parents_are_gone_too_the_cursor_goes_on_up(reports: Path, every: bool) -> None:
    host = Host(reports)
    tree = host.tree_widget
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "l", "l", "l", "l")
        os.rename(reports / "q1", reports / "moved")
        exports = tree.rows.folder(os.fsencode(reports / "q1" / "exports"))
        assert exports is not None
        tree.relist() if every else tree.read(exports)
        await press(pilot)
        assert tree.cursor_path.endswith(b"/raw")  # the root lives: the folder after q1 has its place
        assert "q1: DIR_GONE folder is gone" in host.said
        assert not any("q1" in line for line in frame(host))


async def test_a_root_that_cannot_be_read_says_so_and_can_be_tried_again(tmp_path: Path) -> None:
    host = Host(tmp_path / "later")
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "space", "a", "j", "G", "pagedown")
        assert frame(host) == [">   DIR_GONE folder is gone"]
        assert host.said == "this is the last row"
        (tmp_path / "later").mkdir()
        (tmp_path / "later" / "here").write_bytes(b"")
        await press(pilot, "l")
        assert frame(host) == [">   [ ] here                        0B"]


class Stubborn(Disk):
    """Answers as a file system with troubles does: first a page, then the rest, or an error, or a bug."""

    async def read(self, folder: bytes, order: str = "name", timeout: float = 5.0) -> AsyncIterator[Listing]:
        """An answer by the folder's name."""
        one = Entries.of([Entry(b"one", Kind.FILE, 1)])
        if folder.endswith(b"bug"):
            raise RuntimeError("a bug")
        if folder.endswith(b"stalled"):
            yield Listing(folder, error="DIR_STALLED")
        elif folder.endswith(b"paged"):
            yield Listing(folder, one, complete=False, seen=1)
            yield Listing(folder, complete=False, seen=2)
            yield Listing(folder, Entries.of([Entry(b"one", Kind.FILE, 1), Entry(b"two", Kind.FILE, 1)]))
        else:
            yield Listing(folder, Entries.of(Entry(name, Kind.FOLDER) for name in (b"bug", b"stalled")), "EIO")


@pytest.mark.parametrize(
    ("root", "rows"),
    [
        ("/stalled", [">   DIR_STALLED no answer in time"]),
        ("/paged", [">   [ ] one                         1B", "    [ ] two                         1B"]),
        ("/bug", [">   INTERNAL internal error"]),
        ("/partly", ["> + [ ] bug/", "  + [ ] stalled/", "    EIO disk error"]),
    ],
)
async def test_listings_with_troubles_stand_in_the_rows(root: str, rows: list[str]) -> None:
    host = Host(root, Stubborn())
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot)
        assert frame(host) == rows


async def test_dead_keys_answer_and_a_file_opens_its_information(reports: Path) -> None:
    host = Host(reports)
    tree = host.tree_widget
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "k")
        assert host.said == "this is the first row"
        await press(pilot, "G", "j")
        assert host.said == "this is the last row"
        await press(pilot, "l")
        assert host.said == "a file has nothing inside: Enter shows its information"
        await press(pilot, "enter")
        found = host.posted[-1]
        assert isinstance(found, FileTree.Information)
        assert (found.path, found.entry.size) == (os.fsencode(reports / "notes.txt"), 5)
        assert not tree.works("files.expand")
        assert tree.works("files.mark")
        assert not tree.works("queue.retry")
        assert all(isinstance(tree.works(key.id), bool) for key in FILES)
        await press(pilot, "g", "l", "l")
        assert host.said == "nothing to show in this folder"


FAILURE = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO)


async def test_stages_stand_beside_files_and_roll_up(reports: Path) -> None:
    host = Host(reports, show_hidden=False)
    tree, q1 = host.tree_widget, os.fsencode(reports / "q1")
    state = QueueState()
    paths = [q1 + b"/exports/part-%d.csv" % n for n in (1, 2, 10)]
    paths += [q1 + b"/plan.xlsx", q1 + b"/summary.pdf", q1 + "/季度报告.docx".encode()]
    state.apply(ev.ItemsAdded(tuple(QueueItem(n, path, "k", 1000 * n) for n, path in enumerate(paths))))
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "l")
        tree.set_state(state)
        done = Receipt("", None, "", "", True, 1, 0.0)
        changed: set[int] = set()
        for event in (
            ev.ItemDone(0, done, 0.0), ev.ItemDone(1, done, 0.0), ev.ItemFailed(3, FAILURE, 1, 0.0),
            ev.StageChanged(4, Stage.UPLOADING), ev.BytesSent(4, 2480), ev.StageChanged(5, Stage.GETTING_INFO),
        ):  # fmt: skip
            changed.update(state.apply(event))
        tree.items_changed(changed)
        await pilot.pause()
        assert frame(host)[1:6] == [
            "> - [ ] q1/                   !1   15K",
            "    + [ ] exports/           2/3  2.9K",
            "      [ ] plan.xlsx        !fail  2.1M",
            "      [ ] summary.pdf        62%  1.1M",
            "      [ ] 季度报告.docx     info   88K",
        ]
        assert host.line == f"{reports}/q1/   6 files, 15K, 2 done, 1 failed"
        await press(pilot, "j", "j")
        assert "failed STORAGE_EXCEED_AUTHORITY a storage permission or security rule denies this key" in host.line
        tree.refreshed.clear()
        tree.items_changed(state.apply(ev.ItemDone(2, done, 0.0)))
        regions = [region for call in tree.refreshed for region in call]
        assert [(region.y, region.x > 20) for region in regions] == [(2, True)]  # the folder's badge and no more
        tree.refreshed.clear()
        tree.items_changed(range(6))
        assert tree.refreshed == []  # nothing changed, nothing is painted
        assert frame(host)[2] == "    + [ ] exports/          done  2.9K"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 20,000 files."""
    top = tmp_path_factory.mktemp("many")
    for n in range(20_000):
        os.close(os.open(top / f"access-{n}.log", os.O_CREAT | os.O_WRONLY, 0o644))
    return top


async def test_a_move_paints_two_rows_and_the_edge_scrolls_half_a_page(many: Path) -> None:
    host = Host(many)
    tree = host.tree_widget
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot)
        assert len(tree.rows) == 20_000
        tree.refreshed.clear()
        await press(pilot, "j")
        assert [[(region.y, region.height) for region in call] for call in tree.refreshed] == [[(0, 1), (1, 1)]]
        assert tree.cursor_screen_offset == Offset(0, 1)
        for _ in range(18):
            await pilot.press("j")
        assert tree.top == 0
        await pilot.press("j")
        assert (tree.top, tree.cursor_screen_offset) == (10, Offset(0, 10))
        await pilot.press("pagedown")
        assert (tree.cursor_path, tree.top) == (os.fsencode(many / "access-40.log"), 21)
        await pilot.press("G")
        assert frame(host)[-1] == ">   [ ] access-19999.log            0B"
        await pilot.press("g")
        assert frame(host)[0] == ">   [ ] access-0.log                0B"
        assert tree.top == 0
        await pilot.press("ctrl+d")
        assert tree.cursor_path == os.fsencode(many / "access-10.log")


async def test_an_opened_folder_paints_only_what_is_below_it(reports: Path) -> None:
    host = Host(reports)
    tree = host.tree_widget
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "j")
        tree.refreshed.clear()
        await press(pilot, "l")
        regions = [region for call in tree.refreshed for region in call]
        assert all(tree.refreshed)  # never all of it
        assert min(region.y for region in regions) == 1


async def test_the_focus_sign_is_there_only_with_the_focus(reports: Path) -> None:
    host = Host(reports, glyphs=UNICODE)
    tree = host.tree_widget
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot)
        assert frame(host)[0] == "> ▸ [ ] empty/"
        tree.screen.set_focus(None)
        await pilot.pause()
        assert frame(host)[0] == "  ▸ [ ] empty/"


@pytest.mark.parametrize("width", [8, 16, 24, 38, 48, 80])
async def test_every_width_and_depth_keeps_its_lines_whole(tmp_path: Path, width: int) -> None:
    deep = tmp_path
    for n in range(12):
        deep = deep / f"level-{n}-季度"
    deep.mkdir(parents=True)
    (deep / "file-季度报告-with-a-long-name.docx").write_bytes(b"x")
    host = Host(tmp_path)
    async with host.run_test(size=(width, 20)) as pilot:
        await press(pilot, *["l"] * 24)
        lines = frame(host)  # checks the width of each line
        assert len(lines) == 13
        if width >= 38:
            assert lines[-1].startswith(">")
            assert ("~12" in lines[-1]) is (width < 60)  # too deep to indent: the level's number instead
            assert len(set(lines)) == 13


async def test_earlier_jobs_are_badges_and_words(reports: Path) -> None:
    host = Host(reports, show_hidden=False)
    q1 = os.fsencode(reports / "q1")
    noon = 1.0e9
    host.disk.past = {
        q1 + b"/plan.xlsx": Past(Stage.FAILED, "EACCES", noon, "k", False),
        q1 + b"/summary.pdf": Past(Stage.DONE, "", noon, "logs/q1/summary.pdf", False),
        q1 + "/季度报告.docx".encode(): Past(Stage.DONE, "", noon, "k", True),
    }
    async with host.run_test(size=(38, 20)) as pilot:
        await press(pilot, "j", "l", "j", "j")
        assert frame(host)[2:6] == [
            "    + [ ] exports/",
            ">     [ ] plan.xlsx      !EACCES  2.1M",
            "      [ ] summary.pdf       done  1.1M",
            "      [ ] 季度报告.docx     diff   88K",
        ]
        assert host.line.split("   ")[1].startswith("failed EACCES permission denied: mark it, u tries again (2001")
        await press(pilot, "j")
        assert ", uploaded 2001-09-0" in host.line
        assert host.line.endswith(" as logs/q1/summary.pdf")
        await press(pilot, "j")
        assert ", changed since its upload (2001-09-0" in host.line
        tree = host.tree_widget
        state = QueueState()
        tree.set_state(state)
        item = QueueItem(0, q1 + b"/plan.xlsx", "k", 1)
        tree.items_changed(state.apply(ev.ItemsAdded((item,))))
        assert frame(host)[3].endswith(" wait  2.1M")  # what happens now goes before what was
        host.disk.past[q1 + b"/plan.xlsx"] = Past(Stage.DONE, "", noon, "k", False)
        tree.items_changed(state.apply(ev.ItemDone(0, Receipt("", None, "", "", True, 1, 0.0), 0.0)))
        await press(pilot)
        assert frame(host)[3].endswith(" done  2.1M")
        host.disk.past[q1 + b"/plan.xlsx"] = Past(Stage.DONE, "", noon, "k", True)  # written to since
        tree.relist()
        await press(pilot)
        assert frame(host)[3].endswith(" diff  2.1M")


async def test_only_what_is_in_sight_is_asked_of_the_journal(many: Path) -> None:
    host = Host(many)
    asked: list[int] = []
    history = host.disk.history

    async def counting(paths: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Past]:
        asked.append(len(paths))
        return await history(paths, timeout)

    host.disk.history = counting  # type: ignore[method-assign]
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "G", "g", "pagedown")
        assert sum(asked) <= 60
        assert max(asked) <= 20


async def test_a_refresh_keeps_the_cursor_on_its_entry(reports: Path) -> None:
    host = Host(reports, show_hidden=False)
    async with host.run_test(size=SIZE) as pilot:
        await press(pilot, "j", "l", "G", "k", "k")
        assert host.tree_widget.cursor_path.endswith(b"/q1/" + "季度报告.docx".encode())
        (reports / "a-new-one").mkdir()
        (reports / "q1" / "another.txt").write_bytes(b"1")
        (reports / "q1" / "plan.xlsx").unlink()
        host.tree_widget.relist()
        await press(pilot)
        assert host.tree_widget.cursor_path.endswith(b"/q1/" + "季度报告.docx".encode())
        text = "\n".join(frame(host))
        assert "a-new-one/" in text
        assert "another.txt" in text
        assert "plan.xlsx" not in text
