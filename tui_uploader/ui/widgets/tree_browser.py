"""Browsing in the file tree: folders are listed when they are opened, and any folder can be the root."""

import os
from collections.abc import Callable

from tui_uploader.model.files import Entry, Listing
from tui_uploader.model.ordering import NAME
from tui_uploader.model.text import shown_path
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.tree_folder import Folder, error_words, parent_of
from tui_uploader.ui.widgets.tree_looker import PATIENCE, FolderReader, TreeLooker
from tui_uploader.ui.widgets.tree_page import Look
from tui_uploader.ui.widgets.tree_rows import TreeRows
from tui_uploader.ui.widgets.tree_words import why_not_marked


class TreeBrowser(TreeLooker):
    """A `TreeLooker` over real folders, listed by a `FolderReader`. Paths are bytes, as the system has them."""

    def __init__(
        self,
        reader: FolderReader,
        root: bytes,
        look: Look,
        *,
        show_hidden: bool = True,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(reader, TreeRows(absolute(root), show_hidden=show_hidden), look, id=id)
        self.order = NAME
        self._gone = ""
        self._asked: tuple[Folder, Callable[[], str], str] | None = None  # what a key is answered when it is read

    waits = False  # whether the first listing waits for `begin`: a start paints its first frame before it

    def on_mount(self) -> None:
        """List the root; where somebody says when, the rows say until then that it is being read."""
        self.rows.read(self.rows.root)
        if not self.waits:
            self.begin()

    def begin(self) -> None:
        """List the root for the first time."""
        self._begin(self.rows.root)
        self.settle()

    # --- what a subclass says

    def counted(self) -> None:
        """More names of a folder that is being read were counted."""
        raise NotImplementedError

    def filter_forgotten(self) -> None:
        """Another folder is the root: what was looked for in the old one is not looked for there."""
        raise NotImplementedError

    def root_changed(self) -> None:
        """Another folder is the root."""
        raise NotImplementedError

    def information(self, path: bytes, entry: Entry) -> None:
        """A person asks for all that is known of a file."""
        raise NotImplementedError

    # --- what others ask and tell

    @property
    def hidden_count(self) -> int:
        """How many entries of the open folders are not shown."""
        return self.rows.hidden_count

    @property
    def root(self) -> bytes:
        """The folder whose entries are the first level."""
        return self.rows.root.path

    def relist(self) -> None:
        """List all open folders again, and the others when they are opened."""
        for folder in list(self.rows.folders()):
            if folder.listed and (folder is self.rows.root or folder.expanded):
                self.read(folder)
            else:
                folder.complete = False

    def open_root(self, path: bytes, cursor: bytes = b"") -> None:
        """Make another folder the root, with the cursor on `cursor`. Marks stay, with the keys they had."""
        self._asked = None
        self.rows = TreeRows(absolute(path), show_hidden=self.rows.show_hidden)
        self.filter_forgotten()
        self.put_cursor(cursor or self.root)
        self.root_changed()
        self.read(self.rows.root)

    # --- listing

    def read(self, folder: Folder) -> None:
        """List a folder, again where it was listed before."""
        if not folder.reading:
            self.rows.read(folder)
            self.forget_past(folder.path)
            self._begin(folder)
        self.settle()

    def _begin(self, folder: Folder) -> None:
        self.run_worker(self._list(folder, self.rows, self.order), group="tree", exit_on_error=False)

    async def _list(self, folder: Folder, rows: TreeRows, order: str) -> None:
        last = Listing(folder.path, error="INTERNAL")  # of a reader with a bug: no "reading..." for ever
        try:
            async for listing in self._reader.read(folder.path, order, PATIENCE):
                folder.seen = listing.seen
                if listing.complete or listing.error is not None:
                    last = listing
                elif listing.entries and not folder.complete:
                    await self.first_looks(folder, listing)
                    rows.listed(folder, listing.entries, None, False, order)
                    rows.read(folder)
                    self.settle()
                else:
                    rows.read(folder)
                    self.counted()
            await self.first_looks(folder, last)
        finally:
            if self.is_running:
                folder.seen = 0
                rows.listed(folder, last.entries, last.error, last.complete, order)
                if rows is self.rows:
                    self.settle()
                    if order != self.order:  # another was asked for meanwhile
                        self.read(folder)
                    else:
                        self._was_read(folder, last.error)

    def _was_read(self, folder: Folder, error: str | None) -> None:
        """Say what is to be said of it."""
        if error not in (None, "DIR_GONE") and folder.entries:  # the note about it may be far below
            words = f"{error} {error_words(error or '')}"
            self.say(t("{path}: {words}, not all was read: ^l tries again", path=shown_path(folder.path), words=words))
        asked = self._asked if self._asked is not None and self._asked[0] is folder else None
        self._asked = None if asked else self._asked
        if error == "DIR_GONE" and folder.parent is not None:
            self._leave(folder, folder.parent)
        elif asked is not None:
            if words := asked[1]():
                self.say(words, instead_of=asked[2])
        elif self._gone:  # last: the cursor's new place has had its word
            self.say(self._gone)
            self._gone = ""

    def _leave(self, gone: Folder, parent: Folder) -> None:
        """A folder is gone: the cursor goes to its parent, which is listed again, and so on to one that lives."""
        here = self.cursor_row.path
        if parent.parent is not None and (here == gone.path or here.startswith(gone.path + b"/")):
            self.move_to(self.rows.nearest(parent.path))
        words = f"{gone.error} {error_words(gone.error or '')}"
        self._gone = t("{path}: {words}", path=shown_path(gone.path), words=words)
        self.read(parent)

    # --- keys

    def action_expand(self) -> None:
        """Expand the folder; again: go to its first entry."""
        row = self.cursor_row
        if row.entry is None:
            self._read_again(row.folder)
        elif not row.is_folder:
            self.say(why_not_marked(row.entry) or t("a file has nothing inside: Enter shows its information"))
        elif row.child is None or not row.child.expanded:
            self._open()
        elif row.child.shown:
            self.move_to(self._y + 1)
        elif row.child.error is not None:
            self.read(row.child)
        else:
            self.say(t("this folder is still being read") if row.child.reading else t("nothing to show in this folder"))

    def action_collapse(self) -> None:
        """Collapse the folder; else go to the parent's row."""
        row = self.cursor_row
        if row.child is not None and row.child.expanded:
            self.rows.collapse(row.child)
            self.settle()
        elif row.depth:
            self.move_to(self.rows.nearest(row.folder.path))
        elif self.root == b"/":
            self.say(t("no folder above /"))
        else:
            self.say(
                t(
                    "this is the first level: Backspace makes {parent_of} the root",
                    parent_of=shown_path(parent_of(self.root)),
                )
            )

    def action_open(self) -> None:
        """Folder: expand or collapse. File: ask for its information."""
        row = self.cursor_row
        if row.entry is None:
            self._read_again(row.folder)
        elif not row.is_folder:
            self.information(row.path, row.entry)
        elif row.child is not None and row.child.expanded:
            self.action_collapse()
        else:
            self._open()

    def _read_again(self, folder: Folder) -> None:
        if folder.reading:
            self.say(t("this folder is still being read"))
        else:
            self.tell_when_read(folder, lambda: "" if folder.shown else t("read again: {note}", note=folder.note))
            self.read(folder)

    def tell_when_read(self, folder: Folder, words: Callable[[], str], instead_of: str = "") -> None:
        """Say something when a folder that is about to be read has been; see `say`."""
        self._asked = (folder, words, instead_of)

    def _open(self) -> None:
        child = self.rows.expand(self.cursor_row)
        if child.complete:
            self.settle()
        else:
            self.read(child)

    def action_parent(self) -> None:
        """Make the parent folder the root, with the cursor on the folder one came from."""
        if self.root == b"/":
            self.say(t("no folder above /"))
            return
        self.put_cursor(self.root)
        root = self.rows.up()
        self.filter_forgotten()
        self.root_changed()
        self.read(root)

    def action_home(self) -> None:
        """Make the home folder the root."""
        if self.root == home_folder():
            self.say(t("this is the home folder already"))
        else:
            self.open_root(home_folder())


def absolute(path: bytes) -> bytes:
    """The path without dots and doubled slashes."""
    path = os.path.abspath(path)
    return path[1:] if path.startswith(b"//") else path


def home_folder() -> bytes:
    """The home of this user."""
    return absolute(os.fsencode(os.path.expanduser("~")))
