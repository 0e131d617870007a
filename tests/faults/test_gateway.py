"""Rows 41-48: the gateway's answers, treated as hostile."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults import wire_tricks as trick
from tests.faults.ground import Ground
from tests.faults.servers import BUCKET
from tests.faults.table import AFFECTED, Case, ever, once, rows, table
from tests.protocol.scripts import answer
from tui_uploader.emulator.script import Fault

JSON = "Content-Type: application/json"
Entries = list[dict[str, Any]]


# -- row 41: one object is refused


@rows(41)
@pytest.mark.parametrize("code", ["STORAGE_EXCEED_AUTHORITY", "A_CODE_THAT_NOBODY_WROTE_DOWN", "COS_ACTION_FAILED"])
def test_a_refused_object_has_the_servers_own_code(ground: Ground, code: str) -> None:
    ground.fill(25)
    ground.cloud(ever("status", "info", code=code, message="not \x1b[31myou\r\nhere"))
    ended = ground.command()
    assert (ended.code, ended.failed, ended.summary["done"]) == (1, {AFFECTED: code}, 24)


# -- rows 42 and 43: the whole call

_WHOLE = [
    (42, "500", trick.says(answer("500 Oops", b'{"code": "SYS_ERR", "message": "m"}', JSON)), "SYS_ERR"),
    (42, "503 without a code", trick.says(answer("503 No", b"")), "HTTP_503"),
    (42, "429", trick.says(answer("429 No", b'{"code": "EXCEED_RATELIMIT"}', "Retry-After: 0")), "EXCEED_RATELIMIT"),
    (42, "silence", trick.silent, "NO_ANSWER"),
    (42, "closed", trick.closes(), "NO_ANSWER"),
    (42, "reset", trick.resets(5), "NET_RESET"),
    (42, "half a head", trick.says(b"HTTP/1.1 200 OK\r\nConte"), "BAD_ANSWER"),
    (42, "drips", trick.drips(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 900, 0.05), "NO_ANSWER"),
    (43, "endless", trick.endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536), "BAD_ANSWER"),
    (43, "not JSON", trick.says(answer("200 OK", b"upstream connect error\x1b[2J")), "BAD_ANSWER"),
    (43, "empty", trick.says(answer("200 OK", b"")), "BAD_ANSWER"),
    (43, "cut JSON", trick.says(answer("200 OK", b'[{"objectId": "f0')), "BAD_ANSWER"),
    (43, "cut body", trick.says(answer("200 OK", b"[]           ")[:-3]), "BAD_ANSWER"),
    (43, "NaN", trick.says(answer("200 OK", b'[{"objectId": NaN}]')), "BAD_ANSWER"),
    (43, "deep", trick.says(answer("200 OK", b"[" * 100_000 + b"]" * 100_000)), "BAD_ANSWER"),
    (43, "deep objects", trick.says(answer("200 OK", b'[{"a":' * 50_000)), "BAD_ANSWER"),
    (43, "over 8 MiB", trick.says(answer("200 OK", b"[" + b" " * (8 << 20) + b"]")), "BAD_ANSWER"),
    (43, "not UTF-8", trick.says(answer("200 OK", b'[{"objectId": "\xff"}]')), "BAD_ANSWER"),
    (43, "two BOMs", trick.says(answer("200 OK", b"\xef\xbb\xbf\xef\xbb\xbf[]")), "BAD_ANSWER"),
    (43, "a number", trick.says(answer("200 OK", b"7")), "BAD_ANSWER"),
    (43, "an object without a code", trick.says(answer("200 OK", b'{"data": []}')), "BAD_ANSWER"),
    (43, "204", trick.says(answer("204 No", b"", length=False)), "BAD_ANSWER"),
]


@pytest.mark.parametrize(
    ("behaviour", "code"), [pytest.param(b, c, id=f"{row}-{name}", marks=rows(row)) for row, name, b, c in _WHOLE]
)
class TestWholeCalls:
    """A call that fails is the service's fault, never the objects'."""

    def test_once_costs_nothing(self, ground: Ground, behaviour: Any, code: str) -> None:
        ground.fill(25)
        cloud = ground.raw(asks=[behaviour])
        ended = ground.push(clock=0.5, batch=25)
        assert (ended.code, ended.summary["done"], ended.retried) == (0, 25, [])
        assert len(cloud.asked) == 2

    def test_for_ever_ends_the_run_with_everything_waiting(self, ground: Ground, behaviour: Any, code: str) -> None:
        ground.fill(25)
        cloud = ground.raw(asks=[behaviour], for_ever=True)
        ended = ground.push(clock=4.0)
        assert (ended.code, ended.stop, ended.summary["waiting"]) == (3, code, 25)
        assert cloud.puts == {}
        assert "\x1b" not in ended.of("stopped")[0]["message"]


@rows(43)
@pytest.mark.parametrize("status", ["200 OK", "500 Oops", "404 No", "403 No"])
def test_an_object_with_a_code_is_a_failure_of_the_whole_call_at_any_status(ground: Ground, status: str) -> None:
    ground.fill(25)
    ground.raw(asks=[trick.says(answer(status, b'{"code": "ACTION_FORBIDDEN", "requestId": "r7"}'))], for_ever=True)
    ended = ground.command("--patience", "60")
    assert (ended.code, ended.stop, ended.summary["waiting"]) == (3, "ACTION_FORBIDDEN", 25)


# -- rows 43 to 48: answers that are arrays, of a kind


def bom(entries: Entries) -> Any:
    return b"\xef\xbb\xbf" + json.dumps(entries).encode()


def shorter(entries: Entries) -> Any:
    return [entry for entry in entries if entry["objectId"] != AFFECTED or len(entries) == 1]


def longer(entries: Entries) -> Any:
    return [*entries, {**entries[0], "objectId": "never-asked-for"}]


def repeated(entries: Entries) -> Any:
    return [*entries, *entries]


def swapped_urls(entries: Entries) -> Any:
    """Two entries whose names were exchanged: the links give them away."""
    if len(entries) > 1:
        entries[0]["objectId"], entries[1]["objectId"] = entries[1]["objectId"], entries[0]["objectId"]
    return entries


def nameless(entries: Entries) -> Any:
    """An error without a name in the place of the affected object, and the others reordered."""
    made = [{"code": "COS_ACTION_FAILED"} if entry["objectId"] == AFFECTED else entry for entry in entries]
    return made[::-1]


def more_fields(entries: Entries) -> Any:
    return [{**entry, "extra": {"deep": [1, None]}, "headers": None} for entry in entries]


@rows(43, 44, 48)
@pytest.mark.parametrize("shape", [bom, longer, repeated, lambda entries: entries[::-1], shorter, more_fields])
def test_odd_arrays_never_mix_objects_up(ground: Ground, shape: Callable[[Entries], Any]) -> None:
    ground.fill(25)
    ground.raw(shape=shape)
    assert ground.push().summary["done"] == 25


@rows(44)
def test_what_is_unknown_or_repeated_is_dropped_and_logged(ground: Ground) -> None:
    ground.fill(5)
    ground.raw(shape=lambda entries: repeated(longer(entries)))
    ended = ground.push()
    assert ended.summary["done"] == 5
    noted = [text for text in ended.reprs if text.startswith("Noted")]
    assert sum("not asked for" in text for text in noted) == 2
    assert sum("a second answer" in text for text in noted) == 5


@rows(44)
def test_a_flood_of_entries_that_nobody_asked_for_is_counted_and_not_said_one_by_one(ground: Ground) -> None:
    ground.fill(5)
    ground.raw(shape=lambda entries: [*entries, *[{"objectId": f"x{number}"} for number in range(5000)]])
    ended = ground.push()
    noted = [text for text in ended.reprs if text.startswith("Noted")]
    assert ended.summary["done"] == 5
    assert len(noted) == 101
    assert "4900 more like these" in noted[-1]


@rows(44)
def test_an_object_that_is_left_out_for_ever_fails_alone(ground: Ground) -> None:
    ground.fill(25)
    cloud = ground.raw(shape=lambda entries: [entry for entry in entries if entry["objectId"] != AFFECTED])
    ended = ground.push()
    assert (ended.failed, ended.summary["done"]) == ({AFFECTED: "NO_UPLOAD_INFO"}, 24)
    assert [AFFECTED] in cloud.asked  # the second time alone


@rows(45)
def test_an_error_that_names_nobody_is_asked_for_singly(ground: Ground) -> None:
    ground.fill(25)
    cloud = ground.raw(shape=nameless)
    ended = ground.push()
    assert (ended.failed, ended.summary["done"]) == ({AFFECTED: "COS_ACTION_FAILED"}, 24)
    assert [AFFECTED] in cloud.asked


@rows(47)
def test_exchanged_names_are_seen_by_the_key_in_the_link(ground: Ground) -> None:
    ground.fill(25)
    cloud = ground.raw(shape=swapped_urls)
    ended = ground.push()
    assert (ended.code, ended.stop) == (3, "FOREIGN_URL")
    assert all(cloud.held()[key] == (ground.files / key).read_bytes() for key in cloud.held())


def spoil(**fields: Any) -> Callable[[Entries], Any]:
    """The affected object's entry with other fields; those that are None are gone."""

    def shape(entries: Entries) -> Any:
        for entry in entries:
            if entry["objectId"] == AFFECTED:
                entry.update(fields)
        return entries

    return shape


def nulls(entries: Entries) -> Any:
    return [None if entry["objectId"] == AFFECTED else entry for entry in entries]


@table(
    Case(46, "null entry", nulls),
    Case(46, "null token", spoil(token=None)),
    Case(46, "number for a token", spoil(token=17)),
    Case(46, "empty authorization", spoil(authorization="")),
    Case(46, "list for a link", spoil(uploadUrl=["x"])),
    Case(46, "line break in the token", spoil(token="a\r\nX-Injected: yes")),
    Case(46, "line break in the authorization", spoil(authorization="q\nX: y")),
    Case(46, "not ASCII", spoil(cloudObjectMeta="m\u00e9ta")),
    Case(46, "a token without end", spoil(token="t" * 40_000)),
    Case(46, "a link without end", spoil(uploadUrl="https://x.cos.myqcloud.com/" + "%" * 3_000_000 + AFFECTED)),
    Case(46, "zero byte", spoil(cloudObjectMeta="m\0")),
)
def test_one_spoilt_entry_is_asked_for_once_more_and_fails_alone(ground: Ground, case: Case) -> None:
    ground.fill(25)
    cloud = ground.raw(shape=case.fault)
    ended = ground.push()
    assert (ended.failed, ended.summary["done"]) == ({AFFECTED: "BAD_ANSWER"}, 24)
    assert sum(AFFECTED in keys for keys in cloud.asked) == 2
    assert all(not asked.header("x-injected") for asked in cloud.server.requests)


@table(
    Case(47, "a stranger's host", spoil(uploadUrl=f"https://evil.example/b/{BUCKET}/{AFFECTED}")),
    Case(47, "a host that ends alike", spoil(uploadUrl=f"https://evilmyqcloud.com/{AFFECTED}")),
    Case(47, "user info", spoil(uploadUrl=f"https://x.myqcloud.com@evil.example/{AFFECTED}")),
    Case(47, "user info of a good host", spoil(uploadUrl=f"https://me:you@x.cos.myqcloud.com/{AFFECTED}")),
    Case(47, "another key", spoil(uploadUrl="https://x.cos.myqcloud.com/other.txt")),
    Case(47, "a key that ends alike", spoil(uploadUrl=f"https://x.cos.myqcloud.com/x{AFFECTED}")),
    Case(47, "a backslash", spoil(uploadUrl=f"https://evil.example\\.myqcloud.com/{AFFECTED}")),
    Case(47, "another scheme", spoil(uploadUrl=f"file://x.myqcloud.com/{AFFECTED}")),
)
def test_a_link_of_a_stranger_gets_nothing_and_stops_the_queue(ground: Ground, case: Case) -> None:
    ground.fill(25)
    cloud = ground.raw(shape=case.fault)
    ended = ground.push()
    assert (ended.code, ended.stop, ended.failed) == (3, "FOREIGN_URL", {AFFECTED: "FOREIGN_URL"})
    assert cloud.puts[AFFECTED] == 0


@rows(47)
def test_the_list_of_hosts_is_set_by_option_and_by_settings(ground: Ground) -> None:
    ground.fill(4)
    ground.raw(shape=spoil(uploadUrl=f"https://x.private.invalid/{AFFECTED}"))
    assert ground.command("--patience", "0").stop == "FOREIGN_URL"
    assert ground.command("--patience", "0", "--allow-host", "private.invalid").failed[AFFECTED].startswith("NET_DNS")
    config = ground.folder / "config"
    config.mkdir()
    (config / "settings.toml").write_text('[upload]\nallowed_hosts = [".private.invalid"]\n')
    assert ground.command("--patience", "0").failed[AFFECTED].startswith("NET_DNS")


@rows(44)
@pytest.mark.parametrize("kind", ["cut", "reorder", "duplicate", "extra"])
def test_the_real_command_and_odd_arrays(ground: Ground, kind: str) -> None:
    ground.fill(25)
    ground.cloud(once(kind, "info"), Fault("status", "info", ("f007.txt",), code="STORAGE_EXCEED_AUTHORITY"))
    ended = ground.command()
    assert (ended.failed, ended.summary["done"]) == ({"f007.txt": "STORAGE_EXCEED_AUTHORITY"}, 24)


@rows(43)
@pytest.mark.parametrize("body", [b"<html>portal</html>", b"", b"[NaN]", b"{}"])
def test_what_is_no_answer_of_the_gateway_is_asked_three_times_and_then_a_person_decides(
    ground: Ground, body: bytes
) -> None:
    ground.fill(12)
    cloud = ground.raw(asks=[trick.says(answer("200 OK", body))], for_ever=True)
    ended = ground.push(patience=60.0)
    assert (ended.code, ended.stop, ended.summary["waiting"], len(cloud.asked)) == (3, "BAD_ANSWER", 12, 3)
