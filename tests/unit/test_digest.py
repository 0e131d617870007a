"""Digests and media types: COS's CRC-64, twice over, and names to types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.protocol.content_types import DEFAULT, content_type
from tui_uploader.protocol.digest import crc64, slow_crc64


@pytest.mark.parametrize("digest", [crc64, slow_crc64])
def test_the_check_value_that_tencent_documents(digest: "type[int]") -> None:
    assert digest(b"123456789", 0) == 0x995DC9BBDF1939FA == 11051210869376104954
    assert digest(b"", 0) == 0


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_both_ways_agree_and_go_on_from_where_they_were(data: bytes, cut: int) -> None:
    assert slow_crc64(data) == crc64(data, 0)
    assert slow_crc64(data[cut:], slow_crc64(data[:cut])) == slow_crc64(data)
    assert crc64(data[cut:], crc64(data[:cut], 0)) == crc64(data, 0)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_flipped_bit_is_seen(data: bytes, draw: st.DataObject) -> None:
    at, bit = draw.draw(st.integers(0, len(data) - 1)), draw.draw(st.integers(0, 7))
    damaged = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
    assert crc64(damaged, 0) != crc64(data, 0)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("a.txt", "text/plain"),
        ("d.zip/a.HTML", "text/html"),
        ("a.JPG", "image/jpeg"),
        ("a.tar.gz", "application/gzip"),
        ("a.txt.xz", "application/x-xz"),
        ("a.log", "text/plain"),
        ("a.md", "text/markdown"),
        ("a.webp", "image/webp"),
        ("no-ending", DEFAULT),
        ("folder.txt/file", DEFAULT),
        (".gz", DEFAULT),
        (".md", DEFAULT),
        ("a.", DEFAULT),
        ("a.neverheardof", DEFAULT),
        ("http://x.txt?a.png", "image/png"),
        ("100%.txt", "text/plain"),
    ],
)
def test_types_go_by_the_ending(key: str, kind: str) -> None:
    assert content_type(key) == kind


@given(st.text(st.characters(codec="utf-8")))
def test_any_key_has_a_type_that_may_stand_in_a_header(key: str) -> None:
    kind = content_type(key)
    assert kind.isascii()
    assert kind.isprintable()
    assert kind.count("/") == 1
