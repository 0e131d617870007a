"""Live: what a screen knows beside the counts: speeds of the run and of each object, and when a retry is due."""

from __future__ import annotations

from tui_uploader.model import late_events as ev
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.model.rates import Rate

STALLED = 5.0  # seconds without a byte after which a time left would be fantasy


class Live:
    """Fed with each event after the reducer has it; `now` is monotonic seconds."""

    def __init__(self, state: QueueState) -> None:
        self._state = state
        self._sent: dict[int, int] = {}
        self._rates: dict[int, Rate] = {}
        self._due: dict[int, float] = {}
        self._again: dict[int, int] = {}  # bytes of attempts that failed or were held, while their objects go on
        self._total = 0
        self._busy = False
        self._done_at = float("-inf")
        self.rate = Rate()

    def take(self, event: ev.Event, now: float) -> None:
        """Note one event."""
        match event:
            case ev.BytesSent(item_id, sent):
                if self._state.stage(item_id).active:
                    self._total += max(sent - self._sent.get(item_id, 0), 0)
                    self._sent[item_id] = sent
                    self._rates.setdefault(item_id, Rate()).add(now, sent)
            case ev.StageChanged(item_id, stage):
                self._due.pop(item_id, None)
                if stage.ended:
                    self._again.pop(item_id, None)
                elif stage is Stage.WAITING:
                    self._keep(item_id)
                if stage not in (Stage.UPLOADING, Stage.CHECKING):
                    self._forget(item_id)
            case ev.StagesChanged(ids, stage):
                for item_id in ids:
                    if stage.ended:
                        self._again.pop(item_id, None)
                    else:  # they wait: so a view that was behind is told of one that is tried again, too
                        self._keep(item_id)
                    self._forget(item_id)
            case ev.ItemRetrying(item_id, _, _, after, _):
                self._keep(item_id)
                self._forget(item_id)
                self._due[item_id] = now + after
            case ev.ItemDone(item_id):
                self._total += max(self._state.row(item_id).size - self._sent.get(item_id, 0), 0)
                self._done_at = now
                self._forget(item_id)
                self._again.pop(item_id, None)
            case ev.ItemFailed(item_id) | ev.ItemSkipped(item_id):
                self._forget(item_id)
                self._again.pop(item_id, None)
            case ev.CaughtUp():  # what was sent before says nothing of the speed now
                self._total = sum(self._sent.values())
                self.rate.restart()
            case ev.RunPaused() | ev.RunResumed() | ev.RunStopped():
                self.rate.restart()
                if isinstance(event, ev.RunStopped):  # what was sent in part counts no more: it says so itself
                    self._again.clear()
            case _:
                pass

    @property
    def moved(self) -> int:
        """Bytes that have got there, or were on their way: each byte of a file once, however often it is sent.

        It never falls while an object is tried again: it stands until the new attempt is further than the last. It
        falls with an object that fails for good or is cancelled, and those are counted in the same frame.
        """
        held = sum(max(sent - self._sent.get(item_id, 0), 0) for item_id, sent in self._again.items())
        return self._state.bytes_done + self._state.bytes_moving + held

    def beat(self, now: float, *, busy: bool) -> None:
        """A quarter of a second went by: note the total while something is being sent."""
        if busy:
            if not self._busy:
                self.rate.restart()
            self._busy = True
            self.rate.add(now, self._total)
        else:
            self._busy = False

    @property
    def per_second(self) -> float:
        """Bytes a second of the whole run, 0.0 while nothing is sent."""
        return self.rate.per_second if self._busy else 0.0

    def stalled(self, now: float) -> float:
        """Seconds since a byte moved or an object (an empty one, too) was done, if long enough to say so; else 0.0."""
        quiet = min(self.rate.stalled_for(now), now - self._done_at) if self._busy else 0.0
        return quiet if quiet >= STALLED else 0.0

    def left(self, now: float) -> float | None:
        """Seconds left for everything, or None while that is not known."""
        if not self._busy or not self._state.walk_ended:
            return None
        return self.rate.left(now, self._state.bytes_remaining)

    def item_speed(self, item_id: int) -> float:
        """Bytes a second of one object."""
        rate = self._rates.get(item_id)
        return rate.per_second if rate else 0.0

    def item_left(self, item_id: int, now: float, remaining: int) -> float | None:
        """Seconds left for one object, or None."""
        rate = self._rates.get(item_id)
        return rate.left(now, remaining) if rate else None

    def retrying(self, item_id: int) -> bool:
        """Whether an item waits to be tried again."""
        return item_id in self._due

    def all_retrying(self) -> list[int]:
        """All items that wait to be tried again."""
        return list(self._due)

    def due_in(self, item_id: int, now: float) -> float:
        """Seconds until an item is tried again."""
        return max(self._due.get(item_id, now) - now, 0.0)

    def _keep(self, item_id: int) -> None:
        sent = max(self._sent.get(item_id, 0), self._again.get(item_id, 0))
        if sent:
            self._again[item_id] = sent

    def _forget(self, item_id: int) -> None:
        self._sent.pop(item_id, None)
        self._rates.pop(item_id, None)
        self._due.pop(item_id, None)
