"""What a key does with a great number of rows: in slices, so that others have their turn, and with the same words."""

import asyncio

from tests.ui.stage import Stage, on_stage
from tests.ui.test_queue_100000 import REFUSED, items
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage as At
from tui_uploader.ui.many import AT_ONCE, sifted
from tui_uploader.ui.screens.after_work import MOST_COPIED
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


async def test_slices_give_others_their_turn() -> None:
    turns: list[int] = []

    async def other() -> None:
        while True:
            turns.append(len(asked))
            await asyncio.sleep(0)

    asked: list[int] = []

    def keep(some: list[int] | range) -> list[int]:
        asked.append(len(some))
        return [one for one in some if one % 2]

    task = asyncio.create_task(other())
    found = await sifted(range(AT_ONCE * 3), keep)  # type: ignore[arg-type]
    task.cancel()
    assert found == [*range(1, AT_ONCE * 3, 2)]
    assert {1, 2} <= set(turns)
    assert await sifted(range(AT_ONCE * 3), keep, enough=1) == [*range(1, AT_ONCE, 2)]  # type: ignore[arg-type]


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


async def test_what_would_be_too_much_says_what_to_do_instead() -> None:
    async with on_stage((120, 24), prefix="") as stage:
        await many(stage)
        await stage.press("U", "j", "j", "y", "k")
        assert f"more than {MOST_COPIED:,} at once: E writes them all to a file" in await settled(stage)
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
