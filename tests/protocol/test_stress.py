"""Many exchanges: none may hang, be lost or be given to somebody else."""

import asyncio
import random
import ssl
from collections.abc import Callable

import pytest

from tests.protocol.conftest import Papers, uploads
from tests.protocol.hostile import Hostile, Peer, turns
from tests.protocol.scripts import answer
from tui_uploader.protocol.body import BytesBody, FileBody
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.digest import crc64
from tui_uploader.protocol.heads import request_head
from tui_uploader.protocol.sending import Sending
from tui_uploader.protocol.transport import UploadTransport

PUTS, SLOTS, POSTS = 300, 32, 200


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, papers: Papers) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
    """Contexts of both ends, or none."""
    return (papers.server("good"), papers.client()) if request.param == "https" else (None, None)


Tls = tuple[ssl.SSLContext | None, ssl.SSLContext | None]


def _target(server: Hostile) -> Target:
    return Target("https" if server.tls else "http", "127.0.0.1", server.port)


async def _digest(peer: Peer) -> None:
    while True:
        asked = await peer.request()
        await peer.send(answer("200 OK", b"%s %d" % (asked.line.split()[1].encode(), crc64(asked.body, 0))))


async def test_300_small_puts_over_32_slots(file_of: Callable[[int], bytes], tls: Tls) -> None:
    sizes = [0, 1, 4096, 70_000, 300_000]
    paths = {size: file_of(size) for size in sizes}
    left = list(range(PUTS))

    async def slot(transport: UploadTransport, server: Hostile) -> None:
        while left:
            at = left.pop()
            size = sizes[at % len(sizes)]
            head = request_head(b"PUT", b"/%d" % at, [(b"Host", b"t"), (b"Content-Length", b"%d" % size)])
            sending = Sending(size)
            with FileBody(paths[size], size) as body:
                got = await transport.send(_target(server), head, body, sending=sending)
                assert got.body == b"/%d %d" % (at, body.crc)
                assert not got.early
            assert sending.acked == size

    async with Hostile(_digest, tls=tls[0]) as server, uploads(context=tls[1]) as transport:
        async with asyncio.timeout(10):
            await asyncio.gather(*(slot(transport, server) for _ in range(SLOTS)))
        assert len(server.requests) == PUTS
        assert server.connections <= SLOTS


async def test_200_posts_answered_in_one_two_or_three_segments(tls: Tls) -> None:
    chance = random.Random(3)

    async def cuts(peer: Peer) -> None:
        while True:
            asked = await peer.request()
            raw = answer("200 OK", asked.body * chance.choice([0, 1, 900]) + asked.line.encode())
            if chance.random() < 0.3:
                raw = b"HTTP/1.1 100 Continue\r\n\r\n" + raw
            at = sorted(chance.sample(range(1, len(raw)), chance.choice([0, 1, 2])))
            for begin, end in zip([0, *at], [*at, len(raw)], strict=True):
                await peer.send(raw[begin:end])
                await turns(chance.choice([1, 2, 5]))

    async with Hostile(cuts, tls=tls[0]) as server, uploads(context=tls[1]) as transport:
        for at in range(POSTS):
            data = b"%d," % at * 10
            head = request_head(b"POST", b"/%d" % at, [(b"Host", b"t"), (b"Content-Length", b"%d" % len(data))])
            async with asyncio.timeout(1.5):
                got = await transport.send(_target(server), head, BytesBody(data))
            assert got.body.endswith(b"POST /%d HTTP/1.1" % at)
        assert server.connections == 1


async def test_200_exchanges_in_which_answers_end_the_connection_in_every_way(tls: Tls) -> None:
    chance = random.Random(4)

    async def moody(peer: Peer) -> None:
        while True:
            asked = await peer.request()
            mood, body = chance.randrange(6), asked.line.encode()
            if mood == 0:
                await peer.send(answer("200 OK", body, "Connection: close"))
                return await peer.close()
            if mood == 1:
                await peer.send(b"HTTP/1.1 200 OK\r\n\r\n" + body)
                return await peer.close()
            if mood == 2:
                await peer.send(answer("200 OK", body))
                return await peer.close()  # said nothing of it
            if mood == 3:
                await peer.send(
                    b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + answer("200 OK", body)
                )
            elif mood == 4:
                await peer.send(answer("200 OK", body) + b"HTTP/1.1 200 OK\r\nConte")
            else:
                await peer.send(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async def slot(transport: UploadTransport, server: Hostile, first: int) -> None:
        for at in range(first, POSTS, 4):
            data = b"x" * (at * 7)
            head = request_head(b"POST", b"/%d" % at, [(b"Host", b"t"), (b"Content-Length", b"%d" % len(data))])
            got = await transport.send(_target(server), head, BytesBody(data))
            assert got.body == b"POST /%d HTTP/1.1" % at

    async with Hostile(moody, tls=tls[0]) as server, uploads(context=tls[1]) as transport:
        async with asyncio.timeout(10):
            await asyncio.gather(*(slot(transport, server, first) for first in range(4)))


async def test_cancelling_at_any_moment_leaves_nothing_behind(tls: Tls) -> None:
    async with Hostile(_digest, tls=tls[0]) as server, uploads(context=tls[1]) as transport:
        for steps in range(60):
            data = b"y" * 400_000
            head = request_head(b"PUT", b"/%d" % steps, [(b"Host", b"t"), (b"Content-Length", b"%d" % len(data))])
            task = asyncio.create_task(transport.send(_target(server), head, BytesBody(data)))
            await turns(steps)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            got = await transport.send(_target(server), head, BytesBody(data))
            assert got.body == b"/%d %d" % (steps, crc64(data, 0))
        await transport.aclose()
        await server.all_closed.wait()
