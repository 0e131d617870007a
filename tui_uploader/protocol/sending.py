"""Requests and answers over keep-alive connections, one for each slot: the hot path, and all that uploads need."""

import asyncio

from tui_uploader.protocol.answer import Answer
from tui_uploader.protocol.body import Blocks, BytesBody
from tui_uploader.protocol.body_writer import BodyWriter
from tui_uploader.protocol.body_writer import Pace as Pace
from tui_uploader.protocol.burst import Burst
from tui_uploader.protocol.connection import Connection
from tui_uploader.protocol.dialling import Target, dial, proxy_for
from tui_uploader.protocol.errors import ReadError, ReadTimeout, RemoteProtocolError, WriteError, WriteTimeout
from tui_uploader.protocol.limits import Limits as Limits
from tui_uploader.protocol.trust import Trust

RESTED = 1.0  # seconds idle after which a failure at once is taken for a connection that the server had closed
IDLE_LIMIT = 20.0  # seconds a connection may lie idle: a server that closes it meanwhile costs a retry


class Sending:
    """What a caller may watch of one request while it goes out."""

    __slots__ = ("_connection", "_ended", "seconds", "total")

    def __init__(self, total: int) -> None:
        self.total = total
        self.seconds: float | None = None  # what it took, where whoever sent it knows better than whoever waited
        self._connection: Connection | None = None
        self._ended = 0

    @property
    def acked(self) -> int:
        """Body bytes that the peer has acknowledged."""
        return self._connection.acked() if self._connection is not None else self._ended

    def told(self, acked: int) -> None:
        """Another thread, which watches the connection, says how far it is."""
        self._ended = acked

    def on(self, connection: Connection | None) -> None:
        """Watch `connection`, or keep the last number where it is None."""
        if connection is None and self._connection is not None:
            self._ended = self._connection.acked_last  # asked when the answer was whole, or the connection ended
        self._connection = connection


class Sender:
    """HTTP/1.1 over TCP or TLS. No redirects, no environment, no cookies; a proxy only where it is given (CONNECT).

    Answers are read whole, up to `body_limit` bytes. Raises what `errors` has: ConnectError, ConnectTimeout,
    WriteError, WriteTimeout (nothing acknowledged for the stall clock), ReadError, ReadTimeout (no answer in time),
    RemoteProtocolError and its subclass BadAnswer.
    """

    def __init__(
        self,
        *,
        context: Trust | None = None,
        proxy: str | None = None,
        no_proxy: str = "",
        limits: Limits | None = None,
        body_limit: int = 64 * 1024,
        beside: "Sender | None" = None,
    ) -> None:
        self._context = context
        self._proxy = proxy
        self._no_proxy = no_proxy
        self._limits = limits or Limits()
        self._body_limit = body_limit
        self._beside = beside  # another one of this process, which lets go of what it does not use, too
        self._idle: dict[Target, list[Connection]] = {}
        self._busy: dict[Connection, Limits] = {}
        self._watch: asyncio.TimerHandle | None = None
        self._watch_at = 0.0
        self._loop: asyncio.AbstractEventLoop
        self._burst: Burst | None = None
        self._closed = False
        self._writer = BodyWriter()

    async def send(
        self,
        target: Target,
        head: bytes,
        body: Blocks | None,
        *,
        limits: Limits | None = None,
        sending: Sending | None = None,
        pace: Pace | None = None,
        head_only: bool = False,
    ) -> Answer:
        """The hot path: send `head` (a whole request head) and the blocks of `body`, and give back the answer.

        A request that is in memory, and so nobody's try of an object, goes once more over another connection where the
        server had closed the one that was kept before it took anything.
        """
        limits = limits or self._limits
        connection, rested = self._kept(target)
        again = rested and (body is None or isinstance(body, BytesBody))
        if connection is None:
            connection = await self._open(target, limits)
        try:
            return await self._exchange(connection, target, head, body, limits, sending, pace, head_only, again)
        except (RemoteProtocolError, WriteError, ReadError):
            if not (again and connection.stale) or connection.first_byte_at is not None:
                raise
            if isinstance(body, BytesBody):
                body.rewind()
        connection = await self._open(target, limits)
        return await self._exchange(connection, target, head, body, limits, sending, pace, head_only, marked=False)

    async def _exchange(
        self,
        connection: Connection,
        target: Target,
        head: bytes,
        body: Blocks | None,
        limits: Limits,
        sending: Sending | None,
        pace: Pace | None,
        head_only: bool,
        marked: bool,
    ) -> Answer:
        answer = connection.begin(body.size if body is not None else 0, head_only=head_only, marked=marked)
        self._busy[connection] = limits
        self._start_watch(limits)
        if sending is not None:
            sending.on(connection)
        try:
            await self._writer.write(connection, head, body, pace)
            result = await answer
        except BaseException:
            connection.abort()
            if not answer.cancel() and not answer.cancelled():
                answer.exception()  # seen: another error came first
            raise
        finally:
            if sending is not None:
                sending.on(None)
            self._busy.pop(connection, None)
        self._give_back(target, connection)
        return result

    # -- connections

    def _kept(self, target: Target) -> tuple[Connection | None, bool]:
        """A connection that is open and idle, if there is one, and whether it has rested."""
        idle = self._idle.get(target)
        while idle:
            connection = idle.pop()
            idled = self._loop.time() - connection.idle_since
            if connection.reusable and idled < IDLE_LIMIT and not connection.closed and connection.quiet():
                return connection, idled > RESTED
            connection.abort()
        return None, False

    async def _open(self, target: Target, limits: Limits) -> Connection:
        if self._burst is None:
            self._loop = asyncio.get_running_loop()
            self._burst = Burst()
        burst = self._burst
        proxy = proxy_for(target.scheme, target.host, self._proxy, self._no_proxy)
        return await dial(
            target, lambda: Connection(self._body_limit, burst), self._context, proxy=proxy, timeout=limits.connect
        )

    def let_go(self) -> None:
        """Close what lies idle: this process has too few file handles to keep it."""
        for connections in self._idle.values():
            for connection in connections:
                connection.abort()
        self._idle.clear()
        if self._beside is not None:
            self._beside.let_go()

    def _give_back(self, target: Target, connection: Connection) -> None:
        if connection.reusable and not connection.closed and not self._closed:
            connection.idle_since = self._loop.time()
            self._idle.setdefault(target, []).append(connection)
        else:
            connection.abort()

    # -- clocks: one look at all busy connections, instead of a timer for each block

    def _start_watch(self, limits: Limits) -> None:
        when = self._loop.time() + limits.turn
        if self._watch is not None:
            if self._watch_at <= when:
                return
            self._watch.cancel()
        self._watch_at = when
        self._watch = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        self._watch = None
        now = self._loop.time()
        for connection, limits in list(self._busy.items()):
            acked = connection.acked()
            if acked != connection.seen_acked or connection.waiting_for_pace:
                connection.seen_acked, connection.seen_at = acked, now
            quiet = now - connection.seen_at
            if connection.first_byte_at is not None:
                if now - connection.first_byte_at > limits.whole:
                    connection.fail(ReadTimeout(f"the answer was not whole after {limits.whole:g} s"))
            elif connection.all_written and acked >= connection.total:
                if quiet > limits.answer:
                    connection.fail(ReadTimeout(f"no answer within {limits.answer:g} s"))
            elif quiet > limits.stalled:
                connection.fail(WriteTimeout(f"nothing moved for {limits.stalled:g} s"))
        for limits in self._busy.values():
            self._start_watch(limits)

    async def aclose(self) -> None:
        """Close every connection, and those that are being opened as soon as their exchange is over."""
        self._closed = True
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self.let_go()
        for connection in list(self._busy):
            connection.fail(WriteError("closed"))
