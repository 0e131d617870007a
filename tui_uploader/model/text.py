"""Text from outside made safe to show: no control character, no invisible one, reaches a screen."""

import unicodedata
from functools import lru_cache

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _shown(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(char) in _UNSAFE_CATEGORIES:
        return f"<U+{code:04X}>"
    return char


@lru_cache(maxsize=8192)
def printable(text: str) -> str:
    """`text` with every character that could act on a terminal or hide turned into visible text.

    C0 controls and DEL become control pictures (U+001B is shown as U+241B); other control, format,
    surrogate, private, unassigned and line-separating characters become ``<U+202E>``-like text. The answer
    is safe to write to a terminal; it is not markup and must still not meet a markup parser.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def shown_path(path: bytes) -> str:
    r"""A file name or path as a person may see it: UTF-8 where it is, ``\xNN`` where it is not."""
    return printable(path.decode("utf-8", "backslashreplace"))


def shown_name(name: bytes) -> str:
    """One name, with blanks at either end made visible (U+2420), for a list in which they would be lost."""
    text = shown_path(name)
    if not text or (text[0] != " " and text[-1] != " "):
        return text
    inner = text.strip(" ")
    lead = len(text) - len(text.lstrip(" "))
    trail = len(text) - lead - len(inner)
    return "\u2420" * lead + inner + "\u2420" * trail


def has_controls(text: str) -> bool:
    """Whether `text` holds a C0 or C1 control character or DEL, which FAULTS row 71 refuses in a key."""
    return not text.isprintable() and any(unicodedata.category(char) == "Cc" for char in text)


def has_hidden(text: str) -> bool:
    """Whether `text` holds a format character (bidi control, zero width): row 72 warns of these."""
    return not text.isascii() and any(unicodedata.category(char) == "Cf" for char in text)


def clean_message(text: str, limit: int = 300) -> str:
    """A message of the service for one line on a screen: printable, blanks folded, at most `limit` characters."""
    folded = " ".join(text[: limit * 4].split())
    shown = printable(folded)
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."
