"""A view that joins a job is told how every object stands, whatever each has been through, in few and bounded lines."""

import random

import pytest

from tui_uploader.engine.messages import LINE_LIMIT, events_of, message_of
from tui_uploader.engine.outbox import Outbox
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.queue import QueueState

REFUSED = Failure("SlowDown", Phase.PUT, "later", 503, "req-1")


def receipt(key: str, attempts: int = 1) -> Receipt:
    """What a service says."""
    return Receipt('"e7"', "1105", "NjQ-1", f"cloud://env.bucket/{key}", True, attempts, 0.25, "crc64")


def item(number: int, **more: object) -> QueueItem:
    """One of the items: most lie under one folder, some where no other does."""
    key = f"logs/{number:06d}.log"
    path = f"/srv/{key}".encode() if number % 7 else b"/elsewhere/\xff%d" % number
    return QueueItem(number, path, key, number, **more)  # type: ignore[arg-type]


def life(state: QueueState, number: int, kind: int) -> None:
    """What becomes of one item."""
    key = state.key(number)
    match kind:
        case 1:
            state.apply(ev.ItemDone(number, receipt(key), 1.0))
        case 2:
            state.apply(ev.ItemRetrying(number, REFUSED, 1, 0.5, 1.0))
            state.apply(ev.ItemDone(number, receipt(key, 2), 2.0))
        case 3:
            state.apply(ev.ItemRetrying(number, REFUSED, 1, 0.5, 1.0))
            state.apply(ev.ItemFailed(number, REFUSED, 2, 2.0))
        case 4:
            state.apply(ev.StageChanged(number, Stage.UPLOADING))
            state.apply(ev.BytesSent(number, number // 2))
        case 5:
            state.apply(ev.StageChanged(number, Stage.CANCELLED))
        case 6:
            state.apply(ev.KeyChanged(number, f"another/{number}"))
        case 7:
            state.apply(ev.ItemDone(number, Receipt("\x1f", None, "", "cloud://\x1e", False, 1, 0.0), 1.0))
        case 8:
            state.apply(ev.ItemRetrying(number, REFUSED, 1, 0.5, 1.0))
        case _:
            pass


def told(state: QueueState) -> tuple[QueueState, list[bytes]]:
    """What a view makes of it, and the lines it took."""
    outbox, lines = Outbox("0f3a0f3a", state), list[bytes]()
    while more := list(outbox.lines()):
        lines += more
    view = QueueState()
    for line in lines:
        for event in events_of(message_of(line)):
            view.apply(event)
    return view, lines


@pytest.mark.parametrize("seed", range(5))
def test_every_row_arrives_as_it_is(seed: int) -> None:
    chance, state = random.Random(seed), QueueState()
    state.apply(ev.ItemsAdded(tuple(item(n) for n in range(2000)), 1.0))
    refused = item(2000, stage=Stage.FAILED, failure=Failure("KEY_CLASH", Phase.LOCAL))
    state.apply(ev.ItemsAdded((refused, item(2001, stage=Stage.SKIPPED, reason="ignored")), 1.0))
    for number in range(2000):
        life(state, number, chance.choice([0] * 6 + [1] * 9 + [*range(2, 9)]))
    view, _ = told(state)
    assert view.counts == state.counts
    assert view.by_code == state.by_code
    assert (view.bytes_done, view.bytes_moving) == (state.bytes_done, state.bytes_moving)
    for number in range(len(state)):
        assert view.row(number) == state.row(number), number
        assert view.attempts(number) == state.attempts(number)


def test_a_great_queue_takes_few_lines_each_within_bounds() -> None:
    state = QueueState()
    names = [f"季度/{'长' * 80}{number:06d}" for number in range(20_000)]
    items = (QueueItem(number, f"/srv/{name}".encode(), name, 1) for number, name in enumerate(names))
    state.apply(ev.ItemsAdded(tuple(items), 1.0))
    for number, name in enumerate(names):
        state.apply(ev.ItemDone(number, receipt(name), 1.0))
    view, lines = told(state)
    assert view.counts == state.counts
    assert max(map(len, lines)) <= LINE_LIMIT
    events = sum(len(events_of(message_of(line))) for line in lines)
    assert events < 500  # one an object was 20,000
    assert sum(map(len, lines)) < 20_000 * 900


def test_a_badge_is_still_there_for_whoever_joins() -> None:
    state = QueueState()
    names = ["a", "A", "c", "d"]
    badges = ["twin", "twin", "", "sparse"]
    items = [QueueItem(at, b"/srv/" + name.encode(), name, 1, reason=badges[at]) for at, name in enumerate(names)]
    state.apply(ev.ItemsAdded(tuple(items), 1.0))
    for at in (1, 2, 3):
        state.apply(ev.ItemDone(at, receipt(names[at]), 1.0))
    view, _ = told(state)
    assert [view.row(at) for at in range(4)] == [state.row(at) for at in range(4)]
    assert [view.row(at).reason for at in range(4)] == badges


def test_rows_that_do_not_follow_are_refused() -> None:
    state = QueueState()
    with pytest.raises(ValueError, match="items from 5 on came when 0 was next"):
        state.apply(ev.ItemsStand(5, ("k",), (1,), b"/srv/", 0, ()))
    with pytest.raises(ValueError, match="came when"):
        state.apply(ev.ItemsStand(0, ("k",), (1, 2), b"/srv/", 0, ()))
