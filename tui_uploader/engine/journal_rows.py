"""Facts of a run as rows of the journal: gathered on the loop, merged by object, taken by the writer in batches."""

import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import field, replace

from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Planned, QueueItem, Stage
from tui_uploader.model.jobs import ENDED, STOPPED
from tui_uploader.model.redact import redacted
from tui_uploader.model.text import clean_message, printable
from tui_uploader.model.value import record

_HALF = 1 << 63
LONG = 64 * 1024  # bytes; from here on an object is marked while it is on its way
Outcome = ev.ItemFailed | ev.ItemRetrying | ev.ItemSkipped
_NOTED = frozenset(
    {ev.ItemFailed, ev.ItemSkipped, ev.ItemRetrying, ev.SizeChanged, ev.TimeChanged, ev.KeyChanged, ev.WalkEnded}
    | {ev.RunStopped, ev.ItemsAdded, ev.RunIdle, ev.StagesChanged}
)


@record
class Tally:
    """The counts of a job, kept with it so that nobody needs to count a million rows. Sizes in bytes."""

    items: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    cancelled: int = 0
    waiting: int = 0
    bytes_wanted: int = 0
    bytes_done: int = 0

    def move(self, stage: Stage, size: int, step: int) -> None:
        """Count an object in (`step` 1) or out (-1)."""
        if stage is Stage.DONE:
            self.done += step
            self.bytes_done += step * size
        elif stage is Stage.FAILED:
            self.failed += step
        elif stage is Stage.SKIPPED:
            self.skipped += step
        elif stage is Stage.CANCELLED:
            self.cancelled += step
        else:
            self.waiting += step
        if stage not in (Stage.SKIPPED, Stage.CANCELLED):
            self.bytes_wanted += step * size


@record
class Batch:
    """What one commit takes in: new rows, what became of objects, and how the job stands after it."""

    tally: Tally
    items: list[tuple[int, bytes, bytes, int, int, int]] = field(default_factory=list)
    planned: list[tuple[object, ...]] = field(default_factory=list)
    done: list[ev.ItemDone] = field(default_factory=list)  # by the engine's ids
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    marks: dict[int, Stage] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)
    keys: dict[int, bytes] = field(default_factory=dict)
    job: dict[str, object] = field(default_factory=dict)
    counted: int = 0  # of `done`

    def __bool__(self) -> bool:
        return bool(
            self.items
            or self.done
            or self.planned
            or self.outcomes
            or self.marks
            or self.sizes
            or self.times
            or self.keys
            or self.job
        )


class Facts:
    """What is not written yet. Belongs to whoever holds the record's lock. `ids` maps the engine's ids to ours."""

    def __init__(self, tally: Tally, ids: "array[int]") -> None:
        self._ids = ids
        self._tally = tally
        self._stages = bytearray()
        self._item_sizes = array("q")
        self._batch = Batch(tally)
        self._walked = self._stopped = False

    @property
    def dirty(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._batch)

    def add(self, path: bytes, line: Planned, item: QueueItem, known: tuple[int, Stage] | None) -> None:
        """An item entered the queue; `known` where the journal has it from an earlier run of the job."""
        tally = self._tally
        if known is None:
            number = tally.items
            tally.items += 1
        else:
            number, old = known
            tally.move(old, item.size, -1)
        self._ids.append(number)
        self._stages.append(item.stage)
        self._item_sizes.append(item.size)
        if item.stage is Stage.WAITING:
            tally.waiting += 1
            tally.bytes_wanted += item.size
        else:
            tally.move(item.stage, item.size, 1)
            self._batch.planned.append((number, item.stage, time.time(), item.failure, item.reason))
        if known is None or item.stage is Stage.WAITING:
            inode = line.inode if line.inode < _HALF else line.inode - 2 * _HALF
            key = item.key.encode("utf-8", "surrogatepass")
            self._batch.items.append((number, path, key, item.size, line.mtime_ns, inode))

    def done(self, event: ev.ItemDone) -> None:
        """An object was stored: the most frequent fact, counted when the batch is taken."""
        self._batch.done.append(event)

    def matters(self, event: ev.Event) -> bool:
        """Whether `note` wants it. A short object on its way is no news: its end comes with the same commit."""
        if type(event) is ev.StageChanged:
            stage = event.stage
            if stage is Stage.UPLOADING:
                return self._item_sizes[event.id] >= LONG
            return stage is Stage.WAITING or stage is Stage.CANCELLED
        return type(event) in _NOTED

    def note(self, event: ev.Event) -> None:
        """Take a fact in."""
        batch = self._batch
        match event:
            case ev.StageChanged(item_id, stage):
                batch.marks[self._move(item_id, stage)] = stage
            case ev.StagesChanged(ids, stage):
                for item_id in ids:
                    batch.marks[self._move(item_id, stage)] = stage
            case ev.ItemFailed(item_id):
                self._ended(item_id, Stage.FAILED, event)
            case ev.ItemSkipped(item_id):
                self._ended(item_id, Stage.SKIPPED, event)
            case ev.ItemRetrying(item_id):
                self._ended(item_id, Stage.WAITING, event)
            case ev.SizeChanged(item_id, size):
                stage = Stage(self._stages[item_id])
                self._tally.move(stage, self._item_sizes[item_id], -1)
                self._item_sizes[item_id] = size
                self._tally.move(stage, size, 1)
                batch.sizes[self._ids[item_id]] = size
            case ev.TimeChanged(item_id, mtime_ns):
                batch.times[self._ids[item_id]] = mtime_ns
            case ev.KeyChanged(item_id, key):
                batch.keys[self._ids[item_id]] = key.encode("utf-8", "surrogatepass")
            case ev.WalkEnded():
                self._walked = True
                batch.job["walked"] = 1
            case ev.RunStopped(failure):
                self._stopped = True
                batch.job["cause"] = failure.code if failure is not None else ""
            case _:
                pass

    def _move(self, item_id: int, stage: Stage) -> int:
        old = self._stages[item_id]
        if old != stage:
            self._stages[item_id] = stage
            if old >= Stage.DONE or stage >= Stage.DONE:  # else it is waiting in the tally before and after
                size = self._item_sizes[item_id]
                self._tally.move(Stage(old), size, -1)
                self._tally.move(stage, size, 1)
        return self._ids[item_id]

    def _ended(self, item_id: int, stage: Stage, event: Outcome) -> None:
        number = self._move(item_id, stage)
        self._batch.outcomes[number] = event
        self._batch.marks.pop(number, None)

    def end(self, at: float) -> None:
        """The run is over: whole, or with something left."""
        self._count(self._batch)
        whole = self._walked and not self._tally.waiting and not self._stopped
        self._batch.job |= {"ended": at, "state": ENDED if whole else STOPPED}

    def _count(self, batch: Batch) -> None:
        """Done objects that are not counted yet."""
        tally, fresh = self._tally, batch.done[batch.counted :]
        batch.counted = len(batch.done)
        for event in fresh:
            self._stages[event.id] = Stage.DONE
            tally.bytes_done += self._item_sizes[event.id]
        tally.waiting -= len(fresh)
        tally.done += len(fresh)

    def take(self) -> Batch:
        """What is to be written now."""
        batch = self._batch
        self._count(batch)
        batch.tally = replace(self._tally)
        self._batch = Batch(self._tally)
        return batch

    def put_back(self, batch: Batch) -> None:
        """It could not be written: it comes first the next time."""
        newer = self._batch
        for number, outcome in newer.outcomes.items():
            batch.outcomes[number] = outcome
            batch.marks.pop(number, None)
        batch.marks |= newer.marks
        batch.items += newer.items
        batch.done += newer.done  # those are not counted yet
        batch.planned += newer.planned
        batch.sizes |= newer.sizes
        batch.times |= newer.times
        batch.keys |= newer.keys
        batch.job |= newer.job
        self._batch = batch


def done_rows(events: Sequence[ev.ItemDone], ids: "array[int]") -> list[tuple[object, ...]]:
    """The rows of stored objects: id, at, attempts, seconds, request id, ETag, CRC-64, cloud id, verified, reason."""
    return [
        (
            ids[event.id], event.at, (receipt := event.receipt).attempts, receipt.seconds, _shown(receipt.request_id),
            _shown(receipt.etag), receipt.crc64 and _plain(receipt.crc64), _plain(receipt.cloud_object_id),
            receipt.verified, "source-gone" if receipt.source_gone else None,
        )
        for event in events
    ]  # fmt: skip


def planned_row(planned: tuple[object, ...], clean: Callable[[str], str]) -> tuple[object, ...]:
    """The outcome row of an item that entered refused or skipped."""
    number, stage, at, failure, reason = planned
    if isinstance(failure, Failure):
        return _failure_row(number, stage, at, 0, failure, clean)  # type: ignore[arg-type]
    return (number, stage, at, 0, 0.0, *[None] * 6, None, None, None, 0, clean(str(reason)))


def outcome_row(number: int, event: Outcome, clean: Callable[[str], str]) -> tuple[object, ...]:
    """The outcome row of a fact: all columns behind the job's number. Texts of the service are cleaned."""
    if isinstance(event, ev.ItemSkipped):
        return (number, Stage.SKIPPED, time.time(), 0, 0.0, *[None] * 6, None, None, None, 0, clean(event.reason))
    if isinstance(event, ev.ItemFailed):
        return _failure_row(number, Stage.FAILED, event.at, event.attempts, event.failure, clean)
    return _failure_row(number, Stage.WAITING, event.at, event.attempt, event.failure, clean)


def _failure_row(
    number: int, stage: Stage, at: float, attempts: int, failure: Failure, clean: Callable[[str], str]
) -> tuple[object, ...]:
    return (
        number, stage, at, attempts, 0.0, printable(failure.code), failure.phase.value, failure.http_status,
        clean(failure.message), clean(failure.detail), printable(failure.request_id), None, None, None, 0, None,
    )  # fmt: skip


def _plain(text: str) -> str:
    """A text that a database can hold, whatever came."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _shown(text: str) -> str:
    return text if text.isascii() and text.isprintable() else printable(text)


def cleaner(secrets: Sequence[str]) -> Callable[[str], str]:
    """Makes texts of the service fit to keep: one line, nothing that acts, and none of our secrets in it."""

    def clean(text: str) -> str:
        return clean_message(redacted(text, secrets)) if text else text

    return clean
