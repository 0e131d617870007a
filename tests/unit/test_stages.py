"""What is said of an item on its way: all of a long one, of a short one what lasts."""

import asyncio

from tests.unit.test_pacing import JumpingLoop, drive
from tui_uploader.engine.journal_rows import LONG
from tui_uploader.engine.stages import Stages
from tui_uploader.engine.store import Store
from tui_uploader.model import events as ev
from tui_uploader.model.items import Planned, Stage

SHORT_ONE, SHORT_TWO, LONG_ONE = 0, 1, 2


def made(loop: JumpingLoop) -> tuple[Stages, Store, list[ev.Event]]:
    """Two short items and a long one."""
    store, told = Store(), list[ev.Event]()
    store.add([Planned(b"/f/a", "a", 10), Planned(b"/f/b", "b", 10), Planned(b"/f/c", "c", LONG)])
    return Stages(store, told.append, loop), store, told


def test_a_short_item_that_has_ended_in_time_was_never_on_its_way() -> None:
    async def run(loop: JumpingLoop) -> float:
        stages, store, told = made(loop)
        for stage in (Stage.GETTING_INFO, Stage.UPLOADING):
            for item_id in (SHORT_ONE, SHORT_TWO, LONG_ONE):
                stages.to(item_id, stage)
                assert store.stage(item_id) is stage
        said = [ev.StageChanged(LONG_ONE, Stage.GETTING_INFO), ev.StageChanged(LONG_ONE, Stage.UPLOADING)]
        assert told == said
        store.stages[SHORT_ONE] = Stage.DONE
        await asyncio.sleep(1)
        assert told == [*said, ev.StageChanged(SHORT_TWO, Stage.UPLOADING)]
        return loop.time()

    drive(run)


def test_what_waits_for_the_end_is_told_at_once_and_once() -> None:
    async def run(loop: JumpingLoop) -> float:
        stages, _, told = made(loop)
        stages.to(SHORT_ONE, Stage.UPLOADING)
        stages.tell()
        assert told == [ev.StageChanged(SHORT_ONE, Stage.UPLOADING)]
        await asyncio.sleep(1)
        assert len(told) == 1
        stages.to(SHORT_ONE, Stage.WAITING)
        assert told[1:] == [ev.StageChanged(SHORT_ONE, Stage.WAITING)]
        return loop.time()

    drive(run)
