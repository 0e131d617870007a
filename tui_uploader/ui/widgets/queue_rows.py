"""QueueRows: which row stands where. Counting in blocks instead of sorting, so a million rows open at once."""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum

BLOCK = 1024


class Group(IntEnum):
    """The groups of the queue in the order in which they stand; inside a group the ids ascend."""

    FAILED = 0
    ACTIVE = 1
    RETRYING = 2
    WAITING = 3
    SKIPPED = 4
    CANCELLED = 5
    DONE = 6


TALL = (Group.FAILED, Group.RETRYING)  # two lines where the pane is narrow: a code is never cut


class QueueRows:
    """Item id <-> row <-> line. `tall` makes rows of `TALL` groups two lines high.

    Each id's group is one byte; every block of ids knows how many of each group it holds. Finding the n-th row
    walks the blocks and then one block: 1,000,000 rows cost about a thousand additions, a move costs four.
    """

    def __init__(self, *, tall: bool = False) -> None:
        self.tall = tall
        self._group = bytearray()
        self._blocks: list[list[int]] = [[] for _ in Group]
        self._totals = [0] * len(Group)

    def __len__(self) -> int:
        return len(self._group)

    def extend(self, groups: Iterable[int]) -> None:
        """New ids at the end, with their groups."""
        at = len(self._group)
        self._group.extend(groups)
        for block in range(at // BLOCK, -(-len(self._group) // BLOCK)):
            start, end = max(at, block * BLOCK), min(len(self._group), (block + 1) * BLOCK)
            for group, counts in enumerate(self._blocks):
                if len(counts) <= block:
                    counts.append(0)
                new = self._group.count(group, start, end)
                counts[block] += new
                self._totals[group] += new

    def move(self, item_id: int, group: int) -> bool:
        """Put an item into a group; answers whether it was in another."""
        old = self._group[item_id]
        if old == group:
            return False
        self._group[item_id] = group
        block = item_id // BLOCK
        self._blocks[old][block] -= 1
        self._blocks[group][block] += 1
        self._totals[old] -= 1
        self._totals[group] += 1
        return True

    def group(self, item_id: int) -> Group:
        """The group in which an item stands."""
        return Group(self._group[item_id])

    def total(self, group: Group) -> int:
        """How many items a group holds."""
        return self._totals[group]

    def at(self, row: int) -> int:
        """The id in row `row`; IndexError where there is none."""
        if row < 0:
            raise IndexError(row)
        for group, total in enumerate(self._totals):
            if row < total:
                return self._select(group, row)
            row -= total
        raise IndexError(row)

    def row_of(self, item_id: int) -> int:
        """The row in which an item stands."""
        group = self._group[item_id]
        block = item_id // BLOCK
        before = sum(self._totals[:group]) + sum(self._blocks[group][:block])
        return before + self._group.count(group, block * BLOCK, item_id)

    def walk(self, row: int) -> Iterator[int]:
        """The ids from row `row` on."""
        if not 0 <= row < len(self._group):
            return
        item_id = self.at(row)
        for group in range(self._group[item_id], len(Group)):
            while item_id >= 0:
                yield item_id
                item_id = self._group.find(group, item_id + 1)
            if group + 1 < len(Group):
                item_id = self._group.find(group + 1)

    def height(self, item_id: int) -> int:
        """How many lines the row of an item takes."""
        return self._heights()[self._group[item_id]]

    @property
    def line_count(self) -> int:
        """All lines."""
        return sum(total * high for total, high in zip(self._totals, self._heights(), strict=True))

    def line_of(self, item_id: int) -> int:
        """The first line of an item's row."""
        row, line = self.row_of(item_id), 0
        for total, high in zip(self._totals, self._heights(), strict=True):
            if row < total:
                return line + row * high
            row -= total
            line += total * high
        raise IndexError(item_id)

    def row_at_line(self, line: int) -> tuple[int, int]:
        """The row that covers a line, and which of its lines that is."""
        row = 0
        for total, high in zip(self._totals, self._heights(), strict=True):
            if line < total * high:
                return row + line // high, line % high
            line -= total * high
            row += total
        raise IndexError(line)

    def _heights(self) -> Sequence[int]:
        return _TALL if self.tall else _FLAT

    def _select(self, group: int, nth: int) -> int:
        for block, count in enumerate(self._blocks[group]):
            if nth < count:
                at = block * BLOCK - 1
                for _ in range(nth + 1):
                    at = self._group.find(group, at + 1)
                return at
            nth -= count
        raise IndexError(nth)


_TALL = tuple(2 if group in TALL else 1 for group in Group)
_FLAT = (1,) * len(Group)
