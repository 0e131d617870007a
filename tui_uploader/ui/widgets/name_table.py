"""NameTable: a number for each name of a folder; of many, in small tables: to grow one of a million holds the keys."""

from collections.abc import Collection, Iterator

FEW = 8192  # names that stand in one table, in the order in which they came
_TABLES = 1024  # where there are more: they come to grow one by one


class NameTable:
    """Like a dict from names to numbers, for as many names as there may be in a folder."""

    __slots__ = ("_length", "_most", "_tables")

    def __init__(self) -> None:
        self._tables: list[dict[bytes, int]] = [{}]
        self._most = 0  # what of a hash tells the table
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __contains__(self, name: object) -> bool:
        return name in self._tables[hash(name) & self._most]

    def __iter__(self) -> Iterator[bytes]:
        for table in self._tables:
            yield from table

    def pieces(self, size: int) -> Iterator[list[tuple[bytes, int]]]:
        """Names with their numbers, in pieces of about this size. Of few names there is one piece."""
        piece: list[tuple[bytes, int]] = []
        for table in self._tables:
            piece += table.items()
            if len(piece) >= size:
                yield piece
                piece = []
        if piece:
            yield piece

    def split(self, names: Collection[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Those of some names that are here, and the others."""
        tables, most = self._tables, self._most
        inside = [name for name in names if name in tables[hash(name) & most]]
        if not inside or len(inside) == len(names):
            return inside, [] if inside else list(names)
        return inside, [name for name in names if name not in tables[hash(name) & most]]

    def put(self, names: Collection[bytes], code: int) -> None:
        """Add names that are not here yet."""
        self._length += len(names)
        if self._grows():
            tables, most = self._tables, self._most
            for name in names:
                tables[hash(name) & most][name] = code
        else:
            self._tables[0].update(dict.fromkeys(names, code))

    def drop(self, names: Collection[bytes]) -> "NameTable":
        """Remove names that are here; what was with them."""
        tables, most, dropped = self._tables, self._most, NameTable()
        dropped._tables[0] = {name: tables[hash(name) & most].pop(name) for name in names}
        dropped._length = len(names)
        self._length -= len(names)
        return dropped

    def restore(self, dropped: "NameTable") -> None:
        """Add what was dropped."""
        self._length += len(dropped)
        if self._grows():
            tables, most = self._tables, self._most
            for table in dropped._tables:
                for name, code in table.items():
                    tables[hash(name) & most][name] = code
        else:
            for table in dropped._tables:
                self._tables[0].update(table)

    def odd(self) -> int:
        """How many numbers are odd."""
        return sum(sum(map((1).__and__, table.values())) for table in self._tables)

    def _grows(self) -> bool:
        """Whether there are tables for many names, now that so many come to be here."""
        if not self._most and self._length > FEW:
            known = self._tables[0]
            self._tables, self._most = [{} for _ in range(_TABLES)], _TABLES - 1
            for name, code in known.items():
                self._tables[hash(name) & self._most][name] = code
        return bool(self._most)
