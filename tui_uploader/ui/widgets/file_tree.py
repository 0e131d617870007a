"""The file tree: marks what to upload and shows what became of it. Posts what the screen has to know."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from tui_uploader.model.files import Entry, Mark
from tui_uploader.model.items import Past, Stage
from tui_uploader.model.marked import Marked
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import shown_path
from tui_uploader.ui.glyphs import UNICODE, Glyphs
from tui_uploader.ui.keys import FILES, MOVING, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.folder_totals import FolderTotals
from tui_uploader.ui.widgets.tree_browser import home_folder
from tui_uploader.ui.widgets.tree_finder import BREATH
from tui_uploader.ui.widgets.tree_looker import FolderReader
from tui_uploader.ui.widgets.tree_many import TreeMany
from tui_uploader.ui.widgets.tree_marker import Leaving
from tui_uploader.ui.widgets.tree_marks import MarkState, TreeMarks
from tui_uploader.ui.widgets.tree_page import Look
from tui_uploader.ui.widgets.tree_words import row_words, why_not_marked

_TOLD = (Stage.DONE, Stage.FAILED)  # what the journal keeps for later jobs


class FileTree(TreeMany):
    """A server's files as a tree without a root row: what is marked, what is queued, and what became of it.

    Marks are made in memory, without walking. Paths are bytes, as the system has them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOVING, FILES)]
    HELP = "Browse the server's files and mark what to upload."

    class MarksChanged(Message):
        """Something was marked or unmarked: `files` and `folders` are marked by themselves now."""

        def __init__(self, files: int, folders: int) -> None:
            super().__init__()
            self.files, self.folders = files, folders

    class CursorMoved(Message):
        """The cursor stands on `path`, or more is known of it: `ways` from long to short, each safe to show."""

        def __init__(self, path: bytes, shown: str, ways: tuple[str, ...]) -> None:
            super().__init__()
            self.path, self.shown, self.ways = path, shown, ways

    class Said(Message):
        """A key could do nothing, and why; safe to show. An answer that comes late replaces no newer sentence."""

        def __init__(self, text: str, instead_of: str = "") -> None:
            super().__init__()
            self.text, self.instead_of = text, instead_of

    class Information(Message):
        """A person asks for all that is known of a file."""

        def __init__(self, path: bytes, entry: Entry, past: Past | None) -> None:
            super().__init__()
            self.path, self.entry, self.past = path, entry, past

    class Asked(Message):
        """A key that needs a text: find, filter, mark, unmark, go, bookmarks, bookmark."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    class LinksLeave(Message):
        """These links, each with where it leads, leave the tree: a yes marks them, by `agree`."""

        def __init__(self, links: Leaving) -> None:
            super().__init__()
            self.links = links

    class RootChanged(Message):
        """Another folder is the root."""

        def __init__(self, root: bytes) -> None:
            super().__init__()
            self.root = root

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
        self._told: tuple[bytes, str, tuple[str, ...]] | None = None

    # --- what others ask and tell

    @property
    def title_path(self) -> str:
        """The root as text."""
        return shown_path(self.root)

    @property
    def title_line(self) -> str:
        """The root and the order of the rows, for the pane's title."""
        return f"{self.title_path} {self.order}"

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

    async def marked_paths(self) -> Marked:
        """All that is marked and excluded, however many: keys have their turn in between."""
        marked = Marked()
        for _ in self.look.marks.packed(marked):
            await asyncio.sleep(BREATH)  # a key goes through a dozen queues: without a pause a piece came before each
        return marked

    @property
    def excluded_count(self) -> int:
        """How many paths beneath marked folders are not to be uploaded."""
        return self.look.marks.excluded_count

    def mark_counts(self) -> tuple[int, int]:
        """How many files and how many folders are marked by themselves."""
        return self.look.marks.counts

    def clear_marks(self) -> None:
        """Forget all marks."""
        self.look.marks.clear()
        self.marked()

    def queued(self, path: bytes) -> int | None:
        """The newest item of this path in the queue."""
        return self.look.totals.item(path)

    def set_state(self, state: QueueState) -> None:
        """Show the stages of a queue. Linear in its items: once, not for each change."""
        self.look.state, self.look.totals = state, FolderTotals()
        self.items_changed(range(len(state)))

    def take_in(self, ids: Iterable[int]) -> None:
        """Items were added or changed; `items_changed` shows it."""
        state = self.look.state
        if state is not None:
            ids = tuple(ids)
            self.look.totals.take(state, ids)
            if self.look.past or self.look.beneath:
                self.past_changed(state.path(item_id) for item_id in ids if state.stage(item_id) in _TOLD)

    def items_changed(self, ids: Iterable[int]) -> None:
        """Items were added or changed: paint what is seen of them."""
        ids = tuple(ids)
        self.take_in(ids)
        if self.look.state is not None:
            self.page_moved()
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
            case "files.mark_all" | "files.invert" | "files.range" | "files.mark_by" | "files.unmark_by":
                return row.entry is not None
            case "files.information" | "files.find" | "files.filter" | "files.sort":
                return row.entry is not None or bool(self.rows.sought)
            case "files.find_next" | "files.find_previous":
                return bool(self.sought)
            case "files.size":
                return row.is_folder
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
            case "files.hidden" | "files.go" | "files.bookmarks" | "files.bookmark":
                return True
            case _:
                return any(key.id == key_id for key in MOVING) and len(self.rows) > 1

    def say(self, text: str, instead_of: str = "") -> None:
        """Post why a key did nothing."""
        self.post_message(self.Said(text, instead_of))

    def cursor_changed(self) -> None:
        """Post where the cursor stands, if that or what is known of it changed."""
        row = self.cursor_row
        path, ways = row_words(row, self.look)
        busy = self.range_words or self.counting_words
        now = (row.path, path, (busy,) if busy else ways)
        if now != self._told:
            self._told = now
            self.post_message(self.CursorMoved(*now))

    def root_changed(self) -> None:
        """Post which folder is the root now."""
        self.post_message(self.RootChanged(self.root))

    def information(self, path: bytes, entry: Entry) -> None:
        """Post that a person asks for all of a file."""
        self.post_message(self.Information(path, entry, self.look.past.get(path)))

    def ask_leaving(self, links: Leaving) -> None:
        """Post that these links are to be asked about."""
        self.post_message(self.LinksLeave(links))

    def marked(self) -> None:
        """Paint the marks and post how many there are."""
        self.paint()
        self.post_message(self.MarksChanged(*self.mark_counts()))

    def counted(self) -> None:
        """Post that there is more to say in the title and of the cursor's row."""
        self.paint()
        self.cursor_changed()
        self.post_message(self.RootChanged(self.root))

    def step_back(self) -> bool:
        """Take back a range, what runs, or the filter: one at a time; False where there is nothing of it."""
        for group, words in (("marking", ""), ("find", t("looking stopped")), ("size", t("counting stopped"))):
            if self.workers_of(group):
                self.workers.cancel_group(self, group)
                if words:
                    self.say(words)
                return True
        if self.drop_range():
            self.cursor_changed()
            self.say(t("range dropped"))
            return True
        if self.rows.sought and self.has_focus:
            self.filter("")
            return True
        return False

    # --- keys that need a text or a page: the screen asks

    def action_ask(self, what: str) -> None:
        """Post what is asked for: find, filter, mark, unmark, go, bookmarks."""
        if what in ("mark", "unmark") and not len(self.cursor_row.folder.shown):
            self.say(t("there is nothing to mark here"))
        else:
            self.post_message(self.Asked(what))

    def action_information(self) -> None:
        """Post that a person asks for all of the cursor's row."""
        row = self.cursor_row
        if row.entry is None:
            self.say(t("no file here: go to one, then i shows what is known of it"))
        else:
            self.information(row.path, row.entry)
