"""Many facts at once: cut into pieces, in their order, applied in slices, none lost, none of them news too early."""

import asyncio
import gc

import pytest

from tests.ui.stage import on_stage
from tests.ui.test_queue_100000 import REFUSED, items
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage
from tui_uploader.ui import app as apps
from tui_uploader.ui.backlog import AT_ONCE, MANY, PIECE, Backlog
from tui_uploader.ui.widgets.queue_groups import Group
from tui_uploader.ui.widgets.queue_moves import OFTEN, QueueMoves


def told(backlog: Backlog) -> list[list[ev.Event]]:
    """All pieces."""
    pieces = []
    while backlog:
        pieces.append(backlog.next())
    return pieces


def test_facts_come_in_order_in_pieces_that_a_slice_holds() -> None:
    backlog = Backlog()
    few: list[ev.Event] = [ev.StageChanged(one, Stage.CANCELLED) for one in range(PIECE + 1)]
    held = ev.ItemsHeld(tuple(range(AT_ONCE * 2 + 1)))
    backlog.take([*few, ev.ItemsAdded(items(0, AT_ONCE + 1), 3.0), held, ev.WalkEnded(4.0)])
    pieces = told(backlog)
    assert [len(piece) for piece in pieces] == [PIECE, 1, 1, 1, 1, 1, 1, 1]
    assert [fact for piece in pieces[:2] for fact in piece] == few
    assert pieces[2:4] == [
        [ev.ItemsAdded(items(0, AT_ONCE), 3.0)],
        [ev.ItemsAdded(items(AT_ONCE, AT_ONCE + 1), 3.0)],
    ]
    ids = [one for piece in pieces[4:7] for fact in piece if isinstance(fact, ev.ItemsHeld) for one in fact.ids]
    assert ids == [*held.ids]
    assert pieces[7] == [ev.WalkEnded(4.0)]
    assert backlog.next() == []


def test_a_piece_holds_few_items_however_they_are_told() -> None:
    """A job that is joined comes in columns of hundreds: fifty of those in one piece took 33 ms."""
    backlog = Backlog()
    keys = tuple(f"{one}" for one in range(400))
    backlog.take([ev.ItemsStand(400 * at, keys, (1,) * 400, b"/srv/", 0, ()) for at in range(50)])
    pieces = told(backlog)
    assert sum(map(len, pieces)) == 50
    assert max(map(len, pieces)) == 2


def test_what_has_come_in_is_no_work_for_the_collector() -> None:
    before = gc.get_freeze_count()
    backlog = Backlog()
    backlog.take([ev.WalkEnded(float(one)) for one in range(MANY + 1)])
    assert gc.get_freeze_count() - before > MANY


async def test_what_waits_to_be_applied_is_counted_after_the_screen() -> None:
    async with on_stage(prefix="") as stage:
        pump = stage.app.pump
        pump.again = lambda: None
        stage.port.events.append(ev.ItemsAdded(items(0, AT_ONCE * 3), 0.0))
        pump.clock = iter(range(1000)).__next__  # every look at the clock is a second later: one piece a tick
        pump.tick()
        assert len(stage.app.state) == AT_ONCE
        stage.port.events.append(ev.StageChanged(AT_ONCE * 3 - 1, Stage.CANCELLED))
        pump.clock = stage.clock
        pump.take_rest()
        assert stage.app.state.counts.total == AT_ONCE * 3
        assert stage.app.state.counts.cancelled == 1


async def test_nothing_is_over_while_facts_wait() -> None:
    """A bell for the end rings once, when all is applied, though in between nothing was unfinished."""
    async with on_stage(prefix="") as stage:
        rings: list[float] = []
        stage.app.bell = lambda: rings.append(stage.clock.now)  # type: ignore[method-assign]
        first, second = items(0, PIECE), items(PIECE, PIECE * 2)
        stage.port.events.append(ev.ItemsAdded(first, 0.0))
        await stage.tick()
        stage.port.events.extend(ev.StageChanged(one.id, Stage.CANCELLED) for one in first)
        stage.port.events.append(ev.ItemsAdded(second, 0.0))
        stage.app.pump.again = lambda: None
        real, stage.app.pump.clock = stage.app.pump.clock, iter(range(2000, 9000)).__next__
        stage.app.pump.tick()
        assert stage.app.state.counts.waiting == 0
        stage.app.pump.clock = real
        await stage.tick()
        assert rings == []
        stage.port.events.extend(ev.StageChanged(one.id, Stage.CANCELLED) for one in second)
        await stage.tick()
        assert len(rings) == 1


async def test_rows_move_a_slice_at_once_and_all_of_them_in_the_end() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.events.append(ev.ItemsAdded(items(0, OFTEN * 4), 0.0))
        await stage.tick()
        queue = stage.app.main.queue
        for one in range(OFTEN * 4):
            stage.app.state.apply(ev.ItemFailed(one, REFUSED, 1, 0.0))
        moves = QueueMoves(iter(range(100)).__next__)  # each look at the clock is a second later
        moves.add(range(OFTEN * 4))
        turns = 0
        while moves:
            moves.apply(queue.groups, queue.rows, OFTEN * 4)
            turns += 1
            assert queue.rows.total(Group.FAILED) == OFTEN * turns
            assert queue.rows.total(Group.FAILED) + queue.rows.total(Group.WAITING) == OFTEN * 4
        assert turns == 4


async def test_leaving_in_the_middle_of_many_facts_is_no_crash() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.events.append(ev.ItemsAdded(items(0, AT_ONCE * 100), 0.0))
        stage.app.pump.clock = iter(range(1_000_000)).__next__
        stage.app.pump.tick()
        assert stage.app.pump.behind


async def test_however_many_beats_there_are_one_of_them_comes_soon() -> None:
    """Each beat in the middle of many facts wants another soon; more than one would leave the keys no turn."""
    async with on_stage(prefix="") as stage:
        stage.port.events.append(ev.ItemsAdded(items(0, AT_ONCE * 100), 0.0))
        ticks: list[int] = []
        app = stage.app
        app.pump.clock = iter(range(1_000_000)).__next__
        set_timer = app.set_timer
        app.set_timer = lambda delay, call, **rest: (ticks.append(1), set_timer(60.0, call, **rest))[1]  # type: ignore
        for _ in range(10):
            app.pump.tick()
        assert len(ticks) == 1
        app.pump.again = lambda: None


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_facts_and_rows_wait_until_a_key_has_had_all_of_its_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is several steps of the loop: between two of them no slice of a million rows is to come, twice over."""
    monkeypatch.setattr(apps, "GIVE_WAY", 0.0)
    monkeypatch.setattr(apps, "EFFECT", 1.0e9)
    async with on_stage(prefix="") as stage:
        app, queue = stage.app, stage.app.main.queue
        stage.port.events.append(ev.ItemsAdded(items(0, OFTEN), 0.0))
        await stage.tick()
        app.pump.again = lambda: None
        app._pressed_at = 0.0
        soon: list[object] = []
        app.set_timer = queue.set_timer = lambda _delay, call, **_rest: soon.append(call)  # type: ignore[assignment, method-assign]
        queue._moves.add(range(OFTEN))
        stage.port.events.append(ev.ItemsAdded(items(OFTEN, OFTEN * 2), 0.0))
        effect = app._type_ahead._task = asyncio.create_task(_for_ever())
        app._tick_again()
        queue._move_on()
        assert len(app.state) == OFTEN
        assert queue._moves
        assert soon == [app._tick_again, queue._move_on]  # they ask again
        app._type_ahead._task = None
        effect.cancel()
        queue._move_on()
        app._tick_again()
        assert len(app.state) == OFTEN * 2
        assert not queue._moves or queue._moving_on
