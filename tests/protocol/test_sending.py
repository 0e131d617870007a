"""The hot path: digest, progress, clocks, pace, early answers, kept connections, giving up."""

import asyncio
import contextlib
import os
import socket
import ssl
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.protocol.conftest import Papers, uploads
from tests.protocol.hostile import OK, Hostile, Peer, clock, turns
from tests.protocol.scripts import answer, closes_at, refuses_early, says
from tui_uploader.protocol import errors
from tui_uploader.protocol.answer import Answer
from tui_uploader.protocol.body import BytesBody, FileBody
from tui_uploader.protocol.connection import Connection
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.digest import crc64
from tui_uploader.protocol.heads import request_head
from tui_uploader.protocol.sending import Limits, Pace, Sending
from tui_uploader.protocol.threads import Threads
from tui_uploader.protocol.transport import UploadTransport

SHORT = 0.2
SPILLS = 10_000_001  # bytes that no system keeps in the buffers of a connection
BIG = 24 << 20
File = Callable[[int], bytes]


async def send_file(
    transport: UploadTransport | Threads,
    server: Hostile,
    path: bytes,
    size: int,
    sending: Sending | None = None,
    pace: Pace | None = None,
    limits: Limits | None = None,
) -> tuple[Answer, int]:
    """PUT a file by the hot path; the answer, and the digest of what was read."""
    target = Target("https" if server.tls else "http", "127.0.0.1", server.port)
    head = request_head(b"PUT", b"/k", [(b"Host", b"t"), (b"Content-Length", b"%d" % size)])
    with FileBody(path, size) as body:
        got = await transport.send(target, head, body, limits=limits, sending=sending, pace=pace)
        return got, body.crc


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, papers: Papers) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
    """Contexts of both ends, or none."""
    return (papers.server("good"), papers.client()) if request.param == "https" else (None, None)


Tls = tuple[ssl.SSLContext | None, ssl.SSLContext | None]


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 3_000_001])
async def test_what_arrives_is_the_file_and_its_digest(file_of: File, tls: Tls, size: int) -> None:
    path = file_of(size)
    sending = Sending(size)
    async with Hostile(says(OK), tls=tls[0]) as server, uploads(context=tls[1]) as transport:
        got, crc = await send_file(transport, server, path, size, sending)
    assert got.status == 200
    assert not got.early
    assert len(server.requests[0].body) == size
    assert crc64(server.requests[0].body, 0) == crc
    assert sending.acked == size


async def test_what_lies_in_the_buffers_is_not_written_over_by_others(tmp_path: Path, tls: Tls) -> None:
    paths = [tmp_path / str(number) for number in range(4)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number + 1]) * SPILLS)  # each of its own bytes, so that a mixture shows
    async with Hostile(says(OK), tls=tls[0], receive_buffer=4096) as server, uploads(context=tls[1]) as transport:
        await asyncio.gather(*[send_file(transport, server, os.fsencode(path), SPILLS) for path in paths])
    assert sorted(request.body for request in server.requests) == [path.read_bytes() for path in paths]


async def test_progress_counts_what_the_peer_took_and_not_what_was_written(file_of: File, tls: Tls) -> None:
    stop, go = asyncio.Event(), asyncio.Event()

    async def pausing(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, 1_000_000)
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        stop.set()
        await go.wait()
        peer.writer.transport.resume_reading()  # type: ignore[attr-defined]
        await peer.body(asked)
        await peer.send(OK)

    path, sending = file_of(BIG), Sending(BIG)
    async with (
        Hostile(pausing, tls=tls[0], receive_buffer=65536) as server,
        uploads(context=tls[1]) as transport,
    ):
        task = asyncio.create_task(send_file(transport, server, path, BIG, sending))
        await stop.wait()
        seen = -1
        while seen != sending.acked:
            seen = sending.acked
            await clock(0.1)
        taken = len(server.requests[0].body) or 1_000_000
        assert 900_000 <= seen <= taken + 600_000  # the receiver's buffers, ours here and its kernel's, hold the rest
        go.set()
        got, _ = await task
        assert got.status == 200
        assert sending.acked == BIG


async def test_progress_never_runs_back_and_stays_when_the_connection_breaks(file_of: File) -> None:
    async with Hostile(closes_at(2_000_000), receive_buffer=65536) as server, uploads() as transport:
        sending = Sending(BIG)
        task = asyncio.create_task(send_file(transport, server, file_of(BIG), BIG, sending))
        marks = [0]
        while not task.done():
            marks.append(sending.acked)
            await asyncio.sleep(0)
        with pytest.raises(errors.TransportError):
            await task
        assert marks == sorted(marks)
        assert 1_000_000 <= sending.acked <= 6_000_000


async def test_a_peer_that_stops_reading_is_stalled(file_of: File, tls: Tls) -> None:
    async def half(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, 300_000)
        await peer.deaf()

    async with (
        Hostile(half, tls=tls[0], receive_buffer=8192) as server,
        uploads(context=tls[1], stalled=SHORT) as transport,
    ):
        with pytest.raises(errors.WriteTimeout, match="nothing moved"):
            await send_file(transport, server, file_of(BIG), BIG)


async def test_a_small_file_that_nobody_reads_is_stalled_although_all_of_it_is_written(file_of: File) -> None:
    async def deaf(peer: Peer) -> None:
        await peer.deaf()

    async with Hostile(deaf, receive_buffer=2048) as server, uploads(stalled=SHORT) as transport:
        with pytest.raises(errors.WriteTimeout, match="nothing moved"):
            await send_file(transport, server, file_of(400_000), 400_000)


async def test_a_clock_of_one_exchange_holds_although_the_others_are_long(file_of: File) -> None:
    async def mute(peer: Peer) -> None:
        await peer.request()
        await peer.gone()

    async with Hostile(mute) as server, uploads(answer=60, stalled=60, whole=60) as transport:
        loop = asyncio.get_running_loop()
        long = asyncio.create_task(send_file(transport, server, file_of(10), 10))
        await server.arrived.wait()
        began = loop.time()
        with pytest.raises(errors.ReadTimeout):
            await send_file(transport, server, file_of(10), 10, limits=Limits(answer=SHORT))
        assert SHORT <= loop.time() - began < 3 * SHORT
        assert not long.done()
        long.cancel()
        with pytest.raises(asyncio.CancelledError):
            await long


async def test_slow_but_moving_is_never_stalled_and_the_answer_clock_starts_at_the_end(file_of: File) -> None:
    async def slow(peer: Peer) -> None:
        asked = await peer.head()
        while len(asked.body) < asked.declared:
            await peer.body(asked, min(len(asked.body) + 1_200_000, asked.declared))
            await clock(0.03)
        await clock(0.1)
        await peer.send(OK)

    loop = asyncio.get_running_loop()
    async with (
        Hostile(slow, receive_buffer=8192) as server,
        uploads(stalled=0.3, answer=0.3, whole=0.3) as transport,
    ):
        began = loop.time()
        got, _ = await send_file(transport, server, file_of(BIG), BIG)
    assert got.status == 200
    assert loop.time() - began > 0.6


async def test_an_answer_that_does_not_come_is_missed_after_the_answer_clock_alone(file_of: File) -> None:
    async def mute(peer: Peer) -> None:
        await peer.silent()

    async with Hostile(mute) as server, uploads(stalled=10.0, answer=SHORT) as transport:
        sending = Sending(1_000_000)
        with pytest.raises(errors.ReadTimeout, match="no answer within"):
            await send_file(transport, server, file_of(1_000_000), 1_000_000, sending)
        assert sending.acked == 1_000_000


class Slow:
    """A speed limit that makes every block but the first wait for `seconds`."""

    limit, block = 1, 100_000

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.taken: list[int] = []

    async def take(self, size: int) -> None:
        self.taken.append(size)
        if len(self.taken) > 1:
            await clock(self.seconds)


async def test_waiting_for_the_speed_limit_is_no_stall(file_of: File) -> None:
    pace = Slow(0.3)
    async with Hostile(says(OK)) as server, uploads(stalled=0.1, answer=0.3, whole=0.3) as transport:
        got, _ = await send_file(transport, server, file_of(250_000), 250_000, pace=pace)
    assert got.status == 200
    assert pace.taken == [100_000, 100_000, 50_000]


DENIED = answer("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")


@pytest.mark.parametrize("drain", [True, False])
@pytest.mark.parametrize("size", [400_000, BIG])
async def test_an_early_answer_is_read_and_its_connection_not_used_again(
    file_of: File, tls: Tls, drain: bool, size: int
) -> None:
    async with (
        Hostile(refuses_early(DENIED, drain=drain), says(OK), tls=tls[0], receive_buffer=8192) as server,
        uploads(context=tls[1]) as transport,
    ):
        got, _ = await send_file(transport, server, file_of(size), size)
        assert got.status == 403
        assert b"AccessDenied" in got.body
        if size == BIG:
            assert got.early
        again, _ = await send_file(transport, server, file_of(5), 5)
        assert again.status == 200
    assert len(server.requests[0].body) < BIG
    assert server.connections == 2


async def test_an_answer_before_a_body_that_lies_in_the_buffers_is_early(file_of: File) -> None:
    async def hasty(peer: Peer) -> None:
        await peer.head()
        await peer.send(OK)
        await peer.deaf()

    size = 500_000  # all of it is written at once; nobody reads it
    async with Hostile(hasty, says(OK), receive_buffer=2048) as server, uploads() as transport:
        got, _ = await send_file(transport, server, file_of(size), size)
        assert got.early
        await send_file(transport, server, file_of(5), 5)
        assert server.connections == 2


async def test_an_early_answer_without_a_length_ends_with_the_close(file_of: File) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.send(b"HTTP/1.1 503 Busy\r\n\r\ngo away")
        peer.writer.write_eof()
        await peer.deaf()

    async with Hostile(script, receive_buffer=8192) as server, uploads(stalled=1.0) as transport:
        got, _ = await send_file(transport, server, file_of(BIG), BIG)
    assert (got.status, got.body, got.early) == (503, b"go away", True)


async def test_half_a_close_in_the_body_is_seen_at_once(file_of: File) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        peer.writer.write_eof()
        await peer.deaf()

    async with Hostile(script, receive_buffer=8192) as server, uploads(stalled=5.0) as transport:
        sending = Sending(BIG)
        with pytest.raises(errors.RemoteProtocolError, match="without an answer"):
            await send_file(transport, server, file_of(BIG), BIG, sending)
        assert sending.acked < BIG


@pytest.mark.parametrize("how", ["cancel", "aclose", "body"])
async def test_giving_up_in_the_body_leaves_the_server_with_less_than_was_declared(
    file_of: File, tls: Tls, how: str
) -> None:
    begun = asyncio.Event()

    async def reads(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, 500_000)
        begun.set()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await peer.body(asked)

    path, sending = file_of(BIG), Sending(BIG)
    async with Hostile(reads, tls=tls[0], receive_buffer=8192) as server, uploads(context=tls[1]) as transport:
        pace = Stopping(begun)
        task = asyncio.create_task(send_file(transport, server, path, BIG, sending, pace))
        await begun.wait()
        if how == "cancel":
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        elif how == "aclose":
            await transport.aclose()
            pace.go.set()
            with pytest.raises(errors.WriteError, match="closed"):
                await task
        else:
            pace.error = OSError("the disk")
            pace.go.set()
            with pytest.raises(OSError, match="the disk"):
                await task
        await server.all_closed.wait()
    asked = server.requests[0]
    assert asked.declared == BIG
    assert 500_000 <= len(asked.body) < BIG


class Stopping:
    """A speed limit that lets bytes through until `begun`, and from then on only after `go`."""

    limit, block = 1, 100_000

    def __init__(self, begun: asyncio.Event) -> None:
        self.begun, self.go = begun, asyncio.Event()
        self.error: Exception | None = None

    async def take(self, size: int) -> None:
        if self.begun.is_set():
            await self.go.wait()
        if self.error is not None:
            raise self.error


async def test_a_kept_connection_that_died_is_replaced_without_a_failure(file_of: File, tls: Tls) -> None:
    died = asyncio.Event()

    async def once(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        peer.reset()
        await turns()
        died.set()

    async with Hostile(once, says(OK), tls=tls[0]) as server, uploads(context=tls[1]) as transport:
        await send_file(transport, server, file_of(5), 5)
        await died.wait()
        got, crc = await send_file(transport, server, file_of(700_000), 700_000)
        assert got.status == 200
        assert crc64(server.requests[1].body, 0) == crc
    assert server.connections == 2


async def test_a_fresh_connection_that_dies_is_not_replaced() -> None:
    async def dies(peer: Peer) -> None:
        await peer.head()
        peer.reset()

    async with Hostile(dies, says(OK)) as server, uploads() as transport:
        target = Target("http", "127.0.0.1", server.port)
        head = request_head(b"PUT", b"/k", [(b"Host", b"t"), (b"Content-Length", b"1")])
        with pytest.raises(errors.TransportError):
            await transport.send(target, head, BytesBody(b"x"))
    assert server.connections == 1


@pytest.mark.parametrize("rested", [True, False])
@pytest.mark.parametrize("size", [0, 5, 700_000])
async def test_a_file_is_sent_once_however_long_its_connection_had_rested(
    file_of: File, rested: bool, size: int
) -> None:
    async def once(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await peer.head()
        peer.reset()

    async with Hostile(once, says(OK)) as server, uploads() as transport:
        await send_file(transport, server, file_of(5), 5)
        for connection in transport._idle[Target("http", "127.0.0.1", server.port)]:
            connection.idle_since -= 2 if rested else 0  # the clock is driven, not waited for
        with pytest.raises((errors.ReadError, errors.WriteError)):
            await send_file(transport, server, file_of(size), size)
        assert server.connections == 1


@pytest.mark.parametrize("rested", [True, False])
async def test_a_kept_connection_that_was_closed_already_is_replaced_only_after_a_rest(
    file_of: File, rested: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[socket.socket] = []
    loop = asyncio.get_running_loop()

    async def serve(listener: socket.socket) -> None:
        while True:
            taken.append((await loop.sock_accept(listener))[0])
            data = b""
            while not data.endswith(b"xxxxx"):
                data += await loop.sock_recv(taken[-1], 1 << 18)
            await loop.sock_sendall(taken[-1], OK)

    def quiet(connection: Connection) -> bool:  # the end comes in the very moment after the look
        taken[0].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        taken[0].close()
        return True

    monkeypatch.setattr(Connection, "quiet", quiet)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        serving = asyncio.create_task(serve(listener))
        async with uploads() as transport:
            target = Target("http", "127.0.0.1", listener.getsockname()[1])
            head = request_head(b"PUT", b"/k", [(b"Host", b"t"), (b"Content-Length", b"5")])
            await transport.send(target, head, BytesBody(b"xxxxx"))
            transport._idle[target][0].idle_since -= 2 if rested else 0  # the clock is driven, not waited for
            if rested:
                assert (await transport.send(target, head, BytesBody(b"xxxxx"))).status == 200
            else:
                with pytest.raises((errors.ReadError, errors.WriteError)):
                    await transport.send(target, head, BytesBody(b"xxxxx"))
        serving.cancel()
        assert len(taken) == (2 if rested else 1)
        for sock in taken:
            sock.close()


async def test_aclose_while_a_connection_is_being_opened_leaves_none(file_of: File, papers: Papers) -> None:
    async with Hostile(says(OK), tls=papers.server("good")) as server, uploads(context=papers.client()) as transport:
        task = asyncio.create_task(send_file(transport, server, file_of(5), 5))
        await turns()
        await transport.aclose()
        await asyncio.gather(task, return_exceptions=True)
        while not server.connections:
            await turns()
        await server.all_closed.wait()
