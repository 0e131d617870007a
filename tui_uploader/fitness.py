"""Is the screen possible here, and in which signs: what streams, TERM and locale say."""

import os
import sys
from collections.abc import Callable

_COERCED = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})


def fit_for_screen(instead: Callable[[], str]) -> str | None:
    """Why this terminal cannot carry the screen, naming the command to use instead; None where it can."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return f"tui-uploader: the screen needs a terminal; without one run:  {instead()}"
    if os.environ.get("TERM", "") in ("", "dumb"):
        return f"tui-uploader: TERM is empty or dumb, so no screen can be drawn; run:  {instead()}"
    return None


def speaks_utf8() -> bool:
    """Whether the locale's text is UTF-8."""
    ctype = os.environ.get("LC_CTYPE", "")
    if ctype in _COERCED and os.environ.get("LANG", "") in ("", "C", "POSIX") and not _set_by_a_person("LC_CTYPE"):
        ctype = ""
    locale = os.environ.get("LC_ALL") or ctype or os.environ.get("LANG") or ""
    return "UTF-8" in locale.upper().replace("UTF8", "UTF-8")


def wants_ascii() -> bool:
    """Whether the locale's text or the terminal's name asks for ASCII signs (UX, "Terminals")."""
    term = os.environ.get("TERM", "")
    return not speaks_utf8() or term == "linux" or term.startswith("vt")


def _set_by_a_person(name: str) -> bool:
    """Whether the variable was there when the process began: Python itself sets LC_CTYPE under the C locale."""
    try:
        with open("/proc/self/environ", "rb") as file:
            return any(entry.startswith(name.encode() + b"=") for entry in file.read().split(b"\0"))
    except OSError:
        return False
