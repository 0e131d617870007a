"""Marked paths by folder, and the changes of marks that can be taken back."""

from collections.abc import Collection
from dataclasses import field

from tui_uploader.model.value import record
from tui_uploader.ui.widgets.name_table import NameTable


class Points(dict[bytes, NameTable]):
    """Paths by folder, a number with each name: even for a file, odd for a folder.

    Numbers and bytes are nothing that the garbage collector looks at, however many there are.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = self.folders = 0

    def has(self, path: bytes) -> bool:
        """Whether a path is there."""
        above, _, name = path.rpartition(b"/")
        names = self.get(above or b"/")
        return names is not None and name in names

    def put(self, folder: bytes, names: Collection[bytes], code: int) -> None:
        """Add names that are not there yet."""
        self.setdefault(folder, NameTable()).put(names, code)
        self.total += len(names)
        self.folders += len(names) * (code & 1)

    def drop(self, folder: bytes, names: Collection[bytes]) -> NameTable:
        """Remove names that are there; what was with them."""
        known = self[folder]
        dropped = known.drop(names)
        if not known:
            del self[folder]
        self._less(dropped)
        return dropped

    def take(self, folder: bytes) -> NameTable:
        """Remove all names of a folder; what was with them."""
        dropped = self.pop(folder)
        self._less(dropped)
        return dropped

    def restore(self, folder: bytes, dropped: NameTable, folders: int) -> int:
        """Add what was dropped, so many folders among it; the number of names that were put in one by one."""
        self.total += len(dropped)
        self.folders += folders
        if folder not in self:
            self[folder] = dropped
            return 0
        self[folder].restore(dropped)
        return len(dropped)

    def empty(self) -> None:
        """Remove all."""
        self.clear()
        self.total = self.folders = 0

    def _less(self, dropped: NameTable) -> None:
        self.total -= len(dropped)
        self.folders -= dropped.odd() if self.folders else 0


@record
class Change:
    """Names of one folder that were put there, or dropped from there with what was with them."""

    points: Points
    folder: bytes
    names: list[bytes]
    code: int
    added: bool
    dropped: NameTable = field(default_factory=NameTable)
    folders: int = 0  # among the dropped


@record
class Changes:
    """Steps that belong together, and the versions of the marks before and after them."""

    steps: list[Change]
    before: int
    after: int

    def __len__(self) -> int:
        return sum(len(step.names) + len(step.dropped) for step in self.steps)
