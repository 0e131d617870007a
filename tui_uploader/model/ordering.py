"""The orders of a folder's entries: by name as people count, size, date, type. Folders come first in all of them."""

import re
from collections.abc import Sequence
from functools import cache

from tui_uploader.model.files import Entry, Kind

NAME, SIZE, DATE, TYPE = "name", "size", "date", "type"
ORDERS = (NAME, SIZE, DATE, TYPE)

_ONLY_DIGITS = b"0123456789"
_DIGITS = bytes.maketrans(b"123456789", b"000000000")


def name_key(name: bytes, folder: bool) -> bytes:
    """What names are sorted by: folders first, numbers by value, small and capital letters alike, then bytes."""
    return (b"0" if folder else b"1") + _natural(name)


def entry_key(entry: Entry) -> bytes:
    """`name_key` of an entry."""
    return name_key(entry.name, entry.kind is Kind.FOLDER)


def type_key(name: bytes) -> bytes:
    """The ending of a name in small letters, empty where it has none: what a listing by type is sorted by."""
    stem, dot, ending = name.rpartition(b".")
    return ending.lower() if dot and stem else b""


def sorted_names(names: Sequence[bytes]) -> list[bytes]:
    """Names by `name_key`: a million that differ in one number of any width take about a second, others three."""
    low = sorted(names)
    if len(low) < 1000 or _needs_keys(low):
        low.sort(key=_natural)
    return low


def _needs_keys(names: list[bytes]) -> bool:
    """Sort `names`, sorted by their bytes, by natural order where that is cheap; True where it is not.

    All that is asked of a name is asked of all of them together, by searches through their joined text.
    """
    if len({name.translate(_DIGITS) for name in names[:: max(len(names) // 500, 1)]}) > 64:
        return True
    text = b"\0" + b"\0".join(names) + b"\0"
    if text != text.lower():
        return True
    shape = names[0].translate(_DIGITS)
    if (
        len(text) == len(names) * (len(shape) + 1) + 1
        and text.translate(_DIGITS) == (b"\0" + shape) * len(names) + b"\0"
    ):
        return False  # the digits stand in the same places: their bytes tell their order
    if not _one_number(names[0], text, len(names)):
        return True
    names.sort(key=len)
    return False


def _one_number(name: bytes, text: bytes, count: int) -> bool:
    """Whether all names of a text are the same but for one number in one place, without leading zeros."""
    found = re.search(rb"\d+", name)
    if found is None:
        return False
    lead, tail = b"\0" + name[: found.start()], name[found.end() :] + b"\0"
    if text.translate(None, _ONLY_DIGITS) != (lead + tail[:-1]) * count + b"\0":
        return False  # so a digit in lead or tail is none of a name, and each name is these and digits
    zeros = text.count(lead + b"0")
    return (
        text.count(lead) - (len(lead) == 1) == count == text.count(tail) - (len(tail) == 1)
        and lead + tail not in text
        and (zeros == 0 or (zeros == 1 and lead + b"0" + tail in text))
    )


def _natural(name: bytes) -> bytes:
    return _numbers().sub(_number, name.lower()) + b"\0" + name


@cache
def _numbers() -> re.Pattern[bytes]:
    """Compiled for the first name, not at the start."""
    return re.compile(rb"0*(\d+)")


def _number(match: re.Match[bytes]) -> bytes:
    digits = match[1]
    return b"0" + bytes((min(len(digits), 255),)) + digits
