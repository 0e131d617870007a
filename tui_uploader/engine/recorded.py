"""Recorded: an old job as the journal has it, told to a screen like a job that runs. Nothing is started or changed."""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tui_uploader.engine.journal import Journal, JournalError
from tui_uploader.model import events as ev
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.jobs import JobInfo, JobItem
from tui_uploader.model.paths import root_between
from tui_uploader.model.receipts import packed

_AT_ONCE = 500
_AHEAD = 100  # pages that are read before they are asked for: a screen asks four times a second


class RecordedPort:
    """An EnginePort that only tells. Its other calls do nothing: a screen says so before it makes them."""

    def __init__(self, folder: str, job: JobInfo) -> None:
        self._pages: queue.Queue[list[ev.Event]] = queue.Queue(_AHEAD)
        self._closed = threading.Event()
        self._folder, self._job = folder, job
        threading.Thread(target=self._read, name="recorded", daemon=True).start()

    def drain(self) -> list[ev.Event]:
        """See EnginePort."""
        events: list[ev.Event] = []
        while not self._pages.empty():
            events += self._pages.get_nowait()
        return events

    def close(self, *, timeout: float = 3.0) -> None:
        """See EnginePort."""
        self._closed.set()
        self.drain()

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *given, **named: None

    def _read(self) -> None:
        try:
            self._put([ev.Attached(self._job.id, time.time())])
            with Journal(self._folder) as journal:
                self._tell(journal.items(self._job.id))
        except (JournalError, sqlite3.Error, KeyError) as error:
            words = error.failure.sentence if isinstance(error, JournalError) else str(error)
            self._put([ev.Noted(f"job {self._job.id} cannot be read: {words}", time.time())])
        now = time.time()
        self._put([ev.WalkEnded(now), ev.RunStopped(None, now), ev.CaughtUp(now)])

    def _tell(self, items: Iterator[JobItem]) -> None:
        page: list[JobItem] = []
        for at, item in enumerate(items):
            page.append(item if item.id == at else replace(item, id=at))  # a screen counts from 0 without a gap
            if len(page) == _AT_ONCE:
                self._put(told(page))
                page = []
                if self._closed.is_set():
                    return
        self._put(told(page))

    def _put(self, events: list[ev.Event]) -> None:
        while events and not self._closed.is_set():
            try:
                self._pages.put(events, timeout=0.5)
                return
            except queue.Full:
                continue


def told(items: Sequence[JobItem]) -> list[ev.Event]:
    """Objects of a journal as the facts that led to where they are; those without a story many at a time."""
    events: list[ev.Event] = []
    run: list[tuple[JobItem, str]] = []
    root: tuple[bytes, int] | None = None
    for item in items:
        text = _text(item)
        if run and not (text is not None and _under(root, item)):
            events.append(_stand(run, root))
            run = []
        if text is None:
            events += _one(item)
            continue
        if not run:
            root = root_between(item.path, item.key.encode("utf-8", "surrogatepass"))
        if root is None:
            events += _one(item)
        else:
            run.append((item, text))
    return [*events, _stand(run, root)] if run else events


def _text(item: JobItem) -> str | None:
    """The receipt of a done object as text, none of one that waits; None for an object with a story of its own."""
    if not item.key.isprintable():
        return None
    if item.stage is Stage.DONE:
        return packed(_receipt(item), item.key) or None
    return "" if item.stage < Stage.DONE and not item.code else None


def _under(root: tuple[bytes, int] | None, item: JobItem) -> bool:
    return root is not None and item.path == root[0] + item.key.encode()[root[1] :]


def _stand(run: Sequence[tuple[JobItem, str]], root: tuple[bytes, int] | None) -> ev.ItemsStand:
    assert root is not None
    texts = tuple(text for _, text in run)
    keys, sizes = tuple(item.key for item, _ in run), tuple(item.size for item, _ in run)
    return ev.ItemsStand(run[0][0].id, keys, sizes, *root, texts if any(texts) else ())


def _one(item: JobItem) -> list[ev.Event]:
    plain = item.stage is Stage.SKIPPED or (item.stage is Stage.FAILED and not item.attempts)
    stage = item.stage if plain else Stage.WAITING
    failure = item.failure if plain and item.stage is Stage.FAILED else None
    entered = QueueItem(item.id, item.path, item.key, item.size, stage, failure, item.reason)
    return [ev.ItemsAdded((entered,), time.time()), *(() if plain else _became(item))]


def _receipt(item: JobItem) -> Receipt:
    return Receipt(
        item.etag, item.crc64, item.request_id, item.cloud_object_id, item.verified, item.attempts, item.seconds
    )


def _became(item: JobItem) -> Iterator[ev.Event]:
    if item.stage is Stage.DONE:
        yield ev.ItemDone(item.id, _receipt(item), item.at)
    elif item.failure is not None and item.stage is Stage.FAILED:
        yield ev.ItemFailed(item.id, item.failure, item.attempts, item.at)
    elif item.stage is Stage.CANCELLED:
        yield ev.StageChanged(item.id, Stage.CANCELLED)
