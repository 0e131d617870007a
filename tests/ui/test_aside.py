"""Work beside the screen: the keys have their turn sooner meanwhile, and nothing of that stays."""

import asyncio
import sys
import threading

import pytest

from tui_uploader.ui.aside import aside


async def test_while_threads_are_at_work_they_give_way_ten_times_sooner() -> None:
    usual, gates = sys.getswitchinterval(), [threading.Event(), threading.Event()]
    seen: list[float] = []
    begun = [threading.Event(), threading.Event()]

    def work(gate: threading.Event) -> str:
        seen.append(sys.getswitchinterval())
        begun[gates.index(gate)].set()
        gate.wait(20)
        return "done"

    tasks = [asyncio.ensure_future(aside(lambda gate=gate: work(gate), busy=True)) for gate in gates]  # type: ignore[misc]
    for event in begun:
        assert await asyncio.to_thread(event.wait, 20)
    assert max(seen) < usual / 5
    gates[0].set()
    assert await tasks[0] == "done"
    assert sys.getswitchinterval() < usual / 5
    gates[1].set()
    assert await tasks[1] == "done"
    assert sys.getswitchinterval() == pytest.approx(usual)


async def test_a_call_that_only_waits_changes_nothing_for_the_others() -> None:
    usual, seen = sys.getswitchinterval(), list[float]()
    await aside(lambda: seen.append(sys.getswitchinterval()))
    assert seen == [pytest.approx(usual)]


async def test_what_goes_wrong_is_raised_where_it_is_waited_for_and_leaves_nothing() -> None:
    usual = sys.getswitchinterval()

    def work() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        await aside(work, busy=True)
    assert sys.getswitchinterval() == pytest.approx(usual)
