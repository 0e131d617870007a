"""A reader of real folders and a screen that holds nothing but the file tree, for its tests."""

import asyncio
import errno
import os
import stat
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Self

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot

from tui_uploader.model.files import Entries, Entry, Facts, Kind, Listing, Totals
from tui_uploader.model.items import Past, PastBeneath
from tui_uploader.model.ordering import entry_key
from tui_uploader.ui.glyphs import ASCII, Glyphs
from tui_uploader.ui.theme_files import load_file, theme_folder
from tui_uploader.ui.widgets.file_tree import FileTree
from tui_uploader.ui.widgets.tree_looker import FolderReader

_KINDS = (
    (stat.S_ISREG, Kind.FILE),
    (stat.S_ISDIR, Kind.FOLDER),
    (stat.S_ISLNK, Kind.LINK),
    (stat.S_ISFIFO, Kind.FIFO),
    (stat.S_ISSOCK, Kind.SOCKET),
)


def entry_of(found: "os.DirEntry[bytes]") -> Entry:
    """An entry as a listing has it."""
    info = found.stat(follow_symlinks=False)
    kind = next((kind for test, kind in _KINDS if test(info.st_mode)), Kind.OTHER)
    if kind is not Kind.LINK:
        return Entry(found.name, kind, info.st_size if kind is Kind.FILE else -1, info.st_mtime)
    try:
        end = os.stat(found.path)
    except OSError as error:
        return Entry(found.name, kind, target=os.readlink(found.path), link=_BAD.get(error.errno or 0, ""))
    link = "folder" if stat.S_ISDIR(end.st_mode) else "file"
    if link == "folder" and os.path.realpath(os.path.dirname(found.path)).startswith(os.path.realpath(found.path)):
        link = "loop"
    return Entry(found.name, kind, end.st_size, end.st_mtime, os.readlink(found.path), link)


_BAD = {errno.ENOENT: "broken", errno.ELOOP: "loop"}


class Disk:
    """Lists with os.scandir. `hold` keeps every answer back until it is set; `calls` are the folders asked for."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.past: dict[bytes, Past] = {}
        self.beneath_past: dict[bytes, PastBeneath] = {}
        self.hold = asyncio.Event()
        self.hold.set()

    async def read(self, folder: bytes, order: str = "name", timeout: float = 5.0) -> AsyncIterator[Listing]:
        """What is in `folder`; as root an unreadable one is tried as an ordinary user, in a child."""
        self.calls.append(folder)
        await self.hold.wait()
        if _closed(folder):
            yield Listing(folder, error=await _as_nobody(folder))
            return
        try:
            with os.scandir(folder) as found:
                entries = sorted(map(entry_of, found), key=entry_key)
        except FileNotFoundError:
            yield Listing(folder, error="DIR_GONE")
        except OSError as error:
            yield Listing(folder, error=errno.errorcode[error.errno or errno.EIO])
        else:
            yield Listing(folder, Entries.of(entries))

    async def look(self, folder: bytes, names: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Facts]:
        """All was said with the folder."""
        return {name: Facts(-1, 0.0) for name in names}

    async def history(self, paths: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Past]:
        """What the test says of earlier jobs."""
        return {path: self.past[path] for path in paths if path in self.past}

    async def beneath(self, folders: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, PastBeneath]:
        """What the test says of earlier jobs."""
        return {path: self.beneath_past[path] for path in folders if path in self.beneath_past}

    async def totals(self, path: bytes, timeout: float = 10.0) -> AsyncIterator[Totals]:
        """Nothing is counted here."""
        yield Totals(complete=True)


def _closed(folder: bytes) -> bool:
    try:
        return os.geteuid() == 0 and os.path.basename(folder) == b"denied" and not os.stat(folder).st_mode & 0o007
    except OSError:
        return False


async def _as_nobody(folder: bytes) -> str:
    code = (
        "import os,sys,errno\nos.setgid(65534);os.setuid(65534)\n"
        "try: os.listdir(sys.argv[1])\nexcept OSError as e: print(errno.errorcode[e.errno])"
    )
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, folder, stdout=pipe)
    return (await child.communicate())[0].decode().strip()


class CountingTree(FileTree):
    """A file tree that notes what it has painted: a list of regions for each refresh, empty for all of it."""

    def __init__(self, reader: FolderReader, root: bytes, glyphs: Glyphs, show_hidden: bool) -> None:
        self.refreshed: list[tuple[Region, ...]] = []
        super().__init__(reader, root, glyphs=glyphs, show_hidden=show_hidden)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Note and refresh."""
        self.refreshed.append(regions)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class Host(App[None]):
    """The tree and a list of all it posted."""

    def __init__(
        self,
        root: Path | str | bytes,
        reader: FolderReader | None = None,
        glyphs: Glyphs = ASCII,
        show_hidden: bool = True,
    ) -> None:
        super().__init__()
        self.register_theme(load_file(theme_folder() / "slate.toml"))
        self.theme = "slate"
        self.disk = Disk()
        self.tree_widget = CountingTree(reader or self.disk, os.fsencode(root), glyphs, show_hidden)
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        """Nothing but the tree."""
        yield self.tree_widget

    def on_file_tree_marks_changed(self, message: FileTree.MarksChanged) -> None:
        self.posted.append(message)

    def on_file_tree_cursor_moved(self, message: FileTree.CursorMoved) -> None:
        self.posted.append(message)

    def on_file_tree_said(self, message: FileTree.Said) -> None:
        self.posted.append(message)

    def on_file_tree_information(self, message: FileTree.Information) -> None:
        self.posted.append(message)

    def on_file_tree_root_changed(self, message: FileTree.RootChanged) -> None:
        self.posted.append(message)

    @property
    def said(self) -> str:
        """The last answer of a dead key."""
        texts = [message.text for message in self.posted if isinstance(message, FileTree.Said)]
        return texts[-1] if texts else ""

    @property
    def line(self) -> str:
        """The line above the footer."""
        moves = [message for message in self.posted if isinstance(message, FileTree.CursorMoved)]
        return f"{moves[-1].shown}   {moves[-1].ways[0]}"


def frame(host: Host) -> list[str]:
    """What is on the screen, line by line, read from the painted strips; blank lines at the end left out."""
    tree = host.tree_widget
    lines = [strip.text for strip in tree.render_lines(Region(0, 0, *tree.size))]
    assert all(strip.cell_length == tree.size.width for strip in tree.render_lines(Region(0, 0, *tree.size)))
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines]


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one by one and let listings end after each."""
    for key in keys:
        await pilot.press(key)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
