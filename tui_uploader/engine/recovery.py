"""What follows a failed attempt or call: another try after a pause, a failure, or a cause for the whole run."""

import asyncio
import heapq
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tui_uploader.engine.asking import Asking
from tui_uploader.engine.evidence import is_for_all
from tui_uploader.engine.port import SKIP, EngineOptions
from tui_uploader.engine.retry import History, RetryBudget, pause_before
from tui_uploader.engine.run_state import RunState
from tui_uploader.engine.store import Store
from tui_uploader.engine.wake import Wake
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase, RetryClass, Scope
from tui_uploader.model.items import Stage

_STRANGE = frozenset({"FOREIGN_URL", "INSECURE_URL"})  # this object fails, and the run pauses


class Recovery:
    """The retry layer of one run. `pending` counts items that wait for their next try."""

    def __init__(
        self,
        options: EngineOptions,
        store: Store,
        asking: Asking,
        run: RunState,
        post: Callable[[ev.Event], None],
        kick: Callable[[], None],
        slow_down: Callable[[Failure], None],
        active: Mapping[int, object],
    ) -> None:
        self._options = options
        self._store = store
        self._asking = asking
        self._run = run
        self._post = post
        self._kick = kick
        self._slow_down = slow_down
        self._active = active
        self._loop = asyncio.get_running_loop()
        self.budget = RetryBudget(self._loop.time())
        self._due: list[tuple[float, int]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._calls = History()
        self._wake = Wake(self._woke)

    @property
    def pending(self) -> int:
        """Items that wait for their next try."""
        return len(self._due)

    def answered(self) -> None:
        """The gateway answered as it should."""
        self.forget()
        self._run.answered()

    def forget(self) -> None:
        """The gateway's failed calls count from the start again."""
        self._calls = History()

    def missed(self, item_id: int, failure: Failure) -> None:
        """One item's attempt failed."""
        if is_for_all(failure) and failure.code not in _STRANGE:
            self._wait_again(item_id)
            self._run.trouble(failure)
            return
        if failure.code == "FileAlreadyExists" and self._asking.if_exists == SKIP:
            self._store.stages[item_id] = Stage.SKIPPED
            self._post(ev.ItemSkipped(item_id, "exists"))
            self._run.evidence.granted()
            return
        history = self._store.history(item_id)
        history.met(failure)
        history.single = failure.code == "NO_UPLOAD_INFO"
        history.free = failure.info.scope is not Scope.SLOW and (
            failure.phase is Phase.INFO or failure.retry is RetryClass.FRESH
        )  # one object's refusal is no sick server, and is asked about again with others
        if failure.info.scope is Scope.SLOW or failure.code == "LOCAL_LIMIT":
            self._slow_down(failure)
        network = failure.info.scope is Scope.NETWORK
        settled = not self._active and not self._asking.ready  # nothing that may still succeed is on its way
        sampled = item_id in self._asking.sampled
        everybody = (
            self._run.evidence.met(item_id, failure, sampled=sampled, settled=settled, left=len(self._asking.waiting))
            or failure.code in _STRANGE
        )
        everybody = everybody or (network and self._run.troubled)
        pause = pause_before(failure, history, self._options.retries, self._options.clocks, random.random)
        if pause is None and everybody and network:
            pause = 0.0  # the network is down for all: this object keeps its place until it is back
        if pause is None and failure.code == "LOCAL_LIMIT" and self._active:
            pause = self._options.clocks.backoff_base  # what is being sent gives its handles back
        if pause is None:
            self._store.stages[item_id] = Stage.FAILED
            self._post(ev.ItemFailed(item_id, failure, history.attempts, time.time()))
        else:
            self._store.stages[item_id] = Stage.WAITING
            self._post(ev.ItemRetrying(item_id, failure, history.attempts, round(pause, 1), time.time()))
            heapq.heappush(self._due, (self._loop.time() + pause, item_id))
        if everybody:
            self._run.trouble(failure)

    def call_missed(self, failure: Failure, ids: Sequence[int], asked: int) -> None:
        """A POST for `asked` items failed as a whole: that is the service's fault, never the objects'."""
        for item_id in reversed(ids):
            self._wait_again(item_id)
        if self._asking.halve(failure, asked):
            self._post(ev.Noted(f"{failure.code}: {self._asking.batch} objects a call from now on", time.time()))
        elif is_for_all(failure) or not failure.retryable or self._run.troubled:
            self._run.trouble(failure)  # a probe that failed is not repeated before the next one is due
        else:
            if failure.info.scope is Scope.SLOW:
                self._slow_down(failure)
            if failure.info.scope is Scope.NETWORK:
                failure = replace(
                    failure, again=RetryClass.BACKOFF
                )  # the gateway is one host: no other object can tell
            self._calls.met(failure)
            pause = pause_before(failure, self._calls, self._options.retries, self._options.clocks, random.random)
            if pause is None:
                self.forget()
                self._run.trouble(failure)
            else:
                self._run.hold(pause)
                self._post(ev.Noted(f"{failure.code}: the gateway is asked again in {pause:.1f} s", time.time()))
        self._kick()

    def wake_due(self) -> None:
        """Items whose pause is over wait at the front, as far as the retry budget allows."""
        now = self._loop.time()
        wait = 0.0
        while self._due and self._due[0][0] <= now:
            if self._store.stage(self._due[0][1]) is not Stage.WAITING:
                heapq.heappop(self._due)  # cancelled meanwhile
                continue
            history = self._store.history(self._due[0][1])
            wait = 0.0 if history.free else self.budget.take(now)
            if wait > 0:
                break
            self._asking.waiting.add_first(heapq.heappop(self._due)[1])
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._due:
            self._timer = self._loop.call_later(max(self._due[0][0] - now, wait, 0.001), self._kick)

    def close(self) -> None:
        """Cancel what is timed."""
        self._wake.close()
        if self._timer is not None:
            self._timer.cancel()

    def _woke(self, seconds: float) -> None:
        """The machine slept: pauses are over and count from the start, and what has upload info asks for fresh info."""
        self._post(ev.Noted(f"this machine slept for {seconds:.0f} s: what waits is tried again at once", time.time()))
        for item_id in self._asking.shelve():
            self._store.stages[item_id] = Stage.WAITING
            self._post(ev.StageChanged(item_id, Stage.WAITING))
        for _, item_id in self._due:
            self._store.forget_history(item_id)
        self._due = [(0.0, item_id) for _, item_id in self._due]  # all alike: a heap as it is
        self.forget()
        self._run.woke()
        self._kick()

    def _wait_again(self, item_id: int) -> None:
        self._store.stages[item_id] = Stage.WAITING
        self._post(ev.StageChanged(item_id, Stage.WAITING))
        self._asking.waiting.add_first(item_id)
