"""What comes over the wire, read strictly: nonsense is None, never a guess and never an exception."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.protocol.wire import (
    CosError,
    is_header_value,
    parse_cos_error,
    parse_date,
    parse_json,
    parse_retry_after,
    parse_sign_time,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(values)
def test_json_is_read(value: object) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")) is not None or value is None


@given(values.filter(lambda value: "\ud800" not in json.dumps(value)))
def test_a_byte_order_mark_is_tolerated_once(value: object) -> None:
    data = json.dumps(value).encode()
    assert parse_json(b"\xef\xbb\xbf" + data) == value
    assert parse_json(b"\xef\xbb\xbf" * 2 + data) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_json_or_none(data: bytes) -> None:
    parse_json(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"NaN",
        b'{"a": NaN}',
        b"[Infinity]",
        b"[-Infinity]",
        b"{'a': 1}",
        b"[1,]",
        b'{"a": 1',
        b'[{"a": 1}] x',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"<html>",
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 100_000,
        b"1" * 10_000,
        "[1]".encode("utf-16"),
    ],
    ids=lambda data: repr(data[:14]),
)
def test_what_is_not_strict_json(data: bytes) -> None:
    assert parse_json(data) is None


def test_depth_is_counted_and_brackets_in_texts_are_not() -> None:
    assert parse_json(b"[" * 64 + b"]" * 64) is not None
    text = "[{" * 500 + '\\"'
    assert parse_json(json.dumps([text, {}]).encode()) == [text, {}]
    assert parse_json(b"[" + b"[]," * 500 + b"[]]") == [[]] * 501


ERROR = (
    b"<?xml version='1.0' encoding='utf-8' ?><Error><Code>%s</Code>"
    b"<Message> no </Message><RequestId>R</RequestId></Error>"
)


def test_a_cos_error_is_read() -> None:
    assert parse_cos_error(ERROR % b"AccessDenied") == CosError("AccessDenied", "no", "R")
    assert parse_cos_error(b"<Error xmlns='http://x'><Code>A</Code></Error>") == CosError("A", "", "")


BOMB = b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Error><Code>&b;</Code></Error>'
FILE = b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><Error><Code>&x;</Code></Error>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>403</body></html>",
        b"<Error><Code>A</Code>",
        b"<Error/>",
        b"<Error><Code> </Code></Error>",
        b"<Errors><Code>A</Code></Errors>",
        b"<r><Error><Code>A</Code></Error></r>",
        b"<Error><Code>A\x00</Code></Error>",
        b"<Error><Code>&undefined;</Code></Error>",
        BOMB,
        FILE,
        b'<?xml version="1.0" encoding="nobody-knows"?><Error><Code>A</Code></Error>',
        b'<?xml version="1.0" encoding="rot13"?><Error><Code>A</Code></Error>',
        b'<?xml version="1.0" encoding="cp932"?><Error><Code>A</Code></Error>',
        b'<?xml version="1.0" encoding="utf-16"?><Error><Code>A</Code></Error>',
        "<Error><Code>A</Code></Error>".encode("utf-16"),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_no_cos_error(body: bytes) -> None:
    assert parse_cos_error(body) is None


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_any_bytes_are_a_cos_error_or_none(before: bytes, inside: bytes) -> None:
    parse_cos_error(before + b"<Error><Code>" + inside + b"</Code></Error>")


@given(st.integers(0, 999_999_999))
def test_retry_after_in_seconds(seconds: int) -> None:
    assert parse_retry_after(f" {seconds} ") == float(seconds)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(-100_000, 100_000))
def test_retry_after_as_a_date(when: datetime, ahead: int) -> None:
    when = when.replace(microsecond=0, tzinfo=UTC)
    text = format_datetime(when, usegmt=True)
    assert parse_date(text) == when.timestamp()
    assert parse_retry_after(text, when.timestamp() - ahead) == max(ahead, 0)


@pytest.mark.parametrize("text", ["", " ", "soon", "-3", "1.5", "٣", "Wed, 99 Foo 2015 07:28:00 GMT", "nan", "1e3"])
def test_a_retry_after_that_says_nothing(text: str) -> None:
    assert parse_retry_after(text, 0.0) is None


@given(st.text())
def test_any_retry_after_is_seconds_or_none(text: str) -> None:
    answer = parse_retry_after(text, 0.0)
    assert answer is None or answer >= 0


def test_the_sign_time_of_an_authorization() -> None:
    good = "q-sign-algorithm=sha1&q-ak=AK&q-sign-time=100;900&q-key-time=1;2&q-signature=x"
    assert parse_sign_time(good) == (100, 900)
    assert parse_sign_time("q-sign-time=1;2") == (1, 2)


@pytest.mark.parametrize(
    "text",
    ["", "q-key-time=100;900", "q-sign-time=900;100", "q-sign-time=5;5", "q-sign-time=a;b", "xq-sign-time=1;2",
     "q-sign-time=1;2x", "q-sign-time=1234567890123;2234567890123"],
)  # fmt: skip
def test_a_sign_time_that_is_none(text: str) -> None:
    assert parse_sign_time(text) is None


@given(st.text())
def test_a_header_value_can_begin_no_line(text: str) -> None:
    if is_header_value(text):
        assert text.isascii()
        assert not any(ord(char) < 0x20 or ord(char) == 0x7F for char in text)
        assert text == text.strip()


@pytest.mark.parametrize("text", ["a\r\nX: y", "a\nb", "a\rb", "é", "a\x00", " a", "a ", "a\tb"])
def test_what_may_not_stand_in_a_header(text: str) -> None:
    assert not is_header_value(text)
