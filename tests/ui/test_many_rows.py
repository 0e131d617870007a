"""What a key does with a great number of rows: in slices, so that others have their turn, and with the same words."""

import asyncio
import gc
import tracemalloc

import pytest

from tests.ui.stage import Stage, on_stage
from tests.ui.test_queue_100000 import REFUSED, items
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage as At
from tui_uploader.model.picked import Picked
from tui_uploader.ui.many import AT_ONCE, in_turns, parts_of
from tui_uploader.ui.screens import after_work
from tui_uploader.ui.screens.queue_work import MOST_FIRST

EACH = AT_ONCE + 1  # in each group
ROWS = EACH * 3


async def many(stage: Stage) -> None:
    """A queue by code: a third waits, a third failed (one of them for good), a third is cancelled."""
    stage.port.items.extend(items(0, ROWS))
    stage.port.stages = [At.WAITING] * ROWS
    stage.port.events.append(ev.ItemsAdded(tuple(stage.port.items), 0.0))
    never = Failure("KEY_CLASH", Phase.LOCAL)
    for one in range(EACH):
        stage.port.stages[one] = At.FAILED
        stage.port.events.append(ev.ItemFailed(one, REFUSED if one else never, 1, 0.0))
    for one in range(EACH, EACH * 2):
        stage.port.stage(one, At.CANCELLED)
    await settled(stage)
    await stage.press("2", "s", "c", "g")


async def settled(stage: Stage) -> str:
    """All facts applied, all rows moved, all that was begun done; the screen as text."""
    while stage.app.pump.behind or stage.port.events:
        await stage.tick()
    await stage.app.workers.wait_for_complete()
    return "\n".join(await stage.tick())


async def test_parts_give_others_their_turn() -> None:
    turns: list[int] = []
    seen: list[int] = []

    async def other() -> None:
        while True:
            turns.append(len(seen))
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    odd = Picked(bytes((0, 1)) * (AT_ONCE + AT_ONCE // 2))
    async for part in in_turns(odd):
        assert len(part) <= AT_ONCE
        seen.extend(part)
    task.cancel()
    assert seen == [*range(1, AT_ONCE * 3, 2)] == [*odd]
    assert {AT_ONCE // 2, AT_ONCE} <= set(turns)
    assert [*parts_of(range(AT_ONCE + 1))] == [range(AT_ONCE), range(AT_ONCE, AT_ONCE + 1)]


async def test_all_failed_are_retried_and_what_cannot_be_is_named() -> None:
    async with on_stage((120, 24), prefix="") as stage:
        await many(stage)
        await stage.press("1", "R")
        text = await settled(stage)
        assert f"{EACH - 1:,} objects retried, 1 left out: KEY_CLASH (" in text
        assert stage.app.state.counts.failed == 1
        assert stage.app.state.counts.waiting == EACH * 2 - 1


async def test_a_group_of_many_is_cancelled_and_comes_back() -> None:
    async with on_stage((120, 24), prefix="") as stage:
        await many(stage)
        await stage.press("j", "j")
        assert stage.app.main.queue.group_name == "waiting"
        await stage.press("x")
        text = await settled(stage)
        assert f"cancel {EACH:,} objects?" in text
        await stage.press("y")
        text = await settled(stage)
        assert f"{EACH:,} objects cancelled, U undoes" in text
        assert stage.app.state.counts.cancelled == EACH * 2
        await stage.press("U")
        text = await settled(stage)
        assert f"{EACH:,} objects waiting again" in text
        assert stage.app.state.counts.cancelled == EACH


async def test_what_would_be_too_much_says_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(after_work, "MOST_COPIED", EACH - 1)
    async with on_stage((120, 24), prefix="") as stage:
        await many(stage)
        await stage.press("U", "j", "j", "y", "k")
        assert f"more than {EACH - 1:,} at once: E writes them all to a file" in await settled(stage)
        for one in range(EACH):
            stage.port.stage(one, At.WAITING)
        await settled(stage)
        await stage.press("g", "t")
        assert f"at most {MOST_FIRST:,} can be moved to the top" in await settled(stage)


async def test_a_key_in_a_group_that_is_closed_is_found() -> None:
    async with on_stage((120, 24), prefix="") as stage:
        await many(stage)
        await stage.press("slash", *f"f{EACH * 3 - 1:06d}", "enter")
        await settled(stage)
        assert stage.app.main.queue.cursor == EACH * 3 - 1


async def test_no_worker_writes_its_rows_down_as_a_literal() -> None:
    """Textual names a worker by the text of all that it is given, unless told otherwise: that takes half a second."""
    async with on_stage((120, 24), prefix="") as stage:
        await many(stage)
        for worker in (
            stage.app.main._tell(stage.port.retry, list(range(EACH))),
            stage.app.main.copy_text("text " * 1000),
            stage.app.main.write_out("/nowhere/at-all", ["text " * 1000]),
        ):
            assert len(worker.description) < 100
        await settled(stage)


async def test_ticks_of_a_closed_group_stay_through_what_follows() -> None:
    async with on_stage((120, 24), prefix="") as stage:
        await many(stage)
        queue = stage.app.main.queue
        await stage.press("j", "j", "space")
        text = await settled(stage)
        assert f"{EACH:,} rows ticked, Esc unticks" in text
        await stage.press("P")
        assert f"pause {EACH:,} objects?" in await settled(stage)
        await stage.press("y")
        await settled(stage)
        assert len(stage.app.state.held) == EACH
        assert not queue.ticked
        await stage.press("k", "P")
        assert f"let {EACH:,} objects go on?" in await settled(stage)
        await stage.press("y")
        await settled(stage)
        assert not stage.app.state.held


async def test_a_row_costs_little_more_than_its_name() -> None:
    rows = 50_000
    async with on_stage((120, 24), prefix="") as stage:
        made = items(0, rows)
        names = sum(len(item.key) + 49 for item in made)
        stage.port.events.append(ev.ItemsAdded(made, 0.0))
        del made
        gc.collect()
        tracemalloc.start()
        try:
            while stage.app.pump.behind or stage.port.events:
                await stage.tick()
            gc.collect()
            taken = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert len(stage.app.state) == rows
        assert taken / rows < 90, taken / rows  # the names themselves were there before
        assert names / rows < 70
