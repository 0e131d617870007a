"""A raw-socket HTTP server of the tests' own: what each connection does is a small scripted coroutine."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GONE = (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, BrokenPipeError)


@dataclass
class Asked:
    """One request as it came: `body` is what arrived of it, `declared` the Content-Length (-1 where there is none)."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    declared: int = -1
    chunked: bool = False
    raw: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str:
        """The first header of that name, in any case; the empty text where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def method(self) -> str:
        """GET, PUT..."""
        return self.line.split(" ")[0]


class Peer:
    """One accepted connection, in the hands of a script."""

    def __init__(self, hostile: "Hostile", reader: asyncio.StreamReader, writer: asyncio.StreamWriter, at: int) -> None:
        self.hostile = hostile
        self.reader = reader
        self.writer = writer
        self.at = at
        self.requests: list[Asked] = []

    async def head(self) -> Asked:
        """The next request head, parsed; it is noted as a request although its body may never come."""
        raw = await self.reader.readuntil(b"\r\n\r\n")
        line, *lines = raw[:-4].decode("latin-1").split("\r\n")
        pairs = [(name, value.strip()) for name, _, value in (text.partition(":") for text in lines)]
        asked = Asked(line, pairs, raw=raw)
        if length := asked.header("content-length"):
            asked.declared = int(length)
        asked.chunked = asked.header("transfer-encoding").lower() == "chunked"
        self.requests.append(asked)
        self.hostile.requests.append(asked)
        self.hostile.arrived.set()
        return asked

    async def body(self, asked: Asked, upto: int | None = None) -> bytes:
        """Read the body of `asked` (at most `upto` bytes of it); what came is kept in `asked.body` even when cut."""
        if asked.chunked:
            while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
                asked.body += await self.reader.readexactly(size)
                await self.reader.readexactly(2)
            await self.reader.readexactly(2)
            return asked.body
        wanted = max(asked.declared, 0) if upto is None else upto
        parts = [asked.body]
        got = len(asked.body)
        try:
            while got < wanted:
                part = await self.reader.read(min(1 << 18, wanted - got))
                if not part:
                    raise asyncio.IncompleteReadError(b"", wanted)
                parts.append(part)
                got += len(part)
        finally:
            asked.body = b"".join(parts)
        return asked.body

    async def request(self) -> Asked:
        """A whole request."""
        asked = await self.head()
        await self.body(asked)
        return asked

    async def send(self, data: bytes) -> None:
        """Write, and wait until the kernel has it."""
        try:
            self.writer.write(data)
        except RuntimeError as error:  # uvloop's, where the peer has closed
            raise ConnectionResetError(str(error)) from error
        await self.writer.drain()

    async def send_apart(self, pieces: Iterable[bytes]) -> None:
        """Write pieces as separate TCP segments: between two of them the loop turns."""
        for piece in pieces:
            await self.send(piece)
            await turns()

    async def gone(self) -> bytes:
        """Read until the client is gone; what it still sent."""
        rest = bytearray()
        with contextlib.suppress(*GONE):
            while part := await self.reader.read(1 << 18):
                rest += part
        self.hostile.left.set()
        return bytes(rest)

    async def deaf(self) -> None:
        """Read nothing at all until the test is over."""
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await self.hostile.over.wait()

    async def silent(self) -> None:
        """Read everything, say nothing."""
        await self.gone()

    def reset(self) -> None:
        """RST: what is in the buffers is lost."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def close(self) -> None:
        """FIN after what was written; with bytes unread the system makes it a RST."""
        await self.writer.drain()
        self.writer.close()
        await turns()


Script = Callable[[Peer], Awaitable[None]]


class Hostile:
    """The server. The first connection runs the first script, and so on; the last script serves all further ones."""

    def __init__(
        self, *scripts: Script, tls: ssl.SSLContext | None = None, receive_buffer: int = 0, family: int = socket.AF_INET
    ) -> None:
        self.scripts = scripts
        self.tls = tls
        self.peers: list[Peer] = []
        self.requests: list[Asked] = []
        self.open = 0
        self.over = asyncio.Event()
        self.arrived = asyncio.Event()
        self.left = asyncio.Event()
        self.all_closed = asyncio.Event()
        self._errors: list[BaseException] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # by name: asyncio looks at it
        if receive_buffer:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._sock.bind(("127.0.0.1", 0))
        self.port: int = self._sock.getsockname()[1]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections have been accepted so far."""
        return len(self.peers)

    async def __aenter__(self) -> "Hostile":
        self._server = await asyncio.start_server(self._accept, sock=self._sock, ssl=self.tls, backlog=512)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for peer in self.peers:
            peer.writer.transport.abort()
        for peer in self.peers:
            with contextlib.suppress(*GONE):
                await peer.writer.wait_closed()
        await self._server.wait_closed()
        if self._errors and error is None:
            raise self._errors[0]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(self, reader, writer, len(self.peers))
        self.peers.append(peer)
        self.open += 1
        self.all_closed.clear()
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self.scripts[min(peer.at, len(self.scripts) - 1)](peer)
            await peer.gone()
        except GONE:
            pass
        except asyncio.CancelledError:
            pass
        except Exception as error:  # a script's own assertion: the test gets it at the end
            self._errors.append(error)
        finally:
            self._tasks.discard(task)
            self.open -= 1
            self.left.set()
            if not self.open:
                self.all_closed.set()
            writer.transport.abort()


async def turns(count: int = 3) -> None:
    """Let the loop turn, so that what was written goes out by itself."""
    for _ in range(count):
        await asyncio.sleep(0)


async def clock(seconds: float) -> None:
    """Let `seconds` pass by the loop's clock: for scripts of slow servers, never to wait for something to happen."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()
