"""JSON, XML and header texts to values, strictly: what does not parse is None, never a guess and never an exception."""

import json
import re
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NoReturn
from xml.etree import ElementTree

from tui_uploader.model.value import value

_SIGN_TIME = "q-sign-time="
_SPAN = re.compile(r"(\d{1,12});(\d{1,12})\Z")
_VISIBLE = bytes(range(0x20, 0x7F))
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_DEEPEST = 64
_DATE = re.compile(r"[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def parse_json(data: bytes) -> Any:
    """The JSON value in `data`, or None for anything that is not strict JSON in UTF-8 (one leading BOM is tolerated).

    NaN, Infinity, nesting over 64 levels and lone surrogate bytes are refused (FAULTS row 43).
    """
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if _depth(data) > _DEEPEST:
        return None
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _depth(data: bytes) -> int:
    if data.count(b"[") + data.count(b"{") <= _DEEPEST:
        return 0
    depth = deepest = 0
    for byte in _TEXTS.sub(b"", data):
        if byte in b"[{":
            depth += 1
            if depth > _DEEPEST:
                return depth
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


@value
class CosError:
    """A COS error body: ``<Error><Code/><Message/><RequestId/>``."""

    code: str
    message: str
    request_id: str


def parse_cos_error(body: bytes) -> CosError | None:
    """The COS error in an XML body, or None where there is none (empty, a page of somebody else's, a DOCTYPE)."""
    if b"<Error" not in body or b"<!" in body:
        return None
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no DOCTYPE got this far, and 64 KiB at most
    except (ElementTree.ParseError, ValueError, LookupError):  # the last: an encoding that nobody knows
        return None
    if root.tag.rpartition("}")[2] != "Error":
        return None
    texts = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in root}
    if not texts.get("Code"):
        return None
    return CosError(texts["Code"], texts.get("Message", ""), texts.get("RequestId", ""))


def parse_retry_after(text: str, now: float | None = None) -> float | None:
    """Seconds to wait from a Retry-After value (seconds or an HTTP date), or None."""
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text[:9])
    when = parse_date(text)
    return None if when is None else max(when - (time.time() if now is None else now), 0.0)


def parse_date(text: str) -> float | None:
    """An HTTP date as seconds since the epoch, or None."""
    if not text:
        return None
    try:
        if (usual := _DATE.fullmatch(text)) and usual[2] in _MONTHS:
            day, _, *rest = usual.groups()
            year, hour, minute, second = map(int, rest)
            return datetime(year, _MONTHS.index(usual[2]) + 1, int(day), hour, minute, second, tzinfo=UTC).timestamp()
        from email.utils import parsedate_to_datetime  # hardly ever, and slow to load

        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def parse_sign_time(authorization: str) -> tuple[int, int] | None:
    """Begin and end (seconds since the epoch) of a COS authorization's ``q-sign-time``, or None."""
    at = authorization.find(_SIGN_TIME)
    while at >= 0:
        start = at + len(_SIGN_TIME)
        if at == 0 or authorization[at - 1] == "&":
            end = authorization.find("&", start)
            found = _span(authorization[start : end if end >= 0 else None])
            if found is not None:
                return found if found[0] < found[1] else None
        at = authorization.find(_SIGN_TIME, start)
    return None


@lru_cache(maxsize=64)
def _span(text: str) -> tuple[int, int] | None:
    """Objects of one batch have one span: it is no secret, and read once."""
    found = _SPAN.match(text)
    return None if found is None else (int(found[1]), int(found[2]))


def is_header_value(text: str) -> bool:
    """Whether `text` may stand in a header: visible ASCII and inner blanks, nothing that could begin a new line."""
    return are_header_values(text)


def are_header_values(*texts: str) -> bool:
    """Whether each of `texts` may; looked at together, for every object brings three of them."""
    together = "".join(texts)
    if not together.isascii() or together.encode().translate(None, _VISIBLE):
        return False
    return texts == tuple(map(str.strip, texts))
