"""What is marked in the tree: marks, and exclusions beneath them, without walking any folder."""

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import Any

from tui_uploader.model.files import Mark
from tui_uploader.ui.widgets.tree_folder import parent_of

Points = dict[bytes, Any]  # a Mark, or None where a path alone is noted
Changes = list[tuple[Points, bytes, bool, Mark | None]]  # where, which path, whether it was put there, its mark

_PIECE = 512  # changes taken back without giving way to the loop: some 2 ms


class MarkState(Enum):
    """How much of a path is marked."""

    NONE = 0
    PARTLY = 1
    ALL = 2


def _ancestors(path: bytes) -> Iterator[bytes]:
    while path != b"/":
        path = parent_of(path)
        yield path


class TreeMarks:
    """A set of marked paths and a set of paths excluded beneath them: the nearest one at or above a path decides.

    Kept minimal: a mark stands only where nothing above it marks already, an exclusion only beneath a mark, so
    any of either beneath a folder makes it partly marked. Links stand apart: a link counts only when it is marked
    itself (FAULTS 65), a mark on its folder does not reach it.
    """

    def __init__(self) -> None:
        self._marks: dict[bytes, Mark] = {}
        self._links: dict[bytes, Mark] = {}
        self._excluded: dict[bytes, None] = {}
        self._beneath: Counter[bytes] = Counter()
        self._links_beneath: Counter[bytes] = Counter()
        self._folders = 0
        self._changes: Changes = []

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks, in the order they were made."""
        return (*self._marks.values(), *self._links.values())

    @property
    def excluded(self) -> frozenset[bytes]:
        """The paths beneath marked folders that are not marked."""
        return frozenset(self._excluded)

    @property
    def counts(self) -> tuple[int, int]:
        """How many files and how many folders are marked by themselves."""
        return len(self._marks) + len(self._links) - self._folders, self._folders

    def state(self, path: bytes, *, link: bool = False) -> MarkState:
        """How much of `path` is marked."""
        if link:
            return MarkState.ALL if path in self._links else MarkState.NONE
        if self._covered(path):
            return MarkState.PARTLY if self._beneath[path] else MarkState.ALL
        return MarkState.PARTLY if self._beneath[path] or self._links_beneath[path] else MarkState.NONE

    def mark(self, path: bytes, root: bytes, *, folder: bool, link: bool = False) -> None:
        """Mark a path and all beneath it; its key will be relative to `root`."""
        if link:
            if path not in self._links:
                self._put(self._links, path, Mark(path, root, False, link=True))
            return
        self._forget(path)
        if not self._covered(path):
            self._put(self._marks, path, Mark(path, root, folder))

    def unmark(self, path: bytes, *, link: bool = False) -> None:
        """Unmark a path and all beneath it."""
        if not link:
            self._forget(path)
            if self._covered(path):
                self._put(self._excluded, path, None)
        for inner in self._inside(path, self._links_beneath, self._links):
            self._drop(self._links, inner)

    def clear(self) -> None:
        """Forget all marks."""
        for points in (self._marks, self._links, self._excluded):
            points.clear()
        for counter in (self._beneath, self._links_beneath):
            counter.clear()
        self._folders = 0
        self._changes = []

    def changes(self) -> Changes:
        """What changed since the last call, to be given to `take_back`."""
        changes, self._changes = self._changes, []
        return changes

    def take_back(self, changes: Changes) -> bool:
        """Make some changes undone, the newest first; False where the marks are not as those left them."""
        return all(self.taking_back(changes))

    def taking_back(self, changes: Changes) -> Iterator[bool]:
        """`take_back` in pieces of some milliseconds: True after each, False and the end where it cannot be done."""
        last: dict[tuple[int, bytes], bool] = {}
        for start in range(0, len(changes), _PIECE):
            last.update(((id(points), path), added) for points, path, added, _ in changes[start : start + _PIECE])
            yield True
        known = {id(points): points for points in (self._marks, self._links, self._excluded)}
        for at, ((number, path), added) in enumerate(last.items()):
            if (path in known[number]) is not added:
                yield False
                return
            if at % _PIECE == _PIECE - 1:
                yield True
        for at, (points, path, added, mark) in enumerate(reversed(changes)):
            if added:
                self._drop(points, path)
            else:
                self._put(points, path, mark)
            if at % _PIECE == _PIECE - 1:
                self._changes = []
                yield True
        self._changes = []

    def _put(self, points: Points, path: bytes, mark: Mark | None) -> None:
        points[path] = mark
        self._count(points, path, 1, mark)
        self._changes.append((points, path, True, mark))

    def _drop(self, points: Points, path: bytes) -> None:
        mark = points.pop(path)
        self._count(points, path, -1, mark)
        self._changes.append((points, path, False, mark))

    def _count(self, points: Points, path: bytes, by: int, mark: Mark | None) -> None:
        beneath = self._links_beneath if points is self._links else self._beneath
        for above in _ancestors(path):
            beneath[above] += by
        if points is self._marks and mark is not None:
            self._folders += by * mark.folder

    def _covered(self, path: bytes) -> bool:
        if not self._marks:
            return False
        while path not in self._marks:
            if path in self._excluded or path == b"/":
                return False
            path = parent_of(path)
        return True

    def _forget(self, path: bytes) -> None:
        for points in (self._marks, self._excluded):
            for inner in self._inside(path, self._beneath, points):
                self._drop(points, inner)

    @staticmethod
    def _inside(path: bytes, beneath: Counter[bytes], points: Points) -> list[bytes]:
        lead = path.rstrip(b"/") + b"/"
        inner = [point for point in points if point.startswith(lead) and point != path] if beneath[path] else []
        return [*inner, path] if path in points else inner
