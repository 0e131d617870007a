"""The main screen's side of the files pane: what its keys ask for, pages of a file, and from marks to a plan."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual import on, work

from tui_uploader.model.files import Kind, NotListed
from tui_uploader.model.text import shown_path
from tui_uploader.ui.language import t
from tui_uploader.ui.screens import layout
from tui_uploader.ui.screens.planning import Planning
from tui_uploader.ui.widgets.file_tree import FileTree
from tui_uploader.ui.widgets.tree_browser import absolute, home_folder
from tui_uploader.ui.widgets.tree_folder import error_words, parent_of
from tui_uploader.ui.words import fit_path, plural

if TYPE_CHECKING:
    from tui_uploader.ui.screens.information import Information

_NOT_THERE = ("DIR_GONE", "ENOTDIR", "EINVAL", "ENAMETOOLONG")
_PATH = 36  # cells of a path in front of what is wrong with it


class FilesSide(Planning, inherit_bindings=False):
    """Between the panes and the main screen: all that belongs to the files."""

    @on(FileTree.MarksChanged)
    def _marked(self) -> None:
        self.queue.set_note(layout.mark_words(*self.files.mark_counts()))
        self._describe()

    @on(FileTree.LinksLeave)
    def _links_leave(self, message: FileTree.LinksLeave) -> None:
        from tui_uploader.ui.screens.link_question import LinkQuestion

        def answered(word: str | None) -> None:
            if word == "yes":
                self.files.agree(message.links)
            else:
                self.say(t("not marked: {links}", links=plural(len(message.links), "link")))

        self.app.push_screen(LinkQuestion(message.links, self.files.root, glyphs=self.desk.glyphs), answered)

    @on(FileTree.CursorMoved)
    def _cursor_in_files(self, message: FileTree.CursorMoved) -> None:
        self._line = message.shown, message.ways
        self._describe()

    @on(FileTree.Information)
    def _information(self, message: FileTree.Information) -> None:
        from tui_uploader.ui.screens.information import Information

        page = Information(message.path, message.entry, message.past, glyphs=self.desk.glyphs)
        self.show_page(page, lambda _: self.workers.cancel_group(self, "inspect"))
        self._inspect(page, message.path)

    @work(group="inspect", exclusive=True, exit_on_error=False)
    async def _inspect(self, page: "Information", path: bytes) -> None:
        page.known(await self.desk.scout.inspect(path))

    # --- what a key of the tree asks for

    @on(FileTree.Asked)
    def _asked(self, message: FileTree.Asked) -> None:
        files = self.files
        match message.what:
            case "find":
                files.begin_find()
                self._prompt(t("find"), self._found, typed=files.find, value="")
            case "filter":
                before = files.filter_text
                self._prompt(
                    t("only names with"), lambda text: self._filtered(text, before), typed=files.filter, value=before
                )
            case "mark" | "unmark":
                unmark = message.what == "unmark"
                label, marked = (t("unmark"), self._unmark_by) if unmark else (t("mark"), self._mark_by)
                self._prompt(label, marked, value="*")
            case "go":
                value = _typeable(files.root.rstrip(b"/") + b"/") or "/"
                self._prompt(t("go to"), self._went, value=value, check=_no_path, complete=self._completions)
            case "bookmarks":
                self._bookmarks()
            case "bookmark":
                self._bookmark(files.cursor_row.folder.path)

    def _prompt(self, label: str, answered: Callable[[str | None], Any], **rest: Any) -> None:
        from tui_uploader.ui.screens.prompt import Prompt

        self.say("")
        self.app.push_screen(Prompt(label, glyphs=self.desk.glyphs, **rest), answered)

    def _mark_by(self, text: str | None) -> None:
        if text:
            self.files.mark_by(text)

    def _unmark_by(self, text: str | None) -> None:
        if text:
            self.files.mark_by(text, unmark=True)

    def _found(self, text: str | None) -> None:
        if text is None:
            self.files.forget_find()
        elif text:
            self.say(t("n and N go to the next and the one before"))

    def _filtered(self, text: str | None, before: str) -> None:
        if text is None:
            self.files.filter(before)
        elif text:
            self.say(t("only names with {text}: f and an empty line shows all again", text=text))

    async def _completions(self, text: str) -> Sequence[str]:
        typed = _path_of(text)
        if typed is None:
            return ()
        try:
            found = await self.desk.scout.completions(typed)
        except NotListed as why:
            if (code := str(why)) in _NOT_THERE:
                return ()
            from tui_uploader.ui.screens.prompt import NoOffers

            shown = fit_path(shown_path(typed.rpartition(b"/")[0] or b"/"), _PATH, self.desk.glyphs.more)
            raise NoOffers(f"{shown}: {code} {error_words(code)}") from None
        home = os.fsdecode(home_folder()) if text.startswith("~") else ""
        texts = [_typeable(path) for path in found]
        return [one.replace(home, "~", 1) if home else one for one in texts]

    def _went(self, text: str | None) -> None:
        path = _path_of(text or "")
        if path is not None:
            self._go(absolute(path))

    @work(group="go", exclusive=True, exit_on_error=False)
    async def _go(self, path: bytes) -> None:
        """Make a folder the root; a file's folder, with the cursor on the file."""
        found = await self.desk.scout.inspect(path)
        if found.error is not None:
            shown = fit_path(shown_path(path), _PATH, self.desk.glyphs.more)
            self.say(t("{path}: {code}, go on typing with o", path=shown, code=found.error))
        elif found.kind is Kind.FOLDER or (found.kind is Kind.LINK and found.head_error == "NOT_A_FILE"):
            self.files.open_root(path)
        else:
            self.files.open_root(parent_of(path), path)

    def _bookmarks(self) -> None:
        from tui_uploader.ui import bookmarks
        from tui_uploader.ui.screens.places_list import PlacesList

        folders = bookmarks.load()
        if not folders:
            self.say(t("no bookmarks yet: m keeps the folder that the cursor is in"))
        else:
            page = PlacesList(t("Bookmarks"), folders, glyphs=self.desk.glyphs)
            self.show_page(page, lambda path: path is not None and self._go(path))

    def _bookmark(self, folder: bytes) -> None:
        from tui_uploader.ui import bookmarks

        name = fit_path(shown_path(folder), _PATH, self.desk.glyphs.more)
        try:
            kept = bookmarks.toggle(folder)
        except OSError as error:
            self.say(t("the bookmark cannot be kept: {why}", why=error.strerror or str(error)))
            return
        self.say(t("{name} kept: ' lists the bookmarks", name=name) if kept else t("{name} dropped", name=name))


def _path_of(text: str) -> bytes | None:
    """The path that was typed, ``~`` taken for the home folder; None where it is none."""
    path = os.path.expanduser(text.strip()) if text.startswith("~") else text.strip()
    return os.fsencode(path) if path.startswith("/") and "\0" not in path else None


def _typeable(path: bytes) -> str:
    """A path as a person could type it; empty where it holds what no key makes."""
    text = shown_path(path)
    return text if text.encode("utf-8", "replace") == path else ""


def _no_path(text: str) -> str:
    return "" if _path_of(text) is not None else t("a path begins with / or ~")
