"""Browsing in the file tree: folders are listed when they are opened, and any folder can be the root."""

import os
from typing import Protocol

from tui_uploader.model.files import Entry, Listing
from tui_uploader.model.text import shown_path
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.tree_folder import Folder, arranged, parent_of
from tui_uploader.ui.widgets.tree_page import Look
from tui_uploader.ui.widgets.tree_rows import TreeRows
from tui_uploader.ui.widgets.tree_view import TreeView
from tui_uploader.ui.widgets.tree_words import why_not_marked

_PATIENCE = (5.0, 60.0)  # seconds for a first listing, and for the rest of one that came without its end


class FolderReader(Protocol):
    """Lists folders without ever holding the screen."""

    async def list(self, folder: bytes, timeout: float = 5.0) -> Listing:
        """What `folder` holds, within `timeout` seconds; never raises, an error is `Listing.error`."""
        ...


class TreeBrowser(TreeView):
    """A `TreeView` over real folders, listed by a `FolderReader`. Paths are bytes, as the system has them."""

    def __init__(
        self,
        reader: FolderReader,
        root: bytes,
        look: Look,
        *,
        show_hidden: bool = True,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(TreeRows(absolute(root), show_hidden=show_hidden), look, id=id)
        self._reader = reader

    def on_mount(self) -> None:
        """List the root."""
        self._read(self.rows.root)

    # --- what a subclass says

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

    def relist(self, folder: bytes | None = None) -> None:
        """List a folder that was opened before (None: the root) again."""
        found = self.rows.root if folder is None else self.rows.folder(folder)
        if found is not None:
            self._read(found)

    def open_root(self, path: bytes) -> None:
        """Make another folder the root. Marks stay, with the keys they had."""
        self.rows = TreeRows(absolute(path), show_hidden=self.rows.show_hidden)
        self.put_cursor(self.root)
        self.root_changed()
        self._read(self.rows.root)

    # --- listing

    def _read(self, folder: Folder) -> None:
        if not folder.reading:
            self.rows.read(folder)
            self.run_worker(self._list(folder), group="tree", exit_on_error=False)
        self.settle()

    async def _list(self, folder: Folder) -> None:
        listing, entries, whole = Listing(folder.path, ()), list[Entry](), False
        try:
            for timeout in _PATIENCE:
                listing = await self._reader.list(folder.path, timeout)
                entries = await arranged(listing.entries)
                if listing.complete or listing.error is not None:
                    break
                self.rows.listed(folder, entries, None, complete=False)
                self.rows.read(folder)
                self.settle()
            whole = True
        finally:  # a reader with a bug must not leave "reading..." for ever
            if self.is_running:
                self.rows.listed(folder, entries, listing.error if whole else "INTERNAL", listing.complete)
                self.settle()

    # --- keys

    def action_expand(self) -> None:
        """Expand the folder; again: go to its first entry."""
        row = self.cursor_row
        if row.entry is None:
            self._read(row.folder)
        elif not row.is_folder:
            self.say(why_not_marked(row.entry) or t("a file has nothing inside: Enter shows its information"))
        elif row.child is None or not row.child.expanded:
            self._open()
        elif row.child.shown:
            self.move_to(self._y + 1)
        elif row.child.error is not None:
            self._read(row.child)
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
            self._read(row.folder)
        elif not row.is_folder:
            self.information(row.path, row.entry)
        elif row.child is not None and row.child.expanded:
            self.action_collapse()
        else:
            self._open()

    def _open(self) -> None:
        child = self.rows.expand(self.cursor_row)
        if child.complete:
            self.settle()
        else:
            self._read(child)

    def action_hidden(self) -> None:
        """Show or hide hidden files."""
        self.rows.set_hidden(not self.rows.show_hidden)
        self.settle()
        if not self.rows.show_hidden and not self.hidden_count:
            self.say(t("no hidden files here"))

    def action_parent(self) -> None:
        """Make the parent folder the root, with the cursor on the folder one came from."""
        if self.root == b"/":
            self.say(t("no folder above /"))
            return
        self.put_cursor(self.root)
        root = self.rows.up()
        self.root_changed()
        self._read(root)

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
