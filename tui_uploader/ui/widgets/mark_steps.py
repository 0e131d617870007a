"""The steps of one change of many marks: where and what, what came of it, and which rows need a look of their own."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import NamedTuple

from tui_uploader.model.files import Kind
from tui_uploader.model.value import record
from tui_uploader.ui.widgets.tree_folder import Folder, Shown
from tui_uploader.ui.widgets.tree_words import LIMIT

MARK, UNMARK, INVERT, HIDE = "mark", "unmark", "invert", "hide"  # hide: unmark what is not shown, which nobody counts

Match = Callable[[bytes, int], object]  # of a name and its kind


class Step(NamedTuple):
    """Positions of a folder as it was when the key was pressed: rows that come and go meanwhile do not move them."""

    what: str
    folder: Folder
    shown: Shown
    first: int
    end: int
    match: Match | None = None


@record
class Many:
    """One change of many marks: its steps, what it did, and what it had to leave out."""

    steps: Sequence[Step]
    pattern: str = ""
    changed: int = 0
    stopped: bool = False  # before it came to its end
    left: Counter[str] = field(default_factory=Counter)  # by why
    unseen: list[tuple[Folder, Shown, int]] = field(default_factory=list)  # links: nobody knows yet where they lead


def all_of(what: str, folder: Folder, match: Match | None = None) -> Step:
    """All that is shown of a folder now."""
    return Step(what, folder, folder.shown, 0, len(folder.shown), match)


def is_link(_name: bytes, kind: int) -> bool:
    """Whether it is a link."""
    return kind == Kind.LINK


def is_hidden(name: bytes, kind: int) -> bool:
    """Whether it is hidden, and a mark on its folder would reach it."""
    return name.startswith(b".") and kind != Kind.LINK


def sifted(step: Step, start: int, end: int) -> tuple[list[bytes], list[int]]:
    """The names of plain files among some positions, and the positions of what has to be looked at one by one."""
    files: list[bytes] = []
    singly: list[int] = []
    shown, match, sizes, facts = step.shown, step.match, step.shown.entries.sizes, step.shown.entries.facts
    for at, (name, kind) in enumerate(zip(shown.names(start, end), shown.kinds(start, end), strict=True), start):
        if match is not None and not match(name, kind):
            continue
        if kind != Kind.FILE or name in facts or (sizes is not None and sizes[shown.place(at)] > LIMIT):
            singly.append(at)
        else:
            files.append(name)
    return files, singly
