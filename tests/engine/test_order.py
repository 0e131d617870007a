"""The order in which waiting objects start: the largest first, half of the slots left to small ones, nothing twice."""

import os
from pathlib import Path

from tests.engine.conftest import Start, fill, plan
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine import waiting
from tui_uploader.engine.store import Store
from tui_uploader.engine.waiting import LARGE, Waiting
from tui_uploader.model.items import Planned, Stage


def filled(*sizes: int) -> tuple[Store, Waiting]:
    """A store of items of these sizes, all waiting."""
    store = Store()
    found = store.add([Planned(b"/%d" % n, str(n), size) for n, size in enumerate(sizes)])
    queue = Waiting(store)
    queue.add(item.id for item in found)
    return store, queue


def test_the_largest_come_first_and_leave_half_of_the_slots() -> None:
    store, queue = filled(1, 2, LARGE, 3, 4 * LARGE, 2 * LARGE, 4)
    first = queue.take(4, 4)
    assert first == [4, 5, 0, 1]  # two large ones of four slots, then small ones in their order
    for item_id in first:
        store.stages[item_id] = Stage.UPLOADING
    assert queue.take(2, 4) == [3, 6]
    store.stages[4] = Stage.DONE
    assert queue.take(2, 4) == [2]
    assert len(queue) == 0


def test_large_ones_take_all_slots_when_nothing_small_waits() -> None:
    _, queue = filled(LARGE, LARGE + 1, LARGE + 2)
    assert queue.take(10, 2) == [2, 1, 0]


def test_what_was_cancelled_and_retried_while_it_waited_starts_once() -> None:
    store, queue = filled(1, 1, 1)
    store.stages[1] = Stage.CANCELLED
    store.stages[1] = Stage.WAITING
    queue.add((1,))
    assert queue.take(10, 4) == [0, 1, 2]
    store.stages[2] = Stage.CANCELLED
    queue.add((0,))
    assert queue.take(10, 4) == [0]


def test_the_last_found_large_file_does_not_end_alone(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 60, 2000)
    (folder / "zz-large.bin").write_bytes(os.urandom(3_000_000))
    before, waiting.LARGE = waiting.LARGE, 1_000_000
    try:
        run, cloud = start(None, Options(faults=(Fault("latency", "put", ("f*",), delay=20),)), parallel=4)
        run.engine.add(plan(folder))
        run.to_the_end()
    finally:
        waiting.LARGE = before
    ended = [arrived.keys[0] for arrived in cloud.requests if arrived.kind == "put"]
    assert ended.index("zz-large.bin") < 20
    assert run.state.counts.done == 61
