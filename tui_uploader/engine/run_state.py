"""Whether the run may start things: paused by a person or a cause for all, probing, finishing, stopped."""

import asyncio
import time
from collections.abc import Callable, Coroutine

from tui_uploader.engine.evidence import Evidence, is_for_all
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.renewing import Renewing
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase, Scope, bug
from tui_uploader.model.token_life import NEEDS_TOKEN


class RunState:
    """The pause of FAULTS, "Evidence": once, with one cause; a probe now and then; `push` ends as the rule says."""

    def __init__(
        self,
        options: EngineOptions,
        post: Callable[[ev.Event], None],
        loop: asyncio.AbstractEventLoop,
        kick: Callable[[], None],
        renewing: Renewing | None = None,
    ) -> None:
        self._renewing = renewing
        self._options = options
        self._post = post
        self._loop = loop
        self._kick = self.kick = kick
        self.evidence = Evidence()
        self._spawned: set[asyncio.Task[None]] = set()
        self.stopped = False
        self.finishing = False
        self._paused_by_person = False
        self._cause: Failure | None = None
        self._cause_since = 0.0
        self._probing = False
        self._journal: Failure | None = None  # its disk is full
        self._journal_timer: asyncio.TimerHandle | None = None
        self._probe_timer: asyncio.TimerHandle | None = None
        self._held_until = 0.0
        self._hold_timer: asyncio.TimerHandle | None = None
        if renewing is not None:
            renewing.given = self.token_given
        if not options.token.reveal():
            loop.call_soon(self.trouble, Failure(NEEDS_TOKEN, Phase.LOCAL))  # before anything can be added

    @property
    def _tokenless(self) -> bool:
        return self._cause is not None and self._cause.code == NEEDS_TOKEN

    @property
    def paused(self) -> bool:
        """Whether nothing but a probe starts."""
        return self._paused_by_person or self._cause is not None or self._journal is not None

    @property
    def _renewal(self) -> bool:
        return self._renewing is not None and self._renewing.under_way

    @property
    def resting(self) -> bool:
        """Whether nothing new starts now, so that what is ready must wait again."""
        if self.finishing or self._paused_by_person or self._journal is not None or self._renewal:
            return True
        return self._cause is not None and not self._probing

    @property
    def troubled(self) -> bool:
        """Whether a cause for all is being waited out."""
        return self._cause is not None

    def may_start(self) -> bool:
        """Whether a ready item may be sent now."""
        if self.stopped or self.finishing or self._paused_by_person or self._journal is not None or self._renewal:
            return False
        return self._cause is None or self._probing

    def allowance(self, busy: int) -> int | None:
        """How many items may be asked for: None is any number, 1 while probing with nothing else under way."""
        if not self.may_start() or self._loop.time() < self._held_until:
            return 0
        if self._cause is not None:
            return 0 if busy else 1
        return None

    def pause(self, failure: Failure | None) -> None:
        """Pause, for a person (None) or for a cause."""
        if failure is None:
            if not self._paused_by_person:
                self._paused_by_person = True
                self._post(ev.RunPaused(None, time.time()))
                self._kick()
            return
        self._cause = failure
        self._post(ev.RunPaused(failure, time.time()))
        self._kick()

    def resume(self) -> None:
        """Go on, whoever had paused."""
        was = self.paused
        self._paused_by_person = False
        if self._tokenless:  # only a token ends that: it is said again
            self._post(ev.RunPaused(self._cause, time.time()))
            return
        self._end_cause()
        self._held_until = 0.0
        if was:
            self._post(ev.RunResumed(time.time()))
        if self._journal is not None:  # that is nothing a person can wish away
            self._post(ev.RunPaused(self._journal, time.time()))
        self._kick()

    def journal_trouble(self, failure: Failure | None) -> None:
        """The journal's disk is full or fails: nothing starts until it writes again (None); `push` has patience.

        A journal that is lost for good is said, and the run goes on without.
        """
        if failure is not None and failure.code not in ("JOURNAL_FULL", "JOURNAL_BROKEN"):
            self._post(ev.Noted(f"{failure.code}: {failure.sentence}", time.time()))
            return
        if failure is None:
            if self._journal_timer is not None:
                self._journal_timer.cancel()
            was, self._journal = self._journal, None
            if was is not None and not self.paused:
                self._post(ev.RunResumed(time.time(), by_probe=True))
            self._kick()
            return
        self._journal = failure
        self._post(ev.RunPaused(failure, time.time()))
        if self._options.patience is not None:
            self._journal_timer = self._loop.call_later(self._options.patience, self.stop, failure)
        self._kick()

    def hold(self, seconds: float) -> None:
        """Ask the gateway nothing for some seconds; uploads go on."""
        self._held_until = max(self._held_until, self._loop.time() + seconds)
        if self._hold_timer is not None:
            self._hold_timer.cancel()
        self._hold_timer = self._loop.call_at(self._held_until, self._held)

    def _held(self) -> None:
        """The pause is over because its timer says so: a loop's clock may be coarser than the timer."""
        self._held_until = 0.0
        self._kick()

    def trouble(self, failure: Failure) -> None:
        """A cause for all: pause once; without a screen a refusal ends the run, and the network has its patience."""
        if self.stopped:
            return
        if self._renewing is not None and self._renewing.takes(failure, self._renewed):
            self._kick()
            return
        self._trouble(failure)

    def _renewed(self, failure: Failure | None) -> None:
        """Another token is in use (None), or none could be had."""
        if failure is not None and not self.stopped:
            self._trouble(failure)
        elif self._cause is not None:
            self._over()
        self._kick()

    def _trouble(self, failure: Failure) -> None:
        self.evidence.clear()
        first = self._cause is None
        if first:
            self._cause_since = self._loop.time()
        self._probing = False
        patience, wait = self._options.patience, self._options.clocks.probe
        if patience is not None:
            passed = self._loop.time() - self._cause_since
            wait = min(wait, patience - passed)
            if not _of_network(failure) or wait <= 0:
                self._cause = failure
                self.stop(failure)
                return
        if first:
            self.pause(failure)
        else:
            self._cause = failure
        if self._probe_timer is not None:
            self._probe_timer.cancel()
        if not self._tokenless:  # without a token there is nothing to try
            self._probe_timer = self._loop.call_later(wait, self._probe)

    def token_given(self) -> None:
        """There is a token now: where only that was missing, the run goes on."""
        if self._tokenless:
            self._over()

    def woke(self) -> None:
        """The machine slept: nothing is held back any more, and a cause is looked at now."""
        self._held_until = 0.0
        self._probe()

    def _probe(self) -> None:
        self._probe_timer = None
        if self._cause is not None and not self._tokenless and not self.stopped:
            self._probing = True
            self._kick()

    def succeeded(self) -> None:
        """An object was stored: whatever the cause was, it is over."""
        self.evidence.succeeded()
        if self._cause is not None and not (self._cause.phase is Phase.INFO and is_for_all(self._cause)):
            self._over()  # what the gateway refuses is not proven wrong by what it had granted before

    def answered(self) -> None:
        """The gateway answered an array: a cause that lay with the gateway is over."""
        if self._renewing is not None:
            self._renewing.accepted()
        cause = self._cause
        if cause is not None and cause.phase is Phase.INFO and self._probing and not _of_objects(cause):
            self._over()

    def granted(self) -> None:
        """Upload info was given for an object: a cause that was the gateway's refusal of every object is over."""
        self.evidence.granted()
        if self._cause is not None and self._cause.phase is Phase.INFO and _of_objects(self._cause):
            self._over()

    def waits_out(self, failure: Failure) -> bool:
        """Whether the run is paused because objects were refused or damaged, and this is one more of them."""
        return self._cause is not None and self._cause.code == failure.code and _of_objects(failure)

    def _over(self) -> None:
        self._end_cause()
        if not self.paused:
            self._post(ev.RunResumed(time.time(), by_probe=True))
        self._kick()

    def _end_cause(self) -> None:
        self._cause, self._probing = None, False
        if self._probe_timer is not None:
            self._probe_timer.cancel()
            self._probe_timer = None

    def finish(self) -> None:
        """Start nothing any more."""
        self.finishing = True

    def stop(self, failure: Failure | None) -> None:
        """The run is over before everything was tried."""
        if not self.stopped:
            self.stopped = True
            self._post(ev.RunStopped(failure, time.time()))

    def crashed(self, error: BaseException) -> None:
        """A bug of ours: the run ends with a code instead of hanging."""
        self.stop(bug(error))

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run `work` beside everything else; kept until it ends, and an error in it ends the run."""
        task = self._loop.create_task(work)
        self._spawned.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._spawned.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.crashed(error)

    async def cancel_all(self) -> None:
        """Cancel everything that was spawned, and wait until it has ended."""
        spawned = list(self._spawned)
        for task in spawned:
            task.cancel()
        await asyncio.gather(*spawned, return_exceptions=True)

    def close(self) -> None:
        """Cancel what is timed."""
        for timer in (self._probe_timer, self._hold_timer, self._journal_timer):
            if timer is not None:
                timer.cancel()


def _of_network(failure: Failure) -> bool:
    """Whether waiting may help: the network, or a service that is down or slow; not a refusal."""
    if failure.code == "BAD_ANSWER":
        return False  # asked often enough: what answers there is not the gateway (FAULTS row 43)
    return not is_for_all(failure) and (failure.info.scope in (Scope.NETWORK, Scope.SLOW) or failure.retryable)


def _of_objects(failure: Failure) -> bool:
    """Whether it is said of objects, one by one, and only their number makes it everybody's."""
    return not failure.whole and (failure.info.scope is Scope.MAYBE or failure.code == "CHECKSUM")
