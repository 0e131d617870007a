"""Backlog: what the engine told and the screen has not applied yet, in pieces that a slice of time can hold."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from tui_uploader.model import late_events as ev

AT_ONCE = 500  # items of one fact in one piece
PIECE = 50  # facts in one piece
MANY = 5000  # what came in, after which it counts as what stays: a collection of garbage looks through all else


class Backlog:
    """Facts in their order. One about many items is cut: it says the same of each."""

    def __init__(self) -> None:
        self._facts: deque[ev.Event] = deque()
        self._parts: Iterator[ev.Event] = iter(())
        self._part: ev.Event | None = None  # the next part of the fact that is being cut
        self._fresh = 0

    def __bool__(self) -> bool:
        return bool(self._facts) or self._part is not None

    def take(self, facts: Sequence[ev.Event]) -> None:
        """More facts."""
        self._facts.extend(facts)
        self._settle(len(facts))

    def next(self) -> list[ev.Event]:
        """The next piece: some small facts, or a part of a large one; empty where nothing waits."""
        if self._part is not None:
            part, self._part = self._part, next(self._parts, None)
            self._settle(AT_ONCE)
            return [part]
        piece: list[ev.Event] = []
        items = 0
        while self._facts and len(piece) < PIECE and items < AT_ONCE:
            fact = self._facts[0]
            if isinstance(fact, ev.ItemsStand):  # it comes in parts already
                items += len(fact.keys)
            elif isinstance(fact, _large()):
                if _length(fact) > AT_ONCE:
                    if not piece:
                        self._parts = _parts(self._facts.popleft())
                        self._part = next(self._parts)
                        return self.next()
                    break
                items += _length(fact)
            piece.append(self._facts.popleft())
        return piece

    def _settle(self, count: int) -> None:
        """Keep the collector from what stays anyway: with a million objects it would hold the keys for 0.2 s."""
        self._fresh += count
        if self._fresh > MANY:
            self._fresh = 0
            gc.freeze()


def _large() -> tuple[type[ev.Event], ...]:
    return ev.ItemsAdded, ev.ItemsHeld, ev.ItemsReleased, ev.StagesChanged


def _length(fact: ev.Event) -> int:
    return len(fact.items) if isinstance(fact, ev.ItemsAdded) else len(fact.ids)  # type: ignore[union-attr]


def _parts(fact: ev.Event) -> Iterator[ev.Event]:
    """The same as several facts."""
    if isinstance(fact, ev.ItemsAdded):
        items = iter(fact.items)
        while part := tuple(islice(items, AT_ONCE)):
            yield ev.ItemsAdded(part, fact.at)
    elif isinstance(fact, ev.ItemsHeld | ev.ItemsReleased | ev.StagesChanged):
        ids = iter(fact.ids)
        while some := tuple(islice(ids, AT_ONCE)):
            yield replace(fact, ids=some)
