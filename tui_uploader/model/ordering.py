"""The orders of a folder's entries: by name as people count, size, date, type. Folders come first in all of them."""

import re
from collections.abc import Sequence
from functools import cache

from tui_uploader.model.files import Entry, Kind

NAME, SIZE, DATE, TYPE = "name", "size", "date", "type"
ORDERS = (NAME, SIZE, DATE, TYPE)

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
    """Sort `names`, sorted by their bytes, by natural order where that is cheap; True where it is not."""
    if len({name.translate(_DIGITS) for name in names[:: max(len(names) // 500, 1)]}) > 64:
        return True
    text = b"\0".join(names)
    if text != text.lower():
        return True
    shapes = set(text.translate(_DIGITS).split(b"\0"))
    if len(shapes) == 1:
        return False
    skeletons = {re.sub(rb"0+", b"0", shape) for shape in shapes}
    if len(shapes) > 64 or len(skeletons) > 1:
        return True
    skeleton = skeletons.pop()
    if skeleton.count(b"0") != 1:
        return True
    before = skeleton[: skeleton.index(b"0")] + b"0"
    if any(name.startswith(before) and len(name) > len(skeleton) for name in names):  # a leading zero
        return True
    names.sort(key=len)
    return False


def _natural(name: bytes) -> bytes:
    return _numbers().sub(_number, name.lower()) + b"\0" + name


@cache
def _numbers() -> re.Pattern[bytes]:
    """Compiled for the first name, not at the start."""
    return re.compile(rb"0*(\d+)")


def _number(match: re.Match[bytes]) -> bytes:
    digits = match[1]
    return b"0" + bytes((min(len(digits), 255),)) + digits
