"""Hypothesis drives the wire parsers, the joining of answers and the reducer: nothing raises, nothing is miscounted."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui_uploader.model import events as ev
from tui_uploader.model.codes import CATALOGUE
from tui_uploader.model.failures import Failure, Phase, RetryClass
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.protocol.answer import Answer
from tui_uploader.protocol.failures import of_cos_answer, of_gateway_answer
from tui_uploader.protocol.joining import join
from tui_uploader.protocol.upload_info import HostRules, InfoRequest, UploadInfo, read_info, read_url
from tui_uploader.protocol.wire import (
    is_header_value,
    parse_cos_error,
    parse_date,
    parse_json,
    parse_retry_after,
    parse_sign_time,
)

RULES = HostRules((".myqcloud.com",), loopback=False)
KEYS = st.sampled_from(["a", "b", "c/d", "\u4e2d", "e f"])
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf[]")
@example(b"[" * 100_000)
@example(b'{"a":NaN}')
@example(b'"\\ud800"')
@example(b"1" * 5000)
def test_any_bytes_for_an_answer(data: bytes) -> None:
    value = parse_json(data)
    if value is not None:
        json.dumps(value, allow_nan=False)
    said = parse_cos_error(data)
    assert said is None or said.code
    for status in (200, 204, 302, 403, 500):
        for judge in (of_gateway_answer, of_cos_answer):
            if status == 200 and judge is of_cos_answer:
                continue
            failure = judge(Answer(status, {"location": data.decode("latin-1"), "retry-after": "x"}, data), "h")
            assert failure.code
            assert failure.retry in RetryClass


@given(st.text(max_size=60))
@example("Fri, 31 Dec 9999 23:59:59 -2400")
@example("9" * 400)
@example("\u0663")
def test_any_text_for_a_header(text: str) -> None:
    after, span = parse_retry_after(text), parse_sign_time(f"q-sign-time={text}")
    assert after is None or 0 <= after < float("inf")
    assert span is None or span[0] < span[1]
    assert parse_date(text) is None or isinstance(parse_date(text), float)
    if is_header_value(text):
        assert "\r" not in text
        assert "\n" not in text


@given(st.text(max_size=80), KEYS)
@example("https://[::1", "a")
@example("https://x.myqcloud.com:99999/a", "a")
@example("https://x.myqcloud.com/a?b#c", "a")
@example("https://\u0131.myqcloud.com/a", "a")
def test_any_text_for_a_link(text: str, key: str) -> None:
    for url in (text, f"https://{text}.myqcloud.com/a", f"https://x.myqcloud.com/{text}"):
        found = read_url(url, key, RULES)
        if not isinstance(found, Failure):
            assert found[0].scheme == "https"
            assert found[0].host.endswith(".myqcloud.com")
            assert not set(found[1]) & set(b"\r\n \0")


def good(key: str) -> dict[str, Any]:
    """An entry as it should be."""
    from urllib.parse import quote

    fields = dict.fromkeys(("authorization", "token", "cloudObjectMeta"), "x")
    return {"objectId": key, "uploadUrl": f"https://x.myqcloud.com/{quote(key)}", **fields}


ENTRIES: Any = (
    KEYS.map(good)
    | st.tuples(KEYS, st.dictionaries(st.sampled_from(list(good("a"))), VALUES)).map(lambda p: {**good(p[0]), **p[1]})
    | st.just({"code": "REFUSED"})
    | KEYS.map(lambda key: {"code": "REFUSED", "objectId": key})
    | VALUES
)


@given(st.lists(KEYS, unique=True, min_size=1), st.lists(ENTRIES, max_size=8))
def test_any_array_is_joined_by_name_and_never_to_another_key(keys: list[str], entries: list[Any]) -> None:
    requests = [InfoRequest(key, ()) for key in keys]
    joined = join(requests, entries, RULES, "r")
    assert len(joined.answers) == len(requests)
    for request, one in zip(requests, joined.answers, strict=True):
        if isinstance(one, UploadInfo):
            assert one.key == request.key
            url = f"https://x.myqcloud.com{one.raw_path.decode()}"
            assert not isinstance(read_url(url, request.key, RULES), Failure)
    named = [entry.get("objectId") for entry in entries if isinstance(entry, dict)]
    if not any(key in named for key in keys) and len(entries) != len(keys):
        assert all(isinstance(one, Failure) for one in joined.answers)


@given(st.dictionaries(st.sampled_from(list(good("a"))), VALUES))
def test_any_fields_for_one_entry(fields: dict[str, Any]) -> None:
    found = read_info({**good("a"), **fields}, InfoRequest("a", ()), RULES)
    if isinstance(found, UploadInfo):
        assert all(is_header_value(text) for text in (found.authorization, found.token, found.meta))


FAILURES = st.sampled_from(sorted(CATALOGUE)).map(lambda code: Failure(code, Phase.PUT))
IDS = st.integers(-2, 12)
EVENTS: Any = st.one_of(
    st.builds(ev.StageChanged, IDS, st.sampled_from(Stage)),
    st.builds(ev.SizeChanged, IDS, st.integers(0, 999)),
    st.builds(ev.BytesSent, IDS, st.integers(0, 999)),
    st.builds(ev.ItemRetrying, IDS, FAILURES, st.integers(1, 5), st.just(0.1), st.just(0.0)),
    st.builds(ev.ItemDone, IDS, st.just(Receipt("e", None, "r", "o", True, 1, 0.1, "crc64", False)), st.just(0.0)),
    st.builds(ev.ItemFailed, IDS, FAILURES, st.integers(1, 5), st.just(0.0)),
    st.builds(ev.ItemSkipped, IDS, st.just("exists")),
    st.builds(ev.RunPaused, st.none() | FAILURES, st.just(0.0)),
    st.builds(ev.RunResumed, st.just(0.0)),
    st.sampled_from([Stage.WAITING, Stage.FAILED, Stage.SKIPPED]),  # one more item is added
)


@given(st.lists(EVENTS, max_size=60))
@settings(max_examples=300)
def test_the_counts_add_up_after_any_sequence_of_events(events: list[Any]) -> None:
    state = QueueState()
    for event in events:
        if isinstance(event, Stage):
            failure = Failure("EACCES", Phase.LOCAL) if event is Stage.FAILED else None
            event = ev.ItemsAdded((QueueItem(len(state), b"p", "k", 7, event, failure, ""),))  # noqa: PLW2901
        state.apply(event)
        n = state.counts
        assert n.total == len(state) == n.done + n.failed + n.skipped + n.cancelled + n.waiting + n.active
        assert min(n.done, n.failed, n.skipped, n.cancelled, n.waiting, n.active) >= 0
        failed = [state.row(item_id).failure for item_id in state.ids(Stage.FAILED)]
        assert dict(state.by_code) == _count(failed)
        assert state.bytes_done == sum(state.row(item_id).size for item_id in state.ids(Stage.DONE))


def _count(failures: list[Failure | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for failure in failures:
        if failure is not None:
            found[failure.code] = found.get(failure.code, 0) + 1
    return found
