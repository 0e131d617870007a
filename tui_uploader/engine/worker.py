"""Worker: hosts an environment's jobs behind a Unix socket, for any number of views, until nobody needs it any more."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Callable
from typing import Any

from tui_uploader.engine.codec import CodecError
from tui_uploader.engine.home import Home, peer_uid
from tui_uploader.engine.hosting import Hosted, HostedEngine, new_job
from tui_uploader.engine.messages import (
    LINE_LIMIT,
    OPTIONS,
    WireError,
    asked_of,
    call_of,
    fingerprint,
    line_of,
    message_of,
    own_version,
)
from tui_uploader.engine.outbox import Outbox
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.survival import Lasting
from tui_uploader.model.jobs import Asked

# a job, its options, whether it was left behind, what it was asked for
MakeEngine = Callable[[str, EngineOptions, bool, Asked | None], HostedEngine]
IDLE = 600.0
GRACE = 10.0
_SILENT = 30.0  # seconds in which a view must say what it wants
_BUFFER = 1 << 18


class Worker:
    """The jobs of one environment. `run` ends when they are over and nobody has looked for `idle` seconds."""

    def __init__(
        self, home: Home, listener: socket.socket, make_engine: MakeEngine, *, lasting: Lasting, idle: float = IDLE
    ) -> None:
        self._home = home
        self._listener = listener
        self._make_engine = make_engine
        self._lasting = lasting
        self._idle = idle
        self._jobs: dict[str, Hosted] = {}
        self._word: list[dict[str, Any]] = []  # what ended unseen in jobs that are forgotten
        self._served: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Serve until the end; what ended unseen is left for the next screen."""
        server = await asyncio.start_unix_server(self._meet, sock=self._listener, limit=LINE_LIMIT)
        self._settle()
        await self._over.wait()
        server.close()
        # a job of which nothing is left is over in the journal too; one with a rest is left behind for `resume`
        await asyncio.gather(*(job.end() for job in list(self._jobs.values()) if not job.left_undone))
        self._leave_word()
        for task in list(self._served):
            task.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)

    def drain(self) -> None:
        """Start nothing new, let what is being sent end within `GRACE` seconds, and go. May be called again."""
        if not self._closing:
            self._closing = True
            self._served_end = self._loop.create_task(self._drain())

    async def _drain(self) -> None:
        jobs = list(self._jobs.values())
        for job in jobs:
            job.finish()
        waits = [asyncio.ensure_future(job.ended.wait()) for job in jobs]
        if waits:
            await asyncio.wait(waits, timeout=GRACE)
        await asyncio.gather(*(job.end() for job in jobs))
        await self._flush(jobs)
        self._over.set()

    async def _flush(self, jobs: list[Hosted]) -> None:
        """Give views that read a moment to be told the end."""
        waits = [asyncio.ensure_future(job.left.wait()) for job in jobs]
        if waits:
            await asyncio.wait(waits, timeout=1.0)

    # --- living and ending

    def _settle(self) -> None:
        """Something changed: forget jobs that are over, and begin or stop counting idle seconds.

        A job that only a person can let go on holds nobody either: it is left behind, and `resume` goes on with it.
        """
        for name, job in list(self._jobs.items()):
            if job.ended.is_set() and not job.outboxes:
                del self._jobs[name]
                self._word += [job.unseen_summary()] * job.unseen
        alive = [job for job in self._jobs.values() if job.unfinished and not job.ended.is_set()]
        busy = self._served or not all(job.waits_for_a_person for job in alive)
        if busy and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        elif not busy and self._timer is None:
            told = not alive and not any(job.unseen for job in self._jobs.values())
            wait = min(self._idle, 1.0) if told and self._met else self._idle
            self._timer = self._loop.call_later(wait, self._over.set)

    _met = False  # whether any view has ever come: until then somebody is about to

    def _leave_word(self) -> None:
        unseen = self._word + [job.unseen_summary() for job in self._jobs.values() if job.unseen]
        if unseen:
            with contextlib.suppress(OSError), open(self._home.unseen, "w", encoding="ascii", opener=_private) as file:
                json.dump(unseen, file)

    # --- views

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._served.add(task)
        self._settle()
        try:
            connection = writer.get_extra_info("socket")
            if peer_uid(connection) == os.geteuid():
                writer.transport.set_write_buffer_limits(high=_BUFFER)
                await self._greet(reader, writer)
        except (WireError, OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            pass  # a view that went away, or that is none
        finally:
            writer.transport.abort()
            self._served.discard(task)
            if not self._closing:
                self._settle()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        jobs = [job.summary() for job in self._jobs.values() if not job.ended.is_set()]
        _send(
            writer,
            {"worker": own_version(), "wire": fingerprint(), "pid": os.getpid()}
            | {"lasting": self._lasting.value, "jobs": jobs},
        )
        message = await asyncio.wait_for(_read(reader), _SILENT)
        self._met = True
        match message.get("do"):
            case "drain":
                sending = sum(job.sending for job in self._jobs.values())
                _send(writer, {"draining": sending})
                await writer.drain()
                self.drain()
            case "open" | "attach" if self._closing:
                _send(writer, {"refused": "this worker is ending", "ending": True})
                await writer.drain()
            case "open":
                await self._open(message, reader, writer)
            case "attach":
                job = self._find(message.get("job"))
                if job is None:
                    _send(writer, {"refused": "no such job runs here"})
                    await writer.drain()
                    return
                await self._view(job, reader, writer)
            case "stop":
                await self._stop(message, writer)
            case _:
                raise WireError("nothing to do")

    async def _stop(self, message: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        job = self._find(message.get("job"))
        if job is None:
            _send(writer, {"refused": "no such job runs here"})
        elif message.get("finish"):
            job.finish()
            await job.ended.wait()
            _send(writer, {"stopped": job.summary()})
        else:
            await job.end()
            _send(writer, {"stopped": job.summary()})
        await writer.drain()

    def _find(self, prefix: object) -> Hosted | None:
        """The job whose id begins with `prefix`; empty: the newest that runs, else the newest."""
        if not isinstance(prefix, str):
            return None
        found = [job for name, job in self._jobs.items() if name.startswith(prefix) and not job.ended.is_set()]
        if prefix and len(found) > 1:
            return None
        running = [job for job in found if job.unfinished]
        found = running or found
        return found[-1] if found else None

    async def _open(self, message: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        resumed = message.get("job")
        try:
            options = OPTIONS.decode(message.get("options"))
            asked = asked_of(message.get("asked"))
            name = resumed if isinstance(resumed, str) and resumed else new_job()
            if name in self._jobs and not self._jobs[name].ended.is_set():
                await self._view(self._jobs[name], reader, writer)
                return
            engine = await asyncio.to_thread(self._make_engine, name, options, bool(resumed), asked)
        except CodecError:
            raise WireError("options that nobody knows") from None
        except (OSError, ValueError) as error:
            _send(writer, {"refused": str(error)})
            await writer.drain()
            return
        job = self._jobs[name] = Hosted(name, engine, self._settle)
        await self._view(job, reader, writer)
        if not job.state.counts.total and not job.outboxes:
            await job.end()  # nothing was ever put into it

    async def _view(self, job: Hosted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outbox, news = job.join()
        _send(writer, {"job": job.job})
        telling = self._loop.create_task(_tell(job, outbox, news, writer))
        try:
            while True:
                message = await _read(reader)
                if "call" in message:
                    job.call(outbox, *call_of(message))
                elif "ping" in message:
                    job.take()
                    _send(writer, {"pong": message["ping"]})
                elif message.get("do") == "stop":
                    await job.end()
                elif message.get("do") == "bye":
                    return
                else:
                    raise WireError("nothing to do")
        finally:
            telling.cancel()
            job.leave(outbox)
            await asyncio.gather(telling, return_exceptions=True)


async def _tell(job: Hosted, outbox: Outbox, news: asyncio.Event, writer: asyncio.StreamWriter) -> None:
    """Send a view what there is to tell; a view that does not read holds nobody but itself."""
    while True:
        await news.wait()
        news.clear()
        over = job.ended.is_set()
        more = True
        while more:
            more = False
            for line in outbox.lines():
                writer.write(line)
                await writer.drain()
                more = True
            await asyncio.sleep(0)  # a great queue is told in many pieces, and other views have their turn
        if over:
            _send(writer, {"ended": True})
            await writer.drain()
            return


async def _read(reader: asyncio.StreamReader) -> dict[str, Any]:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise WireError("the connection ended")
    return message_of(line)


def _send(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    writer.write(line_of(message))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
