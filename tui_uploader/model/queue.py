"""The one reducer: events in, counts and rows out. Every front end counts with this and nothing else."""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Sequence
from itertools import compress

from tui_uploader.model import late_events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.order import Order
from tui_uploader.model.paths import Paths
from tui_uploader.model.rows import Attempt, Counts, Row

__all__ = ["Attempt", "Counts", "QueueState", "Row"]

ATTEMPTS_KEPT = 20  # of each item, the newest; more say nothing new


class QueueState:
    """The queue as the events have made it. Not thread-safe: it belongs to the side that applies events.

    Items are kept as columns, not as objects: a million waiting rows cost little more than their names. Who never
    looks at what became of a stored object says so, and its receipt is not kept.
    """

    def __init__(self, *, receipts: bool = True) -> None:
        self._keeps_receipts = receipts
        self._keys: list[str] = []
        self._paths = Paths(self._keys)
        self._sizes = array("q")
        self._stages = bytearray()
        self._sent: dict[int, int] = {}
        self._failures: dict[int, Failure] = {}
        self._attempts: dict[int, deque[Attempt]] = {}
        self._tries: dict[int, int] = {}
        self.held: set[int] = set()  # paused one by one; they count as waiting
        self.order = Order()
        self._reasons: dict[int, str] = {}
        self._receipts: dict[int, Receipt] = {}
        self._by_stage = [0] * len(Stage)
        self._bytes_by_stage = [0] * len(Stage)
        self._moving = 0
        self.by_code: Counter[str] = Counter()
        self.paused: ev.RunPaused | None = None
        self.stopped: ev.RunStopped | None = None
        self.walk_ended = True
        self.parallel = 0
        self.limit: int | None = None
        self.ever_retried = 0

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def counts(self) -> Counts:
        """The counts now."""
        n = self._by_stage
        active = n[Stage.GETTING_INFO] + n[Stage.UPLOADING] + n[Stage.CHECKING]
        return Counts(
            total=len(self._keys),
            done=n[Stage.DONE],
            failed=n[Stage.FAILED],
            skipped=n[Stage.SKIPPED],
            cancelled=n[Stage.CANCELLED],
            waiting=n[Stage.WAITING],
            active=active,
        )

    @property
    def bytes_done(self) -> int:
        """Bytes of objects that are done."""
        return self._bytes_by_stage[Stage.DONE]

    @property
    def bytes_wanted(self) -> int:
        """Bytes of everything that is done, active, waiting or failed after all: what 100 % means."""
        b = self._bytes_by_stage
        return sum(b) - b[Stage.SKIPPED] - b[Stage.CANCELLED]

    @property
    def bytes_moving(self) -> int:
        """Bytes sent so far of objects that are not done yet; they may be sent again after a failure."""
        return self._moving

    @property
    def bytes_remaining(self) -> int:
        """Bytes still to be sent for what is waiting or active."""
        b = self._bytes_by_stage
        open_bytes = b[Stage.WAITING] + b[Stage.GETTING_INFO] + b[Stage.UPLOADING] + b[Stage.CHECKING]
        return max(open_bytes - self._moving, 0)

    def stage(self, item_id: int) -> Stage:
        """The stage of one item."""
        return Stage(self._stages[item_id])

    def stages(self) -> bytes:
        """The stage of every item, a byte each, by id."""
        return bytes(self._stages)

    def size(self, item_id: int) -> int:
        """The size of one item in bytes."""
        return self._sizes[item_id]

    def key(self, item_id: int) -> str:
        """The key of one item."""
        return self._keys[item_id]

    def path(self, item_id: int) -> bytes:
        """The path of one item, as the system has it."""
        return self._paths[item_id]

    def failure(self, item_id: int) -> Failure | None:
        """Why an item failed, or what its last attempt met while it waits to be tried again."""
        return self._failures.get(item_id)

    def attempts(self, item_id: int) -> tuple[Attempt, ...]:
        """The attempts that failed, oldest first, of a great number the last `ATTEMPTS_KEPT`."""
        return tuple(self._attempts.get(item_id, ()))

    def row(self, item_id: int) -> Row:
        """All of one item."""
        stage = Stage(self._stages[item_id])
        receipt = self._receipts.get(item_id)
        tries = self._tries.get(item_id, 0)
        return Row(
            id=item_id,
            path=self._paths[item_id],
            key=self._keys[item_id],
            size=self._sizes[item_id],
            stage=stage,
            sent=self._sizes[item_id] if stage is Stage.DONE else self._sent.get(item_id, 0),
            failure=self._failures.get(item_id),
            attempts=receipt.attempts if receipt else tries,
            reason=self._reasons.get(item_id, ""),
            receipt=receipt,
        )

    def ids(self, *stages: Stage) -> list[int]:
        """The ids of all items in these stages, ascending. Linear in the queue, a million in 20 ms."""
        wanted = self._stages.translate(bytes(at in stages for at in range(256)))
        return list(compress(range(len(wanted)), wanted))

    def among(self, ids: Sequence[int], *stages: Stage) -> list[int]:
        """Those of `ids` that are in one of these stages."""
        wanted, its = bytes(at in stages for at in range(256)), self._stages
        return [item_id for item_id in ids if wanted[its[item_id]]]

    def apply(self, event: ev.Event) -> tuple[int, ...]:
        """Take one event in; answers with the ids of the rows that changed. A fact for an unknown id is ignored."""
        if type(event) is ev.ItemDone:  # the most frequent fact of all
            return self._stored(event)
        match event:
            case ev.BytesSent(item_id, sent):
                return self._progress(item_id, sent)
            case ev.StageChanged(item_id, stage):
                again = stage is Stage.WAITING and self._known(item_id) and self.stage(item_id).ended
                changed = self._move(item_id, stage)
                if again:  # a person's retry: the count by code is moved first, then the cause is forgotten
                    self._failures.pop(item_id, None)
                return changed
            case ev.ItemsAdded(items):
                self.walk_ended, self.stopped = False, None
                return tuple(self._add(item) for item in items)
            case ev.ItemRetrying(item_id, failure, _, _, at):
                if not self._known(item_id):
                    return ()
                self.ever_retried += 1
                self._met(item_id, failure, at)
                return self._move(item_id, Stage.WAITING)
            case ev.ItemFailed(item_id, failure, _, at):
                if not self._known(item_id):
                    return ()
                self._met(item_id, failure, at)
                return self._move(item_id, Stage.FAILED)
            case ev.ItemSkipped(item_id, reason):
                if self._known(item_id):
                    self._reasons[item_id] = reason
                return self._move(item_id, Stage.SKIPPED)
            case ev.SizeChanged(item_id, size):
                return self._resize(item_id, size)
            case ev.KeyChanged(item_id, key) if self._known(item_id):
                self._paths.pin(item_id)
                self._keys[item_id] = key
                return (item_id,)
            case ev.ItemsMoved(ids, before):
                return tuple(self.order.move(ids, before))
            case ev.ItemsHeld(ids):
                self.held.update(ids)
                return ids
            case ev.ItemsReleased(ids):
                self.held.difference_update(ids)
                return ids
            case ev.RunPaused():
                self.paused = event
            case ev.RunResumed():
                self.paused = None
            case ev.RunStopped():
                self.stopped = event
            case ev.ParallelChanged(parallel):
                self.parallel = parallel
            case ev.SpeedLimitChanged(limit):
                self.limit = limit
            case ev.WalkEnded():
                self.walk_ended = True
            case _:
                pass
        return ()

    def _stored(self, event: ev.ItemDone) -> tuple[int, ...]:
        item_id = event.id
        if not self._known(item_id):
            return ()
        if self._keeps_receipts:
            self._receipts[item_id] = event.receipt
        changed = self._move(item_id, Stage.DONE)
        if self._failures:
            self._failures.pop(item_id, None)  # not before: an item that leaves FAILED is uncounted by its code
        return changed

    def _resize(self, item_id: int, size: int) -> tuple[int, ...]:
        if not self._known(item_id):
            return ()
        self._bytes_by_stage[self._stages[item_id]] += size - self._sizes[item_id]
        self._sizes[item_id] = size
        return (item_id,)

    def _known(self, item_id: int) -> bool:
        return 0 <= item_id < len(self._keys)

    def _add(self, item: QueueItem) -> int:
        if item.id != len(self._keys):
            raise ValueError(f"item {item.id} came when {len(self._keys)} was next")
        self._keys.append(item.key)
        self._paths.append(item.path)
        self._sizes.append(item.size)
        self._stages.append(item.stage)
        self._by_stage[item.stage] += 1
        self._bytes_by_stage[item.stage] += item.size
        if item.failure is not None:
            self._failures[item.id] = item.failure
            if item.stage is Stage.FAILED:
                self.by_code[item.failure.code] += 1
        if item.reason:
            self._reasons[item.id] = item.reason
        return item.id

    def _met(self, item_id: int, failure: Failure, at: float) -> None:
        if self.stage(item_id) is Stage.FAILED:
            self._uncount(item_id)
        self._failures[item_id] = failure
        self._attempts.setdefault(item_id, deque(maxlen=ATTEMPTS_KEPT)).append(Attempt(at, failure))
        self._tries[item_id] = self._tries.get(item_id, 0) + 1
        if self.stage(item_id) is Stage.FAILED:
            self.by_code[failure.code] += 1

    def _uncount(self, item_id: int) -> None:
        failure = self._failures.get(item_id)
        if failure is not None:
            self.by_code[failure.code] -= 1
            if self.by_code[failure.code] <= 0:
                del self.by_code[failure.code]

    def _progress(self, item_id: int, sent: int) -> tuple[int, ...]:
        if not self._known(item_id) or not self.stage(item_id).active:
            return ()
        self._moving += sent - self._sent.get(item_id, 0)
        self._sent[item_id] = sent
        return (item_id,)

    def _move(self, item_id: int, stage: Stage) -> tuple[int, ...]:
        if not self._known(item_id):
            return ()
        old = self._stages[item_id]
        if old == stage:
            return (item_id,)
        size = self._sizes[item_id]
        self._by_stage[old] -= 1
        self._bytes_by_stage[old] -= size
        self._by_stage[stage] += 1
        self._bytes_by_stage[stage] += size
        if self._sent and stage not in (Stage.UPLOADING, Stage.CHECKING):
            self._moving -= self._sent.pop(item_id, 0)
        if old == Stage.FAILED:
            self._uncount(item_id)
        if stage is Stage.FAILED and item_id in self._failures:
            self.by_code[self._failures[item_id].code] += 1
        self._stages[item_id] = stage
        if self.order.first and old == Stage.WAITING:
            self.order.drop(item_id)
        if self.held and stage.ended:
            self.held.discard(item_id)
        return (item_id,)
