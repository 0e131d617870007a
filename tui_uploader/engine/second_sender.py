"""A second process for small objects: what one interpreter alone can send a second is less than a near bucket takes.

`SecondSender.begin` forks before any thread runs; the child (`second_process`) reads, sends and judges whole objects
and says what came of each. Without it, or once it is gone, everything is sent by this process.
"""

import asyncio
import contextlib
import marshal
import os
import signal
import socket
from typing import Any

from tui_uploader.engine.children import forked
from tui_uploader.engine.port import EngineOptions
from tui_uploader.model.failures import Failure, Phase, RetryClass
from tui_uploader.protocol.bucket import Stored
from tui_uploader.protocol.errors import ReadError
from tui_uploader.protocol.failures import of_exception
from tui_uploader.protocol.reader_process import HEAD
from tui_uploader.protocol.trust import Trust, trusting
from tui_uploader.protocol.upload_info import UploadInfo

Row = tuple[Any, ...]


class SecondSender(asyncio.Protocol):
    """The child process of one engine. Made by `begin`; after `connect` it belongs to that loop, until `close`.

    It opens what it is told to and connects where it is told to: the file's path and the upload info cross, nothing
    else. When it ends, however that comes, what it had is answered as by a connection that broke: each is tried again.
    """

    def __init__(self, pid: int, ours: socket.socket, trust: Trust) -> None:
        self.trust = trust  # for whoever connects in this process
        self._pid, self._socket = pid, ours
        self._transport: asyncio.WriteTransport | None = None
        self._waiting: dict[int, asyncio.Future[Row | None]] = {}
        self._outgoing: list[Row] = []
        self._received = b""
        self._next = 0

    @classmethod
    def begin(cls, options: EngineOptions) -> "SecondSender | None":
        """Fork; None where that cannot be done: threads run already, or the system has no room for a process.

        Call it before anything is open that a second process must not hold (the journal and its lock).
        """
        from tui_uploader.engine.second_process import live  # it needs this module

        try:
            trust = trusting(options.ca_file)
            if options.gateway.startswith("https:"):
                trust()  # once for both: to read a hundred authorities takes as long as to send as many objects
        except OSError:
            return None  # the engine says why
        ours, theirs = socket.socketpair()
        pid = forked(theirs.fileno(), lambda: live(theirs.detach(), options, trust))
        theirs.close()
        if pid is None:
            ours.close()
            return None
        return cls(pid, ours, trust)

    @property
    def alive(self) -> bool:
        """Whether it takes objects."""
        return self._transport is not None

    async def connect(self) -> None:
        """Begin to hear from it. On the loop it belongs to from now on."""
        self._loop = asyncio.get_running_loop()
        await self._loop.create_unix_connection(lambda: self, sock=self._socket)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        rows, self._received = unpacked(self._received + data if self._received else data)
        for row in rows:
            answered = self._waiting.pop(row[0], None)
            if answered is not None and not answered.done():
                answered.set_result(row)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        waiting, self._waiting = self._waiting, {}
        for answered in waiting.values():
            if not answered.done():
                answered.set_result(None)

    def limit(self, most: int) -> None:
        """So many objects at once from now on; it begins with none. What is given to it beyond them waits there."""
        self._say((0, most))

    async def put(self, info: UploadInfo, path: bytes, size: int, inode: int) -> tuple[Stored | Failure, float | None]:
        """What `Bucket.put` says of a small object, and the seconds it took. Cancelled, it is cut off there."""
        self._next = number = self._next + 1
        answered: asyncio.Future[Row | None] = self._loop.create_future()
        self._waiting[number] = answered
        self._say((
            number, path, size, inode, tuple(info.target), info.raw_path, info.headers, info.authorization, info.token,
            info.meta, info.download_url,
        ))  # fmt: skip
        try:
            row = await answered
        except asyncio.CancelledError:
            if self._waiting.pop(number, None) is not None:
                self._say((number,))
            raise
        if row is None:
            error = ReadError("the process that sent it ended")
            return of_exception(error, Phase.PUT, info.target.host, sent=size, total=size), None
        return said(row)

    def let_go(self) -> None:
        """Close the connections that lie idle there."""
        self._say((0,))

    def _say(self, row: Row) -> None:
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(row)

    def _flush(self) -> None:
        rows, self._outgoing = self._outgoing, []
        if self._transport is not None:
            self._transport.write(packed(rows))

    def close(self) -> None:
        """End it: what is on its way there is cut off. May be called twice."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        self._socket.close()
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
            self._pid = 0


def packed(rows: list[Row]) -> bytes:
    """Rows as they cross the socket."""
    body = marshal.dumps(rows)
    return HEAD.pack(len(body)) + body


def unpacked(data: bytes) -> tuple[list[Row], bytes]:
    """The rows that are whole in `data`, and what is left of it."""
    rows: list[Row] = []
    at = 0
    while len(data) - at >= HEAD.size:
        (length,) = HEAD.unpack_from(data, at)
        end = at + HEAD.size + length
        if len(data) < end:
            break
        rows += marshal.loads(data[at + HEAD.size : end])  # noqa: S302 - from our own child
        at = end
    return rows, data[at:]


def row_of(number: int, result: Stored | Failure, seconds: float) -> Row:
    """What came of an object in so many seconds, as it crosses."""
    if isinstance(result, Stored):
        return (
            number, seconds, result.etag, result.crc64, result.request_id, result.digest, result.source_gone,
            result.mtime_ns,
        )  # fmt: skip
    again = result.again.name if result.again is not None else ""
    return (
        number, seconds, result.code, result.phase.value, result.message, result.http_status, result.request_id,
        result.detail, result.retry_after, result.whole, again,
    )  # fmt: skip


def said(row: Row) -> tuple[Stored | Failure, float]:
    """The same at the other end."""
    if len(row) == 8:
        return Stored(*row[2:]), row[1]
    code, phase, message, status, request_id, detail, retry_after, whole, again = row[2:]
    retry = RetryClass[again] if again else None
    return Failure(code, Phase(phase), message, status, request_id, detail, retry_after, whole, retry), row[1]
