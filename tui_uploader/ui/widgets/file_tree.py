"""The file tree: marks what to upload and shows what became of it. Posts what the screen has to know."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from tui_uploader.model.files import Entry, Kind, Mark
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import shown_path
from tui_uploader.ui.glyphs import UNICODE, Glyphs
from tui_uploader.ui.keys import FILES, MOVING, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.undo import Undo
from tui_uploader.ui.widgets.folder_totals import FolderTotals
from tui_uploader.ui.widgets.tree_browser import FolderReader, TreeBrowser, home_folder
from tui_uploader.ui.widgets.tree_folder import join
from tui_uploader.ui.widgets.tree_marks import Changes, MarkState, TreeMarks
from tui_uploader.ui.widgets.tree_page import Look
from tui_uploader.ui.widgets.tree_words import row_words, why_not_marked

__all__ = ["FileTree", "FolderReader"]


class FileTree(TreeBrowser):
    """A server's files as a tree without a root row: what is marked, what is queued, and what became of it.

    Marks are made in memory, without walking. Paths are bytes, as the system has them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOVING, FILES)]
    HELP = "Browse the server's files and mark what to upload."
    sort_name = "name"

    @dataclass
    class MarksChanged(Message):
        """Something was marked or unmarked: `files` and `folders` are marked by themselves now."""

        files: int
        folders: int

    @dataclass
    class CursorMoved(Message):
        """The cursor stands on `path`, or more is known of it; `line` is path and `words` in one, safe to show."""

        path: bytes
        line: str
        words: str

    @dataclass
    class Said(Message):
        """A key could do nothing, and why; safe to show."""

        text: str

    @dataclass
    class Information(Message):
        """A person asks for all that is known of a file."""

        path: bytes
        entry: Entry

    @dataclass
    class RootChanged(Message):
        """Another folder is the root."""

        root: bytes

    def __init__(
        self,
        reader: FolderReader,
        root: bytes,
        *,
        glyphs: Glyphs = UNICODE,
        show_hidden: bool = True,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(reader, root, Look(glyphs, TreeMarks(), FolderTotals()), show_hidden=show_hidden, id=id)
        self.undo = Undo()  # the screen gives its own, shared with the queue
        self._told: tuple[bytes, str, str] | None = None

    # --- what others ask and tell

    @property
    def title_path(self) -> str:
        """The root as text."""
        return shown_path(self.root)

    @property
    def title_line(self) -> str:
        """The root and the order of the rows, for the pane's title."""
        return f"{self.title_path} {self.sort_name}"

    @property
    def cursor_path(self) -> bytes:
        """The path under the cursor."""
        return self.cursor_row.path

    def marks(self) -> tuple[Mark, ...]:
        """What is marked; each mark stands for all beneath it but `excluded`."""
        return self.look.marks.marks

    def excluded(self) -> frozenset[bytes]:
        """The paths beneath marked folders that are not to be uploaded; a mark beneath one counts again."""
        return self.look.marks.excluded

    def mark_counts(self) -> tuple[int, int]:
        """How many files and how many folders are marked by themselves."""
        return self.look.marks.counts

    def clear_marks(self) -> None:
        """Forget all marks."""
        self.look.marks.clear()
        self._marked()

    def set_state(self, state: QueueState) -> None:
        """Show the stages of a queue. Linear in its items: once, not for each change."""
        self.look.state, self.look.totals = state, FolderTotals()
        self.items_changed(range(len(state)))

    def items_changed(self, ids: Iterable[int]) -> None:
        """Items were added or changed: paint what is seen of them."""
        if self.look.state is not None:
            self.look.totals.take(self.look.state, ids)
            self.paint()
            self.cursor_changed()

    @property
    def can_mark(self) -> bool:
        """Whether Space does something on the cursor's row."""
        entry = self.cursor_row.entry
        return entry is not None and (not why_not_marked(entry) or self._state(entry) is not MarkState.NONE)

    def works(self, key_id: str) -> bool:
        """Whether the key with this id does something now, so that the footer names only such."""
        row = self.cursor_row
        match key_id:
            case "files.mark":
                return self.can_mark
            case "files.mark_all":
                return row.entry is not None
            case "files.expand":
                return row.is_folder
            case "files.collapse":
                return row.depth > 0 or (row.child is not None and row.child.expanded)
            case "files.open":
                return row.entry is not None
            case "files.parent":
                return self.root != b"/"
            case "files.home":
                return self.root != home_folder()
            case "files.hidden":
                return True
            case _:
                return any(key.id == key_id for key in MOVING) and len(self.rows) > 1

    def say(self, text: str) -> None:
        """Post why a key did nothing."""
        self.post_message(self.Said(text))

    def cursor_changed(self) -> None:
        """Post where the cursor stands, if that or what is known of it changed."""
        row = self.cursor_row
        path, words = row_words(row, self.look.state, self.look.totals)
        now = (row.path, f"{path}   {words}", words)
        if now != self._told:
            self._told = now
            self.post_message(self.CursorMoved(*now))

    def root_changed(self) -> None:
        """Post which folder is the root now."""
        self.post_message(self.RootChanged(self.root))

    def information(self, path: bytes, entry: Entry) -> None:
        """Post that a person asks for all of a file."""
        self.post_message(self.Information(path, entry))

    # --- keys

    def action_mark(self) -> None:
        """Mark or unmark the cursor's row and move on."""
        row = self.cursor_row
        if row.entry is None:
            self.say(t("there is nothing to mark here"))
            return
        state, link = self._state(row.entry), row.entry.kind is Kind.LINK
        if state is MarkState.ALL:
            self.look.marks.unmark(row.path, link=link)
        elif why := why_not_marked(row.entry):
            self.say(why)
            return
        else:
            self.look.marks.mark(row.path, self.root, folder=row.is_folder, link=link)
        self.move_to(self._y + 1)
        self._marked()

    def action_mark_all(self) -> None:
        """Mark the folder that the cursor is in, but for what is hidden; unmark it if all in it is marked."""
        folder, marks = self.cursor_row.folder, self.look.marks
        files = (e for e in folder.shown if e.kind is not Kind.LINK and not why_not_marked(e))
        first = next(files, None)
        if first is None:
            self.say(t("nothing here can be marked") if folder.shown else t("there is nothing to mark here"))
            return
        whole = marks.state(folder.path) is MarkState.ALL  # spares a look at each of a million entries
        if whole or all(marks.state(join(folder.path, e.name)) is MarkState.ALL for e in chain((first,), files)):
            marks.unmark(folder.path)
        else:
            marks.mark(folder.path, self.root, folder=True)
            if folder.shown is not folder.entries:
                for entry in folder.entries:
                    if entry.name.startswith(b".") and entry.kind is not Kind.LINK:
                        marks.unmark(join(folder.path, entry.name))
            if any(entry.kind is Kind.LINK and entry.link == "file" for entry in folder.shown):
                self.say(t("links are left out: mark each by itself"))
        self._marked()

    def _state(self, entry: Entry) -> MarkState:
        return self.look.marks.state(self.cursor_row.path, link=entry.kind is Kind.LINK)

    def _marked(self) -> None:
        if changes := self.look.marks.changes():
            self.undo.push(t("the last change of the marks is taken back"), partial(self._take_back, changes))
        self._show_marks()

    def _take_back(self, changes: Changes) -> bool:
        done = self.look.marks.take_back(changes)
        self._show_marks()
        return done

    def _show_marks(self) -> None:
        self.paint()
        self.post_message(self.MarksChanged(*self.mark_counts()))
