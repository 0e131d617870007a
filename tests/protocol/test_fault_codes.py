"""FAULTS rows 1-17 and 29-37: what each trouble is called, through Bucket.put."""

import errno
import hashlib
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from tests.protocol.conftest import Papers, uploads
from tests.protocol.hostile import Hostile, Peer, Script, clock
from tests.protocol.scripts import answer, closes_at, drips, endless, refuses_early, resets_at, says, says_once
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.protocol import errors
from tui_uploader.protocol.bucket import Bucket, Stored
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.digest import crc64
from tui_uploader.protocol.failures import of_exception
from tui_uploader.protocol.sending import Sending
from tui_uploader.protocol.transport import UploadTransport
from tui_uploader.protocol.upload_info import HostRules, UploadInfo, read_url

SHORT = 0.2
SIZE = 24 << 20
File = Callable[[int], bytes]


def info_for(target: Target) -> UploadInfo:
    """Upload info for `target`."""
    return UploadInfo(
        key="k", target=target, raw_path=b"/k", headers=(("content-length", "5"),), cloud_object_id="cloud://k",
        begins=0, ends=1 << 40, authorization="q-sign", token="t", meta="m",
    )  # fmt: skip


async def put(
    where: Hostile | Target,
    path: bytes,
    size: int,
    *,
    context: ssl.SSLContext | None = None,
    times: int = 1,
    **clocks: float,
) -> Stored | Failure:
    """PUT a file through a Bucket; the last outcome of `times`."""
    scheme = "https" if context is not None else "http"
    target = where if isinstance(where, Target) else Target(scheme, "127.0.0.1", where.port)
    async with uploads(context=context, clocks=clocks) as transport:
        return await put_by(transport, target, path, size, times)


async def put_by(
    transport: UploadTransport, target: Target, path: bytes, size: int, times: int = 1
) -> Stored | Failure:
    """The same over a transport that is there."""
    bucket = Bucket(transport, lambda size: transport._limits)
    for _ in range(times):
        outcome = await bucket.put(info_for(target), path, size, sending=Sending(size))
    return outcome


def failed(outcome: Stored | Failure) -> Failure:
    """The failure that must have come."""
    assert isinstance(outcome, Failure), outcome
    return outcome


def stores(*more: str, crc: int | None = None, etag: str = '"e"', status: str = "200 OK") -> Script:
    """A bucket that keeps what comes and gives the receipt; `crc` instead of the right one."""

    async def script(peer: Peer) -> None:
        while True:
            asked = await peer.request()
            digest = crc64(asked.body, 0) if crc is None else crc
            await peer.send(
                answer(status, b"", f"ETag: {etag}", f"x-cos-hash-crc64ecma: {digest}", "x-cos-request-id: r1", *more)
            )

    return script


async def test_a_good_bucket(file_of: File) -> None:
    async with Hostile(stores()) as server:
        outcome = await put(server, file_of(300_000), 300_000, times=2)
    assert isinstance(outcome, Stored)
    assert (outcome.digest, outcome.request_id, outcome.etag) == ("crc64", "r1", "e")
    assert server.connections == 1
    asked = server.requests[0]
    assert asked.line == "PUT /k HTTP/1.1"
    assert [asked.header(name) for name in ("authorization", "x-cos-security-token", "x-cos-meta-fileid")] == [
        "q-sign", "t", "m",
    ]  # fmt: skip
    assert asked.header("content-length") == "300000"


async def test_row_1_refused(file_of: File) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = failed(await put(Target("http", "127.0.0.1", taken.getsockname()[1]), file_of(5), 5))
    assert outcome.code == "NET_REFUSED"


async def test_row_2_the_connection_never_completes(file_of: File, papers: Papers) -> None:
    async def mute(peer: Peer) -> None:
        await peer.deaf()

    async with Hostile(mute) as server:
        outcome = failed(await put(server, file_of(5), 5, context=papers.client(), connect=SHORT))
    assert outcome.code == "NET_CONNECT_TIMEOUT"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "bad-", "a" * 70 + ".invalid"])
async def test_row_3_no_such_name(file_of: File, host: str) -> None:
    outcome = failed(await put(Target("http", host, 80), file_of(5), 5))
    assert outcome.code == "NET_DNS"
    assert host in outcome.detail


async def test_row_4_names_cannot_be_asked_for_now() -> None:
    error = errors.ConnectError("x")
    error.__cause__ = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    assert of_exception(error, Phase.PUT, "h").code == "NET_DNS_TEMP"


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EMFILE, "LOCAL_LIMIT"), (errno.ENETUNREACH, "NET_UNREACHABLE"), (errno.ETIMEDOUT, "NET_CONNECT_TIMEOUT")],
)
async def test_other_reasons_not_to_connect(number: int, code: str) -> None:
    error = errors.ConnectError("x")
    error.__cause__ = OSError(number, "why")
    assert of_exception(error, Phase.PUT, "h").code == code
    error.__cause__ = OSError(f"Multiple exceptions: [Errno {number}] why, [Errno {number}] why")
    assert of_exception(error, Phase.PUT, "h").code == code


async def test_row_5_a_reset_in_mid_body_says_how_far_it_came(file_of: File) -> None:
    async with Hostile(resets_at(SIZE // 2), receive_buffer=8192) as server:
        outcome = failed(await put(server, file_of(SIZE), SIZE))
    assert outcome.code == "NET_RESET"
    share = int(outcome.detail.split()[1])
    assert 45 <= share <= 75


@pytest.mark.parametrize("size", [400_000, SIZE])
async def test_row_6_a_close_in_mid_body(file_of: File, size: int) -> None:
    async def half_close(peer: Peer) -> None:
        await peer.head()
        peer.writer.write_eof()
        await peer.deaf()

    async with Hostile(half_close, receive_buffer=8192) as server:
        outcome = failed(await put(server, file_of(size), size))
    assert outcome.code == "NET_CLOSED"
    assert outcome.detail.startswith("at ")


async def test_row_7_a_stall(file_of: File, papers: Papers) -> None:
    async def deaf(peer: Peer) -> None:
        await peer.deaf()

    for context in (None, papers.client()):
        tls = papers.server("good") if context else None
        async with Hostile(deaf, tls=tls, receive_buffer=8192) as server:
            outcome = failed(await put(server, file_of(SIZE), SIZE, context=context, stalled=SHORT))
        assert outcome.code == "NET_STALLED"
        assert outcome.detail.startswith("nothing moved for 0.2 s, at ")


async def test_row_8_slow_but_moving_is_no_error(file_of: File) -> None:
    async def slow(peer: Peer) -> None:
        asked = await peer.head()
        while len(asked.body) < asked.declared:
            await peer.body(asked, min(len(asked.body) + 1_500_000, asked.declared))
            await clock(0.03)
        await peer.send(answer("200 OK", b"", "x-cos-request-id: r", f"x-cos-hash-crc64ecma: {crc64(asked.body, 0)}"))

    async with Hostile(slow, receive_buffer=8192) as server:
        outcome = await put(server, file_of(SIZE), SIZE, stalled=SHORT, answer=SHORT)
    assert isinstance(outcome, Stored)


async def _mute(peer: Peer) -> None:
    await peer.request()
    await peer.gone()


async def _reset_after_all(peer: Peer) -> None:
    await peer.request()
    peer.reset()


async def _drip(peer: Peer) -> None:
    await drips(answer("200 OK", b"x" * 1000), 0.01)(peer)


PAGE = b"<!DOCTYPE html><html>Log in to the network</html>"
RIGHT = ("x-cos-request-id: r1",)
XML = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>m</Message><RequestId>r9</RequestId></Error>"
ANSWERED: dict[str, tuple[Script, str, dict[str, Any]]] = {
    "9 all sent, no answer": (_mute, "NO_ANSWER", {"answer": SHORT}),
    "10, 11 all sent, closed": (says_once(), "NO_ANSWER", {}),
    "12 head cut short": (says_once(b"HTTP/1.1 200 OK\r\nConte"), "BAD_ANSWER", {}),
    "13 body cut short": (says_once(answer("200 OK", b"x" * 90, *RIGHT)[:-1]), "BAD_ANSWER", {}),
    "14 dripping": (_drip, "NO_ANSWER", {"whole": SHORT}),
    "15 endless": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096), "BAD_ANSWER", {}),
    "15 huge": (says(answer("200 OK", b"x" * 70_000, *RIGHT)), "BAD_ANSWER", {}),
    "16 not http": (says(b"220 mail.example ESMTP\r\n"), "BAD_ANSWER", {}),
    "16 huge headers": (says(answer("200 OK", b"", "X: " + "y" * 70_000)), "BAD_ANSWER", {}),
    "30 portal": (says(answer("200 OK", PAGE, 'ETag: "x"')), "NOT_COS", {}),
    "31 no digest": (says(answer("200 OK", b"", *RIGHT)), "UNVERIFIED", {}),
    "31 etag that is no md5": (says(answer("200 OK", b"", *RIGHT, 'ETag: "abc-2"')), "UNVERIFIED", {}),
    "32 crc differs": (stores(crc=7), "CHECKSUM", {}),
    "32 crc is no number": (says(answer("200 OK", b"", *RIGHT, "x-cos-hash-crc64ecma: -1")), "CHECKSUM", {}),
    "32 md5 differs": (says(answer("200 OK", b"", *RIGHT, f'ETag: "{"0" * 32}"')), "CHECKSUM", {}),
    "35 only 100": (says_once(b"HTTP/1.1 100 Continue\r\n\r\n"), "BAD_ANSWER", {}),
    "35 101": (says(b"HTTP/1.1 101 Switch\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"), "BAD_ANSWER", {}),
    "35 201": (stores(status="201 Created"), "BAD_ANSWER", {}),
    "35 204": (says(b"HTTP/1.1 204 No Content\r\nx-cos-request-id: r1\r\n\r\n"), "BAD_ANSWER", {}),
    "35 206": (stores(status="206 Partial Content"), "BAD_ANSWER", {}),
    "no code": (says(answer("500 Oops", b"oops")), "HTTP_500", {}),
    "its own code": (says(answer("503 Slow", XML % b"SlowDown")), "SlowDown", {}),
    "its own code, 4xx": (says(answer("403 No", XML % b"AccessDenied")), "AccessDenied", {}),
}  # fmt: skip


@pytest.mark.parametrize("case", list(ANSWERED))
async def test_rows_9_to_16_and_30_to_35(file_of: File, case: str) -> None:
    script, code, clocks = ANSWERED[case]
    async with Hostile(script) as server:
        outcome = failed(await put(server, file_of(1000), 1000, **clocks))
    assert outcome.code == code
    assert server.connections == 1


async def test_a_reset_after_all_was_sent_is_a_reset(file_of: File) -> None:
    async with Hostile(_reset_after_all) as server:
        assert failed(await put(server, file_of(1000), 1000)).code == "NET_RESET"


@pytest.mark.parametrize("drain", [True, False])
@pytest.mark.parametrize("over", ["http", "https"])
async def test_row_17_an_early_error_is_told_as_its_status(
    file_of: File, papers: Papers, drain: bool, over: str
) -> None:
    context = papers.client() if over == "https" else None
    denied = answer("403 Forbidden", XML % b"AccessDenied", "x-cos-request-id: r1")
    async with Hostile(
        refuses_early(denied, drain=drain), tls=papers.server("good") if context else None, receive_buffer=8192
    ) as server:
        for _ in range(5):
            outcome = failed(await put(server, file_of(SIZE), SIZE, context=context))
            assert (outcome.code, outcome.http_status, outcome.request_id) == ("AccessDenied", 403, "r9")


async def test_an_early_200_is_no_success(file_of: File) -> None:
    early = answer("200 OK", b"", "x-cos-request-id: r1", "x-cos-hash-crc64ecma: 0")
    async with Hostile(refuses_early(early, drain=True), receive_buffer=8192) as server:
        assert failed(await put(server, file_of(SIZE), SIZE)).code == "BAD_ANSWER"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_row_29_a_redirect_is_refused_and_names_the_host_alone(file_of: File, status: int) -> None:
    async with Hostile(stores()) as other:
        where = f"Location: http://localhost:{other.port}/x?secret=1"
        async with Hostile(says(answer(f"{status} Go", b"", where))) as server:
            outcome = failed(await put(server, file_of(5), 5))
        assert (outcome.code, outcome.detail, other.connections) == ("REDIRECT", "to localhost", 0)


async def test_row_32_and_34_md5_decides_where_no_crc_comes(file_of: File, tmp_path: Any) -> None:
    async def plain(peer: Peer) -> None:
        while True:
            asked = await peer.request()
            digest = hashlib.md5(asked.body).hexdigest()
            await peer.send(answer("200 OK", b"", f'ETag: "{digest}"', *RIGHT))

    async with Hostile(plain) as server:
        outcome = await put(server, file_of(300_000), 300_000, times=2)
        assert isinstance(outcome, Stored)
        assert outcome.digest == "md5"
    async with Hostile(stores(etag='"not-an-md5-2"')) as server:
        outcome = await put(server, file_of(300_000), 300_000)
        assert isinstance(outcome, Stored)
        assert outcome.digest == "crc64"


@pytest.mark.parametrize("certificate", ["self", "other", "bucket", "expired", "unknown"])
async def test_row_36_a_certificate_that_is_not_believed(file_of: File, papers: Papers, certificate: str) -> None:
    context = papers.client() if certificate != "unknown" else ssl.create_default_context()
    tls = papers.server(certificate if certificate != "unknown" else "good")
    async with Hostile(stores(), tls=tls) as server:
        outcome = failed(await put(server, file_of(5), 5, context=context))
    assert outcome.code == "TLS_CERT"
    assert server.requests == []


async def test_row_37_no_encryption() -> None:
    outcome = read_url("http://b.cos.ap.myqcloud.com/k", "k", HostRules((".myqcloud.com",), loopback=False))
    assert isinstance(outcome, Failure)
    assert outcome.code == "INSECURE_URL"


async def test_an_object_after_a_failure_is_not_troubled_by_it(file_of: File) -> None:
    async with (
        Hostile(closes_at(10), resets_at(10), stores(), receive_buffer=8192) as server,
        uploads() as transport,
    ):
        target = Target("http", "127.0.0.1", server.port)
        path, big = file_of(1000), file_of(SIZE)
        assert isinstance(await put_by(transport, target, big, SIZE), Failure)
        assert isinstance(await put_by(transport, target, big, SIZE), Failure)
        assert isinstance(await put_by(transport, target, path, 1000), Stored)
