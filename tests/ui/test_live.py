"""What a screen says beside the counts: bytes that got there are counted once, however often they are sent."""

from tests.ui.stage import on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, QueueItem
from tui_uploader.model.items import Stage as At
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.live import Live

RESET = Failure("NET_RESET", Phase.PUT)


def fed(*events: ev.Event) -> list[int]:
    """What has moved after each event, of two objects of 100 bytes."""
    state = QueueState()
    live, moved = Live(state), []
    for event in events:
        state.apply(event)
        live.take(event, 1.0)
        moved.append(live.moved)
    return moved


def test_an_attempt_that_failed_takes_nothing_back_and_counts_nothing_twice() -> None:
    items = tuple(QueueItem(number, b"/srv/%d" % number, f"{number}", 100) for number in range(2))
    begun = (ev.ItemsAdded(items, 1.0), ev.StageChanged(0, At.UPLOADING), ev.BytesSent(0, 60))
    again = (
        ev.ItemRetrying(0, RESET, 1, 1.0, 1.0),
        ev.StageChanged(0, At.GETTING_INFO),
        ev.StageChanged(0, At.UPLOADING),
    )
    assert fed(*begun, *again, ev.BytesSent(0, 20), ev.BytesSent(0, 70))[2:] == [60, 60, 60, 60, 60, 70]
    assert fed(*begun, *again, ev.BytesSent(0, 20), ev.ItemFailed(0, RESET, 2, 1.0))[-2:] == [60, 0]
    assert fed(*begun, *again, ev.StageChanged(0, At.CANCELLED))[-1] == 0
    assert fed(*begun, *again, ev.RunStopped(None, 1.0))[-1] == 0


def test_a_view_that_is_behind_takes_nothing_back_either() -> None:
    items = tuple(QueueItem(number, b"/srv/%d" % number, f"{number}", 100) for number in range(2))
    begun = (ev.ItemsAdded(items, 1.0), ev.StageChanged(0, At.UPLOADING), ev.BytesSent(0, 60))
    waits, uploads = ev.StagesChanged((0,), At.WAITING), ev.StageChanged(0, At.UPLOADING)
    retrying = ev.ItemRetrying(0, RESET, 1, 1.0, 1.0)
    assert fed(*begun, waits, uploads, ev.BytesSent(0, 70))[2:] == [60, 60, 60, 70]
    assert fed(*begun, retrying, waits, uploads, ev.BytesSent(0, 70))[2:] == [60, 60, 60, 60, 70]
    assert fed(*begun, retrying, ev.StagesChanged((0,), At.CANCELLED))[-1] == 0


async def test_a_new_attempt_says_that_it_is_one() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.add([Planned(b"/srv/reports/plan.xlsx", "plan.xlsx", 100)])
        stage.port.stage(0, At.UPLOADING)
        stage.port.bytes(0, 60)
        assert " 60B of 100B" in "\n".join(await stage.tick())
        stage.port.events.append(ev.ItemRetrying(0, RESET, 1, 1.0, 1.0))
        stage.port.stage(0, At.UPLOADING)
        stage.port.bytes(0, 10)
        await stage.tick()
        frame = await stage.press("2")
        assert " 10%  plan.xlsx" in frame[2]
        assert frame[2].endswith("try 2")
        assert "uploading, attempt 2" in frame[-2]
        assert " 60B of 100B" in frame[-3]
