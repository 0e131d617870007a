"""The engine of one job in the worker: begun with its first objects, journalled, its events in the log."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from tui_uploader import after
from tui_uploader.ending import Ending
from tui_uploader.engine.engine import Engine
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.journal import JobRunning, Journal, JournalError
from tui_uploader.engine.port import EngineOptions, EnginePort, Renewal
from tui_uploader.hosts import gateway_host
from tui_uploader.log_file import LogFile
from tui_uploader.logged import LoggedPort
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Planned
from tui_uploader.model.jobs import Asked
from tui_uploader.model.secret import Secret
from tui_uploader.protocol.gateway import read_gateway_url
from tui_uploader.protocol.trust import trust
from tui_uploader.renewal import renewer


class JobEngine:
    """An EnginePort that begins with the first `add`: a screen that only looks leaves no job behind.

    Raises GatewayUrlError for an unusable address, OSError for an unusable CA file.
    """

    def __init__(
        self,
        options: EngineOptions,
        begin: Callable[[], tuple[JobRecord | None, list[Failure]]],
        log: LogFile,
        asides: list[str],
    ) -> None:
        read_gateway_url(options.gateway)
        trust(options.ca_file)
        self._options = options
        self._begin = begin
        self._log, self._asides = log, asides
        self._early: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._begun = threading.Event()
        self._port: LoggedPort | None = None
        self._record: JobRecord | None = None
        self._ending: Ending | None = None
        self._late: list[ev.Event] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*given: Any, **named: Any) -> None:
            if self._port is not None:
                getattr(self._port, name)(*given, **named)
            else:
                self._early.append((name, given, named))

        return call

    @property
    def job(self) -> str:
        """The id under which the journal keeps the job; empty where none does."""
        return self._record.id if self._record is not None else ""

    def add(self, planned: Sequence[Planned], *, last: bool = True) -> None:
        """See EnginePort."""
        if self._port is None:
            self._start()
        assert self._port is not None
        self._port.add(planned, last=last)

    def drain(self) -> list[ev.Event]:
        """See EnginePort."""
        events, self._late = self._late, []
        if self._port is not None:
            found = self._port.drain()
            if self._ending is not None:
                self._ending.take(found)
            events += found
        return events

    def wait(self, timeout: float) -> bool:
        """Wait until an event is there, at most `timeout` seconds."""
        if self._port is None:
            self._begun.wait(timeout)
            return False
        return bool(self._port.wait(timeout)) or bool(self._asides)

    def set_token(self, token: Secret, renewal: Renewal | None = None) -> None:
        """See EnginePort; the log never has it."""
        self._log.keep_out(token)
        if self._port is not None:
            self._port.set_token(token, renewal)
        else:
            self._options = replace(self._options, token=token, renewal=renewal or self._options.renewal)

    def finish(self) -> None:
        """See EnginePort."""
        if self._port is not None:
            self._port.finish()

    def close(self, *, timeout: float = 3.0) -> None:
        """See EnginePort; the journal is safe afterwards."""
        if self._port is not None:
            self._port.close(timeout=timeout)
        if self._ending is not None:
            self._late = self.drain()
            self._ending.close()
        if self._record is not None:
            self._record.close()

    def _start(self) -> None:
        self._record, troubles = self._begin()
        self._asides.extend(f"{failure.code}: {failure.sentence}" for failure in troubles)
        engine = Engine(self._options, self._record, renewer(self._log.keep_out))
        if self._options.after:
            job = self._record.id if self._record is not None else ""
            self._ending = Ending(job, lambda told: after.run_beside(self._options.after, told, self._asides.append))
        self._port = LoggedPort(cast(EnginePort, engine), self._log, self._asides)
        for name, given, named in self._early:
            getattr(engine, name)(*given, **named)
        self._early.clear()
        self._begun.set()


def begin_record(
    folder: str, job: str, options: EngineOptions, asked: Asked | None, *, resumed: bool
) -> tuple[JobRecord | None, list[Failure]]:
    """The record of a job in the journal of an environment's `folder`, and what is wrong with the journal."""
    secret = (options.token.reveal(),) if options.token else ()
    asked = asked or Asked(options.env_id, gateway_host(options.gateway))
    try:
        with Journal(folder) as journal:
            if resumed:
                try:
                    return journal.resume(job, secret=secret), journal.found
                except KeyError:
                    pass  # it was discarded meanwhile, or its journal set aside: it begins anew
                except JobRunning:
                    raise ValueError("another process has this job") from None
            return journal.begin(asked, job=job, secret=secret), journal.found
    except JournalError as error:
        return None, [error.failure]
