"""Queue to batches of upload info, minted just in time, to slots, to PUT, to verified: done. Lives on one loop.

The second file a newcomer reads. Every item goes waiting -> getting info -> uploading -> checking -> done, and from any
of these to `Recovery.missed`, the one place that decides between another try and a failure.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence

from tui_uploader.engine.admission import Admission
from tui_uploader.engine.asking import ENOUGH, Asking
from tui_uploader.engine.by_hand import ByHand
from tui_uploader.engine.climb import OBJECT_COST
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.lingering import Linger
from tui_uploader.engine.pacing import Parallelism, SpeedLimit
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.progress import Progress
from tui_uploader.engine.receipts import receipt_of
from tui_uploader.engine.recovery import Recovery
from tui_uploader.engine.renewing import Renewing
from tui_uploader.engine.run_state import RunState
from tui_uploader.engine.senders import Senders
from tui_uploader.engine.stages import Stages
from tui_uploader.engine.store import Store
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Planned, Stage
from tui_uploader.protocol.bucket import Stored
from tui_uploader.protocol.gateway import Gateway
from tui_uploader.protocol.sending import Sending
from tui_uploader.protocol.upload_info import InfoRequest, UploadInfo


class Pipeline:
    """One run. All methods belong to the loop's thread; `post` takes events and may be called from here only."""

    def __init__(
        self, options: EngineOptions, gateway: Gateway, bucket: Senders, post: Callable[[ev.Event], None],
        record: JobRecord | None = None, renewing: Renewing | None = None,
    ) -> None:  # fmt: skip
        self._options, self._gateway, self._bucket = options, gateway, bucket
        self._post, self._loop = post, asyncio.get_running_loop()
        self._store = Store()
        self._stages = Stages(self._store, post, self._loop)
        self._to = self._stages.to
        self._asking = Asking(options, gateway, self._store, self._loop.time, bucket.readers)
        self._parallel = Parallelism(options.parallel, self._loop.time)
        self._limit = SpeedLimit(options.limit, self._loop.time)
        self._run = RunState(options, post, self._loop, self.kick, renewing)
        self.admission = Admission(record, self._asking, self._run, self.kick)
        self._active: dict[int, tuple[asyncio.Task[None], Sending]] = {}
        self._progress = Progress(self._active, self._store, post, self._moved)
        self._recovery = Recovery(options, self._store, self._asking, self._run, post, self.kick, self._slow_down,
            self._active, self._left)  # fmt: skip
        self.by_hand = ByHand(
            self._store, self._asking.waiting, self._run, gateway, post, self._active, self._stages.many
        )
        self.answered = threading.Event()  # the service has answered for the first time
        self._walking, self._kicked, self._idle = False, False, True
        self._linger = Linger(self._loop, options.clocks.linger, self.kick)
        post(ev.ParallelChanged(self._parallel.now, self._parallel.begun, time.time()))

    def add(self, lines: Sequence[Planned], last: bool) -> None:
        """New lines of a plan; `last` when the walk has ended."""
        if lines:
            items = self._store.add(lines)
            self.admission.add(lines, items)
            self._post(ev.ItemsAdded(items, time.time()))
        if last:
            self._post(ev.WalkEnded(time.time()))
        self._idle = self._idle and not (lines or last)
        self._walking, self._linger.over = not last, False
        self.kick()

    def retry(self, ids: Sequence[int]) -> None:
        """Failed and cancelled items wait again, with fresh tries."""
        self._idle = not self.by_hand.retry(ids) and self._idle
        self.kick()

    def cancel(self, ids: Sequence[int]) -> None:
        """Waiting items leave at once; what is being sent is cut off, so that no object comes of it."""
        self.by_hand.cancel(ids)
        self.kick()

    def pause(self) -> None:
        """By a person."""
        self._run.pause(None)

    def resume(self) -> None:
        """By a person: whatever paused the run is forgotten."""
        self._recovery.forget()
        self._run.resume()

    def finish(self) -> None:
        """Start nothing any more; whoever waits for the end of what is being sent learns what that is."""
        self._run.finish()
        self._stages.tell()
        self._post(ev.RunFinishing(time.time()))
        self.kick()

    def set_parallel(self, parallel: int | None) -> None:
        """By a person; None is automatic."""
        self._parallel.set(parallel)
        self._parallel_changed("by you" if parallel is not None else "automatic")

    def set_limit(self, limit: int | None) -> None:
        """By a person; bytes a second."""
        self._limit.set(limit)
        self._post(ev.SpeedLimitChanged(limit, time.time()))

    async def close(self) -> None:
        """Cut everything off and wait until it is."""
        self._run.finish()
        self._progress.close()
        self._recovery.close()
        self._linger.close()
        self._stages.close()
        await self._run.cancel_all()
        for item_id in self._store.active():
            self._to(item_id, Stage.WAITING)
        self._run.close()

    def kick(self) -> None:
        """Look again soon; many kicks make one look."""
        if not self._kicked:
            self._kicked = True
            self._loop.call_soon(self._fill)

    def _fill(self) -> None:
        self._kicked = False
        if not self._run.stopped:
            self._recovery.shelve()
            self._recovery.wake_due()
            allowance = self._run.allowance(len(self._active) + self._asking.under_way + len(self._asking.ready))
            self._start_slots()
            self._ask(allowance)
        self._maybe_idle()

    def _start_slots(self) -> None:
        while (found := self._next_ready()) is not None:
            sending = Sending(self._store.sizes[found[0]])
            self._active[found[0]] = (self._run.spawn(self._slot(*found, sending)), sending)

    def _next_ready(self) -> tuple[int, UploadInfo] | None:
        """What may be sent now, if a slot is free for it; what is not fresh any more is put back on the way."""
        asking = self._asking
        while asking.ready and len(self._active) < self._bucket.room(self._parallel.now) and self._run.may_start():
            item_id, info = asking.ready.popleft()
            if self._store.stages[item_id] != Stage.GETTING_INFO:
                continue  # cancelled meanwhile
            if not asking.renew(item_id, fresh=info.fresh_at(self._gateway.now())):
                return item_id, info
            self._to(item_id, Stage.WAITING)
            asking.put_back([item_id])
        return None

    def _ask(self, allowance: int | None) -> None:
        if allowance == 0 or self._run.finishing:
            return
        evidence, walking = self._run.evidence, self._walking
        under_way = evidence.ripe and bool(self._active or self._asking.ready)
        if under_way or (evidence.doubtful and walking and self._asking.few):
            return  # what is under way, or what the walk has not found yet, may be what is not refused
        while group := self._asking.next_group(
            self._parallel.now,
            soon=self._parallel.soon,
            more_to_come=walking and not self._linger.over,
            careful=evidence.careful,
            sample=evidence.doubtful,
            again=evidence.damaging and self._recovery.trying,
        ):
            if allowance is not None and len(group) > allowance:
                self._asking.put_back(group[allowance:])
                group = group[:allowance]
            for item_id in group:
                self._to(item_id, Stage.GETTING_INFO)
            requests, refused, resized = self._asking.prepare(group)
            for item_id, failure in refused:
                self._recovery.missed(item_id, failure)
            for item_id, size in resized:
                self._post(ev.SizeChanged(item_id, size))
            if requests:
                self._asking.expect(len(requests))
                self._run.spawn(self._get_info(requests))
            if allowance is not None:
                if not requests:
                    self.kick()  # the probe's own file is gone: another takes its place
                return
        if self._walking and self._asking.waiting:
            self._linger.begin()

    async def _get_info(self, asked: list[tuple[int, InfoRequest]]) -> None:
        answer = await self._asking.post([request for _, request in asked])
        self.answered.set()
        stages = self._store.stages
        if isinstance(answer, Failure):
            alive = [item_id for item_id, _ in asked if stages[item_id] == Stage.GETTING_INFO]
            self._recovery.call_missed(answer, alive, len(asked))
            return
        self._recovery.answered()
        for line in answer.dropped:
            self._post(ev.Noted(f"the gateway's answer: {line}", time.time()))
        answers = zip(asked, answer.answers, strict=True)  # what is granted comes first, for it tells of the others
        for (item_id, _), one in sorted(answers, key=lambda pair: isinstance(pair[1], Failure)):
            if stages[item_id] == Stage.GETTING_INFO and isinstance(one, UploadInfo):
                self._recovery.granted()
                self._asking.ready.append((item_id, one))
            elif stages[item_id] == Stage.GETTING_INFO and isinstance(one, Failure):
                self._recovery.missed(item_id, one)
        self.kick()

    async def _slot(self, item_id: int, info: UploadInfo, sending: Sending) -> None:
        """One upload after the other, as long as something is ready: a task for each object would cost more."""
        task, _ = self._active[item_id]
        while await self._upload(item_id, info, sending) and (found := self._next_ready()) is not None:
            self._active[found[0]] = (task, sending := Sending(self._store.sizes[found[0]]))
            item_id, info = found

    async def _upload(self, item_id: int, info: UploadInfo, sending: Sending) -> bool:
        """Send one object; False where it was cut off."""
        self._to(item_id, Stage.UPLOADING)
        store = self._store
        began = self._loop.time()
        size = store.sizes[item_id]
        try:
            result = await self._bucket.put(
                info, store.paths[item_id], size, inode=store.inodes[item_id], sending=sending, pace=self._limit
            )
        except asyncio.CancelledError:
            self._active.pop(item_id, None)
            again = self.by_hand.wanted_again(item_id)
            if not self._run.finishing:  # one that is paused by itself begins again when it is let go
                self._to(item_id, Stage.WAITING if item_id in self._store.held else Stage.CANCELLED)
                self.retry([item_id] if again else [])
                return False
            self._to(item_id, Stage.WAITING)
            raise
        self._active.pop(item_id, None)
        self.by_hand.wanted_again(item_id)
        if isinstance(result, Stored):
            seconds = sending.seconds if sending.seconds is not None else self._loop.time() - began
            self._stored(item_id, info, result, seconds, size)
        else:
            self._progress.rest(item_id, 0)
            self._recovery.missed(item_id, result)
        self.kick()
        return True

    def _stored(self, item_id: int, info: UploadInfo, stored: Stored, seconds: float, size: int) -> None:
        attempts = self._store.done(item_id)
        if self._store.written_since(item_id, stored.mtime_ns):
            self._post(ev.TimeChanged(item_id, stored.mtime_ns))
        self._post(ev.ItemDone(item_id, receipt_of(info, stored, attempts, seconds), time.time()))
        self._recovery.stored()
        self._asking.stored(seconds)
        self._run.succeeded()
        self._moved(self._progress.rest(item_id, size))
        if self._parallel.stored(seconds if size <= OBJECT_COST else None):
            self._parallel_changed("by itself")

    def _moved(self, size: int) -> None:
        if self._parallel.moved(size):
            self._parallel_changed("by itself")

    def _slow_down(self, failure: Failure) -> None:
        if short := failure.code == "LOCAL_LIMIT":
            self._bucket.let_go()
        if self._parallel.short_of_handles() if short else self._parallel.slowed():
            status = f"{failure.http_status} " if failure.http_status else ""
            self._parallel_changed(f"{status}{failure.code}")

    def _parallel_changed(self, reason: str) -> None:
        self._recovery.budget.resize(self._parallel.now)
        self._post(ev.ParallelChanged(self._parallel.now, reason, time.time()))
        self.kick()

    def _left(self) -> int:  # how many may still show something; enough while more may be found
        return ENOUGH if self._walking or self.admission.pending else len(self._active) + self._asking.left

    def _maybe_idle(self) -> None:
        if self._left() or self._recovery.settle() or self._idle or self._recovery.pending or self.by_hand.holding:
            return
        self._idle = True
        self._post(ev.RunIdle(time.time()))
