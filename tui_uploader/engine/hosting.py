"""Hosting: one job in the worker: its engine, the state that its events make, and the views that look at it."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tui_uploader.engine.evidence import is_for_all
from tui_uploader.engine.outbox import Outbox
from tui_uploader.engine.port import EnginePort
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState

_SETTLE = 0.05  # seconds in which events come in flocks
_LOOK = 1.0


def new_job() -> str:
    """A job id: eight hexadecimal digits."""
    return secrets.token_hex(4)


class HostedEngine(EnginePort, Protocol):
    """What hosting needs of an engine: the port, and to be told that events are there."""

    def wait(self, timeout: float) -> bool:
        """Wait until an event is there, at most `timeout` seconds."""
        ...


@dataclass(slots=True)
class _Away:
    since: float
    done: int = 0
    failed: int = 0
    first_failed: int | None = None


class Hosted:
    """One job; belongs to the worker's loop. `changed` is called whenever something happened to it."""

    def __init__(self, job: str, engine: HostedEngine, changed: Callable[[], None]) -> None:
        self.job = job
        self.engine = engine
        self.state = QueueState()
        self.moves: list[ev.ItemsMoved] = []
        self.started = time.time()
        self.outboxes: dict[Outbox, asyncio.Event] = {}
        self.ended = asyncio.Event()
        self.left = asyncio.Event()  # set while no view looks
        self.left.set()
        self.finishing = False
        self._changed = changed
        self._away: _Away | None = _Away(_now())
        self._loop = asyncio.get_running_loop()
        self._taken = threading.Event()
        self._over = False
        threading.Thread(target=self._watch, name=f"job {job}", daemon=True).start()

    # --- what the engine tells

    def _watch(self) -> None:
        pause = threading.Event()
        while not self._over:
            if not self.engine.wait(_LOOK):
                continue
            pause.wait(_SETTLE)
            self._taken.clear()
            try:
                self._loop.call_soon_threadsafe(self.take)
            except RuntimeError:  # the loop has ended
                return
            self._taken.wait()

    def take(self) -> None:
        """Apply what the engine told, and tell it to the views."""
        events = self.engine.drain()
        self._taken.set()
        if events:
            self._tell(events)
        if self.finishing and not self.sending:
            self.finishing = False
            self._loop.create_task(self.end())
        self._changed()

    def _tell(self, events: Sequence[ev.Event]) -> None:
        for event in events:
            self.state.apply(event)
            if isinstance(event, ev.ItemsMoved):
                self.moves.append(event)
            elif isinstance(event, ev.RunFinishing):
                self.finishing = True
        self._count_away(events)
        for outbox, news in self.outboxes.items():
            outbox.feed(events)
            news.set()

    def _count_away(self, events: Sequence[ev.Event]) -> None:
        away = self._away
        if away is None:
            return
        for event in events:
            if isinstance(event, ev.ItemDone):
                away.done += 1
            elif isinstance(event, ev.ItemFailed):
                away.failed += 1
                away.first_failed = event.id if away.first_failed is None else away.first_failed

    # --- how it stands

    @property
    def sending(self) -> int:
        """Objects that are being sent or checked now."""
        counts = self.state.counts
        return counts.active - self.state.number(Stage.GETTING_INFO) if counts.active else 0

    @property
    def unfinished(self) -> int:
        """Objects that are waiting or active; more may come while the walk goes on."""
        if self.state.stopped is not None:
            return 0
        return self.left_undone + (not self.state.walk_ended)

    @property
    def left_undone(self) -> int:
        """Objects that are waiting or active, whether anything still starts or not."""
        counts = self.state.counts
        return counts.waiting + counts.active

    @property
    def waits_for_a_person(self) -> bool:
        """Whether nothing moves and nothing will by itself: paused by hand, or for what only a person can mend."""
        state = self.state
        if state.counts.active - state.number(Stage.GETTING_INFO) or not state.walk_ended:
            return False
        if state.paused is not None:
            cause = state.paused.failure
            return cause is None or (is_for_all(cause) and not cause.retryable)
        return bool(state.held) and len(state.held) >= self.left_undone

    @property
    def unseen(self) -> bool:
        """Whether something ended that no view was told."""
        return self._away is not None and bool(self._away.done or self._away.failed)

    def unseen_summary(self) -> dict[str, Any]:
        """What ended unseen, for a screen that comes after the worker has gone."""
        away = self._away or _Away(_now())
        return {"job": self.job, "done": away.done, "failed": away.failed, "away": _now() - away.since}

    def summary(self) -> dict[str, Any]:
        """The job in one line: counts, and whether it runs."""
        counts = self.state.counts
        return {
            "job": self.job,
            "total": counts.total,
            "done": counts.done,
            "failed": counts.failed,
            "unfinished": self.unfinished,
            "left": self.left_undone,
            "sending": self.sending,
            "views": len(self.outboxes),
            "unseen": self.unseen,
            "started": self.started,
            "paused": self._paused_word if self.left_undone else "",
        }

    @property
    def _paused_word(self) -> str:
        """The code of what paused the run, ``by hand`` for a person; empty while it goes on."""
        paused = self.state.paused
        return "" if paused is None else paused.failure.code if paused.failure is not None else "by hand"

    # --- views

    def join(self) -> tuple[Outbox, asyncio.Event]:
        """A further view: where its lines come from, and what is set when there are new ones."""
        away, self._away = self._away, None
        told = None
        if away is not None and (away.done or away.failed):
            told = ev.WhileAway(_now() - away.since, away.done, away.failed, away.first_failed)
        outbox, news = Outbox(self.job, self.state, self.moves, told), asyncio.Event()
        news.set()
        self.outboxes[outbox] = news
        self.left.clear()
        return outbox, news

    def leave(self, outbox: Outbox) -> None:
        """A view has gone; from the last one on, what ends is counted for the next."""
        self.outboxes.pop(outbox, None)
        if not self.outboxes:
            self.left.set()
            self._away = self._away or _Away(_now())

    # --- the end

    def finish(self) -> None:
        """Start nothing new; the job ends with what is being sent, as soon as the engine has said what that is."""
        self.engine.finish()

    def call(self, outbox: Outbox, name: str, arguments: dict[str, Any]) -> None:
        """A view's call of the port; what the engine refuses is said to all views."""
        if name == "finish":
            self.finish()
            return
        if name == "request_links":
            outbox.links.update(item_id for item_id, _ in arguments["wanted"])
        if not self.ended.is_set():
            try:
                getattr(self.engine, name)(**arguments)
            except ValueError as error:
                self._tell([ev.Noted(str(error), time.time())])

    async def end(self) -> None:
        """Cut everything off, and tell the views what is left."""
        if self._over:
            await self.ended.wait()
            return
        self._over = True
        await asyncio.to_thread(self.engine.close, timeout=10.0)
        self.take()
        self._taken.set()
        if self.unfinished and self.state.stopped is None:
            self._tell([ev.RunStopped(None, time.time())])
        self.ended.set()
        for news in self.outboxes.values():
            news.set()
        self._changed()


def _now() -> float:
    """Seconds that also count while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
