"""QueueMoves: rows that wait to stand elsewhere, moved a slice of time at once: a long queue holds no key."""

from collections.abc import Callable, Iterable

from tui_uploader.ui.widgets.queue_groups import QueueGroups
from tui_uploader.ui.widgets.queue_rows import QueueRows

SLICE = 0.008  # seconds
OFTEN = 200  # rows between two looks at the clock


class QueueMoves:
    """Rows whose group may be another one now: a byte for each row, for all of them may wait while keys are pressed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.clear()

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, ids: Iterable[int]) -> None:
        """More of them."""
        waits = self._waits
        for item_id in ids:
            if item_id >= len(waits):
                waits.extend(bytes(item_id + 1 - len(waits)))
            self._count += not waits[item_id]
            waits[item_id] = 1

    def clear(self) -> None:
        """All rows stand where they belong: they were arranged anew."""
        self._waits, self._count, self._at = bytearray(), 0, 0

    def apply(self, groups: QueueGroups, rows: QueueRows, noted: int) -> None:
        """Move as many as a slice of time holds; what is left waits for the next call."""
        newcomers(groups, rows, noted)  # first: an old item may have been moved to the place of a new one
        end = self._clock() + SLICE
        while self._count:
            for _ in range(min(OFTEN, self._count)):
                settle(groups, rows, self._next())
            if self._clock() > end:
                return

    def _next(self) -> int:
        at = self._waits.find(1, self._at)
        if at < 0:
            at = self._waits.find(1)
        self._waits[at] = 0
        self._at = at
        self._count -= 1
        return at


def newcomers(groups: QueueGroups, rows: QueueRows, noted: int) -> None:
    """Items that were noted and are not among the rows yet come behind all others."""
    if noted > rows.known:
        groups.newcomers(rows)


def settle(groups: QueueGroups, rows: QueueRows, item_id: int) -> None:
    """Put one row where it belongs."""
    if item_id < rows.known:
        rows.move(item_id, groups.of(item_id))
