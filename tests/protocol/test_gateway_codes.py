"""The same troubles at the gateway: Gateway.request_infos against the hostile server."""

import json
import socket
import ssl
from contextlib import closing
from typing import Any

import pytest

from tests.protocol.conftest import Papers, uploads
from tests.protocol.hostile import Hostile, Peer, Script
from tests.protocol.scripts import answer, drips, endless, says, says_once
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret
from tui_uploader.protocol.answer import Answer
from tui_uploader.protocol.failures import of_gateway_answer
from tui_uploader.protocol.gateway import ANSWER_LIMIT, Gateway
from tui_uploader.protocol.joining import Joined
from tui_uploader.protocol.upload_info import InfoRequest, UploadInfo

SHORT = 0.2
KEYS = ("a.txt", "b/c.txt")


def entry(key: str, host: str = "b.cos.ap.myqcloud.com", scheme: str = "https") -> dict[str, str]:
    """One good entry of the gateway's answer."""
    return {
        "objectId": key, "uploadUrl": f"{scheme}://{host}/{key}", "authorization": "q", "token": "t",
        "cloudObjectMeta": "m", "cloudObjectId": f"cloud://{key}",
    }  # fmt: skip


async def ask(
    where: Hostile | str, *, context: ssl.SSLContext | None = None, times: int = 1, **clocks: float
) -> Joined | Failure:
    """The last answer of `times`."""
    url = where if isinstance(where, str) else where.url
    async with uploads(context=context, body_limit=ANSWER_LIMIT, clocks=clocks) as transport:
        gateway = Gateway(url, Secret("token"), transport, (".myqcloud.com",))
        for _ in range(times):
            outcome = await gateway.request_infos([InfoRequest(key, (("content-length", "5"),)) for key in KEYS])
    return outcome


def told(value: object, status: str = "200 OK") -> Script:
    """Answer with JSON."""
    return says(answer(status, json.dumps(value).encode(), "Content-Type: application/json", "x-request-id: r1"))


async def test_a_good_gateway_in_one_two_and_three_segments() -> None:
    raw = answer("200 OK", json.dumps([entry(key) for key in KEYS]).encode(), "Date: Mon, 23 Nov 2026 10:00:00 GMT")
    head = raw.index(b"\r\n\r\n") + 4
    for pieces in ([raw], [raw[:head], raw[head:]], [raw[:10], raw[10 : head + 10], raw[head + 10 :]]):
        async with Hostile(says(*pieces)) as server:
            outcome = await ask(server, times=3)
            assert isinstance(outcome, Joined)
            assert [one.key for one in outcome.answers if isinstance(one, UploadInfo)] == list(KEYS)
            assert server.connections == 1
            asked = server.requests[0]
            assert asked.header("authorization") == "Bearer token"
            assert [item["objectId"] for item in json.loads(asked.body)] == list(KEYS)


async def test_an_answer_of_megabytes_is_read_and_one_over_the_limit_is_not() -> None:
    padded = [{**entry(key), "extra": "x" * (3 << 20)} for key in KEYS]
    async with Hostile(told(padded)) as server:
        assert isinstance(await ask(server), Joined)
    async with Hostile(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"[" * 65536)) as server:
        outcome = await ask(server)
        assert isinstance(outcome, Failure)
        assert outcome.code == "BAD_ANSWER"


async def _mute(peer: Peer) -> None:
    await peer.request()
    await peer.gone()


async def _reset(peer: Peer) -> None:
    await peer.request()
    peer.reset()


CASES: dict[str, tuple[Script, str, dict[str, Any]]] = {
    "5 reset": (_reset, "NET_RESET", {}),
    "9 no answer": (_mute, "NO_ANSWER", {"answer": SHORT}),
    "10 closed": (says_once(), "NO_ANSWER", {}),
    "12 half a head": (says_once(b"HTTP/1.1 200 OK\r\nConte"), "BAD_ANSWER", {}),
    "13 short body": (says_once(answer("200 OK", b"[{}, {}]")[:-1]), "BAD_ANSWER", {}),
    "14 dripping": (drips(answer("200 OK", b" " * 1000), 0.01), "NO_ANSWER", {"whole": SHORT}),
    "16 not http": (says(b"220 mail.example ESMTP\r\n"), "BAD_ANSWER", {}),
    "16 huge headers": (says(answer("200 OK", b"[]", "X: " + "y" * 70_000)), "BAD_ANSWER", {}),
    "30 portal": (says(answer("200 OK", b"<html>Log in</html>")), "BAD_ANSWER", {}),
    "35 204": (says(b"HTTP/1.1 204 No Content\r\n\r\n"), "BAD_ANSWER", {}),
    "35 101": (says(b"HTTP/1.1 101 Switch\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "BAD_ANSWER", {}),
    "no code": (says(answer("502 Bad Gateway", b"<html>")), "HTTP_502", {}),
    "its own code": (told({"code": "INVALID_ACCESS_TOKEN", "message": "m"}, "401 No"), "INVALID_ACCESS_TOKEN", {}),
    "its own code with 200": (told({"code": "ACTION_FORBIDDEN"}), "ACTION_FORBIDDEN", {}),
}


@pytest.mark.parametrize("case", list(CASES))
async def test_what_the_whole_call_gets(case: str) -> None:
    script, code, clocks = CASES[case]
    async with Hostile(script) as server:
        outcome = await ask(server, **clocks)
    assert isinstance(outcome, Failure)
    assert outcome.code == code
    assert server.connections == 1


async def test_row_1_refused() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = await ask(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert isinstance(outcome, Failure)
    assert outcome.code == "NET_REFUSED"


async def test_row_3_no_such_name() -> None:
    outcome = await ask("https://no-such-host.invalid")
    assert isinstance(outcome, Failure)
    assert outcome.code == "NET_DNS"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_row_29_a_redirect_is_refused(status: int) -> None:
    async with Hostile(told([])) as other:
        where = f"Location: http://localhost:{other.port}/x?secret=1"
        async with Hostile(says(answer(f"{status} Go", b"", where))) as server:
            outcome = await ask(server)
        assert isinstance(outcome, Failure)
        assert (outcome.code, outcome.detail, other.connections) == ("REDIRECT", "to localhost", 0)


@pytest.mark.parametrize("certificate", ["self", "other", "expired"])
async def test_row_36_a_certificate_that_is_not_believed(papers: Papers, certificate: str) -> None:
    async with Hostile(told([]), tls=papers.server(certificate)) as server:
        outcome = await ask(server, context=papers.client())
    assert isinstance(outcome, Failure)
    assert outcome.code == "TLS_CERT"
    assert server.requests == []


async def test_row_37_an_upload_url_without_encryption() -> None:
    async with Hostile(told([entry(KEYS[0], scheme="http"), entry(KEYS[1])])) as server:
        outcome = await ask(server)
    assert isinstance(outcome, Joined)
    assert [one.code for one in outcome.answers if isinstance(one, Failure)] == ["INSECURE_URL"]


@pytest.mark.parametrize("location", ["https://[::1", "https://h\u2100.example/", "https://b\u00fccher.example/x"])
async def test_a_redirect_to_what_cannot_be_read_says_so(location: str) -> None:
    outcome = of_gateway_answer(Answer(302, {"location": location}, b""), "gw")
    assert (outcome.code, outcome.detail) == ("REDIRECT", "to an unreadable address")
