"""One job's facts on their way into the journal: held from the front end until they are committed, in their order."""

import os
import threading
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from tui_uploader.engine.journal_rows import Batch, Facts, Tally
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, QueueItem, Stage
from tui_uploader.model.whole import whole

_HURRIED = (ev.RunIdle, ev.RunStopped, ev.WalkEnded)
_AWAITED = (ev.ItemDone, ev.ItemFailed, ev.ItemSkipped, ev.ItemsAdded)  # told when they are on disk
_GAP = 0.2  # seconds between two commits, unless somebody waits for one (FAULTS, "Surviving an SSH drop")
_AGAIN = 0.5  # seconds until a full disk is tried again


class Sink(Protocol):
    """What takes a batch into the file. `failure` says why it takes none for now."""

    failure: Failure | None

    def write(self, batch: Batch, ids: "array[int]") -> str:
        """Commit: ``""`` is done, ``busy`` and ``full`` mean later, ``lost`` means never."""
        ...

    def close(self) -> None:
        """Give the file back."""
        ...


class Box(Protocol):
    """Where events for the front end go; from any thread."""

    def post(self, event: ev.Event) -> None:
        """One event."""
        ...

    def post_all(self, events: Sequence[ev.Event]) -> None:
        """Several, in order."""
        ...


class JobRecord:
    """The recording of one job. `post` and `added` belong to the engine's loop, `flush` and `close` to its owner.

    An item may start when `added` has called back: its row is on disk then. What ended is told to the front end when
    it is committed, and everything after it in order behind it. Where the disk is full the facts stay here, nothing
    is held back from the front end any longer, `trouble` is told, and told None when all has been written after all.
    """

    def __init__(self, job: str, sink: Sink, tally: Tally, left: dict[int, int] | None = None) -> None:
        self.id = job
        self._sink = sink
        self._tally = tally
        self._again = left or {}  # of an old job: hash of path and key (bytes) to its id there times 8, plus its stage
        self._ids = array("q")  # by the engine's id: the journal's
        self._facts = Facts(tally, self._ids)
        self._folder = os.getcwdb()
        self._lock = threading.Lock()
        self._held: list[ev.Event] = []  # the loop alone appends; whoever takes out has told it before
        self._waiting: list[Callable[[], None]] = []
        self._full = self._lost = self._closing = False
        self._wake, self._hurry, self._settled = threading.Event(), threading.Event(), threading.Event()
        self._box: Box | None = None
        self._trouble: Callable[[Failure | None], None] = lambda failure: None
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)

    # -- the engine's side

    def attach(self, box: "Box", trouble: Callable[[Failure | None], None]) -> None:
        """Begin: `box` takes events for the front end, `trouble` a failure of the journal or None when it is over.

        `trouble` is called from any thread. Once in a record's life.
        """
        self._box, self._trouble = box, trouble
        self._thread.start()

    def added(self, lines: Sequence[Planned], items: Sequence[QueueItem], then: Callable[[], None]) -> None:
        """Items entered the queue; `then` is called, from the writer's thread, when that is on disk."""
        with self._lock:
            for line, item in zip(lines, items, strict=True):
                path = whole(self._folder, item.path)
                known = self._known(path, item.key) if self._again else None
                self._facts.add(path, line, item, None if known is None else (known >> 3, Stage(known & 7)))
            lost = self._lost
            if not lost:
                self._waiting.append(then)
        if lost:
            then()
        self._soon(now=True)

    def _known(self, path: bytes, key: str) -> int | None:
        return self._again.pop(hash((path, key.encode("utf-8", "surrogatepass"))), None)

    def post(self, event: ev.Event) -> None:
        """A fact for the front end, and for the journal where it matters after a crash."""
        kind, box = type(event), self._box
        assert box is not None
        if kind is ev.BytesSent:
            box.post(event)
            return
        if kind is ev.ItemDone:
            with self._lock:
                self._facts.done(event)  # type: ignore[arg-type]
                self._hold(event)
            if not self._wake.is_set():
                self._wake.set()
            return
        if not self._facts.matters(event):
            if self._held:
                with self._lock:
                    if self._held:
                        self._held.append(event)
                        return
            box.post(event)
            return
        with self._lock:
            self._facts.note(event)
            if self._held or kind in _AWAITED:
                self._hold(event)
            else:
                box.post(event)
        if not self._wake.is_set():
            self._wake.set()
        if kind in _HURRIED:
            self._soon(now=True)

    def _hold(self, event: ev.Event) -> None:
        if self._held or not (self._full or self._lost):
            self._held.append(event)
        elif self._box is not None:
            self._box.post(event)

    def _soon(self, *, now: bool) -> None:
        if now and not self._hurry.is_set():
            self._hurry.set()
        if not self._wake.is_set():
            self._wake.set()

    # -- the owner's side

    def flush(self, timeout: float = 3.0) -> bool:
        """Wait until everything so far is written and told; False where that took longer than `timeout` seconds."""
        until = time.monotonic() + timeout
        while self._thread.is_alive():
            with self._lock:
                open_ = self._facts.dirty or self._held
                if not open_ or (self._full and not self._held):
                    return not self._facts.dirty
                self._settled.clear()
            self._soon(now=True)
            if not self._settled.wait(until - time.monotonic()) and time.monotonic() >= until:
                return False
        return True

    def close(self, *, timeout: float = 3.0) -> None:
        """The job's run is over: write the rest and its end, and let the job go. May be called twice."""
        self.flush(timeout)
        with self._lock:
            self._facts.end(time.time())
            self._closing = True
        self._soon(now=True)
        if self._thread.ident is not None:
            self._thread.join(timeout)
        elif not self._settled.is_set():  # never attached: nothing ran
            self._settled.set()
            self._once()
            self._sink.close()

    # -- the writer's thread

    def _write(self) -> None:
        last = 0.0
        while True:
            if self._full:
                self._wake.wait(_AGAIN)
                self._hurry.clear()
            else:
                self._wake.wait()
                self._hurry.wait(max(0.0, last + _GAP - time.monotonic()))
            over = self._closing
            self._wake.clear()
            self._hurry.clear()
            answer = self._once()
            last = time.monotonic()
            if over:
                break
            if answer in ("busy", "full"):
                self._hurry.wait(_AGAIN)
                self._wake.set()
        self._sink.close()

    def _once(self) -> str:
        """Write what there is, then tell what was held for it."""
        with self._lock:
            batch, waiting, self._waiting = self._facts.take(), self._waiting, []
            due = len(self._held)
        answer = self._sink.write(batch, self._ids) if batch and not self._lost else ""
        with self._lock:
            if answer in ("busy", "full"):
                self._facts.put_back(batch)
                self._waiting = waiting + self._waiting
                waiting = []
            self._lost = self._lost or answer == "lost"
            told = self._full and not answer
            failed = answer == "full" and not self._full
            self._full = answer == "full"
        if answer == "lost":
            self._trouble(Failure("JOURNAL_DAMAGED", Phase.LOCAL, detail="from here on this run is not recorded"))
        elif failed:
            self._trouble(self._sink.failure or Failure("JOURNAL_FULL", Phase.LOCAL))
        if answer != "busy":
            self._tell(due)
        if told:
            self._trouble(None)
        for then in waiting:
            then()
        self._settled.set()
        return answer

    def _tell(self, due: int) -> None:
        """Tell the `due` events that the commit was for, and what came behind them that waits for no later one."""
        with self._lock:
            held = self._held
            if self._full or self._lost:
                due = len(held)
            while due < len(held) and type(held[due]) not in _AWAITED:
                due += 1
            if due and self._box is not None:
                self._box.post_all(held[:due])
                del held[:due]


def absolute(starts: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Starts as the journal keeps them: right whatever the current folder is."""
    folder = os.getcwdb()
    for path, key in starts:
        yield whole(folder, path), key
