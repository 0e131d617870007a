"""Outbox: what one view has still to be told: events in order, or, where it is new or slow, how things stand."""

import time
from collections.abc import Iterator, Sequence

from tui_uploader.engine.mailbox import Mailbox
from tui_uploader.engine.messages import event_lines
from tui_uploader.model import events as ev
from tui_uploader.model.items import QueueItem, Stage
from tui_uploader.model.queue import QueueState

MOST = 5000  # events kept for a view that does not read; more are told as states
_CHUNK = 400  # items in one look


class Outbox:
    """For one view of one job; belongs to the worker's loop. Never holds more than `MOST` events and a set of ids.

    A view begins behind: all rows are told as they are. A view that reads too slowly falls behind again, and is told
    the newest state of each row that changed instead of everything that happened to it.
    """

    def __init__(
        self, job: str, state: QueueState, moves: Sequence[ev.ItemsMoved] = (), away: ev.WhileAway | None = None
    ) -> None:
        self.links: set[int] = set()  # of these items the view has asked for links
        self._state = state
        self._moves = moves  # all that a person moved so far; it grows
        self._moved = 0
        self._held: set[int] = set()  # ever, as far as the view can know
        self._found: list[ev.LinksReady | ev.KeyRefused] = []  # answers: how things stand says nothing of them
        self._mail = Mailbox()
        self._count = 0
        self._told = 0  # so many items the view has been told of
        self._changed: set[int] = set()  # of those, while it is behind
        self._renamed: set[int] = set()  # of those, whose key is another one
        self._resized: set[int] = set()  # and whose size
        self._first: list[ev.Event] = [ev.Attached(job, time.time())]
        self._new = True  # what is told now is no news
        self._away = away
        self._behind = True

    def feed(self, events: Sequence[ev.Event]) -> None:
        """Take events that `state` has applied already."""
        own: list[ev.Event] = []
        for event in events:
            if isinstance(event, ev.LinksReady):
                self._take_links(event)
            else:
                own.append(event)
        if self._behind:
            self._note(own)
            return
        for event in own:
            self._mail.post(event)
            if isinstance(event, ev.ItemsHeld):
                self._held.update(event.ids)
            self._count += not isinstance(event, ev.BytesSent)
        if self._count > MOST:
            self._note(self._mail.drain())
            self._behind, self._count = True, 0

    def lines(self) -> Iterator[bytes]:
        """Lines to be sent now; ask again after they are, until there are none."""
        found, self._found = self._found, []
        if self._behind:
            return event_lines([*found, *self._catch_up()])
        events = [*found, *self._mail.drain()]
        self._count = 0
        self._moved += sum(isinstance(event, ev.ItemsMoved) for event in events)
        self._told += sum(len(event.items) for event in events if isinstance(event, ev.ItemsAdded))
        return event_lines(events)

    def _next_items(self, until: int) -> list[ev.Event]:
        """The next items as they stand: those without a story in columns, the others one by one."""
        entered: list[QueueItem] = []
        became: list[ev.Event] = []
        plain = None
        while plain is None and self._told < until:
            plain = self._state.standing(self._told, until)
            if plain is None:
                item, story = story_of(self._state, self._told)
                entered.append(item)
                became.extend(story)
            self._told += 1 if plain is None else len(plain.keys)
        first: list[ev.Event] = [ev.ItemsAdded(tuple(entered), time.time()), *became] if entered else []
        return first if plain is None else [*first, plain]

    def _next_changes(self) -> Iterator[ev.Event]:
        """What became of the next items; those that only wait, or are cancelled, together."""
        alike: dict[Stage, list[int]] = {Stage.WAITING: [], Stage.CANCELLED: []}
        for item_id in sorted(self._changed.pop() for _ in range(min(_CHUNK, len(self._changed)))):
            if item_id in self._renamed:
                yield ev.KeyChanged(item_id, self._state.key(item_id))
            if item_id in self._resized:
                yield ev.SizeChanged(item_id, self._state.row(item_id).size)
            its = alike.get(self._state.stage(item_id))
            if its is None:
                yield from now_of(self._state, item_id)
            else:
                its.append(item_id)
            self._renamed.discard(item_id)
            self._resized.discard(item_id)
        yield from (ev.StagesChanged(tuple(ids), stage) for stage, ids in alike.items() if ids)

    def _note(self, events: Sequence[ev.Event]) -> None:
        for event in events:
            item_id = getattr(event, "id", None)
            if isinstance(event, ev.KeyRefused):
                self._found += [event] * (event.id < self._told)
            elif isinstance(item_id, int) and item_id < self._told:
                self._changed.add(item_id)
                if isinstance(event, ev.KeyChanged):
                    self._renamed.add(item_id)
                elif isinstance(event, ev.SizeChanged):
                    self._resized.add(item_id)
            elif isinstance(event, ev.StagesChanged):
                self._changed.update(one for one in event.ids if one < self._told)
            elif isinstance(event, ev.ItemsHeld):
                self._held.update(event.ids)

    def _take_links(self, event: ev.LinksReady) -> None:
        """Links go to the view that asked for them, and to no other."""
        mine = tuple(link for link in event.links if link.id in self.links)
        if mine:
            self.links.difference_update(link.id for link in mine)
            self._found.append(ev.LinksReady(mine))

    def _catch_up(self) -> list[ev.Event]:
        events, self._first = self._first, []
        until = min(self._told + _CHUNK, len(self._state))
        if self._told < until:
            while self._told < until:
                events.extend(self._next_items(until))
        elif self._changed:
            events.extend(self._next_changes())
        else:
            events.extend(self._moves[self._moved :])
            self._moved = len(self._moves)
            if gone := self._held.difference(self._state.held):
                events.append(ev.ItemsReleased(tuple(sorted(gone))))
            if self._state.held:
                events.append(ev.ItemsHeld(tuple(self._state.held)))
            self._held = set(self._state.held)
            events.extend(run_of(self._state))
            if self._new:
                events.append(ev.CaughtUp(time.time()))
                if self._away is not None:
                    events.append(self._away)
            self._new = self._behind = False
        return events


def story_of(state: QueueState, item_id: int) -> tuple[QueueItem, Sequence[ev.Event]]:
    """An item as it entered, and what it has been through since; a waiting one has no story."""
    row, attempts = state.row(item_id), state.attempts(item_id)
    ended = row.stage is Stage.FAILED
    plain = row.stage is Stage.SKIPPED or (ended and not attempts)
    stage = row.stage if plain else Stage.WAITING
    item = QueueItem(item_id, row.path, row.key, row.size, stage, row.failure if plain else None, row.reason)
    if plain or (row.stage is Stage.WAITING and not attempts):
        return item, ()
    if row.stage is Stage.DONE and row.receipt is not None and not attempts:
        return item, (ev.ItemDone(item_id, row.receipt, 0.0),)
    story: list[ev.Event] = [
        ev.ItemRetrying(item_id, attempt.failure, number, 0.0, attempt.at)
        for number, attempt in enumerate(attempts[:-1] if ended else attempts, 1)
    ]
    if row.stage is not Stage.WAITING:
        story.extend(now_of(state, item_id))
    return item, story


def now_of(state: QueueState, item_id: int) -> Iterator[ev.Event]:
    """Where an item is, as the fact that led there."""
    row = state.row(item_id)
    attempts = state.attempts(item_id)
    at = attempts[-1].at if attempts else 0.0
    if row.stage is Stage.DONE and row.receipt is not None:
        yield ev.ItemDone(item_id, row.receipt, at)
    elif row.stage is Stage.FAILED and row.failure is not None:
        yield ev.ItemFailed(item_id, row.failure, len(attempts), at)
    else:
        yield ev.SizeChanged(item_id, row.size)
        yield ev.StageChanged(item_id, row.stage)
        if row.sent:
            yield ev.BytesSent(item_id, row.sent)


def run_of(state: QueueState) -> Iterator[ev.Event]:
    """How the whole run stands."""
    now = time.time()
    yield ev.ParallelChanged(state.parallel, "", now)
    yield ev.SpeedLimitChanged(state.limit, now)
    yield state.paused or ev.RunResumed(now)
    if state.held:
        yield ev.ItemsHeld(tuple(state.held))
    if state.order.first:
        yield ev.ItemsMoved(tuple(state.order.first), None)
    counts = state.counts
    if state.walk_ended:
        yield ev.WalkEnded(now)
        if counts.total and not counts.waiting and not counts.active:
            yield ev.RunIdle(now)
    if state.stopped is not None:
        yield state.stopped
