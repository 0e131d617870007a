"""Jobs in the background: `push --detach`, `attach --no-screen` and `stop`."""

import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from tui_uploader import journals, places, run_options
from tui_uploader.access import CannotStart, Given, UsageProblem, environment_of, locate
from tui_uploader.console import Console, JsonLines, Lines, summary_of
from tui_uploader.engine.home import Home
from tui_uploader.engine.planner import Planner, Start, chunks
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.remote import RemotePort, attach, open_job, stop_job
from tui_uploader.engine.starting import WorkerProblem, find
from tui_uploader.engine.survival import Lasting
from tui_uploader.hangup import EndSignals
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.jobs import RUNNING, Asked
from tui_uploader.model.queue import QueueState

USAGE, STOPPED = 2, 3
_SETTLE = 0.02  # seconds
_TAKEN = 60.0  # seconds for the worker to have everything on disk after the walk has ended


def detach(
    env_id: str, options: EngineOptions, planner: Planner, starts: Iterable[Start], asked: Asked, *, as_json: bool
) -> int:
    """Hand a push to the worker and leave: 0 when it has everything, and the job's id is printed.

    A signal before that stops the job: what was found so far is not the whole, and nobody would give it the rest.
    Raises CannotStart where no worker can be had.
    """
    try:
        home = Home.make(env_id)
        port = open_job(home, options, asked=asked)
    except WorkerProblem as problem:
        raise CannotStart("WORKER_LOST", str(problem)) from None
    except OSError as error:
        raise CannotStart("NO_STATE", f"no state folder: {error.strerror}") from None
    total = 0
    with EndSignals() as signals:
        try:
            for chunk in chunks(planner.plan(starts)):
                if signals.exit_code is not None:
                    break
                total += len(chunk)
                port.add(chunk, last=False)
            else:
                port.add((), last=True)
                if not _taken(port, total):
                    raise CannotStart("WORKER_LOST", f"the process that uploads ended: tui-uploader resume {port.job}")
                signals.exit_code = None  # it has everything
        finally:
            port.close()
        if signals.exit_code is not None:
            with suppress(WorkerProblem):
                stop_job(home, port.job, finish=False)
            return _say(
                f"job {port.job} is stopped before all was found: tui-uploader resume {port.job}", signals.exit_code
            )
    if as_json:
        sys.stdout.write(json.dumps({"event": "job", "job": port.job, "total": total, "detached": True}) + "\n")
    else:
        sys.stdout.write(f"{port.job}\n")
        sys.stderr.write(f"goes on in the background: tui-uploader attach {port.job}\n")
    return 0


def _taken(port: RemotePort, total: int) -> bool:
    """Wait until the worker's engine has all objects, and the journal with it."""
    state, end = QueueState(), time.monotonic() + _TAKEN
    while not (state.walk_ended and len(state) >= total and state.parallel):
        if port.lasting is Lasting.LOST or port.ended.is_set() or time.monotonic() > end:
            return False
        port.wait(0.2)
        for event in port.drain():
            state.apply(event)
    return True


def attach_lines(job: str | None, *, as_json: bool, quiet: bool, **options: Any) -> int:
    """`attach --no-screen`: lines like those of `push` until the job ends; its exit code. Ctrl-C leaves it running."""
    console: Console = JsonLines() if as_json else Lines(quiet=quiet)
    try:
        for home in homes(options):
            if holds(home, job):
                port = attach(home, job or "")
                if port is not None:
                    return follow(port, console)
    except (UsageProblem, WorkerProblem) as problem:
        return _say(str(problem), USAGE)
    return _say(_nothing(job, options), USAGE)


def follow(port: RemotePort, console: Console) -> int:
    """Print what a job in the worker does until it ends; the exit code as `push` has it."""
    state, began, quiet, over = QueueState(), time.monotonic(), True, False
    cause: Failure | None = None
    settle = threading.Event()
    with EndSignals() as signals:
        console.began(port.job)
        while signals.exit_code is None and not over:
            if port.wait(0.2):
                settle.wait(_SETTLE)
            gone = port.ended.is_set()
            for event in port.drain():
                state.apply(event)
                if isinstance(event, ev.CaughtUp):
                    quiet = False
                elif not quiet:
                    console.event(event, state)
                if isinstance(event, ev.RunStopped):
                    cause, over = event.failure, True
                over = over or (isinstance(event, ev.RunIdle) and state.walk_ended)
            console.tick(state)
            over = (over and not quiet) or gone
        if port.lasting is Lasting.LOST:
            cause = Failure("WORKER_LOST", Phase.LOCAL)
        port.close()
    if cause is not None and signals.exit_code is None:
        console.stopped(cause.code, cause.message or cause.detail or cause.info.meaning, cause.sentence)
    console.ended(summary_of(port.job, state, time.monotonic() - began), state)
    if signals.exit_code is not None:
        return signals.exit_code
    left = state.counts.waiting + state.counts.active
    if left and cause is None:
        _say(f"job {port.job} was stopped with {left} left: tui-uploader resume {port.job}", STOPPED)
    return STOPPED if cause is not None or left else (1 if state.counts.failed else 0)


def stop_command(job: str | None, *, finish: bool, **options: Any) -> int:
    """`stop`: end a job of the worker, or let what is being sent end first; the exit code."""
    try:
        for home in homes(options):
            if holds(home, job):
                ended = stop_job(home, job or "", finish=finish)
                if ended is not None:
                    left = int(ended["left"])
                    words = f"job {ended['job']} is stopped: {ended['done']} of {ended['total']} done"
                    words += f", {left} left: tui-uploader resume {ended['job']}" if left else ""
                    sys.stdout.write(words + "\n")
                    return 0
    except (UsageProblem, WorkerProblem) as problem:
        return _say(str(problem), USAGE)
    return _say(_nothing(job, options), USAGE)


def homes(options: dict[str, Any]) -> Iterator[Home]:
    """The homes to look in: of the environment that is named, else of all."""
    names = ("profile", "env_id", "gateway", "intl", "token_file", "ca_file")
    given = Given(**{name: options[name] for name in names if options.get(name) is not None})
    try:
        yield Home(places.env_folder(locate(given).env_id))
        return
    except UsageProblem:
        if given.profile or given.env_id or given.gateway:
            raise
    root = places.state_dir()
    for name in sorted(os.listdir(root)) if os.path.isdir(root) else ():
        yield Home(os.path.join(root, name))


def holds(home: Home, job: str | None) -> bool:
    """Whether a worker lives there and has the job, or any where none is named. Raises WorkerProblem, UsageProblem."""
    contact = find(home)
    if contact is None:
        return False
    contact.line.close()
    found = [str(one["job"]) for one in contact.jobs if str(one["job"]).startswith(job or "")]
    if job and len(found) > 1:
        raise UsageProblem(f"several jobs begin with {job}: {', '.join(found)}")
    return bool(found)


def _nothing(job: str | None, options: dict[str, Any]) -> str:
    """That no such job runs in the background; of one that the journal knows how it stands and what can be done."""
    if not job:
        return "no job runs in the background: tui-uploader jobs lists all"
    try:
        known = journals.find_job(job, environment_of(run_options.given(options)))[1]
    except (journals.NoSuchJob, UsageProblem):
        return f"no job {job} runs in the background: tui-uploader jobs lists all"
    if known.state == RUNNING:
        return f"job {known.id} runs in another terminal, not in the background: Ctrl-C there stops it"
    how = "resume" if known.resumable else "report"
    return f"job {known.id} does not run, it is {known.state.replace('-', ' ')}: tui-uploader {how} {known.id}"


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"tui-uploader: {text}\n")
    return code
