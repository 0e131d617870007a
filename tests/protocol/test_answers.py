"""Answers of every shape, over our transport alone: interim ones, cut at every byte, too large, pipelined."""

import asyncio

import pytest

from tests.protocol.conftest import Make, client_of, uploads
from tests.protocol.hostile import OK, Hostile, Peer, Script, clock
from tests.protocol.scripts import answer, drips, endless, says, says_once
from tui_uploader.protocol import errors
from tui_uploader.protocol.answer import Answer, BadAnswer
from tui_uploader.protocol.body import BytesBody
from tui_uploader.protocol.connection import HEAD_LIMIT
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.heads import request_head
from tui_uploader.protocol.sending import Limits, Sending
from tui_uploader.protocol.transport import UploadTransport

SHORT = 0.2


def head_of(method: bytes = b"PUT", size: int = 0) -> bytes:
    """A small request head."""
    return request_head(method, b"/k", [(b"Host", b"t"), (b"Content-Length", b"%d" % size)])


async def put(transport: UploadTransport, server: Hostile, data: bytes = b"x", limits: Limits | None = None) -> Answer:
    """One PUT by the hot path."""
    target = Target("https" if server.tls else "http", "127.0.0.1", server.port)
    return await transport.send(
        target, head_of(size=len(data)), BytesBody(data), limits=limits, sending=Sending(len(data))
    )


SHAPES = {
    "length": (answer("200 OK", b"body"), b"body"),
    "empty": (answer("200 OK"), b""),
    "chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n3;x=y\r\nody\r\n0\r\n\r\n", b"body"),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Late: 1\r\n\r\n", b"body"),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "304": (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", b""),
    "206": (answer("206 Partial Content", b"body", "Content-Range: bytes 0-3/9"), b"body"),
    "100 first": (b"HTTP/1.1 100 Continue\r\n\r\n" + answer("200 OK", b"body"), b"body"),
    "102 and 103 first": (
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer("200 OK", b"body"),
        b"body",
    ),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nbody", b"body"),
}


@pytest.mark.parametrize("shape", list(SHAPES))
async def test_an_answer_cut_at_every_byte_is_the_same_answer(shape: str) -> None:
    raw, body = SHAPES[shape]

    async def cuts(peer: Peer) -> None:
        for at in range(len(raw) + 1):
            await peer.request()
            await peer.send_apart([piece for piece in (raw[:at], raw[at:]) if piece])

    async with Hostile(cuts) as server, uploads() as transport:
        whole = await put(transport, server)
        assert whole.body == body
        assert whole.headers.get("link") is None
        assert whole.headers.get("x-late") is None
        for _ in range(len(raw)):
            assert await put(transport, server) == whole
        assert server.connections == 1


@pytest.mark.parametrize("shape", list(SHAPES))
async def test_an_answer_in_single_bytes_is_the_same_answer(make: Make, shape: str) -> None:
    raw, body = SHAPES[shape]
    async with Hostile(drips(raw)) as server, client_of(make) as client:
        got = await client.put(server.url, content=b"x")
    assert (got.status_code, got.content) == (int(raw[raw.rindex(b"HTTP/1.1 ") + 9 :][:3]), body)


async def test_without_a_length_the_answer_lasts_until_the_close() -> None:
    async with (
        Hostile(says_once(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n", b"all", b" of", b" it")) as server,
        uploads() as transport,
    ):
        for _ in range(2):
            assert (await put(transport, server)).body == b"all of it"
    assert server.connections == 2


@pytest.mark.parametrize("cut", [1, 5, 20, 40, 100])
async def test_a_second_answer_behind_the_first_is_nobodys_answer(cut: int) -> None:
    forged = answer("200 OK", b"forged")

    async def pipelines(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK + forged[:cut])
        assert await peer.gone() == b"", "something was sent on a connection that cannot be trusted"

    async with Hostile(pipelines, says(answer("200 OK", b"second"))) as server, uploads() as transport:
        assert (await put(transport, server)).body == b"ok"
        assert (await put(transport, server)).body == b"second"
        assert server.connections == 2


async def test_head_answers_then_other_requests() -> None:
    async with (
        Hostile(says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), says(OK)) as server,
        uploads() as transport,
    ):
        target = Target("http", "127.0.0.1", server.port)
        got = await transport.send(target, head_of(b"HEAD"), None, head_only=True)
        assert (got.status, got.body, got.header("content-length")) == (200, b"", "9")
        assert (await put(transport, server)).body == b"ok"


TOO_MUCH: dict[str, Script] = {
    "one header": says(answer("200 OK", b"", "X-Big: " + "x" * HEAD_LIMIT)),
    "one header, cut short": says(answer("200 OK", b"", "X-Big: " + "x" * HEAD_LIMIT)[:-10]),
    "one name": says(b"HTTP/1.1 200 OK\r\n" + b"x" * (HEAD_LIMIT + 100)),
    "reason": says(b"HTTP/1.1 200 " + b"x" * (HEAD_LIMIT + 100) + b"\r\nContent-Length: 0\r\n\r\n"),
    "many long headers": says(answer("200 OK", b"ok", *[f"X-{at}: {'x' * 1000}" for at in range(70)])),
    "1001 headers": says(answer("200 OK", b"ok", *[f"X-{at}: y" for at in range(1001)])),
    "endless header": endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 4096),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 50),
    "endless interim answers": endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 20),
    "endless body": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096),
    "endless chunks": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n"
    ),
    "endless chunk extension": endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=", b"x" * 4096),
    "endless trailer": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Late: ", b"x" * 4096
    ),
    "declared terabytes": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n", b"x" * 4096),
    "a body one byte too long": says(answer("200 OK", b"x" * (64 * 1024 + 1))),
}


@pytest.mark.parametrize("case", list(TOO_MUCH))
async def test_an_answer_that_is_too_large_is_given_up_at_the_limit(case: str) -> None:
    async with Hostile(TOO_MUCH[case]) as server, uploads() as transport:
        with pytest.raises(BadAnswer, match="over 65536"):
            await put(transport, server)
        await server.all_closed.wait()


async def test_answers_just_within_the_limits_are_taken() -> None:
    many = [f"X-{at}: y" for at in range(999)]
    long = ["X-Big: " + "x" * (HEAD_LIMIT - 100)]
    single = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * (64 * 1024) + b"0\r\n\r\n"
    async with uploads() as transport:
        for raw, size in (
            (answer("200 OK", b"x" * (64 * 1024), *many), 64 * 1024),
            (answer("200 OK", b"x" * (64 * 1024), *long), 64 * 1024),
            (single, 64 * 1024),
        ):
            async with Hostile(says(raw)) as server:
                assert len((await put(transport, server)).body) == size


async def test_interim_answers_do_not_start_the_clock_of_the_whole_answer() -> None:
    async def slow(peer: Peer) -> None:
        asked = await peer.head()
        await peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        for _ in range(6):  # the body is taken bit by bit for longer than `whole`
            await peer.body(asked, len(asked.body) + 1_000_000)
            await clock(0.05)
        await peer.body(asked)
        await peer.send(OK)

    async with Hostile(slow, receive_buffer=8192) as server, uploads(whole=0.1) as transport:
        got = await put(transport, server, b"x" * 12_000_000)
    assert got.status == 200
    assert not got.early


async def test_closed_after_an_interim_answer_alone_is_no_answer_to_believe() -> None:
    async with Hostile(says_once(b"HTTP/1.1 100 Continue\r\n\r\n")) as server, uploads() as transport:
        with pytest.raises(BadAnswer):
            await put(transport, server)


async def test_a_dripping_answer_is_given_up_after_the_wholeclock() -> None:
    async with Hostile(drips(answer("200 OK", b"x" * 500), 0.01)) as server, uploads(whole=SHORT) as transport:
        with pytest.raises(errors.ReadTimeout, match="not whole after"):
            await put(transport, server)
        await server.all_closed.wait()


async def test_what_comes_unasked_closes_the_kept_connection_at_once() -> None:
    idle = asyncio.Event()

    async def pushy(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await idle.wait()
        await peer.send(OK)

    async with Hostile(pushy) as server, uploads() as transport:
        await put(transport, server)
        idle.set()
        await server.all_closed.wait()
