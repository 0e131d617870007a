"""The main screen at its sizes: layout, focus in words, counts, dead keys, names from outside."""

import pytest
from rich.cells import cell_len

from tests.ui.stage import ROOT, Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage as At
from tui_uploader.ui.app import DemoHooks


async def running(stage: Stage) -> list[str]:
    """Four objects: one failed, one moving, one waiting to be tried again, one waiting."""
    stage.port.seed(4, folder="logs/2026/q1")
    stage.port.fail(0, "STORAGE_EXCEED_AUTHORITY", phase=Phase.INFO, request_id="9f2c1d70-1", http_status=200)
    stage.port.stage(1, At.UPLOADING)
    stage.port.bytes(1, 1_240_000)
    stage.port.stage(2, At.UPLOADING)
    stage.port.retrying(2, "SlowDown", after=3.0, http_status=503)
    return await stage.tick()


async def test_empty_screen_names_the_next_key() -> None:
    async with on_stage() as stage:
        frame = stage.frame()
    assert frame[0].split() == [
        "prod-1a2b",
        "to",
        "logs/2026/",
        "0",
        "up",
        "no",
        "limit",
        "stops",
        "if",
        "SSH",
        "drops",
    ]
    assert frame[1].startswith("[1 Files] /srv/reports")
    assert " 2 Queue  empty" in frame[1]
    assert frame[2][39:] == " nothing queued: mark files with Space,"
    assert frame[3][39:] == " then press u"
    assert frame[2].startswith("> + [ ] q1/")
    assert frame[-3].strip() == "nothing queued yet"
    assert frame[-2].startswith(" /srv/reports/q1/")
    assert frame[-1] == " Space mark  2 Queue  : commands  ? help"


async def test_running_screen_shows_codes_and_counts_that_add_up() -> None:
    async with on_stage() as stage:
        frame = await running(stage)
        counts = stage.app.state.counts
    queue = [line[39:] for line in frame]
    assert queue[2] == " !fail q1/f000000.log       1.9M  1 try"
    assert queue[3] == "   STORAGE_EXCEED_AUTHORITY rule denies"
    assert queue[4].startswith("  62%  q1/f000001.log       1.9M")
    assert queue[5] == " wait  q1/f000002.log       1.9M  in 0:03"
    assert queue[6] == "   SlowDown slowed by the service"
    assert queue[7] == " wait  q1/f000003.log       1.9M"
    assert "0 of 4   1 failed   1.2M of 7.6M" in frame[-3]
    assert "q1/f000000.log  STORAGE_EXCEED_AUTHORITY  req 9f2c1d70" in "\n".join(frame)
    parts = counts.done + counts.failed + counts.skipped + counts.cancelled + counts.waiting + counts.active
    assert counts.total == parts == 4
    assert frame[0].split()[3:5] == ["1", "up"]


async def test_wide_screen_has_columns() -> None:
    async with on_stage((120, 40)) as stage:
        frame = await running(stage)
    assert frame[2][49:].split() == ["Key", "Size", "Stage", "Speed,", "left", "/", "code", "Tries"]
    assert frame[3][49:].split() == ["q1/f000000.log", "1.9M", "!fail", "STORAGE_EXCEED_AUTHORITY", "1"]
    assert frame[4][49:].strip().startswith("rule denies: ask for a rule on this prefix; a retry will not help")
    assert frame[6][49:].split() == ["q1/f000002.log", "1.9M", "wait", "SlowDown", "in", "0:03", "1"]
    assert all(cell_len(line) <= 120 for line in frame)


async def test_small_screen_shows_one_pane_and_its_tabs() -> None:
    async with on_stage((40, 10)) as stage:
        await running(stage)
        files = await stage.press("1")
        queue = await stage.press("2")
    assert files[0] == " 0/4  !1"
    assert files[1].startswith("[1 Files] 2 Queue !1  3 Log ")
    assert queue[1].startswith(" 1 Files [2 Queue !1] 3 Log ")
    assert queue[2].startswith(">!fail q1/f000000.log")
    assert queue[3] == "   STORAGE_EXCEED_AUTHORITY rule denies"
    assert queue[-3:-1] == [" rule denies: ask for a rule on this", " prefix; a retry will not help"]
    assert queue[-1] == " Enter details  r retry  ? help"


async def test_too_small_says_so_and_counts() -> None:
    async with on_stage((39, 9)) as stage:
        text = " ".join((await running(stage))[:3])
    assert "enlarge to 40x10, uploads go on: 0/4 !1" in " ".join(text.split())


async def test_focus_is_text() -> None:
    async with on_stage() as stage:
        await running(stage)
        assert (await stage.press("tab"))[1][39:].startswith("[2 Queue]")
        frame = await stage.press("tab")
        assert any(line.startswith("[3 Log]") for line in frame)
        frame = await stage.press("tab")
        assert frame[1].startswith("[1 Files]")
        assert sum(line.startswith(">") for line in frame) == 1
        frame = await stage.press("shift+tab", "shift+tab")
        assert [line[39] for line in frame if line[39:40] == ">"] == [">"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("u",), "nothing is marked: go to a file or folder and press Space"),
        (("R",), "nothing failed, so there is nothing to retry"),
        (("p",), "nothing is running, so there is nothing to pause"),
        (("2", "r"), "nothing is queued: mark files with Space, then press u"),
        (("2", "x"), "nothing is queued: mark files with Space, then press u"),
        (("2", "enter"), "nothing is queued: mark files with Space, then press u"),
        (("2", "j"), "nothing is queued: mark files with Space, then press u"),
        (("3", "j"), "nothing happened yet"),
    ],
)
async def test_dead_keys_answer(keys: tuple[str, ...], said: str) -> None:
    async with on_stage() as stage:
        frame = await stage.press(*keys)
    assert frame[-2].strip() == said


async def test_keys_on_rows_they_do_not_fit() -> None:
    async with on_stage() as stage:
        await running(stage)
        await stage.press("2")
        assert "1 row taken away, still counted; U brings back" in (await stage.press("x"))[-2]
        assert "1 row back in the queue" in (await stage.press("U"))[-2]
        await stage.press("g")
        assert "nothing failed here: this one is uploading" in (await stage.press("j", "r"))[-2]
        await stage.press("x")
        assert stage.port.calls == [("cancel", (1,))]


async def test_an_answer_goes_with_the_next_move() -> None:
    async with on_stage() as stage:
        assert "nothing failed" in (await stage.press("R"))[-2]
        assert (await stage.press("j"))[-2].startswith(" /srv/reports/raw/")


async def test_pause_says_who_and_what_goes_on() -> None:
    async with on_stage() as stage:
        await running(stage)
        await stage.press("p")
        frame = await stage.tick()
        assert "pausing, 1 still up" in frame[-3]
        assert "paused by you" in frame[-2]
        assert "p go on" in frame[-1]
        stage.port.done(1)
        assert "paused: p" in (await stage.tick())[-3]
        await stage.press("p")
        assert "p pause" in (await stage.tick())[-1]


async def test_pause_of_the_engine_says_why() -> None:
    async with on_stage() as stage:
        await running(stage)
        stage.port.events.append(ev.RunPaused(Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO), 0.0))
        frame = await stage.tick()
    assert " paused: ACCESS_TOKEN_EXPIRED, the access token is over" in "".join(frame[-4:-1])
    assert frame[-2].endswith("p goes on")  # in as many lines as it needs


async def test_retry_all_takes_refusals_and_leaves_out_what_cannot_change() -> None:
    async with on_stage() as stage:
        stage.port.seed(4)
        for item_id, code in enumerate(("STORAGE_EXCEED_AUTHORITY", "SlowDown", "KEY_INVALID", "NOT_A_FILE")):
            stage.port.fail(item_id, code)
        await stage.tick()
        frame = await stage.press("R")
        assert stage.port.calls == [("retry", (0, 1))]
        assert " 2 objects retried, 2 left out: KEY_INVALID and 1 more codes" in "".join(frame[-4:-1])
        assert frame[-2].endswith("a retry cannot help")
        counts = stage.app.state.counts
        await stage.tick()
        assert stage.app.state.counts.total == counts.total
        assert stage.app.state.counts.failed == 2


async def test_stalled_is_said_instead_of_a_time() -> None:
    async with on_stage() as stage:
        await running(stage)
        for _ in range(6):
            frame = await stage.tick(2.0)
    assert "stalled 0:12" in frame[-3]


async def test_time_left_needs_five_seconds_of_data() -> None:
    async with on_stage() as stage:
        stage.port.seed(1, size=1_000_000)
        stage.port.stage(0, At.UPLOADING)
        for second in range(1, 8):
            stage.port.bytes(0, second * 100_000)
            frame = await stage.tick(1.0)
            assert ("left" in frame[-3]) == (second >= 6)
    assert "0:03 left" in frame[-3]


async def test_names_from_outside_are_shown_not_run() -> None:
    async with on_stage() as stage:
        text = stage.text
        assert "[bold]x" in text
        assert "esc\u241b[31mred" in text
        stage.port.add([])
        stage.port.seed(1, folder="logs/2026/x[/y[/bold]\x1b[31m")
        stage.port.fail(0, "[red]CODE[/red]", message="[@click=app.quit]hi[/]\x1b]52;c;x\x07", request_id="[b]")
        text = "\n".join(await stage.tick())
        assert "[red]CODE[/red]" in text
        assert "x[/" in text
        text = "\n".join(await stage.press("2", "enter"))
        assert "[@click=app.quit]hi[/]\u241b]52;c;x\u2407" in text
        assert "y[/bold]\u241b[31m" in text
        assert "\x1b" not in text


async def test_guide_goes_by_key_and_by_itself() -> None:
    async def lift() -> str:
        return "lifted"

    demo = DemoHooks("practice cloud on this machine: mark `q1/` with Space, press u", lift)
    async with on_stage(demo=demo) as stage:
        assert "practice cloud on this machine: mark `q1/` with Space, press u" in stage.frame()[1]
        assert "practice" not in "\n".join(await stage.press("escape"))
    async with on_stage(demo=demo) as stage:
        stage.port.seed(1)
        assert "practice" not in "\n".join(await stage.tick())
        await stage.press("colon", "l", "i", "f", "t")
        assert "Demo: lift the refusing rule" in stage.text
        assert (await stage.press("enter"))[-2].strip() == "lifted"


async def test_zoom_gives_a_pane_the_screen_and_back() -> None:
    async with on_stage() as stage:
        await running(stage)
        frame = await stage.press("2", "z")
        assert frame[1].startswith("[2 Queue]")
        assert "Key" in frame[2]
        assert (await stage.press("escape"))[1].startswith(" 1 Files")


async def test_terminal_cursor_stands_on_the_focused_row() -> None:
    async with on_stage() as stage:
        await running(stage)
        await stage.press("2", "j")
        assert tuple(stage.app.cursor_position) == (39, 4)
        await stage.press("1")
        assert tuple(stage.app.cursor_position) == (0, 2)
        assert ROOT.decode() in stage.frame()[-2]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10), (100, 30), (76, 15), (200, 50), (60, 20)])
async def test_the_footer_never_wraps_or_cuts_a_word(size: tuple[int, int]) -> None:
    async with on_stage(size) as stage:
        await running(stage)
        for key in "123":
            frame = await stage.press(key)
            assert frame[-1].endswith("? help")
            assert all(cell_len(line) <= size[0] for line in frame)


async def test_a_pause_that_ends_by_itself_is_no_longer_said() -> None:
    async with on_stage() as stage:
        await running(stage)
        stage.port.events.append(ev.RunPaused(Failure("JOURNAL_FULL", Phase.LOCAL), 0.0))
        assert "paused: JOURNAL_FULL" in "\n".join(await stage.tick())
        stage.port.events.append(ev.RunResumed(0.0, by_probe=True))
        text = "\n".join(await stage.tick())
        assert "paused: JOURNAL_FULL" not in text
        assert "go on  the cause is over" in text
