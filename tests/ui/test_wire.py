"""What goes to the terminal: changed cells alone, no mode that stays on, whole names."""

import time

import pytest
from rich.segment import Segment
from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.strip import Strip

from tests.ui.stage import on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage as At
from tui_uploader.ui import driver
from tui_uploader.ui.driver import QuietDriver
from tui_uploader.ui.widgets.painted import Painted, cells, changed_runs
from tui_uploader.ui.words import fit_path, size_text, wrapped


def runs(was: str, now: str) -> list[tuple[int, int]]:
    """Changed runs of two plain lines."""
    return changed_runs(cells(Strip([Segment(was)])), cells(Strip([Segment(now)])))


def test_changed_runs_are_cells_and_cut_no_wide_character() -> None:
    assert runs("abc", "abc") == []
    assert runs("abcdef", "abXdef") == [(2, 3)]
    assert runs("a" + "b" * 20 + "c", "x" + "b" * 20 + "y") == [(0, 1), (21, 22)]
    assert runs("abcd", "xbyd") == [(0, 3)]
    assert runs("a\u5b63b", "axyb") == [(1, 3)]
    assert runs("axyb", "ax\u5b63") == [(2, 4)]
    assert runs("e\u0301x", "e\u0301y") == [(1, 2)]


async def test_nothing_is_refreshed_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage() as stage:
        stage.port.seed(3)
        stage.port.done(0)
        stage.port.fail(1, "SlowDown")
        stage.port.done(2)
        await stage.tick()
        seen: list[object] = []

        def note(self: Painted, *regions: object, **_: object) -> Painted:
            seen.append((self, regions))
            return self

        monkeypatch.setattr(Painted, "refresh", note)
        for _ in range(20):
            await stage.tick(0.25)
        assert seen == []


async def test_progress_paints_once_a_second_and_a_failure_at_once() -> None:
    async with on_stage() as stage:
        painted: list[bool] = []
        stage.port.seed(3)
        stage.port.stage(0, At.UPLOADING)
        await stage.tick()
        before = stage.app.pump.on_paint

        def note(changed: bool) -> None:
            painted.append(changed)
            before(changed)

        stage.app.pump.on_paint = note
        for sent in range(1, 9):
            stage.port.bytes(0, sent * 1000)
            await stage.tick(0.25)
        assert len(painted) == 2
        stage.port.fail(1, "SlowDown")
        await stage.tick(0.01)
        assert len(painted) == 3
        assert painted[-1]


async def test_low_bandwidth_paints_half_as_often() -> None:
    async with on_stage() as stage:
        assert stage.app.pump.paint_every == 1.0
        stage.app.pump.paint_every = 2.0
        painted: list[bool] = []
        stage.port.seed(1)
        stage.port.stage(0, At.UPLOADING)
        await stage.tick()
        stage.app.pump.on_paint = painted.append
        for sent in range(1, 17):
            stage.port.bytes(0, sent)
            await stage.tick(0.25)
        assert len(painted) == 2


@pytest.mark.parametrize(
    ("term", "data", "goes"),
    [
        ("xterm-256color", "\x1b[?1003h", False),
        ("xterm-256color", "\x1b[?1004h", False),
        ("xterm-256color", "\x1b[?1015h", False),
        ("xterm-256color", "\x1b[>25u", False),
        ("xterm-256color", "\x1b[<u", False),
        ("xterm-256color", "\x1b[?2026$p", True),
        ("linux", "\x1b[?2026$p", False),
        ("vt220", "\x1b[?2048$p", False),
        ("xterm-256color", "\x1b[?1049h", True),
    ],
)
def test_the_driver_never_asks_for_what_would_stay_on(
    monkeypatch: pytest.MonkeyPatch, term: str, data: str, goes: bool
) -> None:
    written: list[str] = []
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(LinuxDriver, "write", lambda self, text: written.append(text))
    quiet = object.__new__(QuietDriver)
    quiet.held = 0
    quiet.write(data)
    assert written == ([data] if goes else [])


@pytest.mark.parametrize(
    ("term", "knows"),
    [
        ("xterm", True),
        ("tmux-256color", True),
        ("linux", False),
        ("screen.linux", False),
        ("vt220", False),
        ("", False),
    ],
)
def test_titles_only_where_term_knows_them(monkeypatch: pytest.MonkeyPatch, term: str, knows: bool) -> None:
    monkeypatch.setenv("TERM", term)
    assert driver.knows_titles() is knows


async def test_log_gathers_what_is_done_and_gives_the_rest_a_line_each() -> None:
    async with on_stage() as stage:
        stage.port.seed(40, folder="logs/2026/exports")
        for item_id in range(37):
            stage.port.done(item_id)
        stage.port.fail(37, "SlowDown", request_id="9f2c1d70-aa")
        stage.port.fail(38, "NET_RESET")
        stage.port.events.append(ev.ParallelChanged(4, "start", time.time()))
        stage.port.events.append(ev.ParallelChanged(3, "503 SlowDown", time.time()))
        await stage.tick()
        await stage.press("3", "z")
        text = stage.text
    assert "done   x37 exports/, 71M in 1 s, verified" in text
    assert "fail   exports/f000037.log  SlowDown  req 9f2c1d70" in text
    assert "fail   exports/f000038.log  NET_RESET" in text
    assert "slower parallel 4 -> 3 (503 SlowDown)" in text
    assert text.index("SlowDown") < text.index("NET_RESET")


async def test_log_follows_until_a_key_scrolls() -> None:
    async with on_stage() as stage:
        stage.port.seed(50)
        for item_id in range(20):
            stage.port.fail(item_id, "SlowDown")
        await stage.tick()
        await stage.press("3", "k", "k")
        still = [line for line in stage.frame() if " fail " in line]
        stage.port.fail(20, "NET_RESET")
        frame = await stage.tick()
        assert [line for line in frame if " fail " in line] == still
        assert "F follows" in "\n".join(frame)
        assert "NET_RESET" in "\n".join((await stage.press("F"))[-7:])


async def test_pause_of_the_service_is_logged_with_its_cause() -> None:
    async with on_stage((120, 40)) as stage:
        stage.port.seed(1)
        stage.port.events.append(ev.RunPaused(Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO), time.time()))
        assert "pause  ACCESS_TOKEN_EXPIRED the access token is over" in "\n".join(await stage.tick())


def test_words() -> None:
    sizes = ((-1, "?"), (0, "0B"), (512, "512B"), (2_150_000, "2.1M"), (41_000_000, "39M"), (1_500_000_000, "1.4G"))
    for size, words in sizes:
        assert size_text(size) == words
    assert fit_path("q1/exports/very/long/folder/report.csv", 24) == "q1/~/folder/report.csv"
    assert fit_path("a" * 50, 10, "~") == "~" + "a" * 9
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("", 20) == [""]


async def test_what_changed_under_another_size_is_drawn_when_the_old_one_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sizes that come and go between two frames: the frame that was drawn for this one is old."""
    async with on_stage() as stage:
        stage.port.seed(3)
        await stage.tick()
        line = stage.app.main.status
        before = line.render_line(0).text
        assert "0 of 3" in before
        for size in (Size(line.size.width - 20, 1), Size(line.size.width, 0)):
            with monkeypatch.context() as other:
                other.setattr(type(line), "size", size)
                stage.port.done(0)
                line.repaint()
            assert line._stale
            line._stale = False
        with monkeypatch.context() as other:
            other.setattr(type(line), "size", Size(line.size.width - 20, 1))
            await stage.tick(1.0)
        assert "1 of 3" in line.render_line(0).text


async def test_a_size_that_came_back_is_painted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that was narrower for a moment has lost what stood there, and Textual sees no change."""
    async with on_stage() as stage:
        main, painted = stage.app.main, []
        monkeypatch.setattr(main, "refresh", lambda *regions, **how: painted.append(regions))
        here, other = stage.app.size, Size(41, 11)
        for size, count in ((other, 0), (here, 0), (here, 1), (other, 1), (here, 1)):
            main.on_resize(events.Resize(size, size))
            assert len(painted) == count
