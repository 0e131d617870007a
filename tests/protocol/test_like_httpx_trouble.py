"""What httpx's own transport raises, ours raises: clocks, refusals, resets, TLS, answers that are none."""

import asyncio
import socket
import ssl
from contextlib import closing

import httpx
import pytest

from tests.protocol.conftest import Make, Papers, client_of
from tests.protocol.hostile import OK, Hostile, Peer
from tests.protocol.scripts import answer, closes_at, resets_at, says, says_once

BIG = b"z" * (24 << 20)  # more than the kernel's buffers and ours hold
SHORT = 0.2


async def test_refused(make: Make) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        async with client_of(make) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://127.0.0.1:{taken.getsockname()[1]}")


@pytest.mark.parametrize("name", ["no-such-host.invalid", "bad-", "a" * 70 + ".invalid"])
async def test_a_name_that_is_not_found(make: Make, is_ours: bool, name: str) -> None:
    if len(name) > 60 and not is_ours:
        pytest.skip("httpx's own lets a UnicodeError out")
    async with client_of(make) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://{name}/")


async def test_a_handshake_that_never_comes_is_a_connect_timeout(make: Make, papers: Papers) -> None:
    async def mute(peer: Peer) -> None:
        await peer.deaf()

    async with Hostile(mute) as server, client_of(make, papers.client()) as client:
        with pytest.raises(httpx.ConnectTimeout):
            await client.get(f"https://127.0.0.1:{server.port}", timeout=httpx.Timeout(2, connect=SHORT))


async def test_a_queue_that_is_full_is_a_connect_timeout(make: Make) -> None:
    with closing(socket.socket()) as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with closing(socket.create_connection(full.getsockname())):
            async with client_of(make) as client:
                with pytest.raises(httpx.ConnectTimeout):
                    await client.get(
                        f"http://127.0.0.1:{full.getsockname()[1]}", timeout=httpx.Timeout(2, connect=SHORT)
                    )


async def test_no_answer_is_a_read_timeout(make: Make) -> None:
    async def mute(peer: Peer) -> None:
        await peer.silent()

    async with Hostile(mute) as server, client_of(make) as client:
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(httpx.ReadTimeout):
            await client.put(server.url, content=b"x", timeout=httpx.Timeout(5, read=SHORT))
        assert SHORT <= loop.time() - began < 4 * SHORT
        await server.all_closed.wait()


async def test_half_an_answer_and_no_more_is_a_read_timeout(make: Make) -> None:
    async def half(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer("200 OK", b"all of it")[:-3])
        await peer.gone()

    async with Hostile(half) as server, client_of(make) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.put(server.url, content=b"x", timeout=httpx.Timeout(5, read=SHORT))


async def test_a_peer_that_stops_reading_is_a_write_timeout(make: Make) -> None:
    async def deaf(peer: Peer) -> None:
        await peer.deaf()

    async with Hostile(deaf, receive_buffer=8192) as server, client_of(make) as client:
        with pytest.raises(httpx.WriteTimeout):
            await client.put(server.url, content=BIG, timeout=httpx.Timeout(5, write=SHORT))


@pytest.mark.parametrize("at", [1, 100_000])
async def test_a_reset_in_the_body(make: Make, at: int) -> None:
    async with Hostile(resets_at(at)) as server, client_of(make) as client:
        with pytest.raises((httpx.WriteError, httpx.ReadError)):
            await client.put(server.url, content=BIG)


async def test_a_reset_instead_of_an_answer(make: Make) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        peer.reset()

    async with Hostile(script) as server, client_of(make) as client:
        with pytest.raises(httpx.ReadError):
            await client.put(server.url, content=b"x")
    assert server.connections == 1


async def test_a_close_in_the_body(make: Make) -> None:
    async with Hostile(closes_at(100_000)) as server, client_of(make) as client:
        with pytest.raises((httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)):
            await client.put(server.url, content=BIG)


async def test_a_close_instead_of_an_answer(make: Make) -> None:
    async with Hostile(says_once()) as server, client_of(make) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.put(server.url, content=b"x")
    assert server.connections == 1


MALFORMED = {
    "garbage": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "no version": b"200 OK\r\n\r\n",
    "http/9": b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
    "length is no number": b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
    "length is negative": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    "blank in a name": b"HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 2\r\n\r\nok",
    "no colon": b"HTTP/1.1 200 OK\r\nContent-Length 2\r\n\r\nok",
    "chunk size is no number": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
    "chunk without its end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokk\r\n0\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nConte",
    "half a status line": b"HTTP/1.",
    "short body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok",
    "no last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    "nul in a value": b"HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 2\r\n\r\nok",
    "101 unasked": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "only 100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "endless name": b"HTTP/1.1 200 OK\r\n" + b"x" * 200_000,
}


@pytest.mark.parametrize("case", list(MALFORMED))
async def test_what_is_no_answer_is_a_remote_protocol_error(make: Make, is_ours: bool, case: str) -> None:
    if case == "101 unasked" and not is_ours:
        pytest.skip("httpx hands the connection over to whoever asked")
    if case == "http/9" and not is_ours:
        pytest.skip("httpx takes any version for the one it knows")
    async with Hostile(says_once(MALFORMED[case])) as server, client_of(make) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.put(server.url, content=b"x")


async def test_a_private_authority_that_is_trusted(make: Make, papers: Papers) -> None:
    async with Hostile(says(OK), tls=papers.server("good")) as server, client_of(make, papers.client()) as client:
        assert (await client.get(f"https://localhost:{server.port}")).content == b"ok"
        assert (await client.get(server.url)).content == b"ok"


@pytest.mark.parametrize(
    ("certificate", "trusted"), [("good", False), ("self", True), ("other", True), ("expired", True), ("self", False)]
)
async def test_a_certificate_that_is_not_to_be_believed(
    make: Make, papers: Papers, certificate: str, trusted: bool
) -> None:
    context = papers.client() if trusted else ssl.create_default_context()
    async with Hostile(says(OK), tls=papers.server(certificate)) as server, client_of(make, context) as client:
        with pytest.raises(httpx.ConnectError) as caught:
            await client.put(server.url, content=b"secret")
    assert "certificate" in str(caught.value).lower() or "mismatch" in str(caught.value).lower()
    assert server.requests == []


async def test_a_server_that_speaks_no_tls(make: Make, papers: Papers) -> None:
    async def plain(peer: Peer) -> None:
        await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.close()

    async with Hostile(plain) as server, client_of(make, papers.client()) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"https://127.0.0.1:{server.port}")
