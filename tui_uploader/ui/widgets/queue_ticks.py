"""QueueTicks: which rows are ticked, a byte for each: half a million are ticked, counted and unticked within a key."""

from collections.abc import Iterable

from tui_uploader.model.picked import Picked, both, either, less


class QueueTicks:
    """A set of ids."""

    def __init__(self) -> None:
        self._mask = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, item_id: object) -> bool:
        return isinstance(item_id, int) and 0 <= item_id < len(self._mask) and bool(self._mask[item_id])

    @property
    def picked(self) -> Picked:
        """All of them, as they are now."""
        return Picked(bytes(self._mask))

    def turn(self, item_id: int) -> None:
        """Tick one row, or untick it."""
        if item_id >= len(self._mask):
            self._mask.extend(bytes(item_id + 1 - len(self._mask)))
        self._mask[item_id] ^= 1
        self._count += 1 if self._mask[item_id] else -1

    def turn_all(self, rows: Picked) -> None:
        """Tick all rows of a group; where all are ticked, untick them."""
        all_ticked = len(Picked(both(rows.mask, self._mask))) == len(rows)
        self._become(less(self._mask, rows.mask) if all_ticked else either(self._mask, rows.mask))

    def drop(self, ids: Iterable[int]) -> None:
        """Untick some."""
        if isinstance(ids, Picked):
            self._become(less(self._mask, ids.mask))
            return
        for item_id in ids:
            if item_id in self:
                self.turn(item_id)

    def clear(self) -> None:
        """Untick all."""
        self._mask, self._count = bytearray(), 0

    def _become(self, mask: bytes) -> None:
        self._mask, self._count = bytearray(mask), mask.count(1)
