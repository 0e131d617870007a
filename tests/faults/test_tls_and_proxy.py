"""Rows 33 and 36-39: reading back, certificates, plain http, proxies."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.ground import CLOCKS, Ground
from tests.faults.servers import Loop, Raw
from tests.faults.table import AFFECTED, ever, once, rows
from tests.protocol import scripts
from tests.protocol.conftest import Papers, papers
from tests.protocol.hostile import Hostile, Peer, Script

__all__ = ["papers"]
PASSWORD = "CANARY-proxy-password"


@rows(33)
def test_an_object_that_was_not_kept_is_found_by_reading_back_alone(ground: Ground) -> None:
    ground.fill(12)
    ground.file("empty", 0)
    ground.file("large", 500_000)
    cloud = ground.cloud(once("lost"))
    ended = ground.push(read_back=True)
    assert (ended.code, ended.retried, cloud.puts[AFFECTED]) == (0, [(AFFECTED, "NoSuchKey")], 2)


@rows(33)
def test_the_real_command_reads_back(ground: Ground) -> None:
    ground.fill(12)
    cloud = ground.cloud(ever("lost"))
    ended = ground.command("--read-back")
    assert (ended.failed, cloud.puts[AFFECTED]) == ({AFFECTED: "NoSuchKey"}, 3)
    assert sum(arrived.kind == "get" for arrived in cloud.emulator.requests) == 14


@rows(36)
@pytest.mark.parametrize("certificate", ["self", "other", "expired", "unknown"])
def test_a_certificate_that_is_not_believed_stops_the_whole_queue(
    ground: Ground, papers: Papers, certificate: str
) -> None:
    ground.fill(12)
    cloud = ground.raw(tls=papers.server(certificate if certificate != "unknown" else "good"))
    more = [] if certificate == "unknown" else ["--ca-file", papers.authority]
    ended = ground.command(*more)
    assert (ended.code, ended.stop, ended.summary["waiting"]) == (3, "TLS_CERT", 12)
    assert cloud.server.requests == []


@rows(36)
def test_a_private_authority_is_believed_where_its_file_is_given(ground: Ground, papers: Papers) -> None:
    ground.fill(12)
    ground.raw(tls=papers.server("good"))
    assert ground.command("--ca-file", papers.authority).summary["done"] == 12


@rows(37)
def test_a_link_without_encryption_gets_nothing_and_stops_the_queue(ground: Ground) -> None:
    ground.fill(12)
    cloud = ground.cloud(ever("http_url", "info"))
    ended = ground.push()
    assert (ended.code, ended.failed) == (3, {AFFECTED: "INSECURE_URL"})
    assert cloud.puts[AFFECTED] == 0


class Way:
    """A gateway and bucket by the name bucket.test, which only the proxy knows."""

    def __init__(self, ground: Ground, papers: Papers, script: Script | None = None) -> None:
        self.cloud: Raw = ground.raw(tls=papers.server("good"))
        port = self.cloud.server.port
        self.cloud.gateway = f"https://bucket.test:{port}"
        self.cloud.origin = self.cloud.gateway
        self._loop = Loop()
        joins = scripts.proxy(b"HTTP/1.1 200 OK\r\n\r\n", port)
        self.proxy: Hostile = self._loop.call(self._made(script or joins))
        self.url = f"http://ops:{PASSWORD}@127.0.0.1:{self.proxy.port}"
        self.options: dict[str, Any] = {"ca_file": papers.authority, "allowed_hosts": (".test",), "proxy": self.url}

    async def _made(self, script: Script) -> Hostile:
        return await Hostile(script).__aenter__()

    def close(self) -> None:
        """End the proxy."""
        self._loop.call(self.proxy.__aexit__(None, None, None))
        self._loop.end()


@pytest.fixture
def ways() -> Iterator[list[Way]]:
    """Ways that are ended afterwards."""
    made: list[Way] = []
    yield made
    for way in made:
        way.close()


@rows(38)
def test_a_proxy_is_used_for_https_and_sees_no_secret_and_is_shown(
    ground: Ground, papers: Papers, ways: list[Way]
) -> None:
    ground.fill(12)
    ways.append(way := Way(ground, papers))
    ended = ground.command(
        "--ca-file", papers.authority, "--allow-host", ".test",
        environment={"HTTPS_PROXY": way.url, "HTTP_PROXY": "http://127.0.0.1:9"},
    )  # fmt: skip
    assert ended.summary["done"] == 12
    assert f"PROXY 127.0.0.1:{way.proxy.port}" in ended.said
    assert PASSWORD not in ended.said
    assert {asked.method for asked in way.proxy.requests} == {"CONNECT"}
    assert all(asked.header("authorization") == "" for asked in way.proxy.requests)


@rows(38)
def test_a_plain_gateway_on_loopback_takes_no_proxy(ground: Ground) -> None:
    ground.fill(4)
    ground.raw()
    ended = ground.command(environment={"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"})
    assert (ended.code, "PROXY" in ended.said) == (0, False)


@rows(39)
def test_a_dead_proxy_is_named_and_its_password_is_not(ground: Ground, papers: Papers, ways: list[Way]) -> None:
    ground.fill(12)
    ways.append(way := Way(ground, papers))
    ended = ground.push(**{**way.options, "proxy": f"http://ops:{PASSWORD}@127.0.0.1:9"})
    assert (ended.code, ended.stop, ended.summary["waiting"]) == (3, "PROXY_DOWN", 12)
    assert "127.0.0.1:9" in ended.of("stopped")[0]["message"]
    assert PASSWORD not in str(ended)


@rows(39)
def test_a_proxy_that_says_nothing_is_down(ground: Ground, papers: Papers, ways: list[Way]) -> None:
    async def nothing(peer: Peer) -> None:
        await peer.gone()

    ground.fill(12)
    ways.append(way := Way(ground, papers, nothing))
    ended = ground.push(clock=6 * CLOCKS.connect, **way.options)
    assert (ended.code, ended.stop) == (3, "PROXY_DOWN")


@rows(39)
@pytest.mark.parametrize(("status", "code"), [(b"407 Auth", "PROXY_AUTH"), (b"502 Bad", "PROXY_DOWN")])
def test_a_proxy_that_refuses(ground: Ground, papers: Papers, ways: list[Way], status: bytes, code: str) -> None:
    ground.fill(12)
    ways.append(way := Way(ground, papers, scripts.proxy(b"HTTP/1.1 %s\r\n\r\n" % status)))
    ended = ground.push(**way.options)
    assert (ended.code, ended.stop, ended.summary["waiting"]) == (3, code, 12)
    assert PASSWORD not in str(ended)
