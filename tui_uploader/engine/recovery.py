"""What follows a failed attempt or call: another try after a pause, a failure, or a cause for the whole run."""

import asyncio
import heapq
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tui_uploader.engine.apart import Apart
from tui_uploader.engine.asking import Asking
from tui_uploader.engine.evidence import Standing, is_for_all
from tui_uploader.engine.port import SKIP, EngineOptions
from tui_uploader.engine.retry import History, RetryBudget, pause_before
from tui_uploader.engine.run_state import RunState
from tui_uploader.engine.store import Store
from tui_uploader.engine.wake import Wake
from tui_uploader.engine.withheld import Withheld
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
        left: Callable[[], int],
    ) -> None:
        self._options = options
        self._store = store
        self._asking = asking
        self._run = run
        self._post = post
        self._kick = kick
        self._slow_down = slow_down
        self._active = active
        self._left = left
        self._loop = asyncio.get_running_loop()
        self.budget = RetryBudget(self._loop.time())
        self._due: list[tuple[float, int]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._calls = History()
        self._wake = Wake(self._woke)
        run.evidence.apart = Apart(store)
        self._withheld = Withheld(store, asking.waiting, self._to_wait)

    @property
    def pending(self) -> int:
        """Items that wait for their next try, or for what others show."""
        return len(self._due) + len(self._withheld)

    @property
    def trying(self) -> bool:
        """Whether something that was tried before is tried again, now or soon."""
        return bool(self._due) or self._asking.waiting.next_up > 0

    def answered(self) -> None:
        """The gateway answered as it should."""
        self.forget()
        self._run.answered()

    def forget(self) -> None:
        """The gateway's failed calls count from the start again."""
        self._calls = History()

    def missed(self, item_id: int, failure: Failure) -> None:
        """One item's attempt failed."""
        if self._run.stopped:
            self._wait_again(item_id)
            return
        if is_for_all(failure) and failure.code not in _STRANGE:
            self._wait_again(item_id)
            self._run.trouble(failure)
            return
        if failure.code == "FileAlreadyExists" and self._asking.if_exists == SKIP:
            self._store.stages[item_id] = Stage.SKIPPED
            self._post(ev.ItemSkipped(item_id, "exists"))
            self._run.evidence.granted()
            return
        if self._run.waits_out(failure):  # met again: the object keeps its place, and the next probe is another's
            self._to_wait(item_id)
            self._asking.waiting.add((item_id,))
            self._run.trouble(failure)
            return
        history = self._store.history(item_id)
        history.met(failure)
        alone = failure.code == "NO_UPLOAD_INFO"
        history.single = history.single or alone  # for good: in company its last word might be that it had none again
        # the budget keeps a sick server from being hammered: asking for one alone (row 45) and with fresh info (F) is
        # how to find out what a healthy one said, and what is short on this machine burdens none
        fresh = failure.retry is RetryClass.FRESH and failure.http_status is not None
        history.free = alone or fresh or failure.code == "LOCAL_LIMIT"
        if failure.info.scope is Scope.SLOW or failure.code == "LOCAL_LIMIT":
            self._slow_down(failure)
        pause = pause_before(failure, history, self._options.retries, self._options.clocks, random.random)
        here = Standing(
            sampled=item_id in self._asking.sampled,
            settled=not self._active and not self._asking.ready,  # nothing that may still succeed is on its way
            left=self._left(),
        )
        if pause is None:
            self._run.evidence.heard(failure)
        if pause is None and self._run.evidence.unsure(failure, here):
            self._withheld.add(item_id, failure)
        else:
            self._decide(item_id, failure, pause, here)

    def _decide(self, item_id: int, failure: Failure, pause: float | None, here: Standing) -> None:
        """Another try after `pause` seconds, or a failure; and perhaps a cause for all."""
        network = failure.info.scope is Scope.NETWORK
        everybody = (
            self._run.evidence.met(item_id, failure, here, final=pause is None)
            or failure.code in _STRANGE
            or (network and self._run.troubled)
        )
        if pause is None and everybody and network:
            pause = 0.0  # the network is down for all: this object keeps its place until it is back
        if pause is None and failure.code == "LOCAL_LIMIT" and self._active:
            pause = self._options.clocks.backoff_base  # what is being sent gives its handles back
        if pause is None:
            self._fail(item_id, failure)
        else:
            attempts = self._store.history(item_id).attempts
            self._store.stages[item_id] = Stage.WAITING
            self._post(ev.ItemRetrying(item_id, failure, attempts, round(pause, 1), time.time()))
            heapq.heappush(self._due, (self._loop.time() + pause, item_id))
        if failure.code == "CHECKSUM":
            self.shelve()
        if everybody:
            self._asking.waiting.add(self._withheld.clear())
            self._run.trouble(failure)

    def _fail(self, item_id: int, failure: Failure) -> None:
        self._store.stages[item_id] = Stage.FAILED
        self._post(ev.ItemFailed(item_id, failure, self._store.history(item_id).attempts, time.time()))

    def stored(self) -> None:
        """An object was stored: what the bucket refuses of others is their own trouble.

        What the gateway had granted before tells nothing of its refusals: it is asked for those once more.
        """
        self.budget.succeeded()
        if self._withheld:
            self._own_trouble(self._withheld.take(Phase.PUT))
            for item_id, _ in self._withheld.take(Phase.INFO):
                self._store.forget_history(item_id)
                self._asking.waiting.add((item_id,))

    def granted(self) -> None:
        """Upload info was given for an object: the gateway's refusals of others are their own trouble."""
        self._run.granted()
        if self._withheld:
            self._own_trouble(self._withheld.take(Phase.INFO))

    def _own_trouble(self, found: Sequence[tuple[int, Failure]]) -> None:
        for item_id, failure in found:
            self._fail(item_id, failure)

    def settle(self) -> bool:
        """Nothing is under way: what is withheld fails one by one, until it is everybody's trouble. True then."""
        while not (self._due or self._run.stopped) and (found := self._withheld.take(most=1)):
            self._decide(*found[0], None, Standing(left=0))
            if self._run.troubled:
                return True
        return False

    def shelve(self) -> None:
        """What may not be sent now after all waits again: everything in a pause, or what may only arrive damaged."""
        resting = self._run.resting
        if resting or (self._run.evidence.damaging and self.trying):
            for item_id in self._asking.shelve(untried=not resting):
                self._store.stages[item_id] = Stage.WAITING
                self._post(ev.StageChanged(item_id, Stage.WAITING))

    def call_missed(self, failure: Failure, ids: Sequence[int], asked: int) -> None:
        """A POST for `asked` items failed as a whole: that is the service's fault, never the objects'."""
        for item_id in reversed(ids):
            self._wait_again(item_id)
        if self._asking.halve(failure, asked):
            self._post(ev.Noted(f"{failure.code}: {self._asking.batch} objects a call from now on", time.time()))
        elif is_for_all(failure) or not failure.retryable or self._run.troubled:
            self._run.trouble(failure)  # a probe that failed is not repeated before the next one is due
        else:
            if failure.info.scope is Scope.SLOW or failure.code == "LOCAL_LIMIT":
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
            self._asking.waiting.add_next(heapq.heappop(self._due)[1])
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
        self._to_wait(item_id)
        self._asking.waiting.add_first(item_id)

    def _to_wait(self, item_id: int) -> None:
        self._store.stages[item_id] = Stage.WAITING
        self._post(ev.StageChanged(item_id, Stage.WAITING))
