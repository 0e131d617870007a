"""Files of slow file systems, read by a process that can be left behind: one that hangs holds neither loop nor exit."""

import asyncio
import marshal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from tui_uploader.model.failures import Failure, Phase, RetryClass
from tui_uploader.protocol.body import BLOCK, SourceProblem
from tui_uploader.protocol.mounts import Mounts
from tui_uploader.protocol.reader_process import HEAD

_Answer = tuple[str, Any]


class Readers:
    """The reader process of one engine, started when it is first needed. Belongs to one loop."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, timeout: float, mounts: Mounts | None = None
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self.timeout = timeout
        self.careful: Callable[[bytes], bool] = (mounts or Mounts()).careful
        self.sizes: dict[bytes, int] = {}
        """Sizes that files turned out to have: they are asked for by these the next time."""
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: dict[int, asyncio.Future[_Answer]] = {}
        self._next = 0
        self._starting = asyncio.Lock()

    def number(self) -> int:
        """A number for another file."""
        self._next += 1
        return self._next

    async def ask(self, number: int, *words: Any) -> Any:
        """What the process answers for one file, within the time. Raises SourceProblem."""
        await self._start()
        assert self._writer is not None
        answered: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        body = marshal.dumps((number, *words))
        self._writer.write(HEAD.pack(len(body)) + body)
        try:
            async with asyncio.timeout(self.timeout):
                word, value = await answered
        except TimeoutError:
            detail = f"silent for {self.timeout:g} s"
            raise SourceProblem(Failure("SOURCE_STALLED", Phase.LOCAL, detail=detail)) from None
        finally:
            self._waiting.pop(number, None)
        if word == "ok":
            return value
        code, message, detail, again, size = value
        if size >= 0 and words[0] == "open":
            self.sizes[words[1]] = size
        retry = RetryClass[again] if again else None
        raise SourceProblem(Failure(code, Phase.LOCAL, message, detail=detail, again=retry))

    def tell(self, number: int, *words: Any) -> None:
        """Say something that needs no answer."""
        if self._writer is not None and not self._writer.is_closing():
            body = marshal.dumps((number, *words))
            self._writer.write(HEAD.pack(len(body)) + body)

    def close(self) -> None:
        """Leave the process behind: killed, and waited for by nobody who matters."""
        if self._listening is not None:
            self._listening.cancel()
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None
        if self._process is not None:
            self._process.kill()
            threading.Thread(target=self._process.wait, name="reaper", daemon=True).start()
            self._process = None

    async def _start(self) -> None:
        async with self._starting:
            if self._writer is not None and not self._writer.is_closing():
                return
            ours, theirs = socket.socketpair()
            with theirs:
                try:
                    self._process = subprocess.Popen(  # noqa: ASYNC220 - a fork, not a wait
                        self._command,
                        stdin=theirs.fileno(),
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        env=self._environment,
                        start_new_session=True,
                    )
                except OSError as error:
                    ours.close()
                    raise SourceProblem(Failure("LOCAL_LIMIT", Phase.LOCAL, detail=str(error.strerror))) from error
            reader, self._writer = await asyncio.open_unix_connection(sock=ours, limit=4 * BLOCK)
            self._listening = asyncio.get_running_loop().create_task(self._listen(reader, self._writer))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            while True:
                (length,) = HEAD.unpack(await reader.readexactly(HEAD.size))
                number, word, value = marshal.loads(await reader.readexactly(length))
                waiting = self._waiting.get(number)
                if waiting is not None and not waiting.done():
                    waiting.set_result((word, value))
        writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(("problem", ("EIO", "", "the process that reads ended", "", -1)))


class FarBody:
    """A body like FileBody's, whose every step is taken in the reader process. Use as an async context manager.

    `finish` must have been awaited before `crc`, `md5` and `check_unchanged` are asked for.
    """

    def __init__(self, readers: Readers, path: bytes, size: int, *, inode: int, crc: bool, md5: bool) -> None:
        self.size = size
        self.crc = 0
        self.md5: str | None = None
        self.mtime_ns = 0
        self._readers = readers
        self._number = readers.number()
        self._opening = ("open", path, size, inode, crc, md5)
        self._gone = False
        self._trouble: SourceProblem | None = None

    async def __aenter__(self) -> "FarBody":
        try:
            self.mtime_ns = await self._readers.ask(self._number, *self._opening)
        except BaseException:
            self._readers.tell(self._number, "close")
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._readers.tell(self._number, "close")

    def read(self, limit: int = BLOCK) -> bytes:
        """Not to be used: see `fetch`."""
        raise NotImplementedError

    async def fetch(self, limit: int = BLOCK) -> bytes:
        """The next block, as FileBody.read gives it."""
        block = await self._readers.ask(self._number, "read", limit)
        assert isinstance(block, bytes)
        return block

    async def finish(self) -> None:
        """Learn the digests, and whether the file changed; trouble comes out of `check_unchanged`."""
        try:
            self._gone, self.crc, self.md5 = await self._readers.ask(self._number, "check")
        except SourceProblem as problem:
            self._trouble = problem

    def check_unchanged(self) -> bool:
        """Whether the name is gone. Raises the SourceProblem that `finish` met."""
        if self._trouble is not None:
            raise self._trouble
        return self._gone


class Waits(Protocol):
    """A connection whose stall clock stands still while it is not its turn."""

    waiting_for_pace: bool


async def far_block(body: FarBody, connection: Waits, limit: int) -> bytes:
    """The next block; the wait for a slow file system is not the network's."""
    connection.waiting_for_pace = True
    try:
        return await body.fetch(limit)
    finally:
        connection.waiting_for_pace = False
