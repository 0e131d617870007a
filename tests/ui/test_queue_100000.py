"""A queue of 100,000 rows: every way into the rows agrees with every other, and no beat takes in too much at once."""

from collections import Counter

from tests.ui.stage import on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem, Stage
from tui_uploader.ui.backlog import AT_ONCE
from tui_uploader.ui.pump import Pump
from tui_uploader.ui.widgets.queue_groups import BY_CODE, BY_FOLDER, BY_STAGE, IN_ORDER
from tui_uploader.ui.widgets.queue_rows import QueueRows

ROWS = 100_000
REFUSED = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO)


def items(start: int, end: int) -> tuple[QueueItem, ...]:
    """Items that wait, a thousand in a folder."""
    return tuple(
        QueueItem(one, b"/srv/d%d/f%06d" % (one // 1000, one), f"d{one // 1000}/f{one:06d}", 1000, Stage.WAITING)
        for one in range(start, end)
    )


async def test_a_hundred_thousand_rows_are_grouped_and_found_and_keys_answer() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.events.append(ev.ItemsAdded(items(0, ROWS), 0.0))
        await stage.tick()
        stage.port.events.extend(ev.ItemFailed(one, REFUSED, 1, 0.0) for one in range(0, ROWS, 10))
        frame = await stage.tick()
        assert "0 of 100,000   10,000 failed" in "\n".join(frame)
        queue = stage.app.main.queue
        for mode in (BY_STAGE, BY_CODE, BY_FOLDER, IN_ORDER):
            queue.show_rows(mode=mode)
            counted = Counter(queue.groups.of(one) for one in range(ROWS))
            assert {group: queue.rows.total(group) for group in counted} == counted
        queue.show_rows(mode=BY_STAGE, showing="failed")
        assert len(queue.rows) == ROWS // 10
        assert "d99/f099990" in "\n".join(await stage.press("2", "G"))
        queue.show_rows(showing="all")
        assert queue.cursor == 99_990
        await stage.press("slash", *"d42/f042007", "enter")
        await stage.app.workers.wait_for_complete()
        assert queue.cursor == 42_007


async def test_rows_that_come_later_stand_where_an_arrangement_of_all_puts_them() -> None:
    async with on_stage(prefix="") as stage:
        queue = stage.app.main.queue
        for mode in (BY_STAGE, BY_CODE, BY_FOLDER, IN_ORDER):
            queue.show_rows(mode=mode)
            known = len(stage.app.state)
            stage.port.events.append(ev.ItemsAdded(items(known, known + 3000), 0.0))
            stage.port.events.append(ev.ItemFailed(known + 1, REFUSED, 1, 0.0))
            stage.port.events.append(ev.ItemRetrying(known + 2, REFUSED, 1, 9.0, 0.0))
            stage.port.events.append(ev.ItemsMoved((known + 3,), None))
            await stage.tick()
            fresh = QueueRows(stage.app.state.order)
            queue.groups.arrange(fresh, mode=mode, showing="all")
            assert [*queue.rows.walk(0)] == [*fresh.walk(0)]


def test_a_beat_ends_when_what_it_has_taken_in_took_its_time() -> None:
    class Told:
        """A port with all at once."""

        events: list[ev.Event]

        def drain(self) -> list[ev.Event]:
            """All of it, once."""
            events, self.events = self.events, []
            return events

    port, now, again = Told(), [0.0], []
    port.events = [ev.ItemsAdded(items(0, AT_ONCE * 10), 0.0)]
    pump = Pump(port, clock=lambda: now[0])  # type: ignore[arg-type]
    pump.again = lambda: again.append(len(pump.state))

    def slow(ids: set[int]) -> None:
        now[0] += 0.006

    pump.on_changed = slow
    beats = 0
    while len(pump.state) < AT_ONCE * 10:
        pump.tick()
        beats += 1
    assert beats == 5  # two of 6 ms each fill a slice of 8 ms
    assert len(again) == 4
