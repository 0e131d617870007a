"""QueueTicks: which rows are ticked, a byte for each: half a million are ticked, counted and unticked within a key."""

from collections.abc import Iterable

from tui_uploader.model.id_set import IdSet
from tui_uploader.model.picked import Picked, both, either, less
from tui_uploader.ui.widgets.queue_rows import QueueRows


class QueueTicks(IdSet):
    """A set of ids, and how many of each group of rows are in it. `version` is another after each change."""

    version = 0

    def __init__(self) -> None:
        super().__init__()
        self._counted = (-1, -1)  # the versions of ticks and rows that were counted
        self._groups = b""
        self._counts: dict[int, int] = {}

    def turn(self, item_id: int, rows: QueueRows) -> None:
        """Tick one row, or untick it: all counts but its group's stand."""
        group = rows.group(item_id)
        count = self.count(group, rows)
        if item_id in self:
            self.discard(item_id)
            count -= 1
        else:
            self.update((item_id,))
            count += 1
        self.version += 1
        self._counts[group], self._counted = count, (self.version, rows.version)

    def turn_all(self, rows: Picked) -> None:
        """Tick all rows of a group; where all are ticked, untick them."""
        all_ticked = len(Picked(both(rows.mask, self._mask))) == len(rows)
        self._become(less(self._mask, rows.mask) if all_ticked else either(self._mask, rows.mask))

    def drop(self, ids: Iterable[int]) -> None:
        """Untick some."""
        if isinstance(ids, Picked):
            self._become(less(self._mask, ids.mask))
            return
        self.difference_update(ids)
        self.version += 1

    def clear(self) -> None:
        """Untick all."""
        super().clear()
        self.version += 1

    def count(self, group: int, rows: QueueRows) -> int:
        """How many of a group are ticked: counted once until ticks or rows change, for a page may hold 40 headings."""
        if self._counted != (self.version, rows.version):
            self._counted = self.version, rows.version
            self._groups = rows.groups_of(bytes(self._mask)) if self else b""
            self._counts.clear()
        count = self._counts.get(group)
        if count is None:
            count = self._counts[group] = self._groups.count(group)
        return count

    def _become(self, mask: bytes) -> None:
        self._mask, self._count = bytearray(mask), mask.count(1)
        self.version += 1
