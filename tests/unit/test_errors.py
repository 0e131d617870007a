"""httpx's errors and ours, one for one."""

import httpx
import pytest

from tui_uploader.model.failures import Phase
from tui_uploader.protocol import errors
from tui_uploader.protocol.failures import of_exception

NAMES = [kind.__name__ for kind in errors.TransportError.__subclasses__() if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("name", NAMES)
def test_each_of_ours_has_the_name_of_one_of_httpx(name: str) -> None:
    cause = OSError(113, "No route to host")
    error = getattr(httpx, name)("why")
    error.__cause__ = cause
    made = errors.ours(error)
    assert type(made) is getattr(errors, name)
    assert str(made) == "why"
    assert made.__cause__ is cause


@pytest.mark.parametrize(
    "error", [httpx.DecodingError("not gzip"), httpx.TooManyRedirects("20"), httpx.UnsupportedProtocol("ftp")]
)
def test_what_httpx_alone_knows_is_no_bug_of_ours(error: httpx.HTTPError) -> None:
    assert of_exception(errors.ours(error), Phase.INFO, "h").code == "BAD_ANSWER"


@pytest.mark.parametrize("error", [ValueError("x"), OSError(5, "x"), errors.ReadError("x"), httpx.InvalidURL("x")])
def test_anything_else_stays_as_it_is(error: Exception) -> None:
    assert errors.ours(error) is error
