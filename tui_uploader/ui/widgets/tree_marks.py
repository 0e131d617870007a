"""What is marked in the tree: marks, and exclusions beneath them, without walking any folder."""

from collections import Counter
from collections.abc import Iterator
from enum import Enum

from tui_uploader.model.files import Mark
from tui_uploader.ui.widgets.tree_folder import parent_of


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
        self._excluded: set[bytes] = set()
        self._beneath: Counter[bytes] = Counter()
        self._links_beneath: Counter[bytes] = Counter()
        self._folders = 0

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
                self._links[path] = Mark(path, root, False)
                self._links_beneath.update(_ancestors(path))
            return
        self._forget(path)
        if not self._covered(path):
            self._marks[path] = Mark(path, root, folder)
            self._folders += folder
            self._beneath.update(_ancestors(path))

    def unmark(self, path: bytes, *, link: bool = False) -> None:
        """Unmark a path and all beneath it."""
        if not link:
            self._forget(path)
            if self._covered(path):
                self._excluded.add(path)
                self._beneath.update(_ancestors(path))
        for inner in self._inside(path, self._links_beneath, self._links):
            del self._links[inner]
            self._links_beneath.subtract(_ancestors(inner))

    def clear(self) -> None:
        """Forget all marks."""
        for points in (self._marks, self._links, self._excluded, self._beneath, self._links_beneath):
            points.clear()
        self._folders = 0

    def _covered(self, path: bytes) -> bool:
        if not self._marks:
            return False
        while path not in self._marks:
            if path in self._excluded or path == b"/":
                return False
            path = parent_of(path)
        return True

    def _forget(self, path: bytes) -> None:
        for inner in self._inside(path, self._beneath, self._marks):
            self._folders -= self._marks.pop(inner).folder
            self._beneath.subtract(_ancestors(inner))
        for inner in self._inside(path, self._beneath, self._excluded):
            self._excluded.discard(inner)
            self._beneath.subtract(_ancestors(inner))

    @staticmethod
    def _inside(path: bytes, beneath: Counter[bytes], points: "dict[bytes, Mark] | set[bytes]") -> list[bytes]:
        lead = path.rstrip(b"/") + b"/"
        inner = [point for point in points if point.startswith(lead) and point != path] if beneath[path] else []
        return [*inner, path] if path in points else inner
