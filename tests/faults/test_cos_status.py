"""Rows 19-35: what the bucket answers."""

import time
from email.utils import formatdate

import pytest

from tests.faults import wire_tricks as trick
from tests.faults.ground import TOKEN, Ground
from tests.faults.servers import Raw
from tests.faults.table import AFFECTED, Case, ever, once, rows, table
from tests.protocol.hostile import Asked, Peer
from tests.protocol.scripts import answer
from tui_uploader.emulator.script import Fault

_LATER = {"Retry-After": "0"}


@table(
    Case(19, "500", once("status", status=500, code="InternalError"), met=("InternalError",), tries=2),
    Case(19, "502 without a code", once("status", status=502), met=("HTTP_502",), tries=2),
    Case(19, "504", once("status", status=504), met=("HTTP_504",), tries=2),
    Case(20, "503 SlowDown", once("status", status=503, code="SlowDown", times=2), met=("SlowDown",) * 2, tries=3),
    Case(21, "429", once("status", status=429, headers=_LATER), met=("HTTP_429",), tries=2),
    Case(22, "expired", once("expired"), met=("AccessDenied",), tries=2),
    Case(24, "skewed", once("status", status=403, code="RequestTimeTooSkewed"), met=("RequestTimeTooSkewed",), tries=2),
    Case(25, "bad digest", once("status", status=400, code="BadDigest"), met=("BadDigest",), tries=2),
    Case(28, "408", once("status", status=408), met=("HTTP_408",), tries=2),
    Case(28, "RequestTimeout", once("status", status=400, code="RequestTimeout"), met=("RequestTimeout",), tries=2),
    Case(30, "portal", once("html"), met=("NOT_COS",), tries=2),
    Case(30, "no request id", once("no_request_id"), met=("NOT_COS",), tries=2),
    Case(31, "no digest", once("no_digests"), met=("UNVERIFIED",), tries=2),
    Case(32, "damaged", once("corrupt"), met=("CHECKSUM",), tries=2),
    Case(32, "wrong CRC", once("wrong_crc"), met=("CHECKSUM",), tries=2),
    Case(34, "no CRC, MD5 right", ever("no_crc"), met=(), tries=1),
    Case(35, "204", once("status", status=204), met=("BAD_ANSWER",), tries=2),
    Case(35, "206", once("status", status=206), met=("BAD_ANSWER",), tries=2),
)
def test_one_object_meets_it_once_and_arrives(ground: Ground, case: Case) -> None:
    ground.fill(12, case.size)
    cloud = ground.cloud(case.fault)
    ended = ground.push(clock=case.clock, **case.options)
    assert (ended.code, ended.summary["done"], cloud.puts[AFFECTED]) == (0, 12, case.tries)
    assert ended.retried == [(AFFECTED, code) for code in case.met or ()]
    assert {count for key, count in cloud.puts.items() if key != AFFECTED} == {1}


@table(
    Case(19, "500", ever("status", status=500, code="InternalError"), "InternalError", tries=5),
    Case(20, "503", ever("status", status=503), "HTTP_503", tries=5),
    Case(21, "429", ever("status", status=429, headers=_LATER), "HTTP_429", tries=5),
    Case(22, "expired", ever("expired"), "AccessDenied", tries=2),
    Case(23, "denied", ever("status", status=403, code="AccessDenied"), "AccessDenied", tries=2),
    Case(24, "skewed", ever("status", status=403, code="RequestTimeTooSkewed"), "RequestTimeTooSkewed", tries=2),
    Case(25, "bad digest", ever("status", status=400, code="BadDigest"), "BadDigest", tries=2),
    Case(25, "400 other", ever("status", status=400, code="MalformedThing"), "MalformedThing", tries=1),
    Case(26, "404", ever("status", status=404, code="NoSuchBucket"), "NoSuchBucket", tries=1),
    Case(26, "405", ever("status", status=405, code="MethodNotAllowed"), "MethodNotAllowed", tries=1),
    Case(26, "409", ever("status", status=409), "HTTP_409", tries=1),
    Case(26, "411", ever("status", status=411), "HTTP_411", tries=1),
    Case(27, "413", ever("status", status=413), "HTTP_413", tries=1),
    Case(27, "EntityTooLarge", ever("status", status=400, code="EntityTooLarge"), "EntityTooLarge", tries=1),
    Case(28, "408", ever("status", status=408), "HTTP_408", tries=5),
    *(Case(29, str(status), ever("redirect", status=status), "REDIRECT", tries=1) for status in (301, 302, 307, 308)),
    Case(29, "303", ever("redirect", status=303, location="//elsewhere/?q-signature=x"), "REDIRECT", tries=1),
    Case(30, "portal", ever("html"), "NOT_COS", tries=3),
    Case(31, "no digest", ever("no_digests"), "UNVERIFIED", tries=2),
    Case(32, "wrong CRC", ever("wrong_crc"), "CHECKSUM", tries=3),
    Case(32, "wrong ETag, no CRC", ever("wrong_etag"), "CHECKSUM", tries=3),
    Case(35, "204", ever("status", status=204), "BAD_ANSWER", tries=5),
    Case(35, "201", ever("status", status=201), "BAD_ANSWER", tries=5),
)
def test_one_object_meets_it_for_ever_and_fails_alone(ground: Ground, case: Case) -> None:
    ground.fill(12, case.size)
    cloud = ground.cloud(case.fault)
    ended = ground.push(clock=case.clock, **case.options)
    assert (ended.failed, ended.summary["done"]) == ({AFFECTED: case.code}, 11)
    assert cloud.puts[AFFECTED] == case.tries
    assert {count for key, count in cloud.puts.items() if key != AFFECTED} == {1}


@rows(19)
def test_the_request_id_is_kept(ground: Ground) -> None:
    ground.fill(4)
    ground.cloud(ever("status", status=500, code="InternalError", message="try later"))
    (failed,) = ground.command().of("failed")
    assert (failed["http_status"], failed["message"], failed["attempts"]) == (500, "try later", 5)
    assert len(failed["request_id"]) == 16


@rows(20)
def test_slow_down_halves_what_runs_at_once_and_twenty_good_objects_double_it(ground: Ground) -> None:
    ground.fill(80)
    ground.cloud(once("status", status=503, code="SlowDown"))
    ended = ground.push(parallel=8)
    assert ended.code == 0
    numbers = [text.split("parallel=")[1].split(",")[0] for text in ended.reprs if text.startswith("ParallelChanged")]
    assert numbers == ["8", "4", "8"]


@rows(21)
@pytest.mark.parametrize("dated", [False, True])
def test_retry_after_is_obeyed_by_the_servers_own_clock(ground: Ground, dated: bool) -> None:
    ground.fill(4)
    skew = 86400.0  # the server lives a day ahead of this machine
    date = f"Date: {formatdate(time.time() + skew, usegmt=True)}"
    after = formatdate(time.time() + skew + 60, usegmt=True) if dated else "60"
    cloud = ground.raw({AFFECTED: [trick.says(answer("429 Slow", b"", date, f"Retry-After: {after}"), close=False)]})
    ended = ground.push(clock=0.3)
    assert (ended.code, cloud.puts[AFFECTED]) == (0, 2)
    assert [event["after"] for event in ended.of("retrying")] == [0.3]  # as long as may be: the cap of this test


@rows(22)
def test_upload_info_that_is_nearly_over_by_the_servers_clock_is_never_sent(ground: Ground) -> None:
    ground.fill(12)
    cloud = ground.cloud(once("expired", "info"))
    ended = ground.push()
    assert (ended.code, ended.retried, cloud.puts[AFFECTED]) == (0, [], 1)


@rows(24)
def test_the_minutes_that_the_clock_is_off_are_said(ground: Ground) -> None:
    ground.fill(4)
    date = f"Date: {formatdate(time.time() + 40 * 60, usegmt=True)}"
    skewed = answer("403 No", trick.XML % b"RequestTimeTooSkewed", date)
    ground.raw({AFFECTED: [trick.says(skewed, close=False)]}, for_ever=True)
    (failed,) = ground.push().of("failed")
    assert failed["code"] == "RequestTimeTooSkewed"
    assert "this server's clock is 40 min behind" in failed["hint"]


@rows(29)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_and_its_host_alone_is_said(ground: Ground, status: int) -> None:
    ground.fill(4)
    stranger = ground.raw()
    where = f"Location: http://localhost:{stranger.server.port}/b/x?q-signature=stolen"
    ground.raw({AFFECTED: [trick.says(answer(f"{status} Go", b"", where), close=False)]}, for_ever=True)
    (failed,) = ground.push().of("failed")
    assert (failed["code"], failed["message"]) == ("REDIRECT", "to localhost")
    assert stranger.server.connections == 0


@rows(32)
def test_three_different_damaged_objects_in_a_row_pause_the_run(ground: Ground) -> None:
    ground.fill(30)
    cloud = ground.cloud(Fault("wrong_crc"))
    ended = ground.push(parallel=1, patience=0.0)
    assert (ended.code, ended.stop) == (3, "CHECKSUM")
    assert (ended.summary["waiting"] >= 27, len(cloud.puts)) == (True, 3)


@rows(34)
def test_a_crc_decides_where_the_etag_is_no_md5(ground: Ground) -> None:
    ground.fill(12)
    ground.raw()  # its ETag is "e"
    ended = ground.push()
    assert (ended.code, ended.summary["done"]) == (0, 12)
    assert all(event["verified"] for event in ended.of("done"))


@rows(35)
@pytest.mark.parametrize("status", ["201 Created", "206 Partial Content", "202 Accepted"])
def test_only_200_counts_even_with_a_right_digest(ground: Ground, status: str) -> None:
    ground.fill(4)
    cloud = ground.raw()

    async def other(peer: Peer, asked: Asked) -> bool:
        await peer.send(cloud.receipt(asked, await peer.body(asked), status=status))
        return True

    cloud.meet(AFFECTED, [other] * 9)
    ended = ground.push()
    assert (ended.failed, cloud.puts[AFFECTED]) == ({AFFECTED: "BAD_ANSWER"}, 5)


@rows(35)
def test_an_interim_answer_alone_is_none(ground: Ground) -> None:
    ground.fill(4)
    cloud: Raw = ground.raw({AFFECTED: [trick.says(b"HTTP/1.1 100 Continue\r\n\r\n")]})
    ended = ground.push()
    assert (ended.code, ended.retried, cloud.puts[AFFECTED]) == (0, [(AFFECTED, "BAD_ANSWER")], 2)


@rows(19)
def test_a_bucket_that_says_the_token_back_in_any_place_is_shown_without_it(ground: Ground) -> None:
    ground.fill(4)
    body = f"<Error><Code>InternalError</Code><Message>m {TOKEN}</Message><RequestId>{TOKEN}</RequestId></Error>"
    ground.raw({AFFECTED: [trick.says(answer("500 No", body.encode(), f"x-cos-request-id: {TOKEN}"), close=False)]})
    ended = ground.push(retries=0)  # the ground looks for the token in everything that was said
    assert ended.failed == {AFFECTED: "InternalError"}
    assert (ended.of("failed")[0]["request_id"], ended.of("failed")[0]["message"]) == ("***", "m ***")


@rows(32)
@pytest.mark.parametrize("number", ["9" * 5000, "-1", "1e3", "\u0665", "0x1f", " ", "18446744073709551616"])
def test_a_digest_that_is_no_number_spoils_its_own_object_alone(ground: Ground, number: str) -> None:
    ground.fill(4)
    said = answer("200 OK", b"", 'ETag: "e"', "x-cos-request-id: r1").replace(
        b"\r\n\r\n", b"\r\nx-cos-hash-crc64ecma: " + number.encode() + b"\r\n\r\n"
    )
    ground.raw({AFFECTED: [trick.says(said)]}, for_ever=True)
    ended = ground.push()
    assert (ended.code, ended.summary["done"]) == (1, 3)
    assert ended.failed[AFFECTED] in ("CHECKSUM", "UNVERIFIED")
