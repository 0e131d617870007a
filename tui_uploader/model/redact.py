"""Takes secrets out of a text: values that are known, and what looks like a signature, a token or a signed link."""

import re
from collections.abc import Iterable
from functools import cache

GONE = "***"
_MESSAGE, _ID = 2000, 200  # characters
_LEAST = 6  # characters; a shorter "secret" would blank innocent words
_SHAPES = (  # compiled when a text first looks like it: no start waits for them
    (r"(?i)(https?://[^\s\"'<>?#\\]*)[?#][^\s\"'<>\\]*", r"\1?" + GONE),
    (r"(?i)\b(q-[a-z-]+|sign|signature|x-cos-security-token|security-token)=[^&\s\"'<>\\]+", r"\1=" + GONE),
    (r"(?i)\b(bearer|basic)\s+[^\s\"'<>,\\]+", r"\1 " + GONE),
    (
        r"(?i)\b(x-cos-security-token|x-cos-meta-fileid|proxy-authorization|authorization)"
        r"(\\?[\"']?\s*:\s*\\?[\"']?)[^\s\"',;}<>\\]+",
        r"\1\2" + GONE,
    ),
)

_MARKS = ("?", "#", "=")  # a link's query, a field of a signature: single signs are found far sooner than words
_HINTS = ("earer", "EARER", "asic", "ecurity-", "ECURITY-", "ileid", "uthorization")
_MARKED = (*_HINTS, "?", "#", "q-", "Q-", "sign", "SIGN")


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(shape), instead) for shape, instead in _SHAPES)


def said_by(service: str) -> str:
    """A message of the service without what has the shape of a secret, cut between two words where it has no end."""
    if len(service) <= _MESSAGE:
        return redacted(service)
    words = service[:_MESSAGE].rsplit(None, 1)  # half a word could be half a secret, which nobody would know again
    return f"{redacted(words[0])} ..." if len(words) == 2 else GONE


def short_id(service: str) -> str:
    """An ID or a digest of the service, or nothing of what is far too long to be one."""
    return service if len(service) <= _ID else GONE


def redacted(text: str, known: Iterable[str] = ()) -> str:
    """`text` without the values in `known` and without what has the shape of a secret; each becomes ``***``.

    Shapes: ``Bearer x``, ``q-signature=`` and its neighbours, ``sign=``, ``X-Cos-Security-Token``, the Fileid header,
    and the query of any URL (a signed link is a bearer by itself).
    """
    for value in known:
        if len(value) >= _LEAST and value in text:
            text = text.replace(value, GONE)
    hints = _MARKED if any(mark in text for mark in _MARKS) else _HINTS
    if any(hint in text for hint in hints):
        for shape, instead in _shapes():
            text = shape.sub(instead, text)
    return text
