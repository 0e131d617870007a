"""What a JWT says of its own end, and what no token says."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.secret import Secret
from tui_uploader.model.token_life import ends_at, said_of


def jwt(body: object) -> Secret:
    part = base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    return Secret(f"eyJhbGciOiJub25lIn0.{part}.c2ln")


def test_the_end_of_a_jwt_is_known() -> None:
    assert ends_at(jwt({"exp": 2_000_000_000})) == 2e9


@pytest.mark.parametrize("exp", [None, "soon", True, -1, 1e300, [], {}])
def test_an_end_that_is_none_is_none(exp: object) -> None:
    assert ends_at(jwt({"exp": exp})) is None


@given(st.text())
def test_any_token_is_read_without_an_error(text: str) -> None:
    assert ends_at(Secret(text)) is None or text.count(".") == 2
    ends_at(Secret(f"a.{text}.b"))


def test_only_a_near_end_is_worth_a_word() -> None:
    token = jwt({"exp": 10_000})
    assert said_of(token, 1_000.0) is None
    assert "over in 5 min" in (said_of(token, 9_700.0) or "")
    assert "is over by its own word" in (said_of(token, 10_001.0) or "")
