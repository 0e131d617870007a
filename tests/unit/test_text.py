"""Text from outside: whatever a file is called, nothing that acts on a terminal or hides reaches it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.text import clean_message, has_controls, has_hidden, printable, shown_name, shown_path

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
any_text = st.text(st.characters())  # lone surrogates and unassigned code points too


def unsafe(text: str) -> list[str]:
    return [char for char in text if unicodedata.category(char) in UNSAFE]


@given(any_text)
def test_no_unsafe_character_survives(text: str) -> None:
    assert unsafe(printable(text)) == []


@given(any_text)
def test_shown_text_is_shown_as_it_is_again(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_ascii_is_left_alone(text: str) -> None:
    assert printable(text) == text


@given(st.binary())
def test_any_bytes_can_be_shown(path: bytes) -> None:
    assert unsafe(shown_path(path)) == []
    assert unsafe(shown_name(path)) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\u241b[31m"),
        ("a\nb\tc\rd\x07", "a\u240ab\u2409c\u240dd\u2407"),
        ("\x00", "\u2400"),
        ("\x7f", "\u2421"),
        ("\x9b31m", "<U+009B>31m"),
        ("\x85", "<U+0085>"),
        ("gpj.\u202eexe", "gpj.<U+202E>exe"),
        ("\u200b\u2066\ufeff", "<U+200B><U+2066><U+FEFF>"),
        ("\u2028\u2029", "<U+2028><U+2029>"),
        ("\ud800", "<U+D800>"),
        ("\ue000", "<U+E000>"),
        ("\U000e0041", "<U+E0041>"),
        ("[bold]x[/bold] [@click=app.quit]", "[bold]x[/bold] [@click=app.quit]"),
        ("报告 2024 é", "报告 2024 é"),
    ],
)
def test_how_trouble_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_bytes_that_are_no_text_are_shown_as_hex() -> None:
    assert shown_path("/srv/报".encode() + b"/\xb1\xa8\x1b") == "/srv/报/\\xb1\\xa8\u241b"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b" a b ", "\u2420a b\u2420"),
        (b"  x", "\u2420\u2420x"),
        (b"x  ", "x\u2420\u2420"),
        (b"   ", "\u2420" * 3),
        (b"a  b", "a  b"),
        (b"", ""),
    ],
)
def test_blanks_at_the_ends_of_a_name_are_seen(name: bytes, shown: str) -> None:
    assert shown_name(name) == shown


@given(any_text)
def test_has_controls_is_about_the_category_cc(text: str) -> None:
    assert has_controls(text) == any(ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F for char in text)


def test_invisible_characters_are_noticed() -> None:
    assert has_hidden("a\u202eb")
    assert has_hidden("\u200d")
    assert not has_hidden("报告")
    assert not has_hidden("\x1b")


@given(any_text, st.integers(10, 400))
def test_a_message_is_one_short_safe_line(text: str, limit: int) -> None:
    shown = clean_message(text, limit)
    assert unsafe(shown) == []
    assert len(shown) <= limit


def test_a_long_message_says_that_it_was_cut() -> None:
    assert clean_message("no\n  permission\there") == "no permission here"
    assert clean_message("x" * 400, 20) == "x" * 17 + "..."
