"""One opened folder of the file tree: its entries in order, and the rows of the folders open in it."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from tui_uploader.model.failures import info_of
from tui_uploader.model.files import Entries, Entry
from tui_uploader.model.ordering import NAME, entry_key, name_key
from tui_uploader.ui.language import said, t

PIECE = 16_384  # names looked through without giving way to the loop: some 4 ms
_OWN_WORDS = {"DIR_GONE": "folder is gone", "DIR_STALLED": "no answer in time"}


def error_words(code: str) -> str:
    """The few words that stand beside a folder's error code."""
    return said(_OWN_WORDS.get(code) or info_of(code).label)


def join(folder: bytes, name: bytes) -> bytes:
    """The path of `name` in `folder`."""
    return folder + name if folder.endswith(b"/") else folder + b"/" + name


def parent_of(path: bytes) -> bytes:
    """The folder that holds `path`; of ``/`` it is ``/``."""
    return path.rpartition(b"/")[0] or b"/"


class Shown(Sequence[Entry]):
    """Those entries of a folder that are shown, in order: all, or the ones at the positions of an index."""

    __slots__ = ("entries", "picked")

    def __init__(self, entries: Entries, picked: "array[int] | None" = None) -> None:
        self.entries, self.picked = entries, picked

    def __len__(self) -> int:
        return len(self.entries if self.picked is None else self.picked)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        return self.entries[self.place(at)]

    def __iter__(self) -> Iterator[Entry]:
        return (self[at] for at in range(len(self)))

    def place(self, at: int) -> int:
        """The position among all entries."""
        return at if self.picked is None else self.picked[at]

    def name(self, at: int) -> bytes:
        """The name alone, which is cheaper than an entry."""
        return self.entries.names[self.place(at)]

    def names(self, start: int, end: int) -> Sequence[bytes]:
        """The names from one position to another."""
        names = self.entries.names
        return names[start:end] if self.picked is None else [names[at] for at in self.picked[start:end]]

    def kinds(self, start: int, end: int) -> Sequence[int]:
        """Their kinds."""
        kinds = self.entries.kinds
        return kinds[start:end] if self.picked is None else [kinds[at] for at in self.picked[start:end]]


class Folder:
    """A folder that was opened at least once: its sorted entries, and those of its folders that are open in it.

    `rows` counts the lines beneath it when it is open. Open folders are kept by position, so finding a line takes
    a bisection a level and opening a folder touches nothing but its ancestors.
    """

    __slots__ = (
        "_at", "_open", "_starts", "children", "complete", "entries", "error", "expanded", "note", "order", "parent",
        "path", "reading", "rows", "seen", "shown", "sought",
    )  # fmt: skip

    def __init__(self, path: bytes, parent: "Folder | None" = None) -> None:
        self.path = path
        self.parent = parent
        self.entries = Entries()
        self.shown = Shown(self.entries)
        self.order = NAME
        self.seen = 0  # names counted while it is being read
        self.sought = b""  # what the shown names contain
        self.children: dict[bytes, Folder] = {}
        self.expanded = False
        self.reading = False
        self.complete = False
        self.error: str | None = None
        self.note = ""
        self.rows = 0
        self._at: list[int] = []
        self._open: list[Folder] = []
        self._starts: list[int] = []
        self.recount()

    @property
    def name(self) -> bytes:
        """Its name in its parent."""
        return self.path.rpartition(b"/")[2]

    @property
    def listed(self) -> bool:
        """Whether its entries, or the reason why there are none, are known."""
        return self.complete or self.error is not None

    @property
    def begun(self) -> bool:
        """Whether there is something to show of it: its first page, all of it, or why there is nothing."""
        return self.listed or len(self.entries) > 0

    def _note(self) -> str:
        if self.reading and not self.complete:
            more = t("reading more... {seen}+", seen=f"{self.seen:,}") if self.seen else t("reading more...")
            return t("reading...") if not self.entries else more
        if self.error is not None:
            return f"{self.error} {error_words(self.error)}"
        hidden = len(self.entries) - len(self.shown)
        if self.sought and self.complete and hidden:
            return t("{hidden} do not match (f)", hidden=f"{hidden:,}") if self.shown else t("(nothing matches, f)")
        if not self.shown and self.complete:
            if hidden:
                return t("({hidden} hidden, . shows them)", hidden=hidden)
            return t("(empty, h closes it)") if self.parent is not None else t("(empty, Backspace goes up)")
        if not self.complete:
            return t("(not all read)") if self.entries else t("(not read)")
        return t("{hidden} hidden (.)", hidden=hidden) if hidden and self.parent is None else ""

    def position(self, name: bytes) -> int | None:
        """Where `name` stands among the shown entries."""
        if self.order != NAME:
            return self._search(name)
        for folder in (False, True):
            at = self.place(name, folder)
            if at < len(self.shown) and self.shown.name(at) == name:
                return at
        return None

    def _search(self, name: bytes) -> int | None:
        at = self.entries.names.find(name)
        if at is None:
            return None
        index = self.shown.picked
        if index is None:
            return at
        found = bisect_left(index, at)
        return found if found < len(index) and index[found] == at else None

    def place(self, name: bytes, folder: bool) -> int:
        """Where `name` stands or would stand; in an order that the name does not tell, the beginning."""
        if self.order != NAME:
            return self._search(name) or 0
        return bisect_left(self.shown, name_key(name, folder), key=entry_key)

    def show(self, hidden: bool, sought: bytes = b"") -> None:
        """Show or leave out the hidden entries and those that do not contain `sought` (small letters)."""
        for _ in self.showing(hidden, sought):
            pass

    def showing(self, hidden: bool, sought: bytes) -> Iterator[None]:
        """`show` in pieces of some milliseconds."""
        entries, sought = self.entries, sought.lower()
        if not sought and (hidden or not entries.hidden):
            self.shown, self.sought = Shown(entries), sought
            return
        index, names = array("I"), entries.names
        kept = {child.name for child in self.children.values() if child.expanded} if sought else set()
        for start in range(0, len(names), PIECE):
            piece = enumerate(names[start : start + PIECE], start)
            if sought:
                index.extend(
                    at
                    for at, name in piece
                    if (sought in name.lower() or name in kept) and (hidden or not name.startswith(b"."))
                )
            else:
                index.extend(at for at, name in piece if not name.startswith(b"."))
            yield
        if entries is self.entries:
            self.shown, self.sought = Shown(entries, index), sought

    def reposition(self) -> None:
        """Find the open folders again after the shown entries changed."""
        found = []
        for child in self.children.values():
            at = self.position(child.name) if child.expanded else None
            if at is not None:
                found.append((at, child))
        found.sort(key=lambda pair: pair[0])
        self._at = [at for at, _ in found]
        self._open = [child for _, child in found]

    def opened(self, child: "Folder", at: int) -> None:
        """Note that the folder at position `at` was expanded."""
        slot = bisect_left(self._at, at)
        self._at.insert(slot, at)
        self._open.insert(slot, child)

    def closed(self, child: "Folder") -> None:
        """Note that a folder was collapsed."""
        slot = self._open.index(child)
        del self._at[slot], self._open[slot]

    def recount(self) -> None:
        """Count the rows again, its own and those of its open folders."""
        self.note = self._note()
        before, starts = 0, []
        for at, child in zip(self._at, self._open, strict=True):
            starts.append(at + 1 + before)
            before += child.rows
        self._starts = starts
        self.rows = len(self.shown) + before + bool(self.note)

    def run_end(self, position: int) -> int:
        """The position behind the last one whose row follows that of `position` with no open folder's between."""
        slot = bisect_left(self._at, position)
        return self._at[slot] + 1 if slot < len(self._at) else len(self.shown)

    def row_of(self, position: int) -> int:
        """The row of an entry, counted from this folder's first."""
        slot = bisect_left(self._at, position)
        return position if slot == 0 else self._starts[slot - 1] + self._open[slot - 1].rows + position - (
            self._at[slot - 1] + 1
        )  # fmt: skip

    def at_row(self, y: int) -> "tuple[Folder, int]":
        """The open folder that row `y` is in and the row in it, or this folder itself and a position in it."""
        slot = bisect_right(self._starts, y) - 1
        if slot < 0:
            return self, y
        child, start = self._open[slot], self._starts[slot]
        if y < start + child.rows:
            return child, y - start
        return self, y - (start + child.rows) + self._at[slot] + 1
