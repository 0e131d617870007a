"""QueueMoves: rows that wait to stand elsewhere, moved a slice of time at once: a long queue holds no key."""

from collections.abc import Callable, Iterable

from tui_uploader.ui.widgets.queue_groups import QueueGroups
from tui_uploader.ui.widgets.queue_rows import QueueRows

SLICE = 0.008  # seconds
OFTEN = 200  # rows between two looks at the clock


class QueueMoves:
    """Ids whose group may be another one now."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ids: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._ids)

    def add(self, ids: Iterable[int]) -> None:
        """More of them."""
        self._ids.update(ids)

    def clear(self) -> None:
        """All rows stand where they belong: they were arranged anew."""
        self._ids.clear()

    def apply(self, groups: QueueGroups, rows: QueueRows, noted: int) -> None:
        """Move as many as a slice of time holds; what is left waits for the next call."""
        newcomers(groups, rows, noted)  # first: an old item may have been moved to the place of a new one
        end = self._clock() + SLICE
        while self._ids:
            for _ in range(min(OFTEN, len(self._ids))):
                settle(groups, rows, self._ids.pop())
            if self._clock() > end:
                return


def newcomers(groups: QueueGroups, rows: QueueRows, noted: int) -> None:
    """Items that were noted and are not among the rows yet come behind all others."""
    if noted > rows.known:
        groups.newcomers(rows)


def settle(groups: QueueGroups, rows: QueueRows, item_id: int) -> None:
    """Put one row where it belongs."""
    if item_id < rows.known:
        rows.move(item_id, groups.of(item_id))
