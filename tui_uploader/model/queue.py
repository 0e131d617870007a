"""The one reducer: events in, counts and rows out. Every front end counts with this and nothing else."""

from __future__ import annotations

from tui_uploader.model import late_events as ev
from tui_uploader.model.columns import Columns
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import QueueItem, Stage
from tui_uploader.model.rows import Attempt, Counts, Row

__all__ = ["Attempt", "Counts", "QueueState", "Row"]

ATTEMPTS_KEPT = 20  # of each item, the newest; more say nothing new


class QueueState(Columns):
    """The queue as the events have made it. Not thread-safe: it belongs to the side that applies events.

    Who never looks at what became of a stored object says so (`receipts`), and its receipt is not kept.
    """

    def apply(self, event: ev.Event) -> tuple[int, ...]:
        """Take one event in; answers with the ids of the rows that changed. A fact for an unknown id is ignored."""
        if type(event) is ev.ItemDone:  # the most frequent fact of all
            return self._stored(event)
        match event:
            case ev.BytesSent(item_id, sent):
                return self._progress(item_id, sent)
            case ev.StageChanged(item_id, stage):
                return self._again(item_id, stage)
            case ev.StagesChanged(ids, stage):
                return tuple(item_id for item_id in ids if self._again(item_id, stage))
            case ev.ItemsAdded(items):
                self.walk_ended, self.stopped = False, None
                return tuple(self._add(item) for item in items)
            case ev.ItemsStand():
                return self._stand(event)
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

    def _again(self, item_id: int, stage: Stage) -> tuple[int, ...]:
        """To another stage; after a person's retry the cause is forgotten."""
        again = stage is Stage.WAITING and self._failures and self._known(item_id) and self.stage(item_id).ended
        changed = self._move(item_id, stage)
        if again:  # the count by code was moved first
            self._failures.pop(item_id, None)
        return changed

    def _stored(self, event: ev.ItemDone) -> tuple[int, ...]:
        item_id = event.id
        if not self._known(item_id):
            return ()
        if self._keeps_receipts:
            self._receipts.put(item_id, self._keys[item_id], event.receipt)
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

    def _stand(self, event: ev.ItemsStand) -> tuple[int, ...]:
        first, count = len(self._keys), len(event.keys)
        if event.first != first or len(event.sizes) != count or len(event.receipts) not in (0, count):
            raise ValueError(f"items from {event.first} on came when {first} was next")
        self.walk_ended, self.stopped = False, None
        self._keys += event.keys
        self._paths.extend(event.root, event.skipped, count)
        self._sizes.extend(event.sizes)
        stages = bytes(Stage.DONE if text else Stage.WAITING for text in event.receipts) or bytes(count)
        self._stages += stages
        for stage, size in zip(stages, event.sizes, strict=True):
            self._by_stage[stage] += 1
            self._bytes_by_stage[stage] += size
        if event.receipts and self._keeps_receipts:
            self._receipts.put_texts(first, event.receipts)
        return tuple(range(first, first + count))

    def _met(self, item_id: int, failure: Failure, at: float) -> None:
        if self.stage(item_id) is Stage.FAILED:
            self._uncount(item_id)
        self._failures[item_id] = failure
        before = self._attempts.get(item_id, ())
        self._attempts[item_id] = (*before[1 - ATTEMPTS_KEPT :], Attempt(at, failure))
        if len(before) == ATTEMPTS_KEPT:
            self._tries[item_id] = self._tries.get(item_id, ATTEMPTS_KEPT) + 1
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
