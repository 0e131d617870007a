"""QueueRows: which row stands where. Counting in blocks instead of sorting, so a million rows open at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from tui_uploader.model.order import Order
from tui_uploader.model.picked import Picked, either, where
from tui_uploader.model.value import value

BLOCK = 4096
FEW = 32  # groups in a block, below which counting one after the other is quicker
HIDDEN = 255  # the group of what is not shown
_OTHERS = bytes((HIDDEN, *(0 for _ in range(255))))


@value
class Shape:
    """How a group is drawn: lines of its heading (0: it has none) and lines of each item (0: it is closed)."""

    head: int = 0
    item: int = 1


class QueueRows:
    """Row <-> line. A row is an item's id, or the heading of group g as ``-1 - g``; empty groups have no heading.

    Each item's group is one byte; every block of items knows how many of each group it holds. Finding the n-th row
    walks the blocks and then one block: 1,000,000 rows cost some hundred additions, a move costs four. Inside a group
    items stand by their place in `order`.
    """

    version = 0  # another after each change of which row is in which group

    def __init__(self, order: Order | None = None) -> None:
        self._order = order or Order()
        self.arrange((), b"")

    def arrange(self, shapes: Sequence[Shape], groups: Iterable[int]) -> None:
        """Another arrangement: the shapes of the groups, and the group of each place (`HIDDEN` is always there)."""
        self._shapes = list(shapes)
        self._group = bytearray()
        self._blocks: list[list[int]] = []
        self._totals = [0] * (HIDDEN + 1)
        self.extend(groups)

    def add_shapes(self, shapes: Sequence[Shape]) -> None:
        """More groups, behind the others."""
        self._shapes.extend(shapes)

    def shape(self, group: int, shape: Shape) -> None:
        """Open or close a group."""
        self._shapes[group] = shape

    def __len__(self) -> int:
        """All rows that are shown."""
        return sum(self._rows_in(group) for group in range(len(self._shapes)))

    @property
    def known(self) -> int:
        """All items, shown or not."""
        return len(self._group)

    def extend(self, groups: Iterable[int]) -> None:
        """New items at the end, with their groups."""
        at = len(self._group)
        self._group.extend(groups)
        self.version += 1
        for block in range(at // BLOCK, -(-len(self._group) // BLOCK)):
            start, end = max(at, block * BLOCK), min(len(self._group), (block + 1) * BLOCK)
            if block == len(self._blocks):
                self._blocks.append([0] * (HIDDEN + 1))
            for group, new in _counted(self._group[start:end]):
                self._blocks[block][group] += new
                self._totals[group] += new

    def move(self, item_id: int, group: int) -> bool:
        """Put an item into a group; answers whether another item or another group stood at its place."""
        place = self._order.place(item_id)
        old = self._group[place]
        if old == group:
            return False
        self._group[place] = group
        self.version += 1
        counts = self._blocks[place // BLOCK]
        counts[old] -= 1
        counts[group] += 1
        self._totals[old] -= 1
        self._totals[group] += 1
        return True

    def group(self, row: int) -> int:
        """The group in which a row stands."""
        return self._group[self._order.place(row)] if row >= 0 else -1 - row

    def total(self, group: int) -> int:
        """How many items a group holds."""
        return self._totals[group]

    def is_open(self, group: int) -> bool:
        """Whether a group shows its items."""
        return self._shapes[group].item > 0

    @property
    def closed(self) -> bool:
        """Whether there are headings alone."""
        return not any(shape.item and self._totals[group] for group, shape in enumerate(self._shapes))

    def shown(self, row: int) -> bool:
        """Whether a row is to be seen now."""
        group = self.group(row)
        if group >= len(self._shapes) or not self._totals[group]:
            return False
        return self._shapes[group].item > 0 if row >= 0 else self._shapes[group].head > 0

    def members(self, group: int) -> list[int]:
        """The ids in a group, in order."""
        wanted = self._group.translate(bytes(at == group for at in range(256)))
        places = compress(range(len(wanted)), wanted)
        return list(map(self._order.item, places)) if self._order.moved() else list(places)

    def picked(self, group: int) -> Picked:
        """The same, to be counted or sifted."""
        places = where(self._group, group)
        if not (moved := self._order.moved()):
            return Picked(places)
        mask = bytearray(places)
        for item_id in moved:
            if item_id < len(mask):
                mask[item_id] = places[self._order.place(item_id)]
        return Picked(bytes(mask))

    def groups_of(self, mask: bytes) -> bytes:
        """The groups of the items of a mask of 0 and 1, to be counted: a byte an item, `HIDDEN` for all others."""
        places = bytearray(mask[: len(self._group)])
        for item_id in self._order.moved():
            place = self._order.place(item_id)
            if place < len(self._group):
                places.extend(bytes(max(place + 1 - len(places), 0)))
                places[place] = item_id < len(mask) and mask[item_id]
        places.extend(bytes(len(self._group) - len(places)))
        return either(self._group, places.translate(_OTHERS))

    def at(self, index: int) -> int:
        """The row at an index; IndexError where there is none."""
        if index < 0:
            raise IndexError(index)
        for group, shape in enumerate(self._shapes):
            rows = self._rows_in(group)
            if index < rows:
                heading = bool(shape.head)
                return -1 - group if heading and index == 0 else self._select(group, index - heading)
            index -= rows
        raise IndexError(index)

    def index_of(self, row: int) -> int:
        """The index of a row that is shown."""
        group = self.group(row)
        before = sum(self._rows_in(other) for other in range(group))
        return before if row < 0 else before + bool(self._shapes[group].head) + self._rank(row, group)

    def walk(self, index: int) -> Iterator[int]:
        """The rows from an index on."""
        if not 0 <= index < len(self):
            return
        row = self.at(index)
        for group in range(self.group(row), len(self._shapes)):
            shape = self._shapes[group]
            if not self._totals[group]:
                continue
            if row < 0 or group != self.group(row):
                if shape.head:
                    yield -1 - group
                place = self._group.find(group) if shape.item else -1
            else:
                place = self._order.place(row)
            row = -1 - group
            while place >= 0:
                yield self._order.item(place)
                place = self._group.find(group, place + 1)

    def height(self, row: int) -> int:
        """How many lines a row takes."""
        shape = self._shapes[self.group(row)]
        return shape.item if row >= 0 else shape.head

    @property
    def line_count(self) -> int:
        """All lines."""
        return sum(self._lines_in(group) for group in range(len(self._shapes)))

    def line_of(self, row: int) -> int:
        """The first line of a row that is shown."""
        group = self.group(row)
        line = sum(self._lines_in(other) for other in range(group))
        shape = self._shapes[group]
        return line if row < 0 else line + shape.head + self._rank(row, group) * shape.item

    def row_at_line(self, line: int) -> tuple[int, int]:
        """The index of the row that covers a line, and which of its lines that is."""
        index = 0
        for group, shape in enumerate(self._shapes):
            lines = self._lines_in(group)
            if line < lines:
                if line < shape.head:
                    return index, line
                line -= shape.head
                return index + bool(shape.head) + line // shape.item, line % shape.item
            line -= lines
            index += self._rows_in(group)
        raise IndexError(line)

    def _rows_in(self, group: int) -> int:
        total, shape = self._totals[group], self._shapes[group]
        return (bool(shape.head) + (total if shape.item else 0)) if total else 0

    def _lines_in(self, group: int) -> int:
        total, shape = self._totals[group], self._shapes[group]
        return shape.head + total * shape.item if total else 0

    def _rank(self, item_id: int, group: int) -> int:
        """How many items of the group stand before an item."""
        place = self._order.place(item_id)
        block = place // BLOCK
        before = sum(counts[group] for counts in self._blocks[:block])
        return before + self._group.count(group, block * BLOCK, place)

    def _select(self, group: int, nth: int) -> int:
        for block, counts in enumerate(self._blocks):
            if nth < counts[group]:
                at = block * BLOCK - 1
                for _ in range(nth + 1):
                    at = self._group.find(group, at + 1)
                return self._order.item(at)
            nth -= counts[group]
        raise IndexError(nth)


def _counted(part: bytearray) -> Iterable[tuple[int, int]]:
    """How often each group stands in a block: mostly it is a few of them in long runs."""
    found: list[tuple[int, int]] = []
    while part:
        if len(found) == FEW:
            return [*found, *Counter(part).items()]
        group = part[0]
        found.append((group, part.count(group)))
        part = part.translate(None, bytes((group,)))
    return found
