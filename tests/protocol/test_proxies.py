"""Proxies (FAULTS rows 38 and 39): CONNECT for https alone, NO_PROXY, and proxies that fail."""

import socket
import ssl
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.protocol.conftest import Papers, uploads
from tests.protocol.hostile import OK, Hostile, Peer
from tests.protocol.scripts import proxy, says
from tests.protocol.test_fault_codes import failed, put_by, stores
from tui_uploader.model.failures import Failure
from tui_uploader.protocol.bucket import Stored
from tui_uploader.protocol.dialling import Target

File = Callable[[int], bytes]
BUCKET = Target("https", "bucket.test", 443)
CONNECTED = b"HTTP/1.1 200 Connection established\r\nVia: us\r\n\r\n"


async def through(
    address: str, papers: Papers, path: bytes, *, times: int = 1, no_proxy: str = "", connect: float = 2.0
) -> Stored | Failure:
    """PUT a file of 5 bytes to bucket.test by the proxy at `address`."""
    async with uploads(context=papers.client(), proxy=address, no_proxy=no_proxy, connect=connect) as transport:
        return await put_by(transport, BUCKET, path, 5, times)


async def test_the_tunnel_carries_tls_to_the_bucket_and_is_kept(file_of: File, papers: Papers) -> None:
    async with Hostile(stores(), tls=papers.server("good")) as bucket, Hostile(proxy(CONNECTED, bucket.port)) as way:
        address = f"http://user%40x:pass%3Aword@127.0.0.1:{way.port}"
        outcome = await through(address, papers, file_of(5), times=3)
        assert isinstance(outcome, Stored)
        assert (bucket.connections, way.connections, len(bucket.requests)) == (1, 1, 3)
        asked = way.requests[0]
        assert asked.line == "CONNECT bucket.test:443 HTTP/1.1"
        assert asked.header("host") == "bucket.test:443"
        assert asked.header("proxy-authorization") == "Basic dXNlckB4OnBhc3M6d29yZA=="
        assert asked.header("authorization") == ""
        assert bucket.requests[0].header("proxy-authorization") == ""


async def test_the_certificate_is_checked_inside_the_tunnel(file_of: File, papers: Papers) -> None:
    async with Hostile(stores(), tls=papers.server("other")) as bucket, Hostile(proxy(CONNECTED, bucket.port)) as way:
        outcome = await through(f"127.0.0.1:{way.port}", papers, file_of(5))
        assert failed(outcome).code == "TLS_CERT"
        assert bucket.requests == []


async def _reset(peer: Peer) -> None:
    await peer.head()
    peer.reset()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "PROXY_AUTH"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "PROXY_DOWN"),
        (b"HTTP/1.1 301 Go\r\nLocation: http://x/\r\n\r\n", "PROXY_DOWN"),
        (b"HTTP/1.1 200 Half", "PROXY_DOWN"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "PROXY_DOWN"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000, "PROXY_DOWN"),
        (b"", "PROXY_DOWN"),
    ],
)
async def test_row_39_a_proxy_that_does_not_connect(file_of: File, papers: Papers, status: bytes, code: str) -> None:
    async with Hostile(proxy(status)) as way:
        outcome = failed(await through(f"http://user:hush@127.0.0.1:{way.port}", papers, file_of(5)))
    assert outcome.code == code
    assert f"127.0.0.1:{way.port}" in outcome.detail
    assert "hush" not in outcome.detail


async def test_row_39_a_proxy_that_resets(file_of: File, papers: Papers) -> None:
    async with Hostile(_reset) as way:
        assert failed(await through(f"127.0.0.1:{way.port}", papers, file_of(5))).code == "PROXY_DOWN"


async def test_row_39_a_proxy_that_is_not_there(file_of: File, papers: Papers) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        for address in (f"127.0.0.1:{taken.getsockname()[1]}", "no-such-proxy.invalid:3128", "a" * 70 + ".invalid:1"):
            assert failed(await through(f"http://{address}", papers, file_of(5))).code == "PROXY_DOWN"


async def test_a_proxy_that_says_nothing_is_down(file_of: File, papers: Papers) -> None:
    async def mute(peer: Peer) -> None:
        await peer.head()
        await peer.gone()

    async with Hostile(mute) as way:
        outcome = failed(await through(f"127.0.0.1:{way.port}", papers, file_of(5), connect=0.2))
        assert outcome.code == "PROXY_DOWN"
        await way.all_closed.wait()


async def test_a_proxy_that_breaks_in_the_handshake(file_of: File, papers: Papers) -> None:
    async def cuts(peer: Peer) -> None:
        await peer.head()
        await peer.send(CONNECTED)
        await peer.close()

    async with Hostile(cuts) as way:
        outcome = failed(await through(f"127.0.0.1:{way.port}", papers, file_of(5)))
    assert outcome.code in ("NET_RESET", "TLS_CERT")


@pytest.mark.parametrize("no_proxy", ["bucket.test", ".test", "*", "a.b, bucket.test"])
async def test_no_proxy_goes_around_it(file_of: File, papers: Papers, no_proxy: str) -> None:
    async with Hostile(proxy(CONNECTED)) as way:
        outcome = failed(await through(f"127.0.0.1:{way.port}", papers, file_of(5), no_proxy=no_proxy, connect=0.3))
        assert outcome.code in ("NET_DNS", "NET_DNS_TEMP", "NET_CONNECT_TIMEOUT")
        assert way.connections == 0


@pytest.mark.parametrize("no_proxy", ["", "other.test", "ucket.test"])
async def test_others_names_in_no_proxy_do_not(file_of: File, papers: Papers, no_proxy: str) -> None:
    async with Hostile(proxy(b"HTTP/1.1 502 x\r\n\r\n")) as way:
        await through(f"127.0.0.1:{way.port}", papers, file_of(5), no_proxy=no_proxy)
        assert way.connections == 1


async def test_loopback_and_plain_http_never_see_the_proxy(file_of: File, papers: Papers) -> None:
    async with Hostile(says(OK)) as way:
        async with Hostile(stores()) as plain, uploads(proxy=f"127.0.0.1:{way.port}") as transport:
            target = Target("http", "127.0.0.1", plain.port)
            assert isinstance(await put_by(transport, target, file_of(5), 5), Stored)
            outcome = failed(await put_by(transport, Target("http", "no-such-host.invalid", 80), file_of(5), 5))
            assert outcome.code == "NET_DNS"
        context: ssl.SSLContext = papers.client()
        async with (
            Hostile(stores(), tls=papers.server("good")) as sealed,
            uploads(context=context, proxy=f"127.0.0.1:{way.port}") as transport,
        ):
            target = Target("https", "localhost", sealed.port)
            assert isinstance(await put_by(transport, target, file_of(5), 5), Stored)
        assert way.connections == 0
