"""Joining: whatever the gateway answers, no file gets the permission of another one."""

from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.text import printable
from tui_uploader.protocol.joining import Joined, join
from tui_uploader.protocol.upload_info import HostRules, InfoRequest, UploadInfo, is_loopback, read_url

RULES = HostRules((".myqcloud.com", "tencentcos.cn"), loopback=False)
LOCAL = HostRules((".myqcloud.com",), loopback=True)
HOST = "https://bucket-1.cos.ap-shanghai.myqcloud.com"
DENIED = {"code": "STORAGE_EXCEED_AUTHORITY", "message": "no permission"}
Entry = dict[str, Any]


def ask(*keys: str) -> list[InfoRequest]:
    return [InfoRequest(key, (("content-length", "1"),)) for key in keys]


def grant(key: str, url: str | None = None, **changes: Any) -> Entry:
    entry: Entry = {
        "objectId": key,
        "uploadUrl": url or f"{HOST}/{quote(key, safe='/')}",
        "authorization": "q-sign-algorithm=sha1&q-sign-time=100;900&q-signature=abc",
        "token": "tok",
        "cloudObjectMeta": "meta",
        "cloudObjectId": f"cloud://env/{key}",
        "downloadUrl": "https://d/x",
        "downloadUrlEncoded": "https://d/x%20",
        "future": {"field": 1},
    }
    return {name: value for name, value in {**entry, **changes}.items() if value is not ...}


def without(field: str) -> Entry:
    return {name: value for name, value in grant("a").items() if name != field}


def joined(requests: list[InfoRequest], entries: list[Any], rules: HostRules = RULES) -> Joined:
    answer = join(requests, entries, rules, "call-id")
    assert len(answer.answers) == len(requests)
    return answer


def words(answer: Joined) -> list[str]:
    """``ok KEY`` or the code, one for each request."""
    return [f"ok {one.key}" if isinstance(one, UploadInfo) else one.code for one in answer.answers]


def read_one(entry: object, key: str = "a", rules: HostRules = RULES) -> UploadInfo | Failure:
    return joined(ask(key), [entry], rules).answers[0]


def refused(entry: object, key: str = "a", rules: HostRules = RULES) -> Failure:
    answer = read_one(entry, key, rules)
    assert isinstance(answer, Failure)
    assert answer.phase is Phase.INFO
    assert answer.request_id == "call-id"
    return answer


# --- the shapes of an answer


def test_a_whole_answer_in_order() -> None:
    answer = joined(ask("a", "d/b"), [grant("a"), grant("d/b")])
    assert words(answer) == ["ok a", "ok d/b"]
    assert answer.dropped == ()
    info = answer.answers[1]
    assert isinstance(info, UploadInfo)
    assert (info.raw_path, info.target.host, info.target.port) == (b"/d/b", HOST[8:], 443)
    assert (info.begins, info.ends, info.authorization, info.token) == (100, 900, grant("a")["authorization"], "tok")
    assert (info.meta, info.cloud_object_id, info.download_url) == ("meta", "cloud://env/d/b", "https://d/x%20")
    assert info.headers == (("content-length", "1"),)


def test_the_signed_parts_are_in_no_repr() -> None:
    shown = repr(joined(ask("a"), [grant("a", token="TOK-SECRET", cloudObjectMeta="META-SECRET")]))
    for secret in ("q-signature", "TOK-SECRET", "META-SECRET", "https://d/x"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("keys", "entries", "expected"),
    [
        (["a", "b", "c"], [grant("c"), grant("a"), grant("b")], ["ok a", "ok b", "ok c"]),
        (["a", "b"], [grant("b")], ["NO_UPLOAD_INFO", "ok b"]),
        (["a", "b"], [], ["NO_UPLOAD_INFO"] * 2),
        (["a", "b"], [grant("a"), grant("b"), grant("c")], ["ok a", "ok b"]),
        (["a", "b"], [grant("a"), grant("a", token="second")], ["ok a", "NO_UPLOAD_INFO"]),
        (["a", "b"], [grant("a"), grant("x")], ["ok a", "NO_UPLOAD_INFO"]),
        # a refusal without a name stands for its position where all others stand at theirs
        (["a", "b", "c"], [grant("a"), DENIED, grant("c")], ["ok a", DENIED["code"], "ok c"]),
        (["a", "b", "c"], [grant("c"), DENIED, grant("a")], ["ok a", "NO_UPLOAD_INFO", "ok c"]),
        (["a", "b", "c"], [grant("a"), DENIED], ["ok a", "NO_UPLOAD_INFO", "NO_UPLOAD_INFO"]),
        (["a", "b"], [grant("a"), DENIED, DENIED], ["ok a", "NO_UPLOAD_INFO"]),
        (["a", "b", "c"], [grant("a"), DENIED, grant("x")], ["ok a", "NO_UPLOAD_INFO", "NO_UPLOAD_INFO"]),
        (["a", "b", "c"], [grant("a"), DENIED, grant("a")], ["ok a", "NO_UPLOAD_INFO", "NO_UPLOAD_INFO"]),
        # a refusal with a name belongs to it wherever it stands
        (["a", "b"], [{**DENIED, "objectId": "b"}, grant("a")], ["ok a", DENIED["code"]]),
        # nothing pins the positions: alike they need no telling apart, unlike they cannot be
        (["a", "b"], [DENIED, DENIED], [DENIED["code"]] * 2),
        (["a", "b"], [DENIED, {"code": "SYS_ERR"}], ["NO_UPLOAD_INFO"] * 2),
        (["a", "b"], [DENIED], ["NO_UPLOAD_INFO"] * 2),
        (["a", "b"], [DENIED, grant("b", objectId=...)], ["NO_UPLOAD_INFO"] * 2),
        # null and wrong types
        (["a", "b"], [grant("a"), None], ["ok a", "BAD_ANSWER"]),
        (["a", "b"], [None, None], ["BAD_ANSWER"] * 2),
        (["a", "b"], [grant("a"), "b"], ["ok a", "BAD_ANSWER"]),
        (["a", "b"], [grant("a"), grant("b", objectId=7)], ["ok a", "ok b"]),
        (["a", "b"], [{"code": ["x"]}, {"code": {}}], ["BAD_ANSWER"] * 2),
        (["a", "b"], [None, 3], ["NO_UPLOAD_INFO"] * 2),
    ],
)
def test_shapes(keys: list[str], entries: list[Any], expected: list[str]) -> None:
    assert words(joined(ask(*keys), entries)) == expected


def test_what_is_left_aside_is_said() -> None:
    assert "not asked for" in joined(ask("a", "b"), [grant("a"), grant("x")]).dropped[0]
    assert "second answer" in joined(ask("a", "b"), [grant("a"), grant("a")]).dropped[0]
    assert "2 answers" in joined(ask("a", "b"), [DENIED, {"code": "SYS_ERR"}]).dropped[0]


def test_a_repeated_answer_never_replaces_the_first() -> None:
    answer = joined(ask("a", "b"), [grant("a"), grant("a", token="second")]).answers[0]
    assert isinstance(answer, UploadInfo)
    assert answer.token == "tok"


# --- a single ask


def test_a_single_ask_takes_a_nameless_answer() -> None:
    assert words(joined(ask("a"), [grant("a", objectId=...)])) == ["ok a"]
    assert words(joined(ask("a"), [DENIED])) == [DENIED["code"]]
    assert words(joined(ask("a"), [{**DENIED, "objectId": "other"}])) == [DENIED["code"]]


def test_a_single_ask_takes_another_name_only_with_a_url_of_its_key() -> None:
    assert words(joined(ask("a"), [grant("d/a")])) == ["ok a"]
    assert words(joined(ask("a"), [grant("b")])) == ["NO_UPLOAD_INFO"]
    assert words(joined(ask("a"), [grant("b", uploadUrl=5)])) == ["NO_UPLOAD_INFO"]
    assert words(joined(ask("a"), [grant("b", uploadUrl=f"{HOST}/xa")])) == ["NO_UPLOAD_INFO"]


# --- one entry


def test_a_refusal_keeps_code_message_and_request_id() -> None:
    answer = read_one({**DENIED, "requestId": "own-id"})
    assert isinstance(answer, Failure)
    assert (answer.code, answer.message, answer.request_id) == (DENIED["code"], "no permission", "own-id")
    assert answer.http_status == 200
    assert refused({"code": "SYS_ERR", "message": 5, "requestId": 7}).message == ""


@given(st.text(min_size=1))
def test_a_code_from_outside_is_safe_to_show(code: str) -> None:
    answer = read_one({"code": code})
    assert isinstance(answer, Failure)
    assert answer.code == printable(answer.code)
    assert 0 < len(answer.code) <= 64


@pytest.mark.parametrize("code", ["SUCCESS", "OK", "", None, 0])
def test_a_code_of_success_is_none(code: object) -> None:
    assert isinstance(read_one(grant("a", code=code)), UploadInfo)


@pytest.mark.parametrize("field", ["uploadUrl", "authorization", "token", "cloudObjectMeta"])
@pytest.mark.parametrize("value", [..., None, "", 5, ["x"], {}])
def test_a_field_that_must_be_there(field: str, value: object) -> None:
    failure = refused({**grant("a"), field: value} if value is not ... else without(field))
    assert failure.code == "BAD_ANSWER"
    assert field in failure.detail


@pytest.mark.parametrize("field", ["authorization", "token", "cloudObjectMeta"])
@pytest.mark.parametrize("value", ["x\r\nX-Evil: 1", "x\ny", "é", " x", "x\x00"])
def test_a_field_that_would_inject_a_header(field: str, value: str) -> None:
    failure = refused(grant("a", **{field: value}))
    assert failure.code == "BAD_ANSWER"
    assert value not in failure.detail


@pytest.mark.parametrize("field", ["cloudObjectId", "downloadUrl", "downloadUrlEncoded", "objectId", "future"])
def test_a_field_that_may_be_missing(field: str) -> None:
    assert isinstance(read_one(without(field)), UploadInfo)
    assert isinstance(read_one({**grant("a"), field: None}), UploadInfo)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://evil.example/a", "FOREIGN_URL"),
        ("https://myqcloud.com.evil.example/a", "FOREIGN_URL"),
        ("https://evilmyqcloud.com/a", "FOREIGN_URL"),
        ("https://evil.example#.myqcloud.com/a", "FOREIGN_URL"),
        ("https://evil.example?.myqcloud.com/a", "FOREIGN_URL"),
        ("https://user:pw@b.myqcloud.com/a", "FOREIGN_URL"),
        ("https://b.myqcloud.com@evil.example/a", "FOREIGN_URL"),
        ("https://@b.myqcloud.com/a", "FOREIGN_URL"),
        ("https://127.0.0.1/a", "FOREIGN_URL"),
        ("https://localhost/a", "FOREIGN_URL"),
        ("http://b.myqcloud.com/a", "INSECURE_URL"),
        ("http://evil.example/a", "FOREIGN_URL"),
        ("ftp://b.myqcloud.com/a", "FOREIGN_URL"),
        ("//b.myqcloud.com/a", "FOREIGN_URL"),
        ("https:///a", "FOREIGN_URL"),
        ("undefined", "FOREIGN_URL"),
        ("https://[::1/a", "FOREIGN_URL"),
        ("https://b.myqcloud.com:99999/a", "FOREIGN_URL"),
        (f"{HOST}/b", "FOREIGN_URL"),
        (f"{HOST}/ba", "FOREIGN_URL"),
        (f"{HOST}/a/b", "FOREIGN_URL"),
        (f"{HOST}/A", "FOREIGN_URL"),
        (f"{HOST}/b?x=/a", "FOREIGN_URL"),
        (f"{HOST}/b#/a", "FOREIGN_URL"),
        (f"{HOST}/%2561", "FOREIGN_URL"),
        (HOST, "FOREIGN_URL"),
        (f"{HOST}/a b/a", "BAD_ANSWER"),
        (f"{HOST}/x\r\n/a", "BAD_ANSWER"),
        (f"{HOST}/\ud800/a", "BAD_ANSWER"),
        ("https://ü..myqcloud.com/a", "FOREIGN_URL"),
    ],
)
def test_a_url_that_nothing_is_sent_to(url: str, code: str) -> None:
    failure = refused(grant("a", uploadUrl=url))
    assert failure.code == code
    assert "pw" not in failure.detail


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (f"{HOST}/a", b"/a"),
        (f"{HOST.upper().replace('HTTPS', 'https')}/a", b"/a"),
        (f"{HOST}:8443/a", b"/a"),
        ("https://b.cos.ap.tencentcos.cn/env/a?sign=x%3D&y=/", b"/env/a?sign=x%3D&y=/"),
        (f"{HOST}/%61", b"/%61"),
        (f"{HOST}/d%2Fa", b"/d%2Fa"),
        (f"{HOST}/报/a", quote("/报/a").encode()),
        (f"{HOST}/../a", b"/../a"),
        (f"{HOST}//a", b"//a"),
    ],
)
def test_a_url_is_used_as_it_came(url: str, path: bytes) -> None:
    answer = read_one(grant("a", uploadUrl=url))
    assert isinstance(answer, UploadInfo)
    assert answer.raw_path == path


def test_loopback_is_for_a_gateway_on_loopback_alone() -> None:
    url = "http://127.0.0.1:8080/bucket/a"
    assert isinstance(read_one(grant("a", uploadUrl=url), rules=LOCAL), UploadInfo)
    assert refused(grant("a", uploadUrl=url)).code == "FOREIGN_URL"
    assert refused(grant("a", uploadUrl="http://b.myqcloud.com/a"), rules=LOCAL).code == "INSECURE_URL"
    assert all(map(is_loopback, ("localhost", "LOCALHOST", "127.9.9.9", "::1", "[::1]", "x.localhost")))
    assert not any(map(is_loopback, ("", "example.com", "localhost.example", "10.0.0.1", "128.0.0.1")))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=40))
def test_any_key_comes_back_from_its_own_url(key: str) -> None:
    for safe in ("/", ""):
        url = f"{HOST}/env/{quote(key, safe=safe)}"
        answer = read_url(url, key, RULES)
        assert isinstance(answer, tuple)
        assert unquote_to_bytes(answer[1]).endswith(b"/" + key.encode())
        assert answer[1] == url[len(HOST) :].encode()


def test_a_permission_without_times_holds_and_one_that_ends_soon_does_not() -> None:
    without = read_one(grant("a", authorization="q-signature=x"))
    timed = read_one(grant("a"))
    assert isinstance(without, UploadInfo)
    assert isinstance(timed, UploadInfo)
    assert without.fresh_at(4_000_000_000.0)
    assert timed.fresh_at(840.0)
    assert not timed.fresh_at(841.0)
    short = read_one(grant("a", authorization="q-sign-time=100;130"))
    assert isinstance(short, UploadInfo)
    assert short.fresh_at(120.0)
    assert not short.fresh_at(121.0)


# --- any answer at all

KEYS = ["a", "b", "d/a", "d/b", "x y", "a+b", "报"]
url_ends = st.sampled_from([*KEYS, "", "zz"])
odd: st.SearchStrategy[object] = st.sampled_from([..., None, "", 5, [], {}, True, "x\r\ny", "é"])
entries: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda name, url: grant(name, f"{HOST}/{quote(url)}"), st.sampled_from([*KEYS, "zz"]), url_ends),
    st.builds(lambda name, url: grant(name, f"{HOST}/{quote(url)}", objectId=...), st.sampled_from(KEYS), url_ends),
    st.builds(
        lambda name, field, value: grant(name, **{field: value}),
        st.sampled_from(KEYS),
        st.sampled_from(["objectId", "uploadUrl", "authorization", "token", "cloudObjectMeta", "code", "message"]),
        odd,
    ),
    st.sampled_from([DENIED, {"code": "SYS_ERR", "message": None}, {}, None, 3, "a", [], {"code": 5}]),
    st.sampled_from(KEYS).map(lambda key: {**DENIED, "objectId": key}),
)


@settings(max_examples=500)
@given(st.lists(st.sampled_from(KEYS), min_size=1, max_size=5, unique=True), st.lists(entries, max_size=7))
def test_no_answer_gives_a_file_the_place_of_another(keys: list[str], answered: list[Any]) -> None:
    requests = ask(*keys)
    answer = joined(requests, answered)
    for request, one in zip(requests, answer.answers, strict=True):
        if isinstance(one, UploadInfo):
            assert one.key == request.key
            assert unquote_to_bytes(one.raw_path.partition(b"?")[0]).endswith(b"/" + request.key.encode())
            assert one.target.host.endswith(".myqcloud.com")
            assert one.target.scheme == "https"
        else:
            assert one.code
            assert one.phase is Phase.INFO


@settings(max_examples=200)
@given(st.permutations(KEYS), st.sets(st.sampled_from(KEYS)), st.integers(0, 7))
def test_named_answers_find_their_request_in_any_order_and_number(
    order: list[str], denied: set[str], length: int
) -> None:
    given_answers = [{**DENIED, "objectId": key} if key in denied else grant(key) for key in order[:length]]
    answer = joined(ask(*KEYS), given_answers)
    for key, word in zip(KEYS, words(answer), strict=True):
        if key not in order[:length]:
            assert word == "NO_UPLOAD_INFO"
        elif key in denied:
            assert word == DENIED["code"]
        else:
            assert word == f"ok {key}"
