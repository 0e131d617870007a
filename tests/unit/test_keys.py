"""Keys: what a name becomes in the cloud, and which names never become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.keys import ESCAPE, MAX_KEY_BYTES, REFUSE, SKIP, invalid_key, key_text, normal_prefix

components = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="/"), min_size=1)


@given(st.binary(max_size=2000), st.sampled_from([REFUSE, SKIP]))
def test_a_key_without_a_code_is_the_very_name(raw: bytes, names: str) -> None:
    key, code = key_text(raw, names)
    if code is None:
        assert key.encode() == raw
        assert 0 < len(raw) <= MAX_KEY_BYTES
        assert not key.startswith(("/", "\\"))
        assert not {"", ".", ".."} & set(key.split("/"))
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F for char in key)


@given(st.binary(min_size=1, max_size=200))
def test_escaped_names_are_always_text_without_controls(raw: bytes) -> None:
    key, code = key_text(raw, ESCAPE)
    key.encode()
    assert code in (None, "KEY_INVALID", "KEY_TOO_LONG")
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F for char in key)


@given(st.lists(components, min_size=1, max_size=4))
def test_ordinary_names_are_keys(parts: list[str]) -> None:
    key = "/".join(parts)
    expected = None
    if key[0] == "\\" or any(part in (".", "..") for part in parts):
        expected = "KEY_INVALID"
    elif len(key.encode()) > MAX_KEY_BYTES:
        expected = "KEY_TOO_LONG"
    assert key_text(key.encode()) == (key, expected)


@pytest.mark.parametrize(
    ("raw", "names", "key", "code"),
    [
        (b"a\nb", REFUSE, "a\nb", "NAME_CONTROL"),
        (b"a\x1b", SKIP, "a\x1b", "NAME_CONTROL"),
        (b"a\nb\x7f", ESCAPE, "a%0Ab%7F", None),
        ("a\x85".encode(), ESCAPE, "a%C2%85", None),
        (b"\xb1\xa8", REFUSE, "\\xb1\\xa8", "NAME_NOT_UTF8"),
        (b"\xb1\xa8\n", ESCAPE, "%B1%A8%0A", None),
        (b"a%2Fb", REFUSE, "a%2Fb", None),
        (b"a+b &#?.txt", REFUSE, "a+b &#?.txt", None),
        (b"..\\x", REFUSE, "..\\x", None),
        ("e\u0301".encode(), REFUSE, "e\u0301", None),
    ],
)
def test_names_that_are_no_plain_text(raw: bytes, names: str, key: str, code: str | None) -> None:
    assert key_text(raw, names) == (key, code)


@pytest.mark.parametrize("key", ["", "/a", "\\a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/."])
def test_keys_that_could_land_elsewhere(key: str) -> None:
    assert invalid_key(key) == "KEY_INVALID"


@pytest.mark.parametrize("key", ["a", "...", ".a", "a.", "a/..b/c", "a\\b", "-x", "$(id)"])
def test_keys_that_only_look_odd(key: str) -> None:
    assert invalid_key(key) is None


@pytest.mark.parametrize("char", ["a", "é", "报", "\U0001f600"])
def test_the_limit_counts_bytes(char: str) -> None:
    most = MAX_KEY_BYTES // len(char.encode())
    filler = "x" * (MAX_KEY_BYTES - most * len(char.encode()))
    assert invalid_key(char * most + filler) is None
    assert invalid_key(char * most + filler + "x") == "KEY_TOO_LONG"


@given(components.filter(lambda part: part not in (".", "..") and part[0] != "\\" and len(part.encode()) < 800))
def test_a_prefix_loses_its_outer_slashes(part: str) -> None:
    assert normal_prefix(f"//{part}/") == part
    assert normal_prefix(part) == part


def test_no_prefix_is_no_prefix() -> None:
    assert normal_prefix("") == ""
    assert normal_prefix("/") == ""


@pytest.mark.parametrize("prefix", ["a//b", "../up", "a/./b", "a\nb", "\\x", "x" * 851, "a\udcff"])
def test_a_prefix_that_can_begin_no_key(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot begin a key"):
        normal_prefix(prefix)
