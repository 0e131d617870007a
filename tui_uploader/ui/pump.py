"""Pump: drains the engine, applies its facts, and decides when the screen paints. The screen's whole heartbeat."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from tui_uploader.engine.port import EnginePort
from tui_uploader.model import late_events as ev
from tui_uploader.model.items import QueueItem, Stage
from tui_uploader.model.queue import Counts, QueueState
from tui_uploader.ui.live import Live

DRAIN_EVERY = 0.25
PAINT_EVERY = 1.0
SLICE = 0.012  # seconds of applying facts in one go
AT_ONCE = 500  # new items in one go
PAINT_EVERY_LOW = 2.0
CROWD = 16  # objects on their way, above which their numbers are painted less often: a slow link pays for each
CROWDED = 1.5  # times as long between two paints then

Facts = Sequence["ev.Event"]


class Pump:
    """`tick()` four times a second. `on_facts` gets every event, `on_paint` the ids of the rows that changed,
    `on_beat` every tick.

    Progress is painted once in `paint_every` seconds; a new failure, a pause and new items paint at once. While
    nothing runs and nothing changed `on_paint` is not called at all: an idle screen writes nothing.
    """

    def __init__(
        self,
        port: EnginePort,
        *,
        paint_every: float = PAINT_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.port = port
        self.state = QueueState()
        self.live = Live(self.state)
        self.clock = clock
        self.paint_every = paint_every
        self.on_facts: Callable[[Facts], None] = lambda facts: None
        self.on_changed: Callable[[set[int]], None] = lambda ids: None
        self.again: Callable[[], None] = lambda: None
        self._backlog: deque[ev.Event] = deque()
        self.on_beat: Callable[[], None] = lambda: None
        self.on_paint: Callable[[frozenset[int]], None] = lambda ids: None
        self._changed: set[int] = set()
        self._dirty = False
        self._last_paint = float("-inf")
        self._paths: dict[bytes, int] = {}
        self.finishing = False
        self.catching_up = False  # whether what comes is how things stand, and not what happens now

    def tick(self) -> None:
        """Drain, apply, and paint if it is time."""
        now = self.clock()
        facts: list[ev.Event] = []
        urgent = False
        touched: set[int] = set()
        for fact in self._next_facts():
            facts.append(fact)
            changed = self.state.apply(fact)
            self.live.take(fact, now)
            if isinstance(fact, ev.Attached | ev.CaughtUp):
                self.catching_up = isinstance(fact, ev.Attached)
            if isinstance(fact, ev.ItemsAdded):
                self._know(fact.items)
                self._changed.update(changed)
                self.on_changed(set(changed))  # here, so that the slice counts what it takes
            else:
                touched.update(changed)
            urgent = urgent or isinstance(fact, _urgent())
        self._changed |= touched
        if touched:
            self.on_changed(touched)
        self.live.beat(now, busy=bool(self.counts.active))
        if facts:
            self._dirty = True
            self.on_facts(facts)
        self.on_beat()
        running = self.running
        urgent = urgent and not self._backlog  # while much comes in, the screen follows at its usual pace
        every = self.paint_every * (CROWDED if self.state.counts.active > CROWD else 1.0)
        if urgent or (now - self._last_paint >= every and (self._dirty or running)):
            self._last_paint = now
            self._dirty = False
            painted, self._changed = frozenset(self._changed), set()
            self.on_paint(painted)

    def _next_facts(self) -> Iterator[ev.Event]:
        """What the engine told, as much of it as `SLICE` seconds allow: keys have their turn before the rest."""
        for fact in self.port.drain():
            if isinstance(fact, ev.ItemsAdded) and len(fact.items) > AT_ONCE:
                for at in range(0, len(fact.items), AT_ONCE):
                    self._backlog.append(ev.ItemsAdded(fact.items[at : at + AT_ONCE], fact.at))
            else:
                self._backlog.append(fact)
        end = self.clock() + SLICE
        while self._backlog and self.clock() <= end:
            yield self._backlog.popleft()
        if self._backlog:
            self.again()

    @property
    def low(self) -> bool:
        """Whether this is painted for a slow link."""
        return self.paint_every >= PAINT_EVERY_LOW

    @property
    def counts(self) -> Counts:
        """The counts as a person means them: while nothing new starts, what is only asked for waits, it is not active.

        The engine keeps such items at *getting info* through a pause: counted as active, neither a pause nor a
        leaving that waits for what is being sent would ever come to its end.
        """
        counts = self.state.counts
        if counts.active and (self.finishing or self.state.paused is not None):
            held = len(self.state.ids(Stage.GETTING_INFO))
            return replace(counts, active=counts.active - held, waiting=counts.waiting + held)
        return counts

    @property
    def running(self) -> bool:
        """Whether something is active or waits while the run is not paused: then clocks on the screen move."""
        counts = self.counts
        return bool(counts.active or (counts.waiting and not self.state.paused))

    @property
    def unfinished(self) -> int:
        """Items that are active or waiting: leaving now would leave them undone."""
        counts = self.state.counts
        return counts.active + counts.waiting

    def known(self, path: bytes) -> int | None:
        """The newest item of this path in the queue."""
        return self._paths.get(path)

    def _know(self, items: Sequence[QueueItem]) -> None:
        for item in items:
            self._paths[item.path] = item.id


@cache
def _urgent() -> tuple[type, ...]:
    """What paints at once."""
    return (
        ev.ItemsMoved,
        ev.KeyChanged,
        ev.KeyRefused,
        ev.ItemsHeld,
        ev.ItemsReleased,
        ev.ItemFailed,
        ev.RunPaused,
        ev.RunResumed,
        ev.RunStopped,
        ev.ItemsAdded,
        ev.RunIdle,
        ev.CaughtUp,
    )
