"""Marking in the file tree: one row, a range, a pattern, all, the opposite. In memory, walking nothing."""

import asyncio
import fnmatch
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tui_uploader.model.files import Entry, Kind
from tui_uploader.ui.language import t
from tui_uploader.ui.undo import Undo
from tui_uploader.ui.widgets.tree_finder import BREATH, TreeFinder
from tui_uploader.ui.widgets.tree_folder import Folder, join
from tui_uploader.ui.widgets.tree_marks import Changes, MarkState, TreeMarks
from tui_uploader.ui.widgets.tree_words import why_not_marked
from tui_uploader.ui.words import number, plural

_STRIDE = 256  # names looked at between two moments for keys: some 3 ms
_AT_ONCE = 8_192  # names that a key handles before it is answered
Place = tuple[Folder, int]
Leaving = dict[bytes, bytes]
"""Paths of links, and where each leads."""


class TreeMarker(TreeFinder):
    """A `TreeFinder` whose rows can be marked. Each change can be taken back through `undo`."""

    undo = Undo()  # the screen gives its own, shared with the queue
    _anchor: bytes | None = None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._leaving: Leaving = {}  # links out of the tree that are to be asked about
        self._agreed: set[bytes] = set()  # those that a person said yes to

    def marked(self) -> None:
        """Other rows are marked."""
        raise NotImplementedError

    def ask_leaving(self, links: Leaving) -> None:
        """Links that lead out of the tree are to be marked: they are only after an explicit yes (FAULTS row 66)."""
        raise NotImplementedError

    def agree(self, links: Leaving) -> None:
        """A person said yes: mark these links, and ask about them no more."""
        self._agreed.update(links)
        for path in links:
            self._marks.mark(path, self.root, folder=False, link=True)
        if self.cursor_row.path in links:
            self.move_to(self._y + 1)
        self.changed()

    def _leaves(self, folder: Folder, entry: Entry) -> bool:
        """Whether an entry is a link to a file outside of the tree that nobody has agreed to; it is noted."""
        depth = folder.path.removeprefix(self.root.rstrip(b"/")).rstrip(b"/").count(b"/")
        path = join(folder.path, entry.name)
        if entry.link != "file" or entry.climbs <= depth or path in self._agreed:
            return False
        self._leaving[path] = os.path.normpath(os.path.join(folder.path, entry.target))
        return True

    def _ask(self) -> None:
        links, self._leaving = self._leaving, {}
        if links:
            self.ask_leaving(links)

    @property
    def _marks(self) -> TreeMarks:
        return self.look.marks

    def _state(self, entry: Entry) -> MarkState:
        return self._marks.state(self.cursor_row.path, link=entry.kind is Kind.LINK)

    def changed(self) -> None:
        """The marks changed: paint, tell, and let it be taken back."""
        if changes := self._marks.changes():
            self.undo.push(t("the last change of the marks is taken back"), partial(self._take_back, changes))
        self.marked()

    def _take_back(self, changes: Changes) -> bool:
        if len(changes) <= _AT_ONCE:
            done = self._marks.take_back(changes)
            self.marked()
            return done
        self.run_worker(self._taking_back(changes), group="marking", exclusive=True, exit_on_error=False)
        return True

    async def _taking_back(self, changes: Changes) -> None:
        for possible in self._marks.taking_back(changes):
            if not possible:
                self.say(t("the marks have changed since: this cannot be taken back"))
            await asyncio.sleep(BREATH)
        self.marked()

    # --- one row

    def action_mark(self) -> None:
        """Mark or unmark the cursor's row and move on; with a range, mark that."""
        if self._anchor is not None:
            self.action_range()
            return
        row = self.cursor_row
        if row.entry is None:
            self.say(t("there is nothing to mark here"))
            return
        link = row.entry.kind is Kind.LINK
        if self._state(row.entry) is MarkState.ALL:
            self._marks.unmark(row.path, link=link)
        elif why := why_not_marked(row.entry):
            self.say(why)
            return
        elif self._leaves(row.folder, row.entry):
            self._ask()
            return
        else:
            self._marks.mark(row.path, self.root, folder=row.is_folder, link=link)
        self.move_to(self._y + 1)
        self.changed()

    # --- a range

    @property
    def range_words(self) -> str:
        """How many rows the range has that is being chosen; empty where none is."""
        if self._anchor is None:
            return ""
        low, high = self._range()
        return t("range of {rows}: v or Space marks it, Esc drops it", rows=plural(high - low + 1, "row"))

    def action_range(self) -> None:
        """Begin a range at the cursor; again: mark it."""
        if self.cursor_row.entry is None:
            self.say(t("there is nothing to mark here"))
        elif self._anchor is None:
            self._anchor = self.cursor_row.path
            self.say(t("range from here: move, then v or Space marks it, Esc drops it"))
        else:
            low, high = self._range()
            self._anchor = None
            self._many((self.rows.place(y) for y in range(low, high + 1)), self._mark_place)

    def drop_range(self) -> bool:
        """Forget the range that is being chosen; False where none is."""
        was, self._anchor = self._anchor, None
        return was is not None

    def _range(self) -> tuple[int, int]:
        start = self.rows.nearest(self._anchor or b"")
        return min(start, self._y), max(start, self._y)

    # --- many

    def action_mark_all(self) -> None:
        """Mark the folder that the cursor is in, but for what is not shown; unmark it if all in it is marked."""
        folder, marks = self.cursor_row.folder, self._marks
        if not len(folder.shown):
            self.say(t("there is nothing to mark here"))
        elif marks.state(folder.path) is MarkState.ALL:
            marks.unmark(folder.path)
            self.changed()
        elif self.rows.sought:
            self._many(((folder, at) for at in range(len(folder.shown))), self._mark_place)
        elif not any(kind <= Kind.FOLDER for kind in set(folder.entries.kinds)):
            self.say(t("nothing here can be marked"))
        elif len(folder.shown) <= _AT_ONCE and self._all_marked(folder):
            marks.unmark(folder.path)
            self.changed()
        else:
            self._mark_whole(folder)

    def _all_marked(self, folder: Folder) -> bool:
        return all(
            self._marks.state(join(folder.path, entry.name)) is MarkState.ALL
            for entry in folder.shown
            if entry.kind is not Kind.LINK and not why_not_marked(entry)
        )

    def _can_be_one(self, folder: Folder, *, folders: bool = False) -> bool:
        """Whether all that is shown of a huge folder can be one mark instead of a million; links are marked singly."""
        kinds = folder.entries.kinds
        inside = Kind.LINK in kinds or (Kind.FOLDER in kinds and not folders)
        return len(folder.shown) > _AT_ONCE and not self.rows.sought and folder.complete and not inside

    def _mark_whole(self, folder: Folder) -> None:
        self._marks.mark(folder.path, self.root, folder=True)
        shown = folder.shown
        if shown.picked is not None:  # what is not shown is not meant
            for at, name in enumerate(folder.entries.names):
                if name.startswith(b".") and folder.entries.kinds[at] != Kind.LINK:
                    self._marks.unmark(join(folder.path, name))
        if Kind.LINK in folder.entries.kinds and any(
            entry.kind is Kind.LINK and entry.link == "file" for entry in folder.shown[:_AT_ONCE]
        ):
            self.say(t("links are left out: mark each by itself"))
        self.changed()

    def action_invert(self) -> None:
        """Mark what is not marked in the cursor's folder, and the other way round."""
        folder, state = self.cursor_row.folder, self._marks.state(self.cursor_row.folder.path)
        if not len(folder.shown):
            self.say(t("there is nothing to mark here"))
        elif not self.rows.sought and state is MarkState.ALL and Kind.LINK not in folder.entries.kinds:
            self._marks.unmark(folder.path)
            self.changed()
        elif state is MarkState.NONE and self._can_be_one(folder, folders=True):
            self._mark_whole(folder)
        else:
            self._many(((folder, at) for at in range(len(folder.shown))), self._invert_place)

    def mark_by(self, pattern: str, *, unmark: bool = False) -> None:
        """Mark or unmark the names of the cursor's folder that a pattern matches; folders where it ends in ``/``."""
        folder, of_folders = self.cursor_row.folder, pattern.endswith("/")
        if pattern == "*" and not unmark and self._can_be_one(folder):
            self._mark_whole(folder)
            return
        match = re.compile(fnmatch.translate(pattern.rstrip("/"))).match
        kinds, names = folder.entries.kinds, folder.shown

        def matching() -> Iterator[Place]:
            for at in range(len(names)):
                if (kinds[names.place(at)] == Kind.FOLDER) is of_folders and match(
                    names.name(at).decode("utf-8", "surrogateescape")
                ):
                    yield folder, at

        self._many(matching(), self._unmark_place if unmark else self._mark_place, pattern)

    def _many(self, places: Iterator[Place], do: Callable[[Folder, int], int], pattern: str = "") -> None:
        pieces = self._doing(places, do)
        total, ended = 0, False
        for _ in range(_AT_ONCE // _STRIDE):
            count = next(pieces, None)
            if count is None:
                ended = True
                break
            total = count
        if ended:
            self._did(total, pattern)
        else:
            self.run_worker(self._doing_on(pieces, pattern), group="marking", exclusive=True, exit_on_error=False)

    @staticmethod
    def _doing(places: Iterator[Place], do: Callable[[Folder, int], int]) -> Iterator[int]:
        """Do it to each place; the count of those changed, after each stride and at the end."""
        total = 0
        for gone, (folder, at) in enumerate(places):
            if at < len(folder.shown):
                total += do(folder, at)
            if gone % _STRIDE == _STRIDE - 1:
                yield total
        yield total

    async def _doing_on(self, pieces: Iterator[int], pattern: str) -> None:
        total = 0
        try:
            for step, total in enumerate(pieces):
                if step % 64 == 63:
                    self.say(t("marking... {count}, Esc stops", count=number(total)))
                    self.marked()
                await asyncio.sleep(BREATH)
        finally:
            if self.is_running:
                self._did(total, pattern)

    def _did(self, total: int, pattern: str) -> None:
        self.changed()
        asked = bool(self._leaving)
        self._ask()
        if total or asked:
            self.say(t("{rows} changed", rows=plural(total, "mark")))
        elif pattern:
            self.say(t("nothing here matches {pattern}, or can be marked", pattern=pattern))
        else:
            self.say(t("nothing here can be marked"))

    def _mark_place(self, folder: Folder, at: int) -> int:
        entry = folder.shown[at]
        path, link = join(folder.path, entry.name), entry.kind is Kind.LINK
        if why_not_marked(entry) or self._marks.state(path, link=link) is MarkState.ALL or self._leaves(folder, entry):
            return 0
        self._marks.mark(path, self.root, folder=entry.kind is Kind.FOLDER, link=link)
        return 1

    def _unmark_place(self, folder: Folder, at: int) -> int:
        entry = folder.shown[at]
        path, link = join(folder.path, entry.name), entry.kind is Kind.LINK
        if self._marks.state(path, link=link) is MarkState.NONE:
            return 0
        self._marks.unmark(path, link=link)
        return 1

    def _invert_place(self, folder: Folder, at: int) -> int:
        entry = folder.shown[at]
        state = self._marks.state(join(folder.path, entry.name), link=entry.kind is Kind.LINK)
        return (self._unmark_place if state is MarkState.ALL else self._mark_place)(folder, at)
