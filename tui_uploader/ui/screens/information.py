"""Information: what the file system says of one entry of the tree, and what the queue knows of it."""

import time

from tui_uploader.model.files import Entry, Kind
from tui_uploader.model.text import printable, shown_path
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said, t
from tui_uploader.ui.screens.sheet import Drawn, Sheet, fact
from tui_uploader.ui.words import plural, size_text


class Information(Sheet[None]):
    """Shows an entry; it opens no file and asks the file system for nothing new."""

    def __init__(self, path: bytes, entry: Entry, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._path, self._entry = path, entry

    @property
    def heading(self) -> str:
        """What this is."""
        return t("Information: {words}", words=said(self._entry.kind.words))

    def head(self, width: int) -> list[Drawn]:
        """The page."""
        entry = self._entry
        size = f"{size_text(entry.size)} ({plural(entry.size, 'byte')})" if entry.size >= 0 else t("not known")
        target = shown_path(entry.target) if entry.target else ""
        lines: list[Drawn] = [[], *fact("path", shown_path(self._path), width, "strong")]
        lines += fact("kind", said(entry.kind.words), width)
        if entry.kind is Kind.LINK:
            lines += fact(t("leads to"), f"{target} ({printable(entry.link)})" if entry.link else target, width)
        if entry.kind in (Kind.FILE, Kind.LINK):
            lines += fact("size", size, width)
        else:
            lines += fact(
                "upload", "" if entry.kind is Kind.FOLDER else t("no: only regular files can be uploaded"), width
            )
        if entry.mtime > 0:
            lines += fact("changed", _when(entry.mtime), width)
        return lines


def _when(seconds: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return t("a time out of range")
