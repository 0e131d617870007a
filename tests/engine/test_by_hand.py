"""What a person does to single items, with the real engine and the emulated cloud."""

import time
from pathlib import Path

import pytest

from tests.engine.conftest import Run, Start, fill, plan
from tui_uploader.emulator.server import Options
from tui_uploader.model import events as ev
from tui_uploader.model.items import Planned, Stage


def done_in_order(run: Run) -> list[int]:
    """The ids of what was done, in the order in which it was."""
    return [event.id for event in run.events if isinstance(event, ev.ItemDone)]


def paused(start: Start, tmp_path: Path, count: int = 6, **changes: object) -> Run:
    """Some small files in the queue of a paused run with one slot."""
    run, _ = start(None, parallel=1, batch=1, **changes)
    run.engine.pause()
    run.engine.add(plan(fill(tmp_path / "files", count)))
    run.until(lambda run: run.state.counts.waiting == count)
    return run


def test_the_order_of_a_person_is_the_order_of_the_uploads(start: Start, tmp_path: Path) -> None:
    run = paused(start, tmp_path)
    run.engine.move([4], None)
    run.engine.move([3], 2)
    run.engine.move([5], None)
    run.until(lambda run: len(run.of(ev.ItemsMoved)) == 3)
    shown = [run.state.order.item(place) for place in range(6)]
    assert run.state.order.first == [5, 4]
    assert [item_id for item_id in shown if item_id not in run.state.order.first] == [0, 1, 3, 2]
    run.engine.resume()
    run.to_the_end()
    assert done_in_order(run) == [5, 4, 0, 1, 3, 2]
    assert run.state.order.first == []


def test_a_held_item_waits_and_the_run_does_not_end_without_it(start: Start, tmp_path: Path) -> None:
    run = paused(start, tmp_path, 3)
    run.engine.pause_items([1])
    run.engine.resume()
    run.until(lambda run: run.state.counts.done == 2)
    assert (run.state.stage(1), [*run.state.held], run.of(ev.RunIdle)) == (Stage.WAITING, [1], [])
    run.engine.resume_items([1])
    run.to_the_end()
    assert run.state.counts.done == 3
    assert not run.state.held


def test_holding_back_what_is_being_sent_cuts_it_off_and_counts_it_as_waiting(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 1, 3_000_000)
    run, _ = start(folder, limit=300_000)
    run.until(lambda run: run.state.bytes_moving > 0)
    run.engine.pause_items([0])
    run.until(lambda run: run.state.stage(0) is Stage.WAITING)
    assert run.state.counts.waiting == 1
    run.engine.set_limit(None)
    run.engine.resume_items([0])
    run.to_the_end()
    assert run.state.counts.done == 1


@pytest.mark.parametrize("back", ["cancel and retry", "hold and release"])
def test_what_is_wanted_again_before_it_was_cut_off_is_sent(start: Start, tmp_path: Path, back: str) -> None:
    run, _ = start(fill(tmp_path / "files", 1, 3_000_000), limit=300_000)
    run.until(lambda run: run.state.bytes_moving > 0)
    cut, again = (
        (run.engine.cancel, run.engine.retry)
        if back.startswith("cancel")
        else (run.engine.pause_items, run.engine.resume_items)
    )
    run.engine.pause()
    for _ in range(20):  # the loop may come between the two of some turns, never of all
        cut([0])
        again([0])
    run.engine.set_limit(None)
    run.engine.resume()
    run.to_the_end()
    assert (run.state.counts.done, run.state.counts.cancelled) == (1, 0)


def test_a_limit_holds_at_once_what_is_on_its_way_and_is_lifted_at_once(start: Start, tmp_path: Path) -> None:
    run, _ = start(fill(tmp_path / "files", 1, 100_000_000), Options(data=str(tmp_path / "cloud"), limit=40_000_000))
    run.until(lambda run: run.state.bytes_moving > 0)
    run.engine.set_limit(4_000_000)
    run.until(lambda run: bool(run.of(ev.SpeedLimitChanged)))
    drained = run.state.bytes_moving + 10_000_000  # what lay in buffers has gone by then
    run.until(lambda run: run.state.bytes_moving > drained)
    began, moved = time.monotonic(), run.state.bytes_moving
    run.until(lambda run: run.state.bytes_moving > moved + 4_000_000)
    assert time.monotonic() - began > 0.5, "4 MB came in less time than 4 MB/s allow"
    run.engine.set_limit(None)
    run.to_the_end()
    assert run.state.counts.done == 1


def test_cancelling_a_held_item_ends_the_run(start: Start, tmp_path: Path) -> None:
    run = paused(start, tmp_path, 1)
    run.engine.pause_items([0])
    run.engine.resume()
    run.engine.cancel([0])
    run.to_the_end()
    assert (run.state.counts.cancelled, [*run.state.held]) == (1, [])


def test_a_key_can_be_changed_and_is_checked(start: Start, tmp_path: Path) -> None:
    run = paused(start, tmp_path, 3)
    for key in ("f0001.txt", "/x", "a//b", "a\nb", "other/name.txt"):
        run.engine.set_key(0, key)
    run.engine.resume()
    run.to_the_end()
    refused = [(event.key, event.code) for event in run.events if isinstance(event, ev.KeyRefused)]
    assert refused == [
        ("f0001.txt", "KEY_CLASH"), ("/x", "KEY_INVALID"), ("a//b", "KEY_INVALID"), ("a\nb", "NAME_CONTROL"),
    ]  # fmt: skip
    row = run.state.row(0)
    assert (row.key, row.stage) == ("other/name.txt", Stage.DONE)
    assert row.receipt is not None
    assert row.receipt.cloud_object_id.endswith("/other/name.txt")
    run.engine.add([Planned(row.path, "f0000.txt", row.size)])  # the old key is free again
    run.until(lambda run: run.state.counts.done == 4)


def test_links_come_for_what_is_stored_and_say_why_not_for_the_rest(start: Start, tmp_path: Path) -> None:
    run, _ = start(fill(tmp_path / "files", 2))
    run.to_the_end()
    receipt = run.state.row(0).receipt
    assert receipt is not None
    run.engine.request_links([(0, receipt.cloud_object_id), (1, "cloud://nowhere/none")])
    run.until(lambda run: bool(run.of(ev.LinksReady)))
    ready = run.of(ev.LinksReady)[0]
    assert isinstance(ready, ev.LinksReady)
    good, bad = ready.links
    assert good.url.startswith("http://127.0.0.1:")
    assert bad.url == ""
    assert bad.code
    assert "http" not in repr(ready)


def test_the_engine_tells_of_many_in_one_fact(start: Start, tmp_path: Path) -> None:
    run = paused(start, tmp_path, 30)
    waiting = run.state.ids(Stage.WAITING)
    run.engine.cancel(waiting)
    run.until(lambda run: not run.state.counts.waiting)
    run.engine.retry(waiting)
    run.until(lambda run: not run.state.counts.cancelled)
    many = [event for event in run.events if isinstance(event, ev.StagesChanged)]
    assert many == [ev.StagesChanged(tuple(waiting), stage) for stage in (Stage.CANCELLED, Stage.WAITING)]
    run.engine.resume()
    run.to_the_end()
    assert run.state.counts.done == 30
