"""Names of a folder in their order, end to end in a few blobs: a million cost little more than their letters."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

PIECE = 16_384  # names in one blob: taken apart within a millisecond
_OPEN = 8  # blobs that lie taken apart, for what is near each other is asked for together
_END = b"\0"  # the one byte that is in no name


class Names(Sequence[bytes]):
    """Names by position. A blob is taken apart when one of its names is asked for."""

    __slots__ = ("_apart", "_blobs", "_last", "_length", "_starts")

    def __init__(self, names: Iterable[bytes] = ()) -> None:
        self._blobs: list[bytes] = []
        self._starts = array("Q")
        self._length = 0
        self._last: tuple[bytes, int] = (_END, 0)  # the name that was found last
        self._apart: dict[int, list[bytes]] = {}
        held = list(names)
        for start in range(0, len(held), PIECE):
            self.add(_END.join(held[start : start + PIECE]))

    def add(self, blob: bytes) -> None:
        """More names behind the others, a zero byte between each two."""
        self._blobs.append(blob)
        self._starts.append(self._length)
        self._length += blob.count(_END) + 1

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> list[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | list[bytes]:
        if isinstance(at, slice):
            return self._slice(*at.indices(self._length))
        if at < 0:
            at += self._length
        if not 0 <= at < self._length:
            raise IndexError(at)
        number = bisect_right(self._starts, at) - 1
        return self._opened(number)[at - self._starts[number]]

    def _slice(self, start: int, stop: int, step: int) -> list[bytes]:
        if step != 1:
            return [self[at] for at in range(start, stop, step)]
        found: list[bytes] = []
        while start < stop:
            number = bisect_right(self._starts, start) - 1
            first = self._starts[number]
            some = self._opened(number)[start - first : stop - first]
            found += some
            start += len(some)
        return found

    def __iter__(self) -> Iterator[bytes]:
        for blob in self._blobs:
            yield from blob.split(_END)

    def _opened(self, number: int) -> list[bytes]:
        found = self._apart.get(number)
        if found is None:
            if len(self._apart) >= _OPEN:
                del self._apart[next(iter(self._apart))]
            found = self._apart[number] = self._blobs[number].split(_END)
        return found

    def find(self, name: bytes) -> int | None:
        """The position of a name; None where it is not there. As fast as bytes are searched; the last one is known."""
        if self._last[0] == name:
            return self._last[1]
        first, last, inside = name + _END, _END + name, _END + name + _END
        for number, blob in enumerate(self._blobs):
            if inside in blob or blob.startswith(first) or blob.endswith(last) or blob == name:
                self._last = (name, self._starts[number] + self._opened(number).index(name))
                return self._last[1]
        return None
