"""What is marked in the tree: marks, and exclusions beneath them, without walking any folder."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from itertools import chain, groupby
from operator import itemgetter

from tui_uploader.model.files import Mark
from tui_uploader.model.marked import Marked
from tui_uploader.ui.widgets.mark_changes import Change, Changes, Points
from tui_uploader.ui.widgets.name_table import FEW
from tui_uploader.ui.widgets.tree_folder import join, parent_of

PIECE = 8192  # names handled without giving way to the loop: some milliseconds
_STEP = 16  # names that a step with one name takes as long as


class MarkState(Enum):
    """How much of a path is marked."""

    NONE = 0
    PARTLY = 1
    ALL = 2


class TreeMarks:
    """A set of marked paths and a set of paths excluded beneath them: the nearest one at or above a path decides.

    Kept minimal: a mark stands only where nothing above it marks already, an exclusion only beneath a mark, so
    any of either beneath a folder makes it partly marked. Links stand apart: a link counts only when it is marked
    itself (FAULTS 65), a mark on its folder does not reach it. All are kept by folder, a name and a number each (which
    root, and whether a folder): a million marks are made, taken back and dropped in pieces of many names.
    """

    def __init__(self) -> None:
        self._marks, self._links, self._excluded = Points(), Points(), Points()
        self._beneath: Counter[bytes] = Counter()
        self._links_beneath: Counter[bytes] = Counter()
        self._roots: list[bytes] = []
        self._changes: list[Change] = []
        self._version = self._told = self._newest = 0

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks, folder by folder in the order they were begun."""
        return tuple(self.each())

    def each(self) -> Iterator[Mark]:
        """The marks one by one."""
        for points, link in ((self._marks, False), (self._links, True)):
            for folder, names in points.items():
                for name, code in chain.from_iterable(names.pieces(PIECE)):
                    yield Mark(join(folder, name), self._roots[code >> 1], bool(code & 1), link=link)

    @property
    def excluded(self) -> frozenset[bytes]:
        """The paths beneath marked folders that are not marked."""
        return frozenset(join(folder, name) for folder, names in self._excluded.items() for name in names)

    @property
    def counts(self) -> tuple[int, int]:
        """How many files and how many folders are marked by themselves."""
        return self._marks.total + self._links.total - self._marks.folders, self._marks.folders

    @property
    def excluded_count(self) -> int:
        """How many paths are excluded."""
        return self._excluded.total

    def packed(self, marked: Marked) -> Iterator[None]:
        """Put all into `marked`, in pieces of some milliseconds; few in the order in which they came."""
        for points, link in ((self._marks, False), (self._links, True), (self._excluded, False)):
            into = marked.excluded if points is self._excluded else marked.marks
            for folder, names in points.items():
                for piece in names.pieces(PIECE):
                    if len(names) > FEW:  # in no order any more: so that each root is one group
                        piece.sort(key=itemgetter(1))
                    for code, same in groupby(piece, itemgetter(1)):
                        root = self._roots[code >> 1] if self._roots else b""
                        into.append((folder, root, bool(code & 1), link, b"\0".join(name for name, _ in same)))
                    yield

    def state(self, path: bytes, *, link: bool = False) -> MarkState:
        """How much of `path` is marked."""
        if link:
            return MarkState.ALL if self._links.has(path) else MarkState.NONE
        if self._covered(path):
            return MarkState.PARTLY if self._beneath[path] else MarkState.ALL
        return MarkState.PARTLY if self._beneath[path] or self._links_beneath[path] else MarkState.NONE

    def split(self, folder: bytes, names: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Plain files of one folder: those that are marked, and the others."""
        whole = self._covered(folder)
        points = (self._excluded if whole else self._marks).get(folder)
        inside, outside = points.split(names) if points is not None else ([], list(names))
        return (outside, inside) if whole else (inside, outside)

    def mark(self, path: bytes, root: bytes, *, folder: bool, link: bool = False) -> None:
        """Mark a path and all beneath it; its key will be relative to `root`."""
        above, name = _apart(path)
        if link:
            if not self._links.has(path):
                self._put(self._links, above, [name], self._code(root))
            return
        self._forget(path)
        if not self._covered(path):
            self._put(self._marks, above, [name], self._code(root) + folder)

    def mark_files(self, folder: bytes, names: Sequence[bytes], root: bytes) -> int:
        """Mark plain files of one folder; how many were not marked before."""
        _, new = self.split(folder, names)
        if new and self._covered(folder):
            self._drop(self._excluded, folder, new)
        elif new:
            self._put(self._marks, folder, new, self._code(root))
        return len(new)

    def unmark(self, path: bytes, *, link: bool = False) -> None:
        """Unmark a path and all beneath it."""
        above, name = _apart(path)
        if not link:
            self._forget(path)
            if self._covered(path):
                self._put(self._excluded, above, [name], 0)
        self._inside(path, self._links_beneath, self._links)

    def unmark_files(self, folder: bytes, names: Sequence[bytes]) -> int:
        """Unmark plain files of one folder; how many were marked."""
        old, _ = self.split(folder, names)
        if old and self._covered(folder):
            self._put(self._excluded, folder, old, 0)
        elif old:
            self._drop(self._marks, folder, old)
        return len(old)

    def clear(self) -> None:
        """Forget all marks."""
        for points in (self._marks, self._links, self._excluded):
            points.empty()
        for counter in (self._beneath, self._links_beneath):
            counter.clear()
        self._changes = []
        self._version = self._told = self._fresh()

    def changes(self) -> Changes | None:
        """What changed since the last call, to be given to `take_back`; None where nothing did."""
        if not self._changes:
            return None
        made = Changes(self._changes, self._told, self._version)
        self._changes, self._told = [], self._version
        return made

    def can_take_back(self, changes: Changes) -> bool:
        """Whether the marks are as these changes left them."""
        return changes.after == self._version

    def take_back(self, changes: Changes) -> bool:
        """Make some changes undone, the newest first; False where the marks are not as those left them."""
        return all(self.taking_back(changes))

    def taking_back(self, changes: Changes) -> Iterator[bool]:
        """`take_back` in pieces of some milliseconds: True after each, False and the end where it cannot be done.

        What has not been taken back when somebody ends it in between stays in `changes`, which can then go on.
        """
        if not self.can_take_back(changes):
            yield False
            return
        gone = 0
        while changes.steps:
            gone += _STEP + self._one_back(changes.steps)
            changes.after = self._version = self._told = self._fresh() if changes.steps else changes.before
            if gone >= PIECE:
                gone = 0
                yield True

    def _one_back(self, steps: list[Change]) -> int:
        """Take back the last step, or a piece of it; the number of names to which something was done."""
        step = steps[-1]
        if not step.added:
            return self._restore(steps.pop())
        if len(step.names) <= PIECE:
            self._remove(steps.pop())
            return len(step.names)
        some = Change(step.points, step.folder, step.names[-PIECE:], 0, True)
        del step.names[-PIECE:]
        self._remove(some)
        return PIECE

    def _remove(self, step: Change) -> None:
        self._count(step.points, step.folder, -len(step.names), step.names)
        step.points.drop(step.folder, step.names)

    def _restore(self, step: Change) -> int:
        self._count(step.points, step.folder, len(step.dropped), step.dropped)
        return step.points.restore(step.folder, step.dropped, step.folders)

    def _put(self, points: Points, folder: bytes, names: list[bytes], code: int) -> None:
        points.put(folder, names, code)
        self._note(Change(points, folder, names, code, True), len(names))

    def _drop(self, points: Points, folder: bytes, names: Collection[bytes] | None) -> None:
        """Drop some names of a folder, or (None) all of them."""
        folders = points.folders
        dropped = points.take(folder) if names is None else points.drop(folder, names)
        self._note(Change(points, folder, [], 0, False, dropped, folders - points.folders), -len(dropped))

    def _note(self, change: Change, by: int) -> None:
        self._count(change.points, change.folder, by, change.names if change.added else change.dropped)
        self._changes.append(change)
        self._version = self._fresh()

    def _count(self, points: Points, folder: bytes, by: int, names: Collection[bytes]) -> None:
        if folder == b"/" and b"" in names:  # the root itself is beneath nothing
            by -= 1 if by > 0 else -1
        beneath = self._links_beneath if points is self._links else self._beneath
        beneath[folder] += by
        while folder != b"/":
            folder = parent_of(folder)
            beneath[folder] += by

    def _fresh(self) -> int:
        self._newest += 1
        return self._newest

    def _code(self, root: bytes) -> int:
        if root not in self._roots:
            self._roots.append(root)
        return 2 * self._roots.index(root)

    def _covered(self, path: bytes) -> bool:
        if not self._marks.total:
            return False
        while not self._marks.has(path):
            if self._excluded.has(path) or path == b"/":
                return False
            path = parent_of(path)
        return True

    def _forget(self, path: bytes) -> None:
        for points in (self._marks, self._excluded):
            self._inside(path, self._beneath, points)

    def _inside(self, path: bytes, beneath: Counter[bytes], points: Points) -> None:
        """Drop all points at and beneath a path."""
        above, name = _apart(path)
        if beneath[path]:
            lead = path.rstrip(b"/") + b"/"
            for folder in [one for one in points if one == path or one.startswith(lead)]:
                if path == b"/" == folder and b"" in points[folder]:
                    self._drop(points, folder, [one for one in points[folder] if one])
                else:
                    self._drop(points, folder, None)
        if points.has(path):
            self._drop(points, above, [name])


def _apart(path: bytes) -> tuple[bytes, bytes]:
    above, _, name = path.rpartition(b"/")
    return above or b"/", name
