"""Looking at the rows in sight: sizes and times from the disk, and what the journal says of earlier jobs."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Protocol

from tui_uploader.model.files import Facts, Kind, Listing, Totals
from tui_uploader.model.items import Past, PastBeneath
from tui_uploader.model.ordering import NAME
from tui_uploader.ui.widgets.tree_folder import Folder, join, parent_of
from tui_uploader.ui.widgets.tree_page import Look
from tui_uploader.ui.widgets.tree_rows import TreeRows
from tui_uploader.ui.widgets.tree_view import TreeView
from tui_uploader.ui.widgets.tree_words import unfinished

PATIENCE = 5.0  # seconds without a word from the disk
_BLINK = 0.05  # seconds that a folder waits for the sizes of its first page, so that it is painted once
_FOLDERS = 8  # whose files the journal counts in one question: half a second each at most
_KEPT = 20_000  # paths whose past is kept: more than anybody scrolls through at a time


class FolderReader(Protocol):
    """Lists folders and looks at files without ever holding the screen. Nothing here raises."""

    def read(self, folder: bytes, order: str = NAME, timeout: float = 5.0) -> AsyncIterator[Listing]:
        """What `folder` holds, as it becomes known; the last one is complete or has an error."""
        ...

    async def look(self, folder: bytes, names: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Facts]:
        """Size, time and target of some names."""
        ...

    async def history(self, paths: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Past]:
        """What the journal says of files of earlier jobs."""
        ...

    async def beneath(self, folders: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, PastBeneath]:
        """What the journal says of the files beneath some folders."""
        ...

    def totals(self, path: bytes, timeout: float = 10.0) -> AsyncIterator[Totals]:
        """What is beneath a folder, as it is counted."""
        ...


class TreeLooker(TreeView):
    """A `TreeView` that asks a `FolderReader` about the rows in sight, and about no others."""

    def __init__(self, reader: FolderReader, rows: TreeRows, look: Look, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(rows, look, id=id)
        self._reader = reader
        self._looking = False
        self._looks: set[asyncio.Future[dict[bytes, Facts]]] = set()

    async def first_looks(self, folder: Folder, listing: Listing) -> None:
        """Look at what will be seen first of a new listing, and wait for it a moment."""
        entries, height = listing.entries, max(self.size.height, 24)
        seen = [name for known, name in self._in_sight() if known is folder] if folder.complete else []
        seen = [name for name in seen if name not in entries.facts] if entries.sizes is None else []
        first = [entries.names[at] for at in range(min(height, len(entries))) if not entries.has_facts(at)]
        names = seen or first
        if names:
            looking = asyncio.ensure_future(self._reader.look(folder.path, names, PATIENCE))
            self._looks.add(looking)
            looking.add_done_callback(self._looks.discard)
            await asyncio.wait({looking}, timeout=_BLINK)
            if looking.done():
                entries.facts.update(looking.result())

    def _in_sight(self) -> Iterator[tuple[Folder, bytes]]:
        """Folder and name of the rows within a page of what is in sight, those in sight first."""
        height, top = self.size.height, self.top
        for y in (*range(top, top + 2 * height), *range(max(top - height, 0), top)):
            if y < len(self.rows):
                folder, at = self.rows.place(y)
                if at < len(folder.shown):
                    yield folder, folder.shown.name(at)

    def page_moved(self) -> None:
        """Look at what is in sight, or nearly so, and not known yet."""
        if not self._looking and (self._unknown() is not None or self._untold() or self._unsummed()):
            self._looking = True
            self.run_worker(self._look(), group="look", exit_on_error=False)

    async def _look(self) -> None:
        try:
            while True:
                if (wanted := self._unknown()) is not None:
                    folder, names = wanted
                    folder.entries.facts.update(await self._reader.look(folder.path, names, PATIENCE))
                elif paths := self._untold():
                    self.look.past.update(dict.fromkeys(paths))
                    self.look.past.update(await self._reader.history(paths, PATIENCE))
                elif folders := self._unsummed():
                    self.look.beneath.update(dict.fromkeys(folders))
                    self.look.beneath.update(await self._reader.beneath(folders, PATIENCE))
                else:
                    return
                if self.is_running:
                    self.paint()
                    self.cursor_changed()
        finally:
            self._looking = False

    def _unknown(self) -> tuple[Folder, list[bytes]] | None:
        """Names of one folder in sight that were not looked at yet; None where all were."""
        height, top = self.size.height, self.top
        found: tuple[Folder, list[bytes]] | None = None
        for y in (*range(top, top + 2 * height), *range(max(top - height, 0), top)):
            if y >= len(self.rows):
                continue
            folder, at = self.rows.place(y)
            if at < len(folder.shown) and not folder.entries.has_facts(folder.shown.place(at)):
                found = found or (folder, [])
                if folder is found[0]:
                    found[1].append(folder.shown.name(at))
        return found

    # --- what the journal says

    def _untold(self) -> list[bytes]:
        """Files in sight whose past was not asked for yet."""
        past = self.look.past
        if len(past) > _KEPT:
            past.clear()
        found = []
        top, height = self.top, self.size.height
        for y in range(top, min(top + height, len(self.rows))):
            folder, at = self.rows.place(y)
            if at < len(folder.shown) and folder.entries.kinds[folder.shown.place(at)] in (Kind.FILE, Kind.LINK):
                path = join(folder.path, folder.shown.name(at))
                if path not in past:
                    found.append(path)
        return found

    def _unsummed(self) -> list[bytes]:
        """Folders in sight of which the journal was not asked yet; of one that is being uploaded it will be."""
        beneath = self.look.beneath
        if len(beneath) > _KEPT:
            beneath.clear()
        found = []
        for y in range(self.top, min(self.top + self.size.height, len(self.rows))):
            folder, at = self.rows.place(y)
            if at < len(folder.shown) and folder.entries.kinds[folder.shown.place(at)] == Kind.FOLDER:
                path = join(folder.path, folder.shown.name(at))
                tally = self.look.totals.of(path)
                if path not in beneath and (tally is None or not unfinished(tally)):
                    found.append(path)
        return found[:_FOLDERS]

    def past_changed(self, paths: Iterable[bytes]) -> None:
        """The journal has another word for these files now, and for the folders above them."""
        above: set[bytes] = set()
        for path in paths:
            self.look.past.pop(path, None)
            above.add(parent_of(path))
        for path in above:
            while path != b"/" and self.look.beneath:
                self.look.beneath.pop(path, None)
                path = parent_of(path)

    def forget_past(self, folder: bytes) -> None:
        """A folder is listed again: its files may have changed since they were uploaded."""
        lead = join(folder, b"")
        for path in [path for path in self.look.past if path.startswith(lead)]:
            del self.look.past[path]
        for path in [path for path in self.look.beneath if path.startswith(lead)]:
            del self.look.beneath[path]
