"""IdSet: a set of items, a byte for each item of the queue: a million come and go, and no growth holds a key."""

from collections.abc import Iterable, Iterator
from itertools import compress

from tui_uploader.model.picked import Picked


class IdSet:
    """Ids from 0 on. A set of a million numbers, as Python has it, takes 0.1 s to grow once more."""

    def __init__(self) -> None:
        self._mask = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, item_id: object) -> bool:
        return isinstance(item_id, int) and 0 <= item_id < len(self._mask) and bool(self._mask[item_id])

    def __iter__(self) -> Iterator[int]:
        """Ascending."""
        return compress(range(len(self._mask)), self._mask)

    @property
    def picked(self) -> Picked:
        """All of them, as they are now."""
        return Picked(bytes(self._mask))

    def update(self, ids: Iterable[int]) -> None:
        """Some more."""
        for item_id in ids:
            if item_id >= len(self._mask):
                self._mask.extend(bytes(item_id + 1 - len(self._mask)))
            self._count += not self._mask[item_id]
            self._mask[item_id] = 1

    def difference_update(self, ids: Iterable[int]) -> None:
        """Some fewer."""
        for item_id in ids:
            self.discard(item_id)

    def discard(self, item_id: int) -> None:
        """Without one."""
        if item_id in self:
            self._mask[item_id] = 0
            self._count -= 1

    def clear(self) -> None:
        """None of them."""
        self._mask, self._count = bytearray(), 0
