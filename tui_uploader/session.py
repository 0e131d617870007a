"""Session: where the screen's uploads run: in a worker that outlives it, or in this process; and how it leaves them."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tui_uploader.engine.home import Home
from tui_uploader.engine.hosting import new_job
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.port import EngineOptions, EnginePort
from tui_uploader.engine.remote import RemotePort, attach, attaching, opening
from tui_uploader.engine.starting import Contact, WorkerProblem, find_or_start
from tui_uploader.engine.survival import Lasting
from tui_uploader.log_file import LogFile
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.jobs import Asked, JobInfo

if TYPE_CHECKING:
    from tui_uploader.ui.desk import Stay

_TRIES = 3
_ENDING = 5.0  # seconds


class Session:
    """One screen's engine. `why_here` says why it runs in this process where a worker was wanted."""

    def __init__(self, port: EnginePort, remote: RemotePort | None, why_here: str = "") -> None:
        self.env_id = self.left = ""  # `left` is the job that it goes on with
        self.before = 0  # how many objects of that job were done then
        self.port = port
        self.why_here = why_here
        self.unseen: ev.WhileAway | None = None
        self._remote = remote

    @property
    def job(self) -> str:
        """The job's id in the worker; empty where the uploads end with the screen."""
        return self._remote.job if self._remote is not None else ""

    def stay(self, look: JobInfo | None) -> "Stay":
        """What the screen is told: what lasts, what to say first, and a job that was left behind and may go on."""
        from tui_uploader.left import changed_of, discard, items_of
        from tui_uploader.ui.desk import LeftHooks, Stay
        from tui_uploader.ui.language import t
        from tui_uploader.ui.returning import away_words

        greeting = ""
        if self.why_here:
            greeting = t("the uploads end with this screen: {why}", why=self.why_here)
        elif self.left:
            greeting = t("going on with what job {job} left", job=self.left)
        elif self.unseen is not None:
            greeting = away_words(self.unseen)
        left = None
        if look is not None:
            env_id, job = look.asked.env_id, look.id
            left = LeftHooks(look, lambda: items_of(env_id, job), lambda: discard(env_id, job))
        return Stay(
            self.lasting, greeting, left, self.job, lambda job: changed_of(self.env_id, job), self.before, self._over
        )

    def lasting(self) -> Lasting:
        """What a dropped connection does to the uploads, now."""
        return self._remote.lasting if self._remote is not None else Lasting.HERE

    def _over(self) -> bool:
        return self._remote is not None and self._remote.ended.is_set()

    def leave(self, how: str) -> bool:
        """Let go of the engine: ``keep`` leaves the job to the worker; whether it goes on there."""
        remote = self._remote
        if remote is None:
            self.port.close()
            return False
        if how == "stop" and not remote.ended.is_set():
            remote.stop()
        elif how == "finish":
            remote.ended.wait(_ENDING)
        goes_on = not remote.ended.is_set() and remote.lasting is not Lasting.LOST
        remote.close()
        return goes_on


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a screen wants: the engine's options, what the journal is told, where events are logged, and which job."""

    env_id: str
    options: EngineOptions
    asked: Asked
    log: LogFile
    asides: list[str]
    in_process: bool = False
    job: str | None = None  # one that runs, by the beginning of its id
    left: str = ""  # one that was left behind, to go on with; `feed` puts its rest into the engine
    feed: Callable[[EnginePort], None] | None = None


def begin(wanted: Wanted) -> Session:
    """The engine for a screen: the job that runs or ended unseen, the one that is wanted, or a new one.

    Raises OSError and ValueError as `Engine` does, and WorkerProblem where a job is named and cannot be had.
    """
    before = 0
    if wanted.left:
        from tui_uploader.left import done_of

        before = done_of(wanted.env_id, wanted.left)
    session = _begin(wanted)
    session.before = before
    session.env_id, session.left = wanted.env_id, wanted.left
    if wanted.feed is not None:
        wanted.feed(session.port)
    return session


def _begin(wanted: Wanted) -> Session:
    if wanted.in_process:
        return Session(_here(wanted), None)
    try:
        home = Home.make(wanted.env_id)
    except OSError as error:
        return Session(_here(wanted), None, f"no state folder ({error.strerror})")
    try:
        remote = _join(home, wanted)
    except WorkerProblem as problem:
        if wanted.job is not None:
            raise
        return Session(_here(wanted), None, str(problem))
    session = Session(remote, remote)
    session.unseen = _unseen(home)
    return session


def _here(wanted: Wanted) -> EnginePort:
    from tui_uploader.hosted_engine import (  # the engine loads the network: only where it runs here
        JobEngine,
        begin_record,
    )

    def record() -> tuple[JobRecord | None, list[Failure]]:
        try:
            folder = Home.make(wanted.env_id).folder
        except OSError as error:
            return None, [Failure("NO_STATE", Phase.LOCAL, detail=error.strerror or "")]
        return begin_record(folder, wanted.left or new_job(), wanted.options, wanted.asked, resumed=bool(wanted.left))

    return cast(EnginePort, JobEngine(wanted.options, record, wanted.log, wanted.asides))


def _join(home: Home, wanted: Wanted) -> RemotePort:
    for _ in range(_TRIES - 1):
        with suppress(WorkerProblem):  # the job or the worker ended between the look and the question
            return _once(home, wanted)
    return _once(home, wanted)


def _once(home: Home, wanted: Wanted) -> RemotePort:
    if wanted.job is not None:
        remote = attach(home, wanted.job)
        if remote is None:
            raise WorkerProblem(f"no job {wanted.job} runs in the background".replace("  ", " "))
        return remote
    contact = find_or_start(home)
    if wanted.left:
        return RemotePort(contact, opening(wanted.options, wanted.left, wanted.asked))
    job = wanted_job(contact)
    return RemotePort(contact, attaching(job) if job else opening(wanted.options, "", wanted.asked))


def wanted_job(contact: Contact) -> str:
    """The job that a screen joins by itself: the newest that runs, else the newest that ended unseen, else none."""
    asks: tuple[Callable[[dict[str, Any]], bool], ...] = (
        lambda one: bool(one["unfinished"]),
        lambda one: bool(one["unseen"]),
    )
    for ask in asks:
        found = [str(one["job"]) for one in contact.jobs if ask(one)]
        if found:
            return found[-1]
    return ""


def _unseen(home: Home) -> ev.WhileAway | None:
    """What a worker that has gone left to be said, once."""
    try:
        with open(home.unseen, encoding="ascii") as file:
            jobs = json.load(file)
        os.unlink(home.unseen)
        done, failed = (sum(int(one[word]) for one in jobs) for word in ("done", "failed"))
        return ev.WhileAway(float(max(one["away"] for one in jobs)), done, failed)
    except (OSError, ValueError, KeyError, TypeError):
        return None
