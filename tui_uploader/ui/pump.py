"""Pump: drains the engine, applies its facts, and decides when the screen paints. The screen's whole heartbeat."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from tui_uploader.engine.port import EnginePort
from tui_uploader.model import late_events as ev
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import Counts, QueueState
from tui_uploader.ui.backlog import Backlog
from tui_uploader.ui.live import Live

DRAIN_EVERY = 0.25
PAINT_EVERY = 1.0
SLICE = 0.008  # seconds of applying facts in one go
PAINT_EVERY_LOW = 2.0

Facts = Sequence["ev.Event"]


class Pump:
    """`tick()` four times a second. `on_facts` gets the events, some at a time, `on_changed` the ids of their rows.

    `on_beat` is called with every tick and told whether facts came, `on_paint` whether rows changed since the last
    paint. Progress is painted once in `paint_every` seconds; a new failure, a pause and new items paint at once.
    While nothing runs and nothing changed `on_paint` is not called at all: an idle screen writes nothing.
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
        self.again: Callable[[], object] = lambda: None
        self._backlog = Backlog()
        self.on_beat: Callable[[bool], None] = lambda news: None
        self.on_paint: Callable[[bool], None] = lambda changed: None
        self._changed = False
        self._dirty = False
        self._last_paint = float("-inf")
        self.finishing = False
        self.catching_up = False  # whether what comes is how things stand, and not what happens now

    def tick(self) -> None:
        """Drain, apply, and paint if it is time. What takes longer than `SLICE` goes on after the keys' turn."""
        now = self.clock()
        self._backlog.take(self.port.drain())
        news = urgent = False
        while facts := self._backlog.next():
            news = self._dirty = True
            urgent = self._apply(facts, now) or urgent
            if self.clock() > now + SLICE:
                break
        if self._backlog:
            self.again()
        self.live.beat(now, busy=bool(self.counts.active))
        self.on_beat(news)
        urgent = urgent and not self._backlog  # while much comes in, the screen follows at its usual pace
        if urgent or (now - self._last_paint >= self.paint_every and (self._dirty or self.running)):
            self._paint(now)

    def catch_up(self) -> bool:
        """Paint what is known and not painted yet: a key paints rows, and no part of a frame is to be older.

        Whether there was any.
        """
        behind = self._dirty and not self._backlog  # while much comes in, the screen follows at its usual pace
        if behind:
            self._paint(self.clock())
        return behind

    def _paint(self, now: float) -> None:
        self._last_paint = now
        self._dirty = False
        changed, self._changed = self._changed, False
        self.on_paint(changed)

    def _apply(self, facts: Facts, now: float) -> bool:
        """Take some facts in, a slice's smallest part; whether one of them is to be seen at once."""
        touched: set[int] = set()
        urgent = False
        for fact in facts:
            touched.update(self.state.apply(fact))
            self.live.take(fact, now)
            if isinstance(fact, ev.Attached | ev.CaughtUp):
                self.catching_up = isinstance(fact, ev.Attached)
            urgent = urgent or isinstance(fact, _urgent())
        if touched:
            self._changed = True
            self.on_changed(touched)
        self.on_facts(facts)
        return urgent

    def take_rest(self) -> None:
        """Apply all that was told and not yet applied, so that the last lines count everything: after the screen."""
        self._backlog.take(self.port.drain())
        while facts := self._backlog.next():
            for fact in facts:
                self.state.apply(fact)

    @property
    def behind(self) -> bool:
        """Whether more has been told than was applied: what the counts say is over may go on."""
        return bool(self._backlog)

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
            held = self.state.number(Stage.GETTING_INFO)
            return replace(counts, active=counts.active - held, waiting=counts.waiting + held)
        return counts

    @property
    def running(self) -> bool:
        """Whether something is active or waits while the run goes on: then clocks on the screen move."""
        counts = self.counts
        if self.state.stopped is not None and not counts.active:
            return False
        return bool(counts.active or (counts.waiting and not self.state.paused))

    @property
    def unfinished(self) -> int:
        """Items that are active or waiting: leaving now would leave them undone."""
        counts = self.state.counts
        return counts.active + counts.waiting


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
