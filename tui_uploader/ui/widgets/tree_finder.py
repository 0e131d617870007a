"""Finding in the file tree: by name as it is typed, a filter, the order of rows, and what is beneath a folder."""

import asyncio
from collections.abc import Iterator

from tui_uploader.model.files import Totals
from tui_uploader.model.ordering import ORDERS
from tui_uploader.model.text import shown_path
from tui_uploader.ui.language import said, t
from tui_uploader.ui.widgets.tree_browser import TreeBrowser
from tui_uploader.ui.widgets.tree_folder import error_words
from tui_uploader.ui.words import number, plural, size_text

ROWS_AT_ONCE = 16_384  # rows looked through before a key's answer; more are looked through beside the keys
_STRIDE = 4096
_STRIDES_AT_ONCE = 2  # strides of a search before a key's answer
BREATH = 0.002  # seconds between two pieces of a long work: a key goes through a dozen queues, all of them in one pause


class TreeFinder(TreeBrowser):
    """A `TreeBrowser` in which one finds, filters and sorts. None of it holds a key for more than some milliseconds."""

    sought = b""
    _from = 0
    _before = b""

    @property
    def filter_text(self) -> str:
        """What the shown names contain, safe to show."""
        return shown_path(self.rows.sought)

    # --- find

    def begin_find(self) -> None:
        """Note where the cursor stands, to find from there while the text grows."""
        self._from, self._before = self._y, self._path

    def forget_find(self) -> None:
        """Back to where the cursor stood."""
        self.sought = b""
        self.workers.cancel_group(self, "find")
        self.put_cursor(self._before)
        self.settle()

    def find(self, text: str) -> str:
        """Go to the nearest row from the cursor on whose name contains `text`; what to say of it."""
        self.sought = text.encode("utf-8", "surrogateescape").lower()
        self.workers.cancel_group(self, "find")
        return self._seek(self._from, 1, typed=True) if self.sought else ""

    def action_find_next(self, step: int) -> None:
        """The next or the previous name with the text that was looked for."""
        if not self.sought:
            self.say(t("nothing was looked for yet: / finds a name"))
        else:
            self.say(self._seek(self._y + step, step))

    def _seek(self, start: int, step: int, *, typed: bool = False) -> str:
        total = len(self.rows)
        looking = self._looking_for(start, step)
        for _ in range(_STRIDES_AT_ONCE):
            y = next(looking, -1)
            if y != 0:
                return self._found(y, typed)
        self.run_worker(self._seek_on(looking, total, typed), group="find", exclusive=True, exit_on_error=False)
        return t("looking through {rows} rows...", rows=number(total))

    async def _seek_on(self, looking: Iterator[int], total: int, typed: bool) -> None:
        for y in looking:
            if y != 0:
                self.say(self._found(y, typed))
                return
            await asyncio.sleep(BREATH)
            if len(self.rows) != total:  # rows came or went: the place is no more what it was
                break
        self.say(self._found(-1))

    def _found(self, y: int, typed: bool = False) -> str:
        if y < 0:
            return t("no name in sight contains {text}", text=shown_path(self.sought))
        moved = self.move_to(y - 1)
        return "" if moved or typed else t("no other name in sight contains {text}", text=shown_path(self.sought))

    def _looking_for(self, start: int, step: int) -> Iterator[int]:
        """One more than the row found, 0 after each stride without one; wraps around, ends without a find."""
        total, gone, told = len(self.rows), 0, 0
        while gone < total:
            y = (start + gone * step) % total
            folder, at = self.rows.place(y)
            end = at + 1 if step < 0 else min(folder.run_end(at), at + _STRIDE, at + total - gone)
            for name in folder.shown.names(at, end):
                if self.sought in name.lower():
                    yield y + 1
                    return
                y += 1
            gone += max(end - at, 1)
            if gone - told >= _STRIDE:
                told = gone
                yield 0

    # --- filter and hidden

    def filter(self, text: str) -> str:
        """Show only names that contain `text`; what to say of it."""
        self._view(self.rows.show_hidden, text.encode("utf-8", "surrogateescape"))
        return ""

    def filter_forgotten(self) -> None:
        """Another root: its names are all shown."""
        self.rows.sought = b""

    def action_hidden(self) -> None:
        """Show or hide hidden files."""
        self._view(not self.rows.show_hidden, self.rows.sought)
        if not any(folder.entries.hidden for folder in self.rows.folders()):
            self.say(t("no hidden files here"))
        elif self.rows.show_hidden:
            self.say(t("hidden files are shown"))
        else:
            self.say(t("hidden files left out: . shows them"))

    def _view(self, hidden: bool, sought: bytes) -> None:
        self.workers.cancel_group(self, "view")
        pieces = self.rows.set_view(hidden, sought)
        if self.rows.total <= ROWS_AT_ONCE:
            for _ in pieces:
                pass
            self.settle()
            self.counted()
        else:
            self.run_worker(self._view_on(pieces), group="view", exclusive=True, exit_on_error=False)

    async def _view_on(self, pieces: Iterator[None]) -> None:
        for _ in pieces:
            await asyncio.sleep(BREATH)
        self.settle()
        self.counted()

    # --- order

    def action_sort(self) -> None:
        """The next order, for all folders."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self.relist()
        words = {
            "name": t("sorted by name"), "size": t("sorted by size, the largest first"),
            "date": t("sorted by date, the newest first"), "type": t("sorted by type, the ending of the name"),
        }  # fmt: skip
        said = words[self.order]
        self.say(said + (" ..." if self.rows.root.reading else ""))
        self.tell_when_read(self.rows.root, lambda: said, said + " ...")

    # --- what is beneath

    def action_size(self) -> None:
        """Count what is beneath the cursor's folder; again: stop."""
        row = self.cursor_row
        if self.workers_of("size"):
            self.workers.cancel_group(self, "size")
            self.say(t("counting stopped"))
        elif row.entry is None or not row.is_folder:
            self.say(t("= counts what is in a folder: this is none"))
        else:
            self.say(t("counting what is in {name}... = stops", name=f"{shown_path(row.entry.name)}/"))
            self.run_worker(self._sizing(row.path), group="size", exclusive=True, exit_on_error=False)

    async def _sizing(self, path: bytes) -> None:
        name = shown_path(path.rpartition(b"/")[2]) + "/"
        async for totals in self._reader.totals(path):
            self.look.sizes[path] = totals
            self.paint()
            self.say(size_words(name, totals))

    def workers_of(self, group: str) -> bool:
        """Whether a worker of this widget runs."""
        return any(worker.group == group and worker.node is self and worker.is_running for worker in self.workers)

    @property
    def counting_words(self) -> str:
        """How many names of the cursor's folder are known while it is being read; empty where it is not."""
        folder = self.cursor_row.folder
        return t("counting {seen}+", seen=number(folder.seen)) if folder.reading and folder.seen else ""

    @property
    def order_words(self) -> str:
        """The order of the rows, what is left out, and what is still being counted; for the pane's title."""
        root = self.rows.root
        if root.reading and root.seen:
            return t("counting {seen}+", seen=number(root.seen))
        if root.error is not None and root.entries:
            return root.error
        if self.rows.sought:
            return t("only {text}", text=self.filter_text)
        hidden = self.hidden_count
        return t("{hidden} hidden (.)", hidden=hidden) if hidden else t("by {order}", order=said(self.order))


def size_words(name: str, totals: Totals) -> str:
    """What is beneath a folder, as a sentence."""
    words = t("{name}: {files}, {size}", name=name, files=plural(totals.files, "file"), size=size_text(totals.size))
    if totals.error is not None:
        why = error_words(totals.error)
        return t("{words} until {code} {why}: = tries again", words=words, code=totals.error, why=why)
    if not totals.complete:
        return t("{words}, counting... = stops", words=words)
    if totals.unread:
        return t("{words}; {folders} could not be read", words=words, folders=plural(totals.unread, "folder"))
    return words
