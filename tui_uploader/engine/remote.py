"""Remote: EnginePort over the worker's socket: the same values in and out, from any terminal, as often as one likes."""

import inspect
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from tui_uploader.engine.home import Home
from tui_uploader.engine.mailbox import Mailbox
from tui_uploader.engine.messages import (
    OPTIONS,
    Line,
    WireError,
    asked_message,
    call_lines,
    events_of,
    line_of,
    port_calls_cached,
)
from tui_uploader.engine.port import EngineOptions, EnginePort, Renewal
from tui_uploader.engine.starting import Contact, WorkerProblem, find, find_or_start
from tui_uploader.engine.survival import Lasting
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned
from tui_uploader.model.jobs import Asked
from tui_uploader.model.secret import Secret


def _forwarding(name: str) -> Callable[..., None]:
    parameters = inspect.signature(getattr(EnginePort, name))

    def forward(self: "RemotePort", *given: Any, **named: Any) -> None:
        bound = parameters.bind(self, *given, **named)
        bound.apply_defaults()
        self.forward(name, {key: value for key, value in bound.arguments.items() if key != "self"})

    forward.__name__, forward.__doc__ = name, "See EnginePort."
    return forward


_Forwarded: Any = type("_Forwarded", (), {name: _forwarding(name) for name in port_calls_cached()})


_ANSWER = 20.0  # seconds


class RemotePort(_Forwarded):  # type: ignore[misc]
    """A view of one job in the worker. The methods of EnginePort that are not here are forwarded as they are named.

    Two threads of its own read and write, so that no call waits for the worker. `close` leaves the job running.
    """

    def __init__(self, contact: Contact, first: dict[str, Any]) -> None:
        """Ask for a job: `first` is a message of `opened` or `attached`. Raises WorkerProblem where it is refused."""
        self._mailbox = Mailbox()
        self._pongs: dict[int, threading.Event] = {}
        self.ended = threading.Event()
        self._join(contact, first)

    def _join(self, contact: Contact, first: dict[str, Any]) -> None:
        line = contact.line
        self.job = _ask(line, first)
        self.lasting = contact.lasting
        self.pid = contact.pid
        self._line = line
        self._leaving = False
        self._outgoing: queue.SimpleQueue[Iterable[bytes] | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(line,), name="from the worker", daemon=True)
        self._writer = threading.Thread(target=self._write, args=(line, self._outgoing), name="to it", daemon=True)
        self._reader.start()
        self._writer.start()

    # --- EnginePort

    def drain(self) -> list[ev.Event]:
        """See EnginePort."""
        return self._mailbox.drain()

    def wait(self, timeout: float) -> bool:
        """Wait until an event is there, at most `timeout` seconds."""
        return self._mailbox.wait(timeout)

    def close(self, *, timeout: float = 3.0) -> None:
        """Leave the job to the worker; what was asked for so far still reaches it."""
        if not self._leaving:
            self._leaving = True
            self._outgoing.put((line_of({"do": "bye"}),))
            self._outgoing.put(None)
            self._writer.join(timeout)
            self._line.close()
            self._reader.join(timeout)

    def add(self, planned: Sequence[Planned], *, last: bool = True) -> None:
        """See EnginePort. A path that is relative here would be another one in the worker, whose folder is ``/``."""
        if any(line.path[:1] != b"/" for line in planned):
            folder = os.getcwdb()
            planned = [replace(line, path=os.path.join(folder, line.path)) for line in planned]
        self.forward("add", {"planned": planned, "last": last})

    def set_token(self, token: Secret, renewal: Renewal | None = None) -> None:
        """See EnginePort."""
        from tui_uploader.protocol.wire import is_header_value  # it loads the network, which no first frame waits for

        if not token.reveal() or not is_header_value(token.reveal()):
            raise ValueError("the access token is empty or holds characters that no token has: paste it whole")
        self.forward("set_token", {"token": token, "renewal": renewal})

    # --- more than a port

    def stop(self, timeout: float = 15.0) -> bool:
        """End the job: what is being sent is cut off. Whether the worker said so in time."""
        self._outgoing.put((line_of({"do": "stop"}),))
        return self.ended.wait(timeout)

    def settled(self, timeout: float = 30.0) -> bool:
        """Wait until the worker has taken in everything that was asked for; whether it has."""
        number = len(self._pongs)
        pong = self._pongs[number] = threading.Event()
        self._outgoing.put((line_of({"ping": number}),))
        end = time.monotonic() + timeout
        while not pong.wait(0.1):
            if self.ended.is_set() or self.lasting is Lasting.LOST or time.monotonic() > end:
                return False
        return self.lasting is not Lasting.LOST

    def rejoin(self, contact: Contact, first: dict[str, Any]) -> None:
        """Another worker takes the place of one that was lost. Raises WorkerProblem."""
        self._line.close()
        self._outgoing.put(None)
        self._join(contact, first)

    # --- the two threads

    def forward(self, name: str, arguments: dict[str, Any]) -> None:
        """Send a call of the port."""
        if self.lasting is not Lasting.LOST:
            self._outgoing.put(call_lines(name, arguments))  # made line by line by the thread that writes

    def _write(self, line: Line, outgoing: "queue.SimpleQueue[Iterable[bytes] | None]") -> None:
        while (lines := outgoing.get()) is not None:
            with suppress(OSError):
                for one in lines:
                    line.write(one)

    def _read(self, line: Line) -> None:
        try:
            while True:
                message = line.read()
                if "events" in message:
                    for event in events_of(message):
                        self._mailbox.post(event)
                elif "pong" in message:
                    self._pongs[message["pong"]].set()
                elif "ended" in message:
                    self.ended.set()
        except (WireError, KeyError, OSError):
            if not self._leaving and not self.ended.is_set() and line is self._line:
                self.lasting = Lasting.LOST
                self._mailbox.post(ev.RunPaused(Failure("WORKER_LOST", Phase.LOCAL), time.time()))
            self.ended.set()


def opening(options: EngineOptions, job: str = "", asked: Asked | None = None) -> dict[str, Any]:
    """What asks for a new job, or for one that was left behind; `asked` is for the journal."""
    message = {"do": "open", "options": OPTIONS.encode(options), "job": job}
    return message | ({"asked": asked_message(asked)} if asked is not None else {})


def attaching(job: str = "") -> dict[str, Any]:
    """What asks for a job that runs, by the beginning of its id; empty: the newest."""
    return {"do": "attach", "job": job}


def open_job(home: Home, options: EngineOptions, job: str = "", asked: Asked | None = None) -> RemotePort:
    """A new job in the worker, which is started if need be. Raises WorkerProblem."""
    return RemotePort(find_or_start(home), opening(options, job, asked))


def attach(home: Home, job: str = "") -> RemotePort | None:
    """A view of a job that runs; None where no worker does. Raises WorkerProblem where it knows no such job."""
    contact = find(home)
    if contact is None:
        return None
    if not contact.same:
        contact.line.close()
        raise WorkerProblem(f"the worker is of another version ({contact.version}); its job ends by itself")
    return RemotePort(contact, attaching(job))


def stop_job(home: Home, job: str, *, finish: bool) -> dict[str, Any] | None:
    """End a job; its summary, or None where no worker runs. Raises WorkerProblem."""
    contact = find(home)
    if contact is None:
        return None
    try:
        contact.line.write(line_of({"do": "stop", "job": job, "finish": finish}))
        answer = contact.line.read()
    except (OSError, WireError):
        raise WorkerProblem("the process that uploads ended without an answer") from None
    finally:
        contact.line.close()
    if "refused" in answer:
        raise WorkerProblem(str(answer["refused"]))
    return dict(answer["stopped"])


def _ask(line: Line, first: dict[str, Any]) -> str:
    try:
        line.patience(_ANSWER)
        line.write(line_of(first))
        answer = line.read()
        line.patience(None)
    except (OSError, WireError):
        line.close()
        raise WorkerProblem("the process that uploads ended without an answer") from None
    if "refused" in answer:
        line.close()
        raise WorkerProblem(str(answer["refused"]))
    return str(answer["job"])
