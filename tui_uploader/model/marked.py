"""What is marked, folder by folder: a million marks cross to another process as a few blobs."""

from collections.abc import Iterable, Iterator
from dataclasses import field

from tui_uploader.model.files import Mark
from tui_uploader.model.value import record

Group = tuple[bytes, bytes, bool, bool, bytes]
"""A folder, the root of its keys, whether folders, whether links, names with a zero byte between each two."""


@record
class Marked:
    """Marks, and the paths beneath them that are not meant."""

    marks: list[Group] = field(default_factory=list)
    excluded: list[Group] = field(default_factory=list)

    @classmethod
    def of(cls, marks: Iterable[Mark], excluded: Iterable[bytes] = ()) -> "Marked":
        """A few of them."""
        made = cls(excluded=[(above, b"", False, False, name) for above, name in map(_apart, excluded)])
        for mark in marks:
            above, name = _apart(mark.path)
            made.marks.append((above, mark.root, mark.folder, mark.link, name))
        return made

    def folders(self) -> Iterator[bytes]:
        """The paths of the marked folders."""
        return _paths(group for group in self.marks if group[2])

    def links(self) -> Iterator[bytes]:
        """The paths of the marked links."""
        return _paths(group for group in self.marks if group[3])

    def left_out(self) -> frozenset[bytes]:
        """The paths that are not meant."""
        return frozenset(_paths(self.excluded))


def _apart(path: bytes) -> tuple[bytes, bytes]:
    above, _, name = path.rpartition(b"/")
    return above or b"/", name


def _paths(groups: Iterable[Group]) -> Iterator[bytes]:
    for above, *_, names in groups:
        lead = above if above.endswith(b"/") else above + b"/"
        for name in names.split(b"\0"):
            yield lead + name
