"""Rows 1-18: the network, and answers that are cut, late or none."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.faults import wire_tricks as trick
from tests.faults.ground import CLOCKS, Ground
from tests.faults.servers import BUCKET, Raw
from tests.faults.table import AFFECTED, Case, rows, table
from tests.protocol.hostile import Asked, Peer
from tests.protocol.scripts import answer

BIG = 8_000_000
_STORED = ("x-cos-request-id: r1",)


def stage(ground: Ground, case: Case, **more: Any) -> Raw:
    """Twelve files, one of which meets the case on a raw cloud."""
    ground.fill(12)
    ground.file(AFFECTED, case.size)
    tricks = case.fault if isinstance(case.fault, list) else [case.fault]
    return ground.raw({AFFECTED: tricks}, receive_buffer=8192, **more)


@table(
    Case(5, "reset in mid body", trick.resets(), met=("NET_RESET",), tries=2, size=BIG),
    Case(5, "reset after all", trick.resets(300), met=("NET_RESET",), tries=2),
    Case(6, "closed in mid body", trick.closes(100_000), met=("NET_CLOSED",), tries=2, size=BIG),
    Case(7, "stops reading", trick.deaf(), met=("NET_STALLED",), tries=2, size=BIG, clock=0.5),
    Case(9, "no answer", trick.silent, met=("NO_ANSWER",), tries=2, clock=0.5),
    Case(10, "closed after all", trick.closes(), met=("NO_ANSWER",), tries=2),
    Case(12, "head cut short", trick.says(b"HTTP/1.1 200 OK\r\nConte"), met=("BAD_ANSWER",), tries=2),
    Case(12, "status line cut short", trick.says(b"HTT"), met=("BAD_ANSWER",), tries=2),
    Case(
        13, "body cut, no digest", trick.says(answer("200 OK", b"abcdef", *_STORED)[:-2]), met=("BAD_ANSWER",), tries=2
    ),
    Case(14, "dripping", trick.drips(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 900, 0.05), met=("NO_ANSWER",), clock=0.5),
    Case(15, "endless", trick.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), met=("BAD_ANSWER",), tries=2),
    Case(15, "huge", trick.says(answer("200 OK", b"x" * 70_000, *_STORED)), met=("BAD_ANSWER",), tries=2),
    Case(16, "not http", trick.says(b"220 mail.example ESMTP\r\n"), met=("BAD_ANSWER",), tries=2),
    Case(16, "huge head", trick.says(answer("200 OK", b"", "X: " + "y" * 70_000)), met=("BAD_ANSWER",), tries=2),
    Case(17, "503 early, drained", trick.early(answer("503 Slow", trick.XML % b"SlowDown"), drain=True),
         met=("SlowDown",), tries=2, size=BIG),
    Case(17, "503 early, closed", trick.early(answer("503 Slow", trick.XML % b"SlowDown"), drain=False),
         met=("SlowDown",), tries=2, size=BIG),
    Case(17, "200 early", trick.early(answer("200 OK", b"", *_STORED, "x-cos-hash-crc64ecma: 0"), drain=True),
         met=("BAD_ANSWER",), tries=2, size=BIG),
)  # fmt: skip
def test_one_object_meets_it_once_and_arrives(ground: Ground, case: Case) -> None:
    cloud = stage(ground, case)
    ended = ground.push(clock=case.clock, **case.options)
    assert (ended.code, ended.summary["done"]) == (0, 12)
    assert case.tries in (None, cloud.puts[AFFECTED])
    assert ended.retried == [(AFFECTED, code) for code in case.met or ()]
    assert {count for key, count in cloud.puts.items() if key != AFFECTED} == {1}


@table(
    Case(5, "reset", trick.resets(), "NET_RESET", tries=5, size=BIG),
    Case(7, "stops reading", trick.deaf(), "NET_STALLED", tries=5, size=BIG, clock=2.5),
    Case(9, "no answer", trick.silent, "NO_ANSWER", tries=5, clock=2.5),
    Case(10, "closed after all", trick.closes(), "NO_ANSWER", tries=5),
    Case(12, "head cut short", trick.says(b"HTTP/1.1 200 OK\r\nConte"), "BAD_ANSWER", tries=5),
    Case(13, "body cut", trick.says(answer("200 OK", b"abcdef", *_STORED)[:-2]), "BAD_ANSWER", tries=5),
    Case(13, "body of an error cut", trick.says(answer("404 No", b"x" * 60)[:-2]), "HTTP_404", tries=1),
    Case(14, "dripping", trick.drips(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 900, 0.05), "NO_ANSWER", tries=5, clock=2.5),
    Case(15, "endless", trick.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), "BAD_ANSWER", tries=3),
    Case(16, "not http", trick.says(b"220 mail.example ESMTP\r\n"), "BAD_ANSWER", tries=3),
    Case(17, "403 early", trick.early(answer("403 No", trick.XML % b"AccessDenied"), drain=False), "AccessDenied",
         tries=2, size=BIG),
)  # fmt: skip
def test_one_object_meets_it_for_ever_and_fails_alone(ground: Ground, case: Case) -> None:
    cloud = stage(ground, case, for_ever=True)
    ended = ground.push(clock=case.clock, **case.options)
    assert (ended.failed, ended.summary["done"]) == ({AFFECTED: case.code}, 11)
    assert cloud.puts[AFFECTED] == case.tries
    assert AFFECTED not in cloud.held()
    assert {count for key, count in cloud.puts.items() if key != AFFECTED} == {1}


@pytest.mark.parametrize(
    ("change", "met"),
    [
        pytest.param(lambda whole: whole[:-4], (), id="13-body cut", marks=rows(13)),
        pytest.param(lambda whole: whole[:20], ("BAD_ANSWER",), id="12-head cut", marks=rows(12)),
        pytest.param(lambda whole: b"", ("NO_ANSWER",), id="11-no answer", marks=rows(11)),
    ],
)
def test_what_was_stored_is_counted_once(
    ground: Ground, change: Callable[[bytes], bytes], met: tuple[str, ...]
) -> None:
    ground.fill(12)
    cloud = ground.raw()

    async def stored(peer: Peer, asked: Asked) -> bool:
        return await trick.stores(change, cloud.keep)(peer, asked)

    cloud.meet(AFFECTED, [stored])
    ended = ground.push()
    assert (ended.code, ended.summary["done"], len(cloud.held())) == (0, 12, 12)
    assert ended.retried == [(AFFECTED, code) for code in met]
    assert cloud.puts[AFFECTED] == 1 + len(met)


@rows(13)
def test_a_cut_answer_with_a_wrong_digest_is_not_believed(ground: Ground) -> None:
    ground.fill(12)
    wrong = answer("200 OK", b"0123456789", 'ETag: "e"', "x-cos-hash-crc64ecma: 7", *_STORED)[:-3]
    cloud = ground.raw({AFFECTED: [trick.says(wrong)]}, for_ever=True)
    ended = ground.push()
    assert (ended.failed, cloud.puts[AFFECTED]) == ({AFFECTED: "BAD_ANSWER"}, 5)


@rows(8)
def test_what_moves_is_never_ended_by_a_total_clock(ground: Ground) -> None:
    ground.fill(3)
    ground.file(AFFECTED, 2_000_000)
    cloud = ground.raw(receive_buffer=8192)
    cloud.meet(AFFECTED, [trick.slow(50_000, 0.05, cloud.store)])
    ended = ground.push(clock=3.0)
    seconds = next(event["seconds"] for event in ended.of("done") if event["key"] == AFFECTED)
    assert (ended.code, ended.retried) == (0, [])
    assert seconds > 3 * CLOCKS.stalled


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def elsewhere(origin: str, *keys: str) -> Callable[[list[dict[str, Any]]], Any]:
    """The gateway's answer with the links of some keys (all, where none is named) leading to `origin`."""

    def shape(entries: list[dict[str, Any]]) -> Any:
        for entry in entries:
            if not keys or entry["objectId"] in keys:
                entry["uploadUrl"] = f"{origin}/b/{BUCKET}/{entry['objectId']}"
        return entries

    return shape


@rows(1)
def test_a_bucket_that_refuses_one_object_is_that_objects_trouble(ground: Ground, closed_port: int) -> None:
    ground.fill(12)
    ground.raw(shape=elsewhere(f"http://127.0.0.1:{closed_port}", AFFECTED))
    ended = ground.push()
    assert (ended.failed, ended.summary["done"]) == ({AFFECTED: "NET_REFUSED"}, 11)


@rows(1)
def test_a_bucket_that_refuses_everybody_pauses_after_five_and_ends_with_3(ground: Ground, closed_port: int) -> None:
    ground.fill(40)
    ground.raw(shape=elsewhere(f"http://127.0.0.1:{closed_port}"))
    ended = ground.push(patience=0.6)
    assert (ended.code, ended.stop) == (3, "NET_REFUSED")
    assert ended.summary["failed"] <= 5
    assert ended.summary["waiting"] >= 35


@rows(1)
def test_the_real_command_says_that_the_gateway_refuses(ground: Ground, closed_port: int) -> None:
    ground.fill(12)
    ground.raw()
    ended = ground.command("--gateway", f"http://127.0.0.1:{closed_port}", "--patience", "0.5")
    assert (ended.code, ended.stop, ended.summary["waiting"]) == (3, "NET_REFUSED", 12)


@rows(2)
def test_a_connection_that_never_completes(ground: Ground) -> None:
    ground.fill(12)
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    fillers = [socket.socket() for _ in range(2)]
    try:
        for filler in fillers:  # the queue of connections that nobody accepts is full
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        ground.raw(shape=elsewhere(f"http://127.0.0.1:{full.getsockname()[1]}", AFFECTED))
        ended = ground.push(clock=3 * CLOCKS.connect)
        assert (ended.failed, ended.summary["done"]) == ({AFFECTED: "NET_CONNECT_TIMEOUT"}, 11)
    finally:
        for sock in (full, *fillers):
            sock.close()


@rows(3)
def test_a_name_that_nobody_knows_is_named(ground: Ground) -> None:
    ground.fill(12)
    cloud = ground.raw(shape=elsewhere("https://no-such-bucket.invalid", AFFECTED))
    ended = ground.push(allowed_hosts=(".invalid",))
    assert ended.failed[AFFECTED] in ("NET_DNS", "NET_DNS_TEMP")
    assert ended.summary["done"] == 11
    assert "no-such-bucket.invalid" in ended.of("failed")[0]["message"]
    assert cloud.puts[AFFECTED] == 0


@rows(4)
def test_a_name_service_that_is_down_pauses_and_goes_on(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.fill(12)
    ground.raw(shape=elsewhere("https://bucket.invalid"))
    real = socket.getaddrinfo

    def down(host: Any, *more: Any, **named: Any) -> Any:
        if host == "bucket.invalid":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", down)
    monkeypatch.setattr("tui_uploader.engine.engine.new_loop", asyncio.new_event_loop)  # uvloop asks by itself
    ended = ground.push(allowed_hosts=(".invalid",))
    assert (ended.code, ended.stop) == (3, "NET_DNS_TEMP")
    assert ended.summary["waiting"] >= 7


@rows(5)
def test_the_real_command_meets_a_reset_and_goes_on(ground: Ground) -> None:
    cloud = stage(ground, Case(5, "", trick.resets(), size=BIG))
    ended = ground.command()
    assert (ended.code, ended.summary["done"], cloud.puts[AFFECTED]) == (0, 12, 2)
