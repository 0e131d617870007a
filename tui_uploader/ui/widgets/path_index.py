"""PathIndex: the newest item of a path, in some sixteen bytes each: the paths themselves stand in the queue already."""

from array import array
from collections.abc import Callable

_TABLES = 1024  # each grows by itself: to grow one table of a million would hold the keys
_FIRST = 8  # slots of a table at first
_LOW = 31  # bits of a slot for the item's id and one
_ID = (1 << _LOW) - 1
_HASH = (1 << 32) - 1


class PathIndex:
    """A hash table of ids. `path` tells the path of an id, and is asked where two hashes are alike."""

    def __init__(self) -> None:
        self._tables = [array("q", bytes(8 * _FIRST)) for _ in range(_TABLES)]
        self._used = array("i", bytes(4 * _TABLES))

    def get(self, path: bytes, path_of: Callable[[int], bytes]) -> int | None:
        """The item that was put last for this path."""
        mark = hash(path) & _HASH
        table = self._tables[mark % _TABLES]
        slot = table[_slot(table, mark, path, path_of)]
        return (slot & _ID) - 1 if slot else None

    def put(self, path: bytes, item_id: int, path_of: Callable[[int], bytes]) -> int | None:
        """Note the item of a path; the one that stood there before it."""
        mark = hash(path) & _HASH
        number = mark % _TABLES
        table = self._tables[number]
        at = _slot(table, mark, path, path_of)
        slot = table[at]
        table[at] = mark << _LOW | item_id + 1
        if slot:
            return (slot & _ID) - 1
        self._used[number] += 1
        if self._used[number] * 3 > len(table) * 2:
            self._tables[number] = _grown(table)
        return None


def _slot(table: "array[int]", mark: int, path: bytes, path_of: Callable[[int], bytes]) -> int:
    """Where a path stands in a table, or the free place for it."""
    most = len(table) - 1
    at = (mark >> 10) & most
    while slot := table[at]:
        if slot >> _LOW == mark and path_of((slot & _ID) - 1) == path:
            break
        at = (at + 1) & most
    return at


def _grown(table: "array[int]") -> "array[int]":
    """The same in twice the room."""
    larger = array("q", bytes(16 * len(table)))
    most = len(larger) - 1
    for slot in table:
        if slot:
            at = (slot >> _LOW + 10) & most
            while larger[at]:
                at = (at + 1) & most
            larger[at] = slot
    return larger
