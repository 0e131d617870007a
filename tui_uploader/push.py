"""The same engine without a screen: plan, upload, report, exit code. One run, one job id."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tui_uploader.access import UsageProblem
from tui_uploader.console import Console, summary_of
from tui_uploader.engine.engine import Engine
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.journal_file import JournalError
from tui_uploader.engine.planner import FIRST, Planner, Start, chunks
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.renewing import Renew
from tui_uploader.engine.second_sender import SecondSender
from tui_uploader.engine.walk_ahead import WalkAhead
from tui_uploader.hangup import EndSignals
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, QueueItem, Stage, Verdict
from tui_uploader.model.queue import QueueState
from tui_uploader.model.value import record

DONE, SOME_FAILED, USAGE, STOPPED, INTERNAL = 0, 1, 2, 3, 70
_WANTED = (Verdict.UPLOAD, Verdict.WARN)
_SETTLE = 0.02  # seconds
_AHEAD = 0.1  # seconds for the walk alone: beside uploads each look at a file waits for its turn, ten times as long
_AT_ONCE = 250  # lines
_GRACE = 2.5  # seconds after a signal for what is being sent: the whole exit takes at most 3
_RUN_ON = 3.0  # seconds for it after a cause that ends the run for all


def new_job() -> str:
    """A job id: eight hexadecimal digits."""
    return os.urandom(4).hex()


@record
class _Totals:
    """What a walk has found: files, and bytes to upload."""

    count: int = 0
    size: int = 0

    def add(self, lines: Iterable[Planned]) -> None:
        for line in lines:
            self.count += 1
            if line.verdict in _WANTED:
                self.size += line.size


def dry_run(planner: Planner, starts: Iterable[Start], console: Console) -> int:
    """Print the plan; nothing is sent. In the summary what would be uploaded counts as waiting."""
    job, began, state, totals = new_job(), time.monotonic(), QueueState(), _Totals()
    lines: list[Planned] = []
    with EndSignals() as signals:
        console.began(job)
        for chunk in chunks(planner.plan(starts)):
            totals.add(chunk)
            lines.extend(chunk)
            if signals.exit_code is not None:
                break
        if signals.exit_code is None:
            console.planned(totals.count, totals.size)
        for line in lines:
            console.plan_line(line)
        state.apply(ev.ItemsAdded(tuple(as_items(lines))))
        console.ended(summary_of(job, state, time.monotonic() - began), state)
    return signals.exit_code or (SOME_FAILED if state.counts.failed else DONE)


def as_items(lines: Iterable[Planned]) -> Iterator[QueueItem]:
    """The items that a queue of these lines would have: what would be uploaded waits."""
    for number, line in enumerate(lines):
        stage, failure = Stage.WAITING, None
        if line.verdict is Verdict.REFUSE:
            stage, failure = Stage.FAILED, Failure(line.code or "KEY_INVALID", Phase.LOCAL, detail=line.reason)
        elif line.verdict is Verdict.SKIP:
            stage = Stage.SKIPPED
        yield QueueItem(number, line.path, line.key, line.size, stage, failure, line.reason)


class _Walk(threading.Thread):
    """Feeds the engine from the planner while uploads already run. A daemon: a dead file system holds no exit.

    The engine is told of the end when all was found, and never else: the journal would take what was found for the
    whole, and `resume` would leave out the rest.
    """

    def __init__(self, planner: Planner | WalkAhead, starts: Iterable[Start], engine: Engine) -> None:
        super().__init__(name="walk", daemon=True)
        self._planner = planner
        self._starts = starts
        self._engine = engine
        self.totals = _Totals()
        self.error: Exception | None = None
        self.abandoned = False
        self._lock = threading.Lock()
        self._elsewhere = isinstance(planner, WalkAhead)  # another process's walk is not slowed down by uploads
        # what is held back while the walk is alone, but for the first
        self._ahead: list[tuple[Planned, ...]] | None = None if self._elsewhere else []

    def run(self) -> None:
        alone = threading.Timer(_AHEAD, self._give_all)  # the next line may be long in coming
        alone.daemon = True
        alone.start()
        try:
            for chunk in chunks(self._planner.plan(self._starts), _AT_ONCE):
                if not self._found(chunk):
                    return
            self._give_all()
            if not self.abandoned:
                self._engine.add((), last=True)
        except Exception as error:  # noqa: BLE001 - carried to the main thread, which ends the run with it
            self._give_all()
            self.error = error
        finally:
            alone.cancel()

    def _found(self, chunk: tuple[Planned, ...]) -> bool:
        """Take lines of the plan; False where nobody wants more."""
        with self._lock:
            if self._elsewhere and not self.totals.count:
                self._give(chunk)
                if len(chunk) >= FIRST and any(line.verdict in _WANTED for line in chunk):  # more follows
                    self._engine.wait_for_first(_AHEAD)  # nobody else takes the interpreter meanwhile
            elif self._ahead is None or not self.totals.count:
                self._give(chunk)
            else:
                self._ahead.append(chunk)
        return not self.abandoned

    def _give_all(self) -> None:
        """Give the engine what was held back; from now on it gets everything at once."""
        with self._lock:
            ahead, self._ahead = self._ahead or [], None
            for chunk in ahead:
                self._give(chunk)

    def _give(self, chunk: tuple[Planned, ...]) -> None:
        while not self.abandoned and not self._engine.wait_for_room(0.5):
            pass
        if not self.abandoned:
            self.totals.add(chunk)
            self._engine.add(chunk, last=False)


def run(
    options: EngineOptions,
    planner: Planner | WalkAhead,
    starts: Iterable[Start],
    console: Console,
    record: JobRecord | None = None,
    renew: Renew | None = None,
    after: Callable[[dict[str, Any], bool], None] = lambda summary, hurried: None,
    second: SecondSender | None = None,
) -> int:
    """Upload what `starts` name, recorded where there is a `record`, which is closed at the end; the exit code of CLI.

    `after` gets the summary last of all, and whether a signal ends us, so that there is no time to wait for anything.

    Raises UsageProblem where the engine cannot begin, and OSError where standard output cannot be written.
    """
    job, began = record.id if record is not None else new_job(), time.monotonic()
    state = QueueState(receipts=getattr(console, "keeps_receipts", False))  # most say them as they come, and no more
    stopped: ev.RunStopped | None = None  # for good: the state forgets it when the walk, still going on, adds more
    with EndSignals() as signals:
        engine = _engine(options, record, renew, second)
        walk = _Walk(planner, starts, engine)
        try:
            console.began(job)
            walk.start()
            announced = False
            while signals.exit_code is None:
                if engine.wait(0.2):
                    engine.settle(_SETTLE)  # one look for many events
                ended = False
                for event in engine.drain():
                    state.apply(event)
                    console.event(event, state)
                    if isinstance(event, ev.WalkEnded) and not announced:
                        announced = True
                        console.planned(walk.totals.count, walk.totals.size)
                    elif isinstance(event, ev.RunStopped):
                        stopped = event
                    ended = ended or isinstance(event, ev.RunIdle)
                console.tick(state)
                over = ended and state.walk_ended and _nothing_open(state)
                if over or stopped is not None or walk.error is not None:
                    break
            if signals.exit_code is not None:
                _let_end(engine, state, console, _GRACE)
            elif stopped is not None and _refused(stopped.failure):
                _let_end(engine, state, console, _RUN_ON)  # what is being sent has its permission (FAULTS row 40)
        finally:
            walk.abandoned = True
            engine.close()
            if record is not None:
                record.close()
        if isinstance(walk.error, JournalError):  # of an old job, whose items were walked
            stopped = ev.RunStopped(walk.error.failure, time.time())
        elif walk.error is not None:
            raise RuntimeError("walk") if isinstance(walk.error, OSError) else walk.error
        for event in engine.drain():  # what ended while the engine closed
            state.apply(event)
            console.event(event, state)
    failure = stopped.failure if stopped is not None else None
    if failure is not None and signals.exit_code is None:
        console.stopped(failure.code, failure.message or failure.detail or failure.info.meaning, failure.sentence)
    summary = summary_of(job, state, time.monotonic() - began)
    console.ended(summary, state)
    after({**summary, "stopped": failure.code if failure is not None else None}, signals.exit_code is not None)
    return signals.exit_code or _exit_code(state, failure)


def _refused(failure: Failure | None) -> bool:
    """Whether a run ends by a word of the service; where it is the network or a bug, nothing is worth waiting for."""
    return failure is not None and not failure.retryable and failure.code != "INTERNAL"


def _let_end(engine: Engine, state: QueueState, console: Console, seconds: float) -> None:
    """Start nothing, and give what is being sent some seconds, so that what the bucket has is counted."""
    engine.finish()
    until, told = time.monotonic() + seconds, False
    while (not told or state.ids(Stage.UPLOADING) or state.ids(Stage.CHECKING)) and time.monotonic() < until:
        engine.wait(0.1)
        for event in engine.drain():
            state.apply(event)
            console.event(event, state)
            told = told or isinstance(event, ev.RunFinishing)


def _engine(
    options: EngineOptions, record: JobRecord | None, renew: Renew | None, second: SecondSender | None
) -> Engine:
    try:
        return Engine(options, record, renew, second)
    except OSError as error:  # ssl.SSLError is one as well
        raise UsageProblem(f"the CA file {options.ca_file} cannot be used: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageProblem(str(error)) from None


def _nothing_open(state: QueueState) -> bool:
    counts = state.counts
    return counts.waiting == 0 and counts.active == 0


def _exit_code(state: QueueState, cause: Failure | None) -> int:
    if cause is not None:
        return INTERNAL if cause.code == "INTERNAL" else STOPPED
    return SOME_FAILED if state.counts.failed else DONE


def output_lost(error: OSError) -> int:
    """Standard output takes no more: its reader is gone, or its disk is full. One sentence, and exit code 3."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"stopped: standard output cannot be written: {error.strerror or error}\n")
        sys.stderr.flush()
    with contextlib.suppress(OSError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # or what is still buffered would be complained of once more at the end
    return STOPPED


def nothing_started(
    code: str,
    text: str,
    console: Console,
    after: Callable[[dict[str, Any], bool], None] = lambda summary, hurried: None,
) -> int:
    """The ending where nothing could start: `stopped`, then a summary of nothing. Exit code 3."""
    state = QueueState()
    console.stopped(code, text, text)
    summary = summary_of(new_job(), state, 0.0)
    console.ended(summary, state)
    sys.stdout.flush()
    after({**summary, "stopped": code}, False)
    return STOPPED
