"""The rows of the file tree: which entry stands on which line, cheap for millions of lines, no Textual."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui_uploader.model.files import Entries, Entry, Kind
from tui_uploader.model.ordering import NAME
from tui_uploader.ui.widgets.tree_folder import Folder, Shown, join, parent_of


class Row(NamedTuple):
    """One line: an entry of a folder, or (entry None) the folder's note."""

    folder: Folder
    entry: Entry | None
    depth: int
    position: int

    @property
    def path(self) -> bytes:
        """The entry's path; of a note, the folder's."""
        return self.folder.path if self.entry is None else join(self.folder.path, self.entry.name)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder's own line."""
        return self.entry is not None and self.entry.kind is Kind.FOLDER

    @property
    def child(self) -> Folder | None:
        """The folder of this line, where it was opened before."""
        return self.folder.children.get(self.entry.name) if self.entry is not None else None


class TreeRows:
    """All rows beneath a root folder, counted from 0. There is always at least one (a note, if nothing else)."""

    def __init__(self, root: bytes, *, show_hidden: bool = True) -> None:
        self.root = Folder(root)
        self.show_hidden = show_hidden
        self.sought = b""

    def __len__(self) -> int:
        return self.root.rows

    @property
    def hidden_count(self) -> int:
        """How many entries are left out of the open folders, where hidden ones are not shown."""
        return sum(len(folder.entries) - len(folder.shown) for folder in self.folders() if self._visible(folder))

    def row(self, y: int) -> Row:
        """Row `y`."""
        folder, at, depth = self._at(y)
        return Row(folder, folder.shown[at] if at < len(folder.shown) else None, depth, at)

    def place(self, y: int) -> tuple[Folder, int]:
        """The folder and the position in it of row `y`; a note stands behind the last position."""
        return self._at(y)[:2]

    def runs(self, low: int, high: int) -> list[tuple[Folder, Shown, int, int]]:
        """The rows from `low` to `high` as positions that follow each other in one folder, notes left out."""
        found, y = [], low
        while y <= high:
            folder, at = self.place(y)
            end = min(folder.run_end(at), at + high - y + 1)
            if at < len(folder.shown):
                found.append((folder, folder.shown, at, end))
            y += max(end - at, 1)
        return found

    def _at(self, y: int) -> tuple[Folder, int, int]:
        if not 0 <= y < self.root.rows:
            raise IndexError(y)
        folder, depth = self.root, 0
        inner, at = folder.at_row(y)
        while inner is not folder:
            folder, depth = inner, depth + 1
            inner, at = folder.at_row(at)
        return folder, at, depth

    def find(self, path: bytes) -> int | None:
        """The row of a path, where it has one now."""
        y, row_path = self._closest(path, False)
        return y if row_path == path else None

    def nearest(self, path: bytes, was_folder: bool = False) -> int:
        """The row of a path; else of the sibling after it; where its folder is gone, of the nearest that is shown."""
        return self._closest(path, was_folder)[0]

    def _closest(self, path: bytes, was_folder: bool) -> tuple[int, bytes]:
        folder, y, lead = self.root, 0, len(self.root.path.rstrip(b"/")) + 1
        if path != folder.path and not path.startswith(folder.path.rstrip(b"/") + b"/"):
            return 0, b""
        names = path[lead:].split(b"/")
        for depth, name in enumerate(names):
            last = depth == len(names) - 1
            at = folder.position(name)
            if at is None:
                if not folder.shown or (not last and depth):  # a folder around it is gone: its parent's row
                    return max(y - 1, 0), folder.path
                at = min(folder.place(name, was_folder or not last), len(folder.shown) - 1)
                return y + folder.row_of(at), join(folder.path, folder.shown[at].name)
            y += folder.row_of(at)
            child = folder.children.get(name)
            if last or child is None or not child.expanded:
                return y, join(folder.path, name)
            folder, y = child, y + 1
        return y, path

    def folder(self, path: bytes) -> Folder | None:
        """The folder at `path`, where it was opened before."""
        if path == self.root.path:
            return self.root
        if not path.startswith(self.root.path.rstrip(b"/") + b"/"):
            return None
        found: Folder | None = self.root
        for name in path[len(self.root.path.rstrip(b"/")) + 1 :].split(b"/"):
            found = found.children.get(name) if found else None
        return found

    def expand(self, row: Row) -> Folder:
        """Open the folder of a row. The caller lists it if it is not `listed` yet."""
        if row.entry is None or not row.is_folder:
            raise ValueError("only a folder can be expanded")
        child = row.folder.children.setdefault(row.entry.name, Folder(row.path, row.folder))
        if not child.expanded:
            child.expanded = True
            child.recount()
            row.folder.opened(child, row.position)
            self._recount(row.folder)
        return child

    def collapse(self, folder: Folder) -> None:
        """Close a folder; what is open in it is open again when it is."""
        if folder.expanded and folder.parent is not None:
            folder.expanded = False
            folder.parent.closed(folder)
            self._recount(folder.parent)

    def read(self, folder: Folder) -> None:
        """Note that a folder is being listed."""
        folder.reading, folder.error = True, None
        self._recount(folder)

    def listed(
        self, folder: Folder, found: Iterable[Entry], error: str | None, complete: bool = True, order: str = NAME
    ) -> None:
        """Take in what a folder holds; `found` is sorted. What is known stays when a later look at it fails."""
        entries = found if isinstance(found, Entries) else Entries.of(found)
        folder.reading = False
        folder.error = error
        folder.complete = complete and error is None
        if error is None or entries or error == "DIR_GONE":
            self._take(folder, entries, order)
        self._recount(folder)

    def _take(self, folder: Folder, entries: Entries, order: str) -> None:
        folder.entries, folder.order = entries, order
        folder.show(self.show_hidden, self.sought)
        folder.reposition()
        for name in [name for name in folder.children if folder.position(name) is None]:
            if self.show_hidden or not name.startswith(b"."):
                del folder.children[name]

    def set_view(self, shown: bool, sought: bytes) -> Iterator[None]:
        """Show or leave out hidden entries, and those without `sought`, everywhere; in pieces of some milliseconds."""
        self.show_hidden, self.sought = shown, sought  # from now on, not from the first piece on
        return self._viewing(shown, sought)

    def _viewing(self, shown: bool, sought: bytes) -> Iterator[None]:
        for folder in reversed(list(self.folders())):
            yield from folder.showing(shown, sought)
            folder.reposition()
            folder.recount()

    def set_hidden(self, shown: bool) -> None:
        """Show or leave out hidden entries everywhere."""
        for _ in self.set_view(shown, self.sought):
            pass

    @property
    def total(self) -> int:
        """How many entries are known of all folders."""
        return sum(len(folder.entries) for folder in self.folders())

    def up(self) -> Folder:
        """Make the parent folder the root; the old root is its one known entry until it is listed."""
        old = self.root
        root = Folder(parent_of(old.path))
        root.children[old.name] = old
        root.entries = Entries.of([Entry(old.name, Kind.FOLDER)])
        root.shown = Shown(root.entries)
        root.recount()
        old.parent = root
        old.recount()
        self.root = root
        return root

    @staticmethod
    def _recount(folder: Folder | None) -> None:
        while folder is not None:
            folder.recount()
            folder = folder.parent

    @staticmethod
    def _visible(folder: Folder | None) -> bool:
        while folder is not None and folder.parent is not None:
            if not folder.expanded:
                return False
            folder = folder.parent
        return True

    def folders(self) -> Iterator[Folder]:
        """All folders that were opened once."""
        waiting = [self.root]
        while waiting:
            folder = waiting.pop()
            yield folder
            waiting.extend(folder.children.values())
