"""Recorded: an old job as the journal has it, told to a screen like a job that runs. Nothing is started or changed."""

import atexit
import marshal
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import IO, Any

from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.recorded_process import HEAD, Part, item_of, receipt_of
from tui_uploader.model import events as ev
from tui_uploader.model.items import QueueItem, Stage
from tui_uploader.model.jobs import JobInfo, JobItem

_AHEAD = 100  # frames that are read before they are asked for: a screen asks four times a second
_ENDED = "the process that reads it ended: close this screen and look again"


class RecordedPort:
    """An EnginePort that only tells. Its other calls do nothing: a screen says so before it makes them.

    A child process reads the journal and makes columns of it, so that the keys of the screen wait for no part of that.
    """

    def __init__(self, folder: str, job: JobInfo) -> None:
        self._pages: queue.Queue[list[ev.Event]] = queue.Queue(_AHEAD)
        self._closed = threading.Event()
        self._folder, self._job = folder, job
        self._child: subprocess.Popen[bytes] | None = None
        self._reader = threading.Thread(target=self._read, name="recorded", daemon=True)
        self._reader.start()

    def drain(self) -> list[ev.Event]:
        """See EnginePort."""
        events: list[ev.Event] = []
        for _ in range(self._pages.qsize()):  # not what comes meanwhile: a drain has an end
            events += self._pages.get_nowait()
        return events

    def close(self, *, timeout: float = 3.0) -> None:
        """See EnginePort."""
        self._closed.set()
        self._end_child()
        self._reader.join(timeout)
        self.drain()

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *given, **named: None

    def _end_child(self) -> None:
        if (child := self._child) is not None:
            with suppress(OSError):
                child.kill()

    # --- the thread that reads what the child writes

    def _read(self) -> None:
        self._put([ev.Attached(self._job.id, time.time())])
        try:
            why = self._tell()
        except OSError as error:
            why = error.strerror or str(error)
        if why:
            self._put([ev.Noted(f"job {self._job.id} cannot be read: {why}", time.time())])
        now = time.time()
        self._put([ev.WalkEnded(now), ev.RunStopped(None, now), ev.CaughtUp(now)])

    def _tell(self) -> str:
        """Put all that the child tells; why that is not all of the job, empty where it is."""
        with subprocess.Popen(
            child_command("tui_uploader.engine.recorded_process", self._folder, self._job.id),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=child_environment(),
            start_new_session=True,
        ) as child:  # fmt: skip
            self._child = child
            atexit.register(self._end_child)
            assert child.stdout is not None
            known = 0
            try:
                for word, value in _frames(child.stdout):
                    if word != "rows":
                        return str(value or "")
                    events, known = told(value, known)
                    self._put(events)
                    if self._closed.is_set():
                        return ""
            finally:
                self._end_child()
                atexit.unregister(self._end_child)
        return _ENDED

    def _put(self, events: list[ev.Event]) -> None:
        while events and not self._closed.is_set():
            try:
                self._pages.put(events, timeout=0.5)
                return
            except queue.Full:
                continue


def _frames(source: IO[bytes]) -> Iterator[tuple[str, Any]]:
    while len(head := source.read(HEAD.size)) == HEAD.size:
        size = HEAD.unpack(head)[0]
        body = source.read(size)
        if len(body) < size:
            return
        yield marshal.loads(body)


def told(parts: Iterable[Part], known: int) -> tuple[list[ev.Event], int]:
    """What a child tells as the facts that led there, `known` objects having been told before; and how many are now.

    A screen counts from 0 without a gap, whatever numbers the journal has.
    """
    events: list[ev.Event] = []
    for word, fields in parts:
        if word == "stand":
            _, keys, sizes, root, skipped, receipts = fields
            events.append(ev.ItemsStand(known, keys, sizes, root, skipped, receipts))
            known += len(keys)
        else:
            events += _one(item_of(known, fields))
            known += 1
    return events, known


def _one(item: JobItem) -> list[ev.Event]:
    plain = item.stage is Stage.SKIPPED or (item.stage is Stage.FAILED and not item.attempts)
    stage = item.stage if plain else Stage.WAITING
    failure = item.failure if plain and item.stage is Stage.FAILED else None
    entered = QueueItem(item.id, item.path, item.key, item.size, stage, failure, item.reason)
    return [ev.ItemsAdded((entered,), time.time()), *(() if plain else _became(item))]


def _became(item: JobItem) -> Iterator[ev.Event]:
    if item.stage is Stage.DONE:
        yield ev.ItemDone(item.id, receipt_of(item), item.at)
    elif item.failure is not None and item.stage is Stage.FAILED:
        yield ev.ItemFailed(item.id, item.failure, item.attempts, item.at)
    elif item.stage is Stage.CANCELLED:
        yield ev.StageChanged(item.id, Stage.CANCELLED)
