"""The texts of options to values: numbers, rates, clocks, headers."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tui_uploader.access import UsageProblem
from tui_uploader.engine.port import MAX_PARALLEL, Clocks
from tui_uploader.model.rates import parse_rate

_HEADER_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z"
_OURS = frozenset(
    {"authorization", "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "te"}
    | {"trailer", "transfer-encoding", "upgrade", "user-agent"}
    | {"x-cos-forbid-overwrite", "x-cos-meta-fileid", "x-cos-security-token"}
)


def read_clocks(text: str | None) -> Clocks:
    """``stalled=5,answer=10`` to the run's clocks, in seconds: how tests make hours short. Raises UsageProblem."""
    known = Clocks()
    for part in (text or "").split(",") if text else ():
        name, _, value = part.partition("=")
        try:
            known = replace(known, **{name: float(value)})
        except (TypeError, ValueError):
            raise UsageProblem(f"--clocks {part!r}: write NAME=SECONDS") from None
    return known


def read_parallel(text: str | None, usual: int) -> int | None:
    """``auto`` or a number of 1 to 256; None is automatic. Raises UsageProblem."""
    if text is None:
        return usual or None
    if text == "auto":
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_PARALLEL:
        raise UsageProblem(f"--parallel {text!r}: a number from 1 to {MAX_PARALLEL}, or auto")
    return int(text)


def read_patience(seconds: float | None) -> float | None:
    """Seconds as they are; what is no number of seconds is a UsageProblem."""
    if seconds is not None and not 0 <= seconds < 1e9:
        raise UsageProblem(f"--patience {seconds}: a number of seconds, 0 or more")
    return seconds


def read_rate(text: str) -> int:
    """``500K``, ``10M`` (MiB/s), ``1G``, or plain bytes a second. Raises UsageProblem."""
    rate = parse_rate(text)
    if rate is None:
        raise UsageProblem(f"--limit-rate {text!r}: at least 1K a second, as 500K, 10M or 1G")
    return rate


def read_headers(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """All of --header. Raises UsageProblem, for a name given twice as well: only one value of it can be signed."""
    pairs = tuple(read_header(text) for text in texts)
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise UsageProblem(f"--header {name}: given {times} times; say it once")
    return pairs


def read_header(text: str) -> tuple[str, str]:
    """``Name: value`` to a pair. Raises UsageProblem for what cannot be sent or is ours to send."""
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not re.match(_HEADER_NAME, name) or not value or not (value.isascii() and value.isprintable()):
        raise UsageProblem(f"--header {text!r}: write it as 'Name: value', in visible ASCII")
    if name.lower() in _OURS:
        raise UsageProblem(f"--header {name}: this header is the uploader's own")
    return name.lower(), value
