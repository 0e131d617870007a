"""The order in which items wait, where a person changed it: sparse, so that untouched items cost nothing."""

from collections.abc import Sequence


class Order:
    """Every item has a place, its id until a person moves it; `first` are those that start before all others."""

    def __init__(self) -> None:
        self.first: list[int] = []
        self._among: set[int] = set()
        self._place: dict[int, int] = {}
        self._item: dict[int, int] = {}

    def place(self, item_id: int) -> int:
        """Where an item stands."""
        return self._place.get(item_id, item_id)

    def item(self, place: int) -> int:
        """Which item stands there."""
        return self._item.get(place, place)

    def __contains__(self, item_id: int) -> bool:
        """Whether an item is among the first."""
        return item_id in self._among

    def moved(self) -> list[int]:
        """All items that a person has moved, or whose place another has taken."""
        return list(self._place)

    def move(self, ids: Sequence[int], before: int | None) -> set[int]:
        """Items come right before `before`, its neighbours until now, or before everything; whose place changed."""
        changed = set(ids)
        if before is not None and before not in self and len(ids) == 1 and ids[0] not in self:
            self._swap(ids[0], before)
            return changed | {before}
        self.first = [item_id for item_id in self.first if item_id not in changed]
        at = self.first.index(before) if before in self.first else 0 if before is None else len(self.first)
        self.first[at:at] = ids
        self._among.update(ids)
        self._settle()
        return changed | set(self.first)

    def drop(self, item_id: int) -> None:
        """An item does not wait any more."""
        if item_id in self._among:
            self._among.discard(item_id)
            self.first.remove(item_id)

    def _settle(self) -> None:
        """The places of those that are first follow their order."""
        for item_id, place in zip(self.first, sorted(map(self.place, self.first)), strict=True):
            self._put(item_id, place)

    def _swap(self, one: int, other: int) -> None:
        here, there = self.place(one), self.place(other)
        self._put(one, there)
        self._put(other, here)

    def _put(self, item_id: int, place: int) -> None:
        self._place[item_id], self._item[place] = place, item_id
