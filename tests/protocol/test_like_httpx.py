"""What httpx's own transport does, ours does: requests, bodies, answers, keep-alive."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator

import h11
import httpx
import pytest

from tests.protocol.conftest import Make, Papers, client_of
from tests.protocol.hostile import OK, Hostile, Peer, turns
from tests.protocol.scripts import answer, says


@pytest.fixture(params=["http", "https"])
def tls(request: pytest.FixtureRequest, papers: Papers) -> tuple[ssl.SSLContext | None, ssl.SSLContext | bool]:
    """Contexts of both ends, or none."""
    return (papers.server("good"), papers.client()) if request.param == "https" else (None, True)


Tls = tuple[ssl.SSLContext | None, ssl.SSLContext | bool]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_method_path_and_body_arrive_and_the_answer_comes_back(make: Make, tls: Tls, method: str) -> None:
    async with (
        Hostile(says(answer("201 Made It", b"hello", "X-Is: yes")), tls=tls[0]) as server,
        client_of(make, tls[1]) as client,
    ):
        got = await client.request(method, f"{server.url}/a%2Fb/c?x=1&y=%20", content=b"payload")
    asked = server.requests[0]
    assert asked.line == f"{method} /a%2Fb/c?x=1&y=%20 HTTP/1.1"
    assert asked.body == b"payload"
    assert asked.header("content-length") == "7"
    assert (got.status_code, got.reason_phrase, got.content) == (201, "Made It", b"hello")
    assert got.headers["x-is"] == "yes"
    assert got.http_version == "HTTP/1.1"


async def test_headers_keep_their_case_order_and_duplicates(make: Make) -> None:
    async with (
        Hostile(says(answer("200 OK", b"", "Set-Cookie: a=1", "X-CasE:  spaced out  ", "set-cookie: b=2"))) as server,
        client_of(make) as client,
    ):
        got = await client.get(server.url, headers=[("X-Twice", "1"), ("x-twICE", "2"), ("X-Empty", "")])
    pairs = [pair for pair in server.requests[0].headers if pair[0].lower().startswith("x-")]
    assert pairs == [("X-Twice", "1"), ("x-twICE", "2"), ("X-Empty", "")]
    assert server.requests[0].header("host") == f"127.0.0.1:{server.port}"
    assert got.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert [pair for pair in got.headers.raw if pair[0] == b"X-CasE"] == [(b"X-CasE", b"spaced out")]


async def test_a_body_of_a_megabyte_arrives_whole(make: Make, tls: Tls) -> None:
    data = bytes(range(256)) * 4096 + b"end"
    async with Hostile(says(OK), tls=tls[0]) as server, client_of(make, tls[1]) as client:
        await client.put(server.url, content=data)
    assert server.requests[0].body == data


async def test_an_empty_body(make: Make) -> None:
    async with Hostile(says(OK)) as server, client_of(make) as client:
        await client.put(server.url, content=b"")
    assert server.requests[0].declared == 0
    assert server.requests[0].body == b""


async def _parts() -> AsyncIterator[bytes]:
    for part in (b"one", b"", b"two", b"x" * 70_000):
        yield part


@pytest.mark.parametrize("length", [True, False])
async def test_an_async_iterator_is_sent_with_its_length_or_in_chunks(make: Make, length: bool) -> None:
    headers = {"Content-Length": str(6 + 70_000)} if length else {}
    async with Hostile(says(OK)) as server, client_of(make) as client:
        await client.post(server.url, content=_parts(), headers=headers)
        await client.get(server.url)
    assert server.requests[0].chunked is not length
    assert server.requests[0].body == b"onetwo" + b"x" * 70_000
    assert server.connections == 1


@pytest.mark.parametrize("declared", [6 + 70_000 + 1, 6 + 70_000 - 1])
async def test_a_body_that_is_not_as_long_as_declared_is_refused(make: Make, declared: int) -> None:
    async with Hostile(says(OK)) as server, client_of(make) as client:
        with pytest.raises((httpx.LocalProtocolError, h11.LocalProtocolError)):  # httpx's own lets h11's out
            await client.post(server.url, content=_parts(), headers={"Content-Length": str(declared)})


async def test_head_gives_the_headers_and_no_body(make: Make) -> None:
    async with (
        Hostile(says(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\nX-It: is\r\n\r\n")) as server,
        client_of(make) as client,
    ):
        for _ in range(3):
            got = await client.head(server.url)
            assert (got.status_code, got.content, got.headers["x-it"]) == (200, b"", "is")
            assert got.headers["content-length"] == "500"


async def test_gzip_is_decoded(make: Make) -> None:
    text = b"the same again " * 1000
    async with (
        Hostile(says(answer("200 OK", gzip.compress(text), "Content-Encoding: gzip"))) as server,
        client_of(make) as client,
    ):
        got = await client.get(server.url)
    assert got.content == text


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 503, 599])
async def test_error_statuses_are_answers(make: Make, status: int) -> None:
    async with Hostile(says(answer(f"{status} Because", b"why"))) as server, client_of(make) as client:
        got = await client.put(server.url, content=b"x")
    assert (got.status_code, got.reason_phrase, got.text) == (status, "Because", "why")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(make: Make, status: int) -> None:
    async with (
        Hostile(says(OK)) as other,
        Hostile(says(answer(f"{status} Go", b"", f"Location: {other.url}/x"))) as server,
        client_of(make) as client,
    ):
        got = await client.put(server.url, content=b"secret")
    assert got.status_code == status
    assert got.headers["location"] == f"{other.url}/x"
    assert other.connections == 0


async def test_one_connection_serves_requests_one_after_the_other(make: Make, tls: Tls) -> None:
    async with Hostile(says(OK), tls=tls[0]) as server, client_of(make, tls[1]) as client:
        for at in range(20):
            got = await client.put(server.url, content=b"x" * at)
            assert got.content == b"ok"
    assert server.connections == 1
    assert [len(asked.body) for asked in server.requests] == list(range(20))


async def test_an_answer_that_closes_is_followed_by_a_new_connection(make: Make) -> None:
    async with Hostile(says(answer("200 OK", b"ok", "Connection: close"))) as server, client_of(make) as client:
        for _ in range(3):
            assert (await client.get(server.url)).content == b"ok"
    assert server.connections == 3


async def test_http_1_0_answers_end_with_the_connection(make: Make) -> None:
    async def old(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall of it")
        await peer.close()

    async with Hostile(old) as server, client_of(make) as client:
        for _ in range(2):
            assert (await client.get(server.url)).content == b"all of it"
    assert server.connections == 2


async def test_an_http_1_0_answer_with_a_length_does_not_keep_the_connection(make: Make) -> None:
    async with (
        Hostile(says(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")) as server,
        client_of(make) as client,
    ):
        for _ in range(2):
            assert (await client.get(server.url)).content == b"ok"
    assert server.connections == 2


async def test_requests_at_once_take_a_connection_each_and_keep_their_answers(make: Make) -> None:
    gate = asyncio.Event()

    async def echo(peer: Peer) -> None:
        while True:
            asked = await peer.request()
            if len(peer.hostile.requests) == 8:
                gate.set()
            await gate.wait()
            await peer.send(answer("200 OK", asked.body))

    async with Hostile(echo) as server, client_of(make) as client:
        got = await asyncio.gather(*(client.put(server.url, content=b"%d" % at) for at in range(8)))
        assert server.connections == 8
        assert [one.content for one in got] == [b"%d" % at for at in range(8)]
        await client.put(server.url, content=b"again")
    assert server.connections == 8


async def test_a_kept_connection_that_the_server_closed_while_idle_is_replaced(make: Make) -> None:
    closed = asyncio.Event()

    async def once(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await peer.close()
        closed.set()

    async with Hostile(once, says(OK)) as server, client_of(make) as client:
        await client.put(server.url, content=b"1")
        await closed.wait()
        await client.put(server.url, content=b"2")
    assert [asked.body for asked in server.requests] == [b"1", b"2"]
    assert server.connections == 2


@pytest.mark.parametrize(
    "junk", [answer("200 OK", b"forged"), b"\r\n", b"x", answer("408 Request Timeout", b"", "Connection: close")]
)
async def test_what_comes_unasked_on_an_idle_connection_is_nobodys_answer(make: Make, junk: bytes) -> None:
    pushed = asyncio.Event()

    async def pushy(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await turns()
        await peer.send(junk)
        pushed.set()
        await peer.request()
        await peer.send(answer("200 OK", b"second"))

    async with Hostile(pushy, says(answer("200 OK", b"second"))) as server, client_of(make) as client:
        assert (await client.get(server.url)).content == b"ok"
        await pushed.wait()
        assert (await client.get(server.url)).content == b"second"


async def test_line_breaks_in_a_header_are_refused_before_anything_is_sent(make: Make) -> None:
    async with Hostile(says(OK)) as server, client_of(make) as client:
        for bad in ("a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"):
            with pytest.raises(httpx.LocalProtocolError):
                await client.get(server.url, headers={"X-Token": bad})
        with pytest.raises(httpx.LocalProtocolError):
            await client.get(server.url, headers={"X-To\r\nken": "a"})
    assert server.requests == []


async def test_aclose_closes_idle_connections_and_leaves_none(make: Make, tls: Tls) -> None:
    async with Hostile(says(OK), tls=tls[0]) as server:
        client = httpx.AsyncClient(transport=make(verify=tls[1]))
        await asyncio.gather(*(client.get(server.url) for _ in range(4)))
        assert server.open == server.connections > 0
        await client.aclose()
        await server.all_closed.wait()
        assert server.open == 0


async def test_cancelling_a_request_closes_its_connection(make: Make, tls: Tls) -> None:
    async def mute(peer: Peer) -> None:
        await peer.request()
        await peer.gone()

    async with Hostile(mute, tls=tls[0]) as server, client_of(make, tls[1]) as client:
        task = asyncio.create_task(client.put(server.url, content=b"x"))
        await server.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.all_closed.wait()
    assert server.connections == 1
