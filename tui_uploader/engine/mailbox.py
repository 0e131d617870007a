"""The mailbox: facts in order from the engine's thread, progress coalesced per item; the front end drains it."""

import threading
from collections.abc import Sequence
from typing import TypeGuard

from tui_uploader.model.events import (
    BytesSent,
    Event,
    ItemDone,
    ItemFailed,
    ItemRetrying,
    RunIdle,
    RunStopped,
    StageChanged,
    StagesChanged,
)
from tui_uploader.model.items import Stage

_ENDS = RunIdle | RunStopped


class Mailbox:
    """One writer side, one reader side, any threads. Nobody ever waits for the other to keep up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrived, self._over = threading.Event(), threading.Event()
        self._events: list[Event] = []
        self._progress: dict[int, int] = {}

    def post(self, event: Event) -> None:
        """Leave an event for the front end."""
        with self._lock:
            if isinstance(event, BytesSent):
                self._progress[event.id] = event.sent
            else:
                if self._progress:
                    self._forget(event)
                self._events.append(event)
        if isinstance(event, _ENDS):
            self._over.set()
        if not self._arrived.is_set():
            self._arrived.set()

    def post_all(self, events: Sequence[Event]) -> None:
        """Leave several events, in their order; no progress among them."""
        with self._lock:
            if self._progress:
                for event in events:
                    self._forget(event)
            self._events.extend(events)
        if any(isinstance(event, _ENDS) for event in events):
            self._over.set()
        self._arrived.set()

    def _forget(self, event: Event) -> None:
        """Progress of an attempt that an event ends is over."""
        if _ends_attempt(event):
            self._progress.pop(event.id, None)
        elif isinstance(event, StagesChanged):
            for item_id in event.ids:
                self._progress.pop(item_id, None)

    def drain(self) -> list[Event]:
        """Everything since the last call; the newest progress of each item comes last."""
        with self._lock:
            events, self._events = self._events, []
            progress, self._progress = self._progress, {}
            self._arrived.clear()
            self._over.clear()
        events.extend(BytesSent(item_id, sent) for item_id, sent in progress.items())
        return events

    def wait(self, timeout: float) -> bool:
        """Wait until something is there, at most `timeout` seconds."""
        return self._arrived.wait(timeout)

    def settle(self, timeout: float) -> None:
        """Let more come for `timeout` seconds: events come in flocks. Not so long where the run is at an end."""
        self._over.wait(timeout)


def _ends_attempt(event: Event) -> TypeGuard[StageChanged | ItemRetrying | ItemDone | ItemFailed]:
    """Whether progress so far is of an attempt that is over; what is being checked has been sent, and stays so."""
    if isinstance(event, StageChanged):
        return event.stage is not Stage.CHECKING
    return isinstance(event, ItemRetrying | ItemDone | ItemFailed)
