"""Many objects cancelled or let wait again at once: one fact for all of them, for a view that is behind as well."""

import json

from tui_uploader.engine.mailbox import Mailbox
from tui_uploader.engine.messages import events_of
from tui_uploader.engine.outbox import MOST, Outbox
from tui_uploader.log_lines import log_lines
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem, Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.backlog import AT_ONCE, Backlog

ROWS = MOST * 2


def told(outbox: Outbox, view: QueueState) -> list[ev.Event]:
    """Everything that a view is told now, applied."""
    found: list[ev.Event] = []
    while lines := list(outbox.lines()):
        for line in lines:
            found += events_of(json.loads(line))
    for event in found:
        view.apply(event)
    return found


def joined() -> tuple[Outbox, QueueState, QueueState]:
    """A view that knows all of a queue that waits."""
    state, view = QueueState(), QueueState()
    state.apply(ev.ItemsAdded(tuple(QueueItem(one, b"/f%d" % one, f"f{one}", 7) for one in range(ROWS))))
    outbox = Outbox("0f3a", state)
    told(outbox, view)
    return outbox, state, view


def test_a_view_that_is_behind_is_told_of_many_in_few_facts() -> None:
    outbox, state, view = joined()
    events: list[ev.Event] = [ev.StageChanged(one, Stage.CANCELLED) for one in range(ROWS)]
    events += [ev.KeyChanged(5, "other"), ev.SizeChanged(6, 99), ev.StageChanged(6, Stage.UPLOADING)]
    for event in events:
        state.apply(event)
    outbox.feed(events)
    found = told(outbox, view)
    assert len(found) < ROWS // 100
    assert [event for event in found if isinstance(event, ev.KeyChanged)] == [ev.KeyChanged(5, "other")]
    assert (view.counts, view.key(5), view.row(6)) == (state.counts, "other", state.row(6))
    assert view.counts.cancelled == ROWS - 1


def test_a_view_that_is_behind_is_told_that_a_key_was_refused() -> None:
    outbox, state, view = joined()
    refused = ev.KeyRefused(3, "f4", "KEY_CLASH")
    events: list[ev.Event] = [ev.StageChanged(one, Stage.CANCELLED) for one in range(ROWS)]
    events.append(refused)
    for event in events:
        state.apply(event)
    outbox.feed(events)
    outbox.feed([refused])
    assert told(outbox, view).count(refused) == 2
    assert told(outbox, view) == []


def test_a_fact_about_many_moves_each_of_them() -> None:
    outbox, state, view = joined()
    events: list[ev.Event] = [
        ev.ItemFailed(1, Failure("SlowDown", Phase.PUT), 1, 0.0),
        ev.StagesChanged((2, 3), Stage.CANCELLED),
    ]
    events.append(ev.StagesChanged((1, 2), Stage.WAITING))
    for event in events:
        state.apply(event)
    outbox.feed(events)
    told(outbox, view)
    assert (state.counts.cancelled, state.by_code, state.failure(1)) == (1, {}, None)
    assert view.counts == state.counts


def test_the_screen_takes_it_in_parts_and_progress_ends_with_it() -> None:
    backlog, mailbox = Backlog(), Mailbox()
    backlog.take([ev.StagesChanged(tuple(range(AT_ONCE * 2 + 1)), Stage.CANCELLED)])
    parts: list[ev.Event] = []
    while piece := backlog.next():
        parts += piece
    assert [len(part.ids) for part in parts if isinstance(part, ev.StagesChanged)] == [AT_ONCE, AT_ONCE, 1]
    for event in (ev.BytesSent(1, 5), ev.BytesSent(2, 5), ev.StagesChanged((1,), Stage.WAITING)):
        mailbox.post(event)
    assert mailbox.drain() == [ev.StagesChanged((1,), Stage.WAITING), ev.BytesSent(2, 5)]


def test_the_log_has_one_line_for_it() -> None:
    [line] = log_lines(ev.StagesChanged((4, 5), Stage.CANCELLED))
    assert {**json.loads(line), "t": 0} == {"t": 0, "event": "StagesChanged", "ids": [4, 5], "stage": "cancelled"}
    [line] = log_lines(ev.ItemsHeld((4, 5)))
    assert {**json.loads(line), "t": 0} == {"t": 0, "event": "ItemsHeld", "ids": [4, 5]}
