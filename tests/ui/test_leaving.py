"""Leaving: at once when nothing is left to do, else one question; and the lines that stay."""

from tests.ui.stage import Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem
from tui_uploader.model.items import Stage as At
from tui_uploader.model.queue import QueueState
from tui_uploader.ui import farewell


async def busy(stage: Stage) -> None:
    """One active, one waiting."""
    stage.port.seed(2)
    stage.port.stage(0, At.UPLOADING)
    await stage.tick()


def left(stage: Stage) -> int | None:
    """The exit code, None while the app runs."""
    return stage.app.return_code if not stage.app.is_running or stage.app._exit else None


async def test_q_leaves_at_once_when_nothing_is_unfinished() -> None:
    async with on_stage() as stage:
        await stage.press("q")
        assert left(stage) == 0
    async with on_stage() as stage:
        stage.port.seed(2)
        stage.port.done(0)
        stage.port.fail(1, "SlowDown")
        await stage.tick()
        await stage.press("q")
        assert left(stage) == 0


async def test_q_asks_and_escape_stays() -> None:
    async with on_stage() as stage:
        await busy(stage)
        frame = await stage.press("q")
        assert frame[-2].strip() == "1 uploading, 1 waiting: leave?"
        assert frame[-1] == " f finish  s stop  Esc stay"
        assert "0 of 2" in frame[-3]
        assert "background" not in "\n".join(frame)
        frame = await stage.press("escape")
        assert frame[-1].endswith("? help")
        assert left(stage) is None


async def test_progress_goes_on_under_the_question() -> None:
    async with on_stage() as stage:
        await busy(stage)
        await stage.press("q")
        stage.port.bytes(0, 1_000_000)
        assert "50%" in "\n".join(await stage.tick())
        stage.port.done(0)
        assert "1 of 2" in (await stage.tick())[-3]


async def test_the_question_ends_when_everything_has() -> None:
    async with on_stage() as stage:
        await busy(stage)
        await stage.press("q")
        stage.port.done(0)
        stage.port.done(1)
        await stage.tick()
        assert left(stage) == 0


async def test_stop_leaves_now() -> None:
    async with on_stage() as stage:
        await busy(stage)
        await stage.press("q", "s")
        assert left(stage) == 0
        assert not stage.port.finishing


async def test_finish_leaves_when_nothing_is_active() -> None:
    async with on_stage() as stage:
        await busy(stage)
        await stage.press("q", "f")
        assert stage.port.finishing
        assert "leaves when 1 are finished" in (await stage.tick())[-3]
        assert left(stage) is None
        stage.port.done(0)
        await stage.tick()
        assert left(stage) == 0


async def test_ctrl_c_asks_and_twice_leaves_with_130() -> None:
    async with on_stage() as stage:
        await busy(stage)
        assert "leave?" in (await stage.press("ctrl+c"))[-2]
        stage.clock.now += 3.0
        await stage.press("ctrl+c")
        assert left(stage) is None
        await stage.press("ctrl+c")
        assert left(stage) == 130


async def test_ctrl_c_closes_a_page_first() -> None:
    async with on_stage() as stage:
        await busy(stage)
        await stage.press("question_mark")
        assert (await stage.press("ctrl+c"))[-1].endswith("? help")
        assert left(stage) is None


async def test_keys_that_are_unbound() -> None:
    async with on_stage() as stage:
        stage.frame()
        for key, shown in (("ctrl+q", "^q"), ("ctrl+z", "^z"), ("ctrl+s", "^s")):
            assert f"{shown} does nothing here: q leaves" in " ".join(await stage.press(key))
            assert left(stage) is None


def state_of(*ends: ev.Event, total: int = 3) -> QueueState:
    """A queue after some ends."""
    state = QueueState()
    state.apply(ev.ItemsAdded(tuple(QueueItem(n, b"/srv/%d" % n, str(n), 1024) for n in range(total))))
    for end in ends:
        state.apply(end)
    return state


def failed(item_id: int, code: str) -> ev.ItemFailed:
    """An end."""
    return ev.ItemFailed(item_id, Failure(code, Phase.PUT), 1, 0.0)


def test_farewell_is_honest_in_four_lines() -> None:
    assert farewell.lines(QueueState()) == ["tui-uploader: nothing was queued, nothing was uploaded"]
    state = state_of(failed(0, "STORAGE_EXCEED_AUTHORITY"), failed(1, "\x1b[31mX"))
    said = farewell.lines(state)
    assert said[0] == "tui-uploader: 0 of 3 done (0B), 2 failed, 1 not uploaded"
    assert said[1] == "failed: STORAGE_EXCEED_AUTHORITY 1, \u241b[31mX 1"
    assert said[2].startswith("next: ")
    assert farewell.lines(state, again="tui-uploader /srv")[2] == "next: run tui-uploader /srv"
    many = state_of(
        *(failed(n, f"CODE_{n}") for n in range(9)), ev.RunStopped(Failure("TLS_CERT", Phase.PUT), 0.0), total=9
    )
    said = farewell.lines(many)
    assert len(said) == 4
    assert said[1].endswith("other codes 5")
    assert said[2].startswith("stopped: TLS_CERT: the certificate is not to be trusted")
    only = state_of(failed(0, "KEY_INVALID"), total=1)
    assert "a retry alone will not help" in farewell.lines(only)[-1]
