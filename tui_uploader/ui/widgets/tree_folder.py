"""One opened folder of the file tree: its entries in order, and the rows of the folders open in it."""

import asyncio
import heapq
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tui_uploader.model.failures import info_of
from tui_uploader.model.files import Entry, Kind
from tui_uploader.ui.language import said, t

_PIECE = 16_384  # entries sorted without giving way to the loop: some 25 ms
_NUMBER = re.compile(rb"0*(\d+)")
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


def name_key(name: bytes, folder: bool) -> bytes:
    """What names are sorted by: folders first, numbers by value, small and capital letters alike, then bytes."""
    natural = _NUMBER.sub(_number, name.lower())
    return (b"0" if folder else b"1") + natural + b"\0" + name


def _number(match: re.Match[bytes]) -> bytes:
    digits = match[1]
    return b"0" + bytes((min(len(digits), 255),)) + digits


def entry_key(entry: Entry) -> bytes:
    """`name_key` of an entry."""
    return name_key(entry.name, entry.kind is Kind.FOLDER)


async def arranged(entries: Sequence[Entry]) -> list[Entry]:
    """`entries` sorted, giving way to the loop so that a huge folder does not hold the screen."""
    if len(entries) <= _PIECE:
        return sorted(entries, key=entry_key)
    runs: list[list[tuple[bytes, int, Entry]]] = []
    for start in range(0, len(entries), _PIECE):
        piece = entries[start : start + _PIECE]
        runs.append(sorted((entry_key(entry), start + n, entry) for n, entry in enumerate(piece)))
        await asyncio.sleep(0)
    merged: list[Entry] = []
    for _, _, entry in heapq.merge(*runs):
        merged.append(entry)
        if len(merged) % _PIECE == 0:
            await asyncio.sleep(0)
    return merged


class Folder:
    """A folder that was opened at least once: its sorted entries, and those of its folders that are open in it.

    `rows` counts the lines beneath it when it is open. Open folders are kept by position, so finding a line takes
    a bisection a level and opening a folder touches nothing but its ancestors.
    """

    __slots__ = (
        "_at", "_open", "_starts", "children", "complete", "entries", "error", "expanded", "hidden", "note", "parent",
        "path", "reading", "rows", "shown",
    )  # fmt: skip

    def __init__(self, path: bytes, parent: "Folder | None" = None) -> None:
        self.path = path
        self.parent = parent
        self.entries: list[Entry] = []
        self.shown: list[Entry] = self.entries
        self.hidden = 0
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

    def _note(self) -> str:
        if self.reading and not self.complete:
            return t("reading...") if not self.entries else t("reading more...")
        if self.error is not None:
            return f"{self.error} {error_words(self.error)}"
        hidden = len(self.entries) - len(self.shown)
        if not self.shown and self.complete:
            return t("({hidden} hidden, . shows them)", hidden=hidden) if hidden else t("(empty)")
        if not self.complete:
            return t("(not all read)") if self.entries else t("(not read)")
        return t("{hidden} hidden (.)", hidden=hidden) if hidden and self.parent is None else ""

    def position(self, name: bytes) -> int | None:
        """Where `name` stands among the shown entries."""
        for folder in (False, True):
            at = self.place(name, folder)
            if at < len(self.shown) and self.shown[at].name == name:
                return at
        return None

    def place(self, name: bytes, folder: bool) -> int:
        """Where `name` stands or would stand."""
        return bisect_left(self.shown, name_key(name, folder), key=entry_key)

    def show(self, hidden: bool) -> None:
        """Show or leave out the hidden entries."""
        if hidden or not self.hidden:
            self.shown = self.entries
        else:
            self.shown = [entry for entry in self.entries if not entry.name.startswith(b".")]

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
