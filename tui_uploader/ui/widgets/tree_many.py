"""Marking many rows of the file tree: a range, a pattern, all, the opposite. In pieces, in memory, walking nothing."""

import asyncio
import fnmatch
import re
from collections.abc import Iterator

from tui_uploader.model.files import Entry, Kind
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.left_out import UNSEEN, left_out_words, why_left_out
from tui_uploader.ui.widgets.mark_steps import (
    HIDE,
    INVERT,
    MARK,
    UNMARK,
    Many,
    Step,
    all_of,
    is_hidden,
    is_link,
    sifted,
)
from tui_uploader.ui.widgets.tree_finder import BREATH
from tui_uploader.ui.widgets.tree_folder import Folder, Shown, join
from tui_uploader.ui.widgets.tree_looker import PATIENCE
from tui_uploader.ui.widgets.tree_marker import TreeMarker
from tui_uploader.ui.widgets.tree_marks import MarkState
from tui_uploader.ui.words import number, plural

_PIECE = 4096  # names handled without giving way to the loop: some 3 ms
_SINGLY = 128  # of those that are looked at one by one
_AT_ONCE = 2  # pieces that a key handles before it is answered
_LOOK = 256  # links asked about in one question
_KEPT = 20_000  # facts that a folder keeps of what was only marked
_FEW = 8_192  # rows that are looked at one by one before a key is answered
_TELL = 50_000  # marks between two words about them


class TreeMany(TreeMarker):
    """A `TreeMarker` that marks many rows at once. Links are looked at first, painted before or not."""

    _anchor: bytes | None = None

    # --- a range

    @property
    def range_words(self) -> str:
        """How many rows the range has that is being chosen; empty where none is."""
        if self._anchor is None:
            return ""
        low, high = self._range()
        return t("range of {rows}: v or Space marks it, Esc drops it", rows=plural(high - low + 1, "row"))

    def action_mark(self) -> None:
        """Mark or unmark the cursor's row and move on; with a range, mark that."""
        if self._anchor is not None:
            self.action_range()
        else:
            super().action_mark()

    def action_range(self) -> None:
        """Begin a range at the cursor; again: mark it."""
        if self.cursor_row.entry is None:
            self.say(t("there is nothing to mark here"))
        elif self._anchor is None:
            self._anchor = self.cursor_row.path
            self.say(t("range from here: move, then v or Space marks it, Esc drops it"))
        elif not self.busy():
            low, high = self._range()
            self._anchor = None
            self._do(Many([Step(MARK, *run) for run in self.rows.runs(low, high)]))

    def drop_range(self) -> bool:
        """Forget the range that is being chosen; False where none is."""
        was, self._anchor = self._anchor, None
        return was is not None

    def _range(self) -> tuple[int, int]:
        start = self.rows.nearest(self._anchor or b"")
        return min(start, self._y), max(start, self._y)

    # --- a folder

    def action_mark_all(self) -> None:
        """Mark the folder that the cursor is in, but for what is not shown; unmark it if all in it is marked."""
        folder = self.cursor_row.folder
        if self.busy():
            return
        if not len(folder.shown):
            self.say(t("there is nothing to mark here"))
        elif self._all_marked(folder):
            self._marks.unmark(folder.path)
            self.changed()
        elif self.rows.sought or not folder.complete:
            self._do(Many([all_of(MARK, folder)]))
        elif not any(kind in folder.entries.kinds for kind in (Kind.FILE, Kind.FOLDER, Kind.LINK)):
            self.say(t("nothing here can be marked"))
        else:
            self._mark_whole(folder)

    def _all_marked(self, folder: Folder) -> bool:
        links = Kind.LINK in folder.entries.kinds
        if self._marks.state(folder.path) is MarkState.ALL and not links:
            return True
        if len(folder.shown) > _FEW:
            return False
        known = [entry for entry in folder.shown if not why_left_out(entry)]
        return bool(known) and all(
            self._marks.state(join(folder.path, entry.name), link=entry.kind is Kind.LINK) is MarkState.ALL
            for entry in known
        )

    def _mark_whole(self, folder: Folder) -> None:
        """One mark for the folder instead of a million; links are marked singly; what is not shown is not meant."""
        self._marks.mark(folder.path, self.root, folder=True)
        steps = [all_of(MARK, folder, is_link)] if Kind.LINK in folder.entries.kinds else []
        if folder.shown.picked is not None:
            whole = Shown(folder.entries)
            steps.insert(0, Step(HIDE, folder, whole, 0, len(whole), is_hidden))
        if steps:
            self._do(Many(steps, changed=1))
        else:
            self.changed()

    def action_invert(self) -> None:
        """Mark what is not marked in the cursor's folder, and the other way round."""
        folder = self.cursor_row.folder
        if self.busy():
            return
        state = self._marks.state(folder.path)
        if not len(folder.shown):
            self.say(t("there is nothing to mark here"))
        elif not self.rows.sought and state is MarkState.ALL and Kind.LINK not in folder.entries.kinds:
            self._marks.unmark(folder.path)
            self.changed()
        elif state is MarkState.NONE and self._can_be_one(folder, folders=True):
            self._mark_whole(folder)
        else:
            self._do(Many([all_of(INVERT, folder)]))

    def mark_by(self, pattern: str, *, unmark: bool = False) -> None:
        """Mark or unmark the names of the cursor's folder that a pattern matches; folders where it ends in ``/``."""
        folder, of_folders = self.cursor_row.folder, pattern.endswith("/")
        if self.busy():
            return
        if pattern == "*" and not unmark and self._can_be_one(folder):
            self._mark_whole(folder)
            return
        fits = re.compile(fnmatch.translate(pattern.rstrip("/"))).match

        def match(name: bytes, kind: int) -> object:
            return (kind == Kind.FOLDER) is of_folders and fits(name.decode("utf-8", "surrogateescape"))

        self._do(Many([all_of(UNMARK if unmark else MARK, folder, match)], pattern))

    def _can_be_one(self, folder: Folder, *, folders: bool = False) -> bool:
        inside = Kind.FOLDER in folder.entries.kinds and not folders
        return len(folder.shown) > _FEW and not self.rows.sought and folder.complete and not inside

    # --- in pieces

    def _do(self, many: Many) -> None:
        pieces = self._pieces(many)
        for _ in range(_AT_ONCE):
            if next(pieces, self) is self:
                if many.unseen:
                    break
                self._did(many)
                return
        self.marked()
        self.run_worker(self._do_on(pieces, many), group="marking", exclusive=True, exit_on_error=False)

    async def _do_on(self, pieces: Iterator[None], many: Many) -> None:
        many.stopped = True  # as long as this does not come to its end
        try:
            told = 0
            for _ in pieces:
                told = self._tell(many, told)
                await asyncio.sleep(BREATH)
            while many.unseen:
                await self._look_at_links(many)
                told = self._tell(many, told)
            many.stopped = False
        finally:
            if self.is_running:
                self._did(many)

    def _tell(self, many: Many, told: int) -> int:
        if many.changed - told < _TELL:
            return told
        self.say(t("marking... {count}, Esc stops", count=number(many.changed)))
        self.marked()
        return many.changed

    def _pieces(self, many: Many) -> Iterator[None]:
        """Do it to all but the links of which more must be known; gives way after each piece."""
        for step in many.steps:
            for start in range(step.first, step.end, _PIECE):
                files, singly = sifted(step, start, min(start + _PIECE, step.end))
                self._do_files(many, step, files)
                yield
                for at, place in enumerate(singly):
                    self._do_one(many, step, place)
                    if at % _SINGLY == _SINGLY - 1:
                        yield

    def _do_files(self, many: Many, step: Step, names: list[bytes]) -> None:
        folder, old = step.folder.path, list[bytes]()
        if step.what == INVERT:
            old, names = self._marks.split(folder, names)
        elif step.what != MARK:
            old, names = names, []
        gone, come = self._marks.unmark_files(folder, old), self._marks.mark_files(folder, names, self.root)
        many.changed += gone + come if step.what != HIDE else 0

    def _do_one(self, many: Many, step: Step, at: int) -> None:
        entry = step.shown[at]
        path, link = join(step.folder.path, entry.name), entry.kind is Kind.LINK
        state = self._marks.state(path, link=link)
        if step.what in (UNMARK, HIDE) or (step.what == INVERT and state is MarkState.ALL):
            many.changed += state is not MarkState.NONE and step.what != HIDE
            self._marks.unmark(path, link=link)
        elif state is MarkState.ALL:
            return
        elif link and not step.shown.entries.has_facts(step.shown.place(at)):
            many.unseen.append((step.folder, step.shown, at))
        else:
            self._mark_entry(many, step.folder, entry)

    def _mark_entry(self, many: Many, folder: Folder, entry: Entry) -> None:
        if why := why_left_out(entry):
            many.left[why] += 1
        elif not self.leaves(folder, entry):
            path, link = join(folder.path, entry.name), entry.kind is Kind.LINK
            self._marks.mark(path, self.root, folder=entry.kind is Kind.FOLDER, link=link)
            many.changed += 1

    async def _look_at_links(self, many: Many) -> None:
        """Ask the disk where the next links lead, and mark those that lead to files."""
        folder = many.unseen[0][0]
        here = [seen for seen in many.unseen[:_LOOK] if seen[0] is folder]
        if len(many.unseen) > _LOOK:
            self.say(t("looking where {links} lead, Esc stops", links=plural(len(many.unseen), "link")))
        facts = await self._reader.look(folder.path, [shown.name(at) for _, shown, at in here], PATIENCE)
        many.unseen = [seen for seen in many.unseen[:_LOOK] if seen[0] is not folder] + many.unseen[_LOOK:]
        for _, shown, at in here:
            entries, name = shown.entries, shown.name(at)
            if len(entries.facts) < _KEPT:
                entries.facts[name] = facts[name]
            self._mark_entry(many, folder, Entry(name, Kind.LINK, *facts[name]))

    def _did(self, many: Many) -> None:
        many.left[UNSEEN] += len(many.unseen)
        self.changed()
        asked = self.ask()
        words, left = t("{rows} changed", rows=plural(many.changed, "mark")), left_out_words(many.left)
        if many.stopped:
            words = t("stopped half-way: {words}", words=words)
        if left:
            self.say(t("{words}; left out: {left}", words=words, left=left))
        elif many.changed or asked or many.stopped:
            self.say(words)
        elif many.pattern:
            self.say(t("nothing here matches {pattern}, or can be marked", pattern=many.pattern))
        else:
            self.say(t("nothing here can be marked"))
