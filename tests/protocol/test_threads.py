"""Large files from threads: what arrives, progress, early answers, giving up, a limit that comes late, the end."""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.protocol.conftest import Papers, threads
from tests.protocol.hostile import OK, Hostile, Peer, clock
from tests.protocol.scripts import answer, closes_at, says
from tests.protocol.test_sending import BIG, Tls, send_file
from tui_uploader.engine.pacing import SpeedLimit
from tui_uploader.protocol import errors
from tui_uploader.protocol.body import FileBody
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.digest import crc64
from tui_uploader.protocol.heads import request_head
from tui_uploader.protocol.sending import Sending
from tui_uploader.protocol.threads import LARGE

File = Callable[[int], bytes]
DENIED = answer("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")


def _alive() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "sender"]


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, papers: Papers) -> Tls:
    """Contexts of both ends, or none."""
    return (papers.server("good"), papers.client()) if request.param == "https" else (None, None)


@pytest.mark.parametrize(("size", "wanted"), [(LARGE - 1, 0), (LARGE, 1), (BIG + 1, 1)])
async def test_what_arrives_is_the_file_and_its_digest(file_of: File, tls: Tls, size: int, wanted: int) -> None:
    sending = Sending(size)
    async with Hostile(says(OK), tls=tls[0]) as server, threads(context=tls[1]) as senders:
        got, crc = await send_file(senders, server, file_of(size), size, sending)
        assert len(_alive()) == (wanted if server.tls else 0)  # nothing to encrypt: one alone is as quick from here
    assert (got.status, got.early) == (200, False)
    assert len(server.requests[0].body) == size
    assert crc64(server.requests[0].body, 0) == crc
    assert sending.acked == size
    assert _alive() == []


async def test_many_at_once_share_two_threads_and_no_buffer(tmp_path: Path, tls: Tls) -> None:
    size = LARGE + 1
    paths = [tmp_path / str(number) for number in range(5)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number + 1]) * size)  # each of its own bytes, so that a mixture shows
    async with Hostile(says(OK), tls=tls[0], receive_buffer=4096) as server, threads(context=tls[1]) as senders:
        for _ in range(2):  # the second time over connections that were kept
            await asyncio.gather(*[send_file(senders, server, os.fsencode(path), size) for path in paths])
        assert len(_alive()) == 2
    assert sorted(request.body for request in server.requests) == sorted([path.read_bytes() for path in paths] * 2)
    assert server.connections == 5


@pytest.fixture
def sealed(papers: Papers) -> Tls:
    """Contexts of both ends: with TLS every large file goes by a thread."""
    return papers.server("good"), papers.client()


async def test_progress_is_told_on_the_way_and_never_runs_back(file_of: File, sealed: Tls) -> None:
    stop, go = asyncio.Event(), asyncio.Event()

    async def pausing(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, 9_000_000)
        stop.set()
        await go.wait()
        peer.reset()

    sending = Sending(BIG)
    async with Hostile(pausing, tls=sealed[0], receive_buffer=65536) as server, threads(context=sealed[1]) as senders:
        task = asyncio.create_task(send_file(senders, server, file_of(BIG), BIG, sending))
        await stop.wait()
        seen = -1
        while seen != sending.acked or seen < 1_000_000:
            assert sending.acked >= seen
            seen = sending.acked
            await clock(0.2)
        assert seen <= 20_000_000
        go.set()
        with pytest.raises(errors.TransportError):
            await task
        assert seen <= sending.acked < BIG


@pytest.mark.parametrize("drain", [True, False])
async def test_an_early_answer_is_read_and_its_connection_not_used_again(
    file_of: File, sealed: Tls, drain: bool
) -> None:
    async def refuses(peer: Peer) -> None:
        await peer.body(await peer.head(), 1)
        await clock(0.2)  # all buffers are full: what is sent and cut at the very moment of a write is anybody's guess
        await peer.send(DENIED)
        await (peer.gone() if drain else peer.close())

    async with (
        Hostile(refuses, says(OK), tls=sealed[0], receive_buffer=8192) as server,
        threads(context=sealed[1]) as senders,
    ):
        got, _ = await send_file(senders, server, file_of(BIG), BIG)
        assert (got.status, got.early) == (403, True)
        again, _ = await send_file(senders, server, file_of(LARGE), LARGE)
        assert again.status == 200
    assert server.connections == 2


async def test_a_connection_that_ends_in_the_body_is_said_with_httpxs_words(file_of: File, sealed: Tls) -> None:
    async with (
        Hostile(closes_at(2_000_000), tls=sealed[0], receive_buffer=65536) as server,
        threads(context=sealed[1]) as senders,
    ):
        with pytest.raises(errors.TransportError):
            await send_file(senders, server, file_of(BIG), BIG)


async def test_a_peer_that_stops_reading_is_stalled(file_of: File, sealed: Tls) -> None:
    async def half(peer: Peer) -> None:
        await peer.body(await peer.head(), 300_000)
        await peer.deaf()

    async with (
        Hostile(half, tls=sealed[0], receive_buffer=8192) as server,
        threads(context=sealed[1], stalled=0.2) as senders,
    ):
        with pytest.raises(errors.WriteTimeout):
            await send_file(senders, server, file_of(BIG), BIG)


class Held(FileBody):
    """A file that is being read until it is let go."""

    def __init__(self, path: bytes, size: int) -> None:
        self.reading, self.go = threading.Event(), threading.Event()
        super().__init__(path, size)

    def read_into(self, buffer: memoryview) -> bytes | memoryview:
        self.reading.set()
        assert self.go.wait(10)
        return super().read_into(buffer)


async def test_a_send_that_is_cancelled_ends_when_nobody_reads_the_file_any_more(file_of: File, sealed: Tls) -> None:
    """Its caller closes it then, and the number of its handle is soon that of another file."""
    async with Hostile(says(OK), tls=sealed[0]) as server, threads(context=sealed[1]) as senders:
        target = Target("https" if server.tls else "http", "127.0.0.1", server.port)
        head = request_head(b"PUT", b"/k", [(b"Host", b"t"), (b"Content-Length", b"%d" % BIG)])
        with (body := Held(file_of(BIG), BIG)):
            task = asyncio.create_task(senders.send(target, head, body))
            await asyncio.to_thread(body.reading.wait)
            for _ in range(2):
                task.cancel()
                await clock(0.1)
                assert not task.done()
            body.go.set()
            with pytest.raises(asyncio.CancelledError):
                await task
        await server.all_closed.wait()
    assert len(server.requests[0].body) < BIG


async def test_a_speed_limit_that_comes_late_holds_what_is_under_way(file_of: File, sealed: Tls) -> None:
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()
    went: list[float] = []

    async def counts(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, 1_000_000)
        begun.set()
        await peer.body(asked)
        went.append(loop.time())
        await peer.send(OK)

    pace = SpeedLimit(None, loop.time)
    async with Hostile(counts, tls=sealed[0], receive_buffer=65536) as server, threads(context=sealed[1]) as senders:
        task = asyncio.create_task(send_file(senders, server, file_of(BIG), BIG, pace=pace))
        await begun.wait()
        pace.set(10_000_000)
        since = loop.time()
        await task
    assert went[0] - since > (BIG - 16_000_000) / 10_000_000  # the buffers of both ends may have been full


async def test_closing_ends_what_is_under_way(file_of: File, sealed: Tls) -> None:
    begun = asyncio.Event()

    async def reads(peer: Peer) -> None:
        await peer.body(await peer.head(), 500_000)
        begun.set()
        await peer.deaf()

    async with Hostile(reads, tls=sealed[0], receive_buffer=8192) as server, threads(context=sealed[1]) as senders:
        task = asyncio.create_task(send_file(senders, server, file_of(BIG), BIG))
        await begun.wait()
        await senders.aclose()
        with pytest.raises(errors.WriteError, match="closed"):
            await task
        assert _alive() == []
