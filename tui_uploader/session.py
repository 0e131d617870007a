"""Session: where the screen's uploads run: in a worker that outlives it, or in this process; and how it leaves them."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from tui_uploader.engine.home import Home, env_folder
from tui_uploader.engine.hosting import new_job
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.port import EngineOptions, EnginePort
from tui_uploader.engine.recorded import RecordedPort
from tui_uploader.engine.remote import RemotePort, attach, attaching, opening
from tui_uploader.engine.starting import Contact, WorkerProblem, find_or_start
from tui_uploader.engine.survival import Lasting
from tui_uploader.log_file import LogFile
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.jobs import RUNNING, Asked, JobInfo
from tui_uploader.model.value import value

if TYPE_CHECKING:
    from tui_uploader.ui.desk import Stay

_TRIES = 3
_ENDING = 5.0  # seconds


class Session:
    """One screen's engine. `why_here` says why it runs in this process where a worker was wanted."""

    def __init__(self, port: EnginePort, remote: RemotePort | None, why_here: str = "") -> None:
        self.env_id = self.left = ""  # `left` is the job that it goes on with
        self.looks: JobInfo | None = None  # an old job that it only shows
        self.greeting = ""  # said first
        self.before = 0, 0  # how many objects of that job were done and had failed then
        self.port = port
        self.why_here = why_here
        self.unseen: ev.WhileAway | None = None
        self._remote = remote

    @property
    def job(self) -> str:
        """The job's id in the worker; empty where the uploads end with the screen."""
        return self._remote.job if self._remote is not None else ""

    @property
    def kept(self) -> str:
        """The id under which the journal keeps the job; empty where none does."""
        here = getattr(self.port, "job", "") if self.looks is None else self.looks.id
        return self.job or str(here)

    def stay(self, look: JobInfo | None) -> "Stay":
        """What the screen is told: what lasts, what to say first, and a job that was left behind and may go on."""
        from tui_uploader.job_work import rows_of
        from tui_uploader.left import changed_of, discard
        from tui_uploader.ui.desk import LeftHooks, Stay
        from tui_uploader.ui.job_words import looking_words
        from tui_uploader.ui.language import retold, t
        from tui_uploader.ui.returning import away_words

        greeting = ""
        if self.why_here:
            greeting = t("the uploads end with this screen: {why}", why=retold(self.why_here))
        elif self.greeting:
            greeting = self.greeting
        elif self.left:
            greeting = t("going on with what job {job} left", job=self.left)
        elif self.looks is not None:
            greeting = looking_words(self.looks)
        elif self.unseen is not None:
            greeting = away_words(self.unseen)
        left = None
        if (shown := look or self.looks) is not None and shown.state != RUNNING:
            rows, forget = partial(rows_of, self.env_id, shown.id), partial(discard, self.env_id, shown.id)
            left = LeftHooks(shown, rows, forget)
        job = self.looks.id if self.looks is not None else self.job
        changed = partial(changed_of, self.env_id)
        return Stay(self.lasting, greeting, left, job, changed, self.before, self._over, lambda: self.kept)

    def lasting(self) -> Lasting:
        """What a dropped connection does to the uploads, now."""
        if self.looks is not None:
            return Lasting.LOOK
        return self._remote.lasting if self._remote is not None else Lasting.HERE

    def _over(self) -> bool:
        return self.looks is not None or (self._remote is not None and self._remote.ended.is_set())

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


@value
class Wanted:
    """What a screen wants: the engine's options, what the journal is told, where events are logged, and which job."""

    env_id: str
    options: EngineOptions
    asked: Asked
    log: LogFile
    asides: list[str]
    in_process: bool = False
    job: str | None = None  # one that runs or is in the journal, by the beginning of its id; empty: the newest
    greeting: str = ""
    left: str = ""  # one that was left behind, to go on with; `feed` puts its rest into the engine
    feed: Callable[[EnginePort], None] | None = None


def begin(wanted: Wanted) -> Session:
    """The engine for a screen: the job that runs or ended unseen, the one that is wanted, or a new one.

    A job that is wanted and does not run in the worker is only shown: nothing starts by itself.

    Raises OSError and ValueError as `Engine` does, and WorkerProblem where a job is named and cannot be had.
    """
    before = 0, 0
    if wanted.left:
        from tui_uploader.left import ended_of

        before = ended_of(wanted.env_id, wanted.left)
    session = _begin(wanted)
    session.before = before
    session.env_id, session.left, session.greeting = wanted.env_id, wanted.left, wanted.greeting
    if wanted.feed is not None:
        wanted.feed(session.port)
    return session


def _begin(wanted: Wanted) -> Session:
    if wanted.job is not None:
        return _named(wanted.env_id, wanted.job, wanted.asides.append)
    if wanted.in_process:
        return Session(_here(wanted), None)
    try:
        home = Home.make(wanted.env_id)
    except OSError as error:
        return Session(_here(wanted), None, f"no state folder ({error.strerror})")
    try:
        remote = _join(home, wanted)
    except WorkerProblem as problem:
        return Session(_here(wanted), None, str(problem))
    session = Session(remote, remote)
    session.unseen = _unseen(home)
    return session


def _named(env_id: str, job: str, said: Callable[[str], None]) -> Session:
    """A view of a job that the worker runs, else of what the journal knows of it. Raises WorkerProblem."""
    from tui_uploader import journals
    from tui_uploader.left import left_behind

    with suppress(WorkerProblem):  # it does not run there, or there speaks another version: the journal is shown
        remote = attach(Home(env_folder(env_id)), job)
        if remote is not None:
            return Session(remote, remote)
    try:
        if job:
            folder, info, _ = journals.find_job(job, env_id)
        else:
            newest = left_behind(env_id, said)
            folder, info, _ = journals.find_job(newest.id if newest is not None else None, env_id)
    except journals.NoSuchJob as problem:
        raise WorkerProblem(str(problem)) from None
    session = Session(cast(EnginePort, RecordedPort(folder, info)), None)
    session.looks = info
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
