"""The mailbox: every fact once and in order, progress coalesced, from any thread."""

import threading

from tui_uploader.engine.mailbox import Mailbox
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Receipt, Stage

RESET = Failure("NET_RESET", Phase.PUT)


def noted(number: int) -> ev.Noted:
    return ev.Noted(str(number), 0.0)


def test_facts_come_in_order_and_once() -> None:
    box = Mailbox()
    facts = [noted(number) for number in range(10)]
    for fact in facts:
        box.post(fact)
    assert box.drain() == facts
    assert box.drain() == []


def test_progress_is_the_newest_of_each_item_and_comes_last() -> None:
    box = Mailbox()
    for event in (ev.BytesSent(1, 10), noted(1), ev.BytesSent(2, 5), ev.BytesSent(1, 20), noted(2)):
        box.post(event)
    assert box.drain() == [noted(1), noted(2), ev.BytesSent(1, 20), ev.BytesSent(2, 5)]
    box.post(ev.BytesSent(1, 30))
    assert box.drain() == [ev.BytesSent(1, 30)]


def test_progress_of_an_attempt_that_is_over_is_forgotten() -> None:
    receipt = Receipt("e", None, "r", "c", True, 1, 0.1)
    for fact in (
        ev.ItemRetrying(1, RESET, 1, 1.0, 0.0),
        ev.ItemDone(1, receipt, 0.0),
        ev.ItemFailed(1, RESET, 1, 0.0),
        ev.StageChanged(1, Stage.UPLOADING),
        ev.StageChanged(1, Stage.CANCELLED),
    ):
        box = Mailbox()
        box.post(ev.BytesSent(1, 10))
        box.post(ev.BytesSent(2, 10))
        box.post(fact)
        assert box.drain() == [fact, ev.BytesSent(2, 10)]


def test_progress_outlives_the_step_to_checking() -> None:
    box = Mailbox()
    checking = ev.StageChanged(1, Stage.CHECKING)
    box.post(ev.BytesSent(1, 100))
    box.post(checking)
    assert box.drain() == [checking, ev.BytesSent(1, 100)]


def test_waiting_ends_when_something_is_there() -> None:
    box = Mailbox()
    assert not box.wait(0)
    box.post(noted(1))
    assert box.wait(0)
    box.drain()
    assert not box.wait(0)
    box.post(ev.BytesSent(1, 1))
    assert box.wait(0)


def test_a_waiting_thread_is_woken() -> None:
    box, woken = Mailbox(), threading.Event()

    def wait() -> None:
        if box.wait(10):
            woken.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    box.post(noted(1))
    assert woken.wait(5)
    thread.join(5)


def test_many_writers_lose_nothing_and_each_keeps_its_order() -> None:
    box, open_writers = Mailbox(), set(range(4))

    def write(who: int) -> None:
        for at in range(2000):
            box.post(ev.Noted(str(at), 0.0, who))
        box.post(ev.WalkEnded(float(who)))

    for who in range(4):
        threading.Thread(target=write, args=(who,), daemon=True).start()
    seen: list[ev.Event] = []
    while open_writers:
        assert box.wait(10)
        facts = box.drain()
        open_writers -= {int(fact.at) for fact in facts if isinstance(fact, ev.WalkEnded)}
        seen += facts
    seen += box.drain()
    for who in range(4):
        mine = [int(event.text) for event in seen if isinstance(event, ev.Noted) and event.id == who]
        assert mine == list(range(2000))


def test_a_run_that_is_over_is_not_waited_for() -> None:
    box = Mailbox()
    box.post(ev.RunIdle(0.0))
    box.settle(3600)
    box.drain()
    box.post_all([ev.WalkEnded(0.0), ev.RunStopped(None, 0.0)])
    box.settle(3600)
    assert len(box.drain()) == 2
