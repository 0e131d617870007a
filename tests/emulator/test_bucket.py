"""What the emulated bucket takes and refuses, over real sockets."""

import base64
import hashlib
import json

import pytest

from tests.emulator.wire import ask, info, put, send
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Emulator, Options

KEYS = [
    "a",
    "中文/报告.txt",
    "a b",
    "a+b",
    "a#b?c",
    "a%2Fb",
    "a%b",
    "q\"'q",
    "a\\b",
    "x/../y",
    "x/./y",
    "[b]&<>",
    "é",
    "e\u0301",
]


@pytest.mark.parametrize("key", KEYS)
async def test_any_key_comes_back_as_it_went(key: str) -> None:
    async with Emulator() as cloud:
        given = await info(cloud, key)
        answer = await put(cloud, given, b"hello")
        assert answer.status == 200
        assert list(cloud.objects()) == [key]
        stored = cloud.objects()[key]
        assert (stored.size, stored.sha256) == (5, hashlib.sha256(b"hello").hexdigest())


async def test_the_receipt_tells_both_digests() -> None:
    async with Emulator() as cloud:
        answer = await put(cloud, await info(cloud, "k"), b"123456789")
        assert answer.headers["etag"] == f'"{hashlib.md5(b"123456789").hexdigest()}"'
        assert answer.headers["x-cos-hash-crc64ecma"] == "11051210869376104954"
        assert answer.headers["x-cos-request-id"]
        assert answer.headers["server"] == "tencent-cos"
        assert answer.body == b""


REFUSED = [
    ({"Authorization": None}, 403, "AccessDenied"),
    ({"Authorization": "q-sign-algorithm=sha1&q-ak=x"}, 403, "AccessDenied"),
    ({"X_Cos_Security_Token": None}, 403, "InvalidAccessKeyId"),
    ({"X_Cos_Security_Token": "other"}, 403, "InvalidAccessKeyId"),
    ({"X_Cos_Meta_Fileid": None}, 403, "AccessDenied"),
    ({"Content_Type": "text/html"}, 403, "SignatureDoesNotMatch"),
    ({"Content_Length": None, "Transfer_Encoding": "chunked"}, 411, "MissingContentLength"),
    ({"Content_MD5": base64.b64encode(bytes(16)).decode()}, 400, "BadDigest"),
]


@pytest.mark.parametrize(("changed", "status", "code"), REFUSED)
async def test_what_is_not_as_issued_is_refused(changed: dict[str, str | None], status: int, code: str) -> None:
    async with Emulator() as cloud:
        given = await info(cloud, "k", {"content-type": ["text/plain"]})
        chunked = changed.get("Transfer_Encoding")
        body = b"5\r\nhello\r\n0\r\n\r\n" if chunked else b"hello"
        answer = await put(cloud, given, body, **{"Content_Type": "text/plain", **changed})
        assert (answer.status, f"<Code>{code}</Code>".encode() in answer.body) == (status, True)
        assert answer.headers["x-cos-request-id"]
        assert cloud.objects() == {}


async def test_an_authorization_ends_with_its_time() -> None:
    now = [1_700_000_000.0]
    async with Emulator(Options(clock=lambda: now[0])) as cloud:
        given = await info(cloud, "k")
        now[0] += 901
        answer = await put(cloud, given, b"x")
        assert answer.status == 403
        assert b"Request has expired" in answer.body


async def test_an_info_is_for_its_own_key_alone() -> None:
    async with Emulator() as cloud:
        one, other = await info(cloud, "one"), await info(cloud, "other")
        answer = await put(cloud, {**one, "uploadUrl": other["uploadUrl"]}, b"x")
        assert (answer.status, b"SignatureDoesNotMatch" in answer.body) == (403, True)


STATUS = Fault(kind="status", status=503, code="SlowDown", headers={"Retry-After": "3"}, times=1)


async def test_a_scripted_status_counts_down() -> None:
    async with Emulator(Options(faults=(STATUS,))) as cloud:
        given = await info(cloud, "k")
        first, second = await put(cloud, given, b"x"), await put(cloud, given, b"x")
        assert (first.status, first.headers["retry-after"], second.status) == (503, "3", 200)


async def test_a_reset_leaves_no_object() -> None:
    async with Emulator(Options(faults=(Fault(kind="reset"),))) as cloud:
        given = await info(cloud, "k")
        with pytest.raises(ConnectionResetError):
            await put(cloud, given, bytes(100_000))
        assert cloud.objects() == {}


async def test_a_lost_answer_leaves_the_object_and_a_drop_does_not() -> None:
    faults = (Fault(kind="lost_answer", keys=("kept",)), Fault(kind="drop", keys=("gone",)))
    async with Emulator(Options(faults=faults)) as cloud:
        for key in ("kept", "gone"):
            assert (await put(cloud, await info(cloud, key), b"x")).status == 0
        assert list(cloud.objects()) == ["kept"]


DIGESTS = [
    ("wrong_crc", True, True),
    ("wrong_etag", True, False),
    ("no_crc", True, False),
    ("no_digests", False, False),
]


@pytest.mark.parametrize(("kind", "etag", "crc"), DIGESTS)
async def test_receipts_can_lie_or_keep_silent(kind: str, etag: bool, crc: bool) -> None:
    async with Emulator(Options(faults=(Fault(kind=kind),))) as cloud:
        answer = await put(cloud, await info(cloud, "k"), b"123456789")
        assert ("etag" in answer.headers, "x-cos-hash-crc64ecma" in answer.headers) == (etag, crc)
        right = f'"{hashlib.md5(b"123456789").hexdigest()}"' == answer.headers.get("etag")
        assert right is (kind in ("wrong_crc", "no_crc"))
        assert answer.headers.get("x-cos-hash-crc64ecma") != "11051210869376104954"


async def test_damage_shows_in_the_digests() -> None:
    async with Emulator(Options(faults=(Fault(kind="corrupt"),))) as cloud:
        answer = await put(cloud, await info(cloud, "k"), b"123456789")
        assert answer.headers["x-cos-hash-crc64ecma"] != "11051210869376104954"
        assert cloud.objects()["k"].crc64 == int(answer.headers["x-cos-hash-crc64ecma"])


async def test_a_rule_refuses_one_item_and_control_lifts_it() -> None:
    async with Emulator(Options(refused=("secret/",))) as cloud:
        entries = (await ask(cloud, [{"objectId": "secret/a"}, {"objectId": "b"}])).json
        assert (entries[0]["code"], entries[1]["objectId"]) == ("STORAGE_EXCEED_AUTHORITY", "b")
        assert "objectId" not in entries[0]
        body = json.dumps({"allow": ["secret/"]}).encode()
        headers = {"Authorization": f"Bearer {cloud.token}", "Content-Length": str(len(body))}
        assert (await send(cloud, "POST", "/__emulator/rules", headers, body)).status == 200
        assert (await info(cloud, "secret/a"))["objectId"] == "secret/a"


async def test_who_asks_and_how_much() -> None:
    async with Emulator(Options(batch_limit=2)) as cloud:
        assert (await ask(cloud, [], token="wrong")).json["code"] == "INVALID_CREDENTIALS"
        many = await ask(cloud, [{"objectId": str(n)} for n in range(3)])
        assert (many.status, many.json["code"]) == (403, "OBJECT_BATCH_TOO_LARGE")
        assert (await ask(cloud, {"objectId": "x"})).json["code"] == "INVALID_PARAM"


@pytest.mark.parametrize("key", ["", "/a", "\\a", "a//b", "a/", "k" * 851])
async def test_bad_keys_are_refused_in_their_own_item(key: str) -> None:
    async with Emulator() as cloud:
        answer = await ask(cloud, [{"objectId": key}, {"objectId": "good"}])
        assert (answer.status, answer.json[0]["code"], answer.json[1]["objectId"]) == (200, "INVALID_PARAM", "good")
