"""Marking one row of the file tree, asking about links that leave it, and taking marks back."""

import asyncio
import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from tui_uploader.model.files import Entry, Kind
from tui_uploader.ui.language import t
from tui_uploader.ui.undo import Undo
from tui_uploader.ui.widgets.mark_changes import Changes
from tui_uploader.ui.widgets.tree_finder import BREATH, TreeFinder
from tui_uploader.ui.widgets.tree_folder import Folder, join
from tui_uploader.ui.widgets.tree_marks import MarkState, TreeMarks
from tui_uploader.ui.widgets.tree_words import why_not_marked

_AT_ONCE = 2  # pieces that a key takes back before it is answered
_HEAVY = 50_000  # names that are not let go at once
_GONE = 4  # steps let go in one piece: each has some thousand names
Leaving = dict[bytes, bytes]
"""Paths of links, and where each leads."""


class TreeMarker(TreeFinder):
    """A `TreeFinder` whose rows can be marked. Each change can be taken back through `undo`."""

    undo = Undo()  # the screen gives its own, shared with the queue
    planned: object = None  # the plan that is being made of the marks

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

    def leaves(self, folder: Folder, entry: Entry) -> bool:
        """Whether an entry is a link to a file outside of the tree that nobody has agreed to; it is noted."""
        depth = folder.path.removeprefix(self.root.rstrip(b"/")).rstrip(b"/").count(b"/")
        path = join(folder.path, entry.name)
        if entry.link != "file" or entry.climbs <= depth or path in self._agreed:
            return False
        self._leaving[path] = os.path.normpath(os.path.join(folder.path, entry.target))
        return True

    def ask(self) -> bool:
        """Ask about the links that were noted; False where there are none."""
        links, self._leaving = self._leaving, {}
        if links:
            self.ask_leaving(links)
        return bool(links)

    def busy(self) -> bool:
        """Whether marks are still being made or taken back, or planned; it is said then."""
        if self.planned is not None:
            self.say(t("still planning, Esc stops"))
            return True
        busy = self.workers_of("marking")
        if busy:
            self.say(t("still marking: wait, or Esc stops it"))
        return busy

    @property
    def _marks(self) -> TreeMarks:
        return self.look.marks

    def _state(self, entry: Entry) -> MarkState:
        return self._marks.state(self.cursor_row.path, link=entry.kind is Kind.LINK)

    def changed(self) -> None:
        """The marks changed: paint, tell, and let it be taken back."""
        if (changes := self._marks.changes()) is not None:
            self._can_be_taken_back(changes)
        self.marked()

    def _can_be_taken_back(self, changes: Changes) -> None:
        words = t("the last change of the marks is taken back")
        self.undo.push(words, partial(self._take_back, changes), len(changes), partial(self._forget, changes))

    def _forget(self, changes: Changes) -> None:
        """Let go of what nobody will take back, piece by piece: a million names at once would hold a key."""
        if len(changes) > _HEAVY:
            self.run_worker(self._forgetting(changes), group="forget", exit_on_error=False)

    async def _forgetting(self, changes: Changes) -> None:
        while changes.steps:
            del changes.steps[-_GONE:]
            await asyncio.sleep(BREATH)

    def _take_back(self, changes: Changes) -> bool:
        if not self._marks.can_take_back(changes):
            return False
        pieces = self._marks.taking_back(changes)
        for _ in range(_AT_ONCE):
            if next(pieces, None) is None:
                self.marked()
                return True
        self.run_worker(self._taking_back(pieces, changes), group="marking", exclusive=True, exit_on_error=False)
        return True

    async def _taking_back(self, pieces: Iterator[bool], changes: Changes) -> None:
        try:
            for _ in pieces:
                await asyncio.sleep(BREATH)
        finally:
            if changes.steps:  # somebody stopped it: U goes on
                self._can_be_taken_back(changes)
            if self.is_running:
                self.marked()

    # --- one row

    def action_mark(self) -> None:
        """Mark or unmark the cursor's row and move on."""
        if self.busy():
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
        elif self.leaves(row.folder, row.entry):
            self.ask()
            return
        else:
            self._marks.mark(row.path, self.root, folder=row.is_folder, link=link)
        self.move_to(self._y + 1)
        self.changed()
