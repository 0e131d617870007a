"""Where the walks of what is marked begin: one start after the other, so that a million marks are not waited for."""

import os
from collections.abc import Collection, Iterator, Sequence

from tui_uploader.engine.planner import Start
from tui_uploader.model.marked import Group, Marked

_FEW = 8192  # names that keep the order in which they were marked: the first of two with one key has it


def starts_of(marked: Marked, excluded: Collection[bytes]) -> Iterator[Start]:
    """The starts of what is marked; the key of each is relative to the folder it was marked under.

    The nearest marked folder above a mark walks to it, unless what is excluded lies in between or it is a link: then
    it begins by itself. The names of a folder are sorted where there are many. `excluded` is what `marked` leaves out.
    """
    folders = frozenset(marked.folders())
    walked: dict[bytes, bool] = {}
    for above, root, _, link, names in _gathered(marked.marks):
        if not link:
            if above not in walked:
                walked[above] = _walked(above, folders, excluded)
            if walked[above]:  # the root itself is in no folder
                names = [b""] if b"" in names else []
        path_lead, key_lead = above if above.endswith(b"/") else above + b"/", _relative(above, root)
        for name in names:
            path = path_lead + name
            yield Start(path, b"" if path == root else key_lead + name)


def _gathered(groups: Sequence[Group]) -> Iterator[tuple[bytes, bytes, bool, bool, list[bytes]]]:
    if sum(names.count(b"\0") + 1 for *_, names in groups) <= _FEW:
        for *same, names in groups:
            yield (*same, names.split(b"\0"))  # type: ignore[misc]
        return
    by_place: dict[tuple[bytes, bytes, bool, bool], list[bytes]] = {}
    for above, root, folder, link, names in groups:
        by_place.setdefault((above, root, folder, link), []).extend(names.split(b"\0"))
    for place, found in by_place.items():
        found.sort()
        yield (*place, found)


def _relative(above: bytes, root: bytes) -> bytes:
    """What stands before a name in its key."""
    relative = os.path.relpath(above, root)
    return b"" if relative == b"." else relative + b"/"


def _walked(folder: bytes, folders: Collection[bytes], excluded: Collection[bytes]) -> bool:
    """Whether a marked folder walks to what lies in `folder`."""
    while folder not in folders and folder not in excluded:
        if folder == b"/":
            return False
        folder = os.path.dirname(folder)
    return folder not in excluded
