"""One HTTP/1.1 connection: writes a request, reads its answer strictly, and knows how much the peer took."""

import asyncio
import contextlib
import errno
import os
import socket
from typing import cast

import httptools

from tui_uploader.protocol.answer import Answer, BadAnswer
from tui_uploader.protocol.burst import Burst
from tui_uploader.protocol.errors import ReadError, RemoteProtocolError, WriteError
from tui_uploader.protocol.send_queue import SendQueue

HEAD_LIMIT = 64 * 1024
_WATER = 512 * 1024
_SMALL = 64 * 1024  # bytes of a request that may wait for the end of a turn
_OVERHEAD = 8  # bytes of framing for a byte of body: what chunks of one byte each need, and then some


class Connection(asyncio.Protocol):
    """One connection, used for one exchange at a time. Fails with what `errors` has."""

    def __init__(self, body_limit: int, burst: Burst | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._body_limit = body_limit
        self._burst = burst
        self._held = b""
        self._transport: asyncio.Transport | None = None
        self._queue: SendQueue | None = None
        self._tells = True  # the system says what was acknowledged
        self._sealed = False
        self._acked_before = self._acked_in_all = 0
        self.acked_last = 0  # what `acked` last said
        self._parser = httptools.HttpResponseParser(self)
        self._writable: asyncio.Future[None] | None = None
        self._paused = False
        self._answer: asyncio.Future[Answer] | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._named: dict[str, str] = {}
        self._body: list[bytes] = []
        self._body_size = self._received = self._head_size = 0
        self._reason = b""
        self._in_head = True
        self._until_close = self._head_only = self._interim = False
        self.closed, self.reusable, self.stale = False, True, False  # stale: it broke before any of a request was taken
        self.exchanges = self.written = self.total = 0
        self.all_written = False  # then an answer is in time
        self.first_byte_at: float | None = None
        self.waiting_for_pace, self.idle_since = False, 0.0
        self.seen_acked, self.seen_at = 0, 0.0  # what the watchdog remembers between two looks

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass of asyncio's
        self._transport.set_write_buffer_limits(high=_WATER)
        self._sealed = transport.get_extra_info("ssl_object") is not None
        self._queue = SendQueue(transport.get_extra_info("socket"), sealed=self._sealed)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._wake()

    def data_received(self, data: bytes) -> None:
        if not self._waits():
            self.abort()  # nobody asked: whatever this is, the next answer could not be told from it
            return
        if self.first_byte_at is None:
            self.first_byte_at = self._loop.time()
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.fail(BadAnswer("the answer changes the protocol, which nobody asked for", unknown=True))
        except httptools.HttpParserError as error:
            cause = error.__context__ if isinstance(error.__context__, BadAnswer) else None
            self.fail(cause or BadAnswer("the answer is not valid HTTP"))
        else:
            if self._received - (1 + _OVERHEAD) * self._body_size > HEAD_LIMIT:  # head, chunk extensions, trailers
                self.fail(BadAnswer(f"the answer's head is over {HEAD_LIMIT} bytes"))

    def eof_received(self) -> bool:
        self._ended(None)  # now: closing would wait until the peer has read all that is still buffered
        self.abort()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and not self._sealed and self._waits():
            self._rescue()
        self._ended(exc)
        self.closed, self.reusable = True, False
        self._wake()

    def _ended(self, exc: Exception | None) -> None:
        """The peer has closed (`exc` is None) or the connection broke: what that means for the answer."""
        acked, answer = self.acked(), self._answer
        if answer is None or answer.done():
            return
        self.stale = self._queue is None or self._queue.untouched()
        if self._until_close and not self._in_head and exc is None:
            self.on_message_complete()
        elif self._in_answer(exc, acked):
            partial = None if self._in_head else self._so_far()
            text = "the connection was closed in the middle of the answer"
            answer.set_exception(BadAnswer(text, unknown=True, partial=partial))
        elif exc is None:
            answer.set_exception(RemoteProtocolError("the connection was closed without an answer"))
        else:
            text = "the connection broke"
            error = ReadError(f"{text} before the answer") if self.all_written else WriteError(text)
            error.__cause__ = exc
            answer.set_exception(error)
        answer.exception()  # seen: the sender may already have given up

    def _in_answer(self, exc: Exception | None, acked: int) -> bool:
        if exc is not None:
            return not self._in_head and self.all_written
        return self.first_byte_at is not None or (self._interim and acked >= self.total)

    def _rescue(self) -> None:
        """Read what had come before a write failed: an early answer explains why it did (FAULTS row 17)."""
        fd = self._queue.fd if self._queue is not None else -1
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(fd)) as sock:
            if data := sock.recv(HEAD_LIMIT, socket.MSG_DONTWAIT):
                self.data_received(data)

    # -- httptools

    def on_message_begin(self) -> None:
        self._headers, self._body, self._body_size, self._head_size = [], [], 0, 0
        self._reason, self._in_head = b"", True
        if not self._waits():
            self.reusable = False  # a second answer begins behind the first: nobody asked for it
        elif self.first_byte_at is None:
            self.first_byte_at = self._loop.time()

    def on_status(self, reason: bytes) -> None:
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # a trailer: nothing in it may change what the head said
        self._headers.append((name, value.rstrip(b" \t")))
        self._head_size += len(name) + len(value) + 4
        if self._head_size > HEAD_LIMIT or len(self._headers) > 1000:
            raise BadAnswer(f"the answer's head is over {HEAD_LIMIT} bytes")

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._head_size + len(self._reason) > HEAD_LIMIT:
            raise BadAnswer(f"the answer's head is over {HEAD_LIMIT} bytes")
        self._named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self._headers}
        self._until_close = "content-length" not in self._named and "transfer-encoding" not in self._named
        if self._head_only and self._parser.get_status_code() >= 200:
            self.reusable = False  # the parser cannot be told that no body follows
            self._until_close = False
            self.on_message_complete()

    def on_body(self, data: bytes) -> None:
        self._body_size += len(data)
        if self._body_size > self._body_limit:
            raise BadAnswer(f"the answer is over {self._body_limit} bytes")
        self._body.append(data)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200:
            self._in_head = self._interim = True
            self.first_byte_at = None  # the clock of the whole answer is for the one that counts
            return
        if not self._parser.should_keep_alive():
            self.reusable = False
        if self._answer is None or self._answer.done():
            self.reusable = False
            return
        whole = self._so_far()
        self.reusable = self.reusable and not whole.early
        self._answer.set_result(whole)
        self._wake()

    def _so_far(self) -> Answer:
        early = not self.all_written or self.acked() < self.total  # what lies in the buffers was not read either
        return Answer(
            self._parser.get_status_code(), self._named, b"".join(self._body), early, self._reason, self._headers
        )

    # -- one exchange

    def begin(self, total: int, *, head_only: bool = False, marked: bool = False) -> asyncio.Future[Answer]:
        """Get ready for a request with a body of `total` bytes; the answer's future. `marked`: `stale` may be asked."""
        self._answer = self._loop.create_future()
        self._head_only = head_only
        self.total, self.written, self.all_written = total, 0, False
        self.first_byte_at, self._received, self._body_size = None, 0, 0
        self._in_head, self._until_close, self._interim = True, False, False
        self.seen_acked, self.seen_at = 0, self._loop.time()
        if self._queue is not None and not self.closed:
            self._acked_before = self._acked_in_all or self._queue.acknowledged()
            if marked:
                self._queue.mark()
        self.acked_last = 0
        self.exchanges += 1
        if self.closed:
            self._answer.set_exception(RemoteProtocolError("the connection was closed without an answer"))
        return self._answer

    def write(self, data: bytes | memoryview, body: int) -> bool:
        """Hand `data` to the socket, of which `body` bytes belong to the body. True where some of it lies here yet."""
        self.release()
        if self._transport is not None and not self.closed:
            self._transport.write(data)
        self.written += body
        return self._transport is not None and self._transport.get_write_buffer_size() > 0

    def write_at_once(self) -> None:
        """From here on nothing waits in this process that the socket would take; `room` says when nothing is left."""
        assert self._transport is not None
        self._transport.set_write_buffer_limits(high=1, low=0)  # with 0, TLS never tells to go on

    def write_whole(self, data: bytes, body: int) -> None:
        """The same for a whole request, which may wait for the end of this turn of the loop."""
        if self._burst is None or len(data) > _SMALL:
            self.write(data, body)
        else:
            self._held = data
            self.written += body
            self._burst.hold(self)
        self.all_written = True

    def release(self) -> None:
        """Write what was held back."""
        data, self._held = self._held, b""
        if data and self._transport is not None and not self.closed:
            self._transport.write(data)

    async def room(self) -> bool:
        """Wait until more can be written. False: an answer or an error came first, so writing is over."""
        if not self._paused:
            await asyncio.sleep(0)  # an early answer is read between two blocks
        while self._paused and not self.closed and self._waits():
            self._writable = self._loop.create_future()
            await self._writable
        return not self.closed and self._waits()

    def quiet(self) -> bool:
        """Whether nothing has come since the last answer, not even the end: the connection can be used again."""
        return self._queue is not None and self._queue.quiet()

    def acked(self) -> int:
        """Body bytes that the peer has acknowledged, as far as the system tells (elsewhere: written).

        After the end of the connection it is the last number that could be known.
        """
        if self.closed or self._transport is None or self._queue is None:
            return self.acked_last
        pending, taken = self._transport.get_write_buffer_size() + len(self._held), self.total
        if self._tells:
            try:
                pending += self._queue.pending()
                if self._acked_before > 0:  # the buffer between TLS and the socket is out of sight
                    in_all = self._queue.acknowledged()
                    taken = in_all - self._acked_before
                    self._acked_in_all = in_all if pending == 0 else 0  # else more will be
            except OSError as error:
                if error.errno == errno.EBADF:
                    return self.acked_last
                self._tells = False
        self.acked_last = max(min(self.written - pending, taken, self.total), self.acked_last)
        return self.acked_last

    def fail(self, error: Exception) -> None:
        """End the exchange with `error` and the connection with it."""
        if self._answer is not None and not self._answer.done():
            self.acked()  # while it can still be asked
            self._answer.set_exception(error)
            self._answer.exception()  # seen: the sender may already have given up
        self.abort()
        self._wake()

    def abort(self) -> None:
        """Close at once: what is in the buffers is dropped, so that a half-sent object cannot be taken for whole."""
        self.closed, self.reusable = True, False
        if self._transport is not None:
            self._transport.abort()

    def _waits(self) -> bool:
        return self._answer is not None and not self._answer.done()

    def _wake(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None
