"""Information: what the file system says of one entry of the tree, and the first lines of a file."""

import stat
import time
from collections.abc import Sequence

from tui_uploader.model.files import Entry, Inspection, Kind
from tui_uploader.model.items import Past
from tui_uploader.model.text import printable, shown_path
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said, t
from tui_uploader.ui.screens.sheet import Drawn, Section, Sheet, fact
from tui_uploader.ui.widgets.tree_folder import error_words
from tui_uploader.ui.widgets.tree_words import past_words
from tui_uploader.ui.words import badge_words, fit, plural, size_text, wrapped


class Information(Sheet[None]):
    """Shows an entry at once; what a helper finds out comes through `known`. It touches no file itself."""

    def __init__(self, path: bytes, entry: Entry, past: Past | None = None, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._path, self._entry, self._past = path, entry, past
        self._found: Inspection | None = None
        self._lines: list[str] = []
        self._words = ""

    def known(self, found: Inspection) -> None:
        """What the file system says now."""
        self._found = found
        self._words, self._lines = preview(found)
        if self.is_mounted:
            self.repaint()

    @property
    def heading(self) -> str:
        """What this is."""
        return t("Information: {words}", words=said(self._entry.kind.words))

    def head(self, width: int) -> list[Drawn]:
        """The page."""
        entry, found = self._entry, self._found
        amount = found.size if found is not None and found.error is None and entry.kind is Kind.FILE else entry.size
        size = f"{size_text(amount)} ({plural(amount, 'byte')})" if amount >= 0 else t("not known")
        target = (found.target if found is not None else b"") or entry.target
        lines: list[Drawn] = [[], *fact("path", shown_path(self._path), width, "strong")]
        lines += fact("kind", said(entry.kind.words), width)
        if entry.kind is Kind.LINK:
            ending = f" ({printable(entry.link)})" if entry.link else ""
            lines += fact(t("leads to"), shown_path(target) + ending, width)
        if entry.kind in (Kind.FILE, Kind.LINK):
            lines += fact("size", size, width)
        if self._past is not None:
            lines += fact("before", past_words(self._past), width)
        lines += fact("note", badge_words(entry.badge), width)
        if entry.kind > Kind.LINK:
            lines += fact("upload", t("no: only regular files can be uploaded"), width)
        if found is None:
            changed = fact("changed", _when(entry.mtime), width) if entry.mtime > 0 else []
            return [*lines, *changed, [], [(" " + t("asking the disk..."), "dim")]]
        if found.error is not None:
            code, why = found.error, error_words(found.error)
            words = t("{code} {why}: close this page and press i again", code=code, why=why)
            if code == "ENOENT":
                words = t("{code} it is there no more: Esc goes back, ^l reads its folder again", code=code)
            return [*lines, [], *([(" " + line, "failed")] for line in wrapped(words, width - 2))]
        lines += fact("owner", f"{printable(found.owner)}  {t('group')} {printable(found.group)}", width)
        special = "".join(f" {word}" for bit, word in _SPECIAL if found.mode & bit)
        lines += fact("mode", f"{found.permissions} {found.mode:04o}{special}", width)
        if found.names > 1 and entry.kind is Kind.FILE:
            lines += fact("names", t("{names} hard links", names=found.names), width)
        lines += fact("changed", _when(found.modified), width)
        lines += fact("status", t("{when} (mode or name changed)", when=_when(found.changed)), width)
        lines += fact("read", _when(found.read), width)
        return [*lines, [], *([(" " + line, "dim")] for line in wrapped(self._words, width - 2))]

    def sections(self) -> Sequence[Section]:
        """The first lines of the file."""
        return [Section(t("Its beginning"), self._lines, self._line)] if self._lines else []

    def _line(self, line: str, width: int) -> Sequence[Drawn]:
        return [[("   " + fit(line, width - 4, self.glyphs.more), "plain")]]


_SPECIAL = ((stat.S_ISUID, "setuid"), (stat.S_ISGID, "setgid"), (stat.S_ISVTX, "sticky"))


def preview(found: Inspection) -> tuple[str, list[str]]:
    """What to say of a file's beginning, and its lines, safe to show."""
    if found.error is not None or found.kind not in (Kind.FILE, Kind.LINK):
        return "", []
    if found.head_error == "NOT_A_FILE":
        return t("no preview: it does not lead to a file"), []
    if found.head_error:
        return t("no preview: {code} {why}", code=found.head_error, why=error_words(found.head_error)), []
    if not found.head:
        return t("the file is empty"), []
    text = found.head.decode("utf-8", "replace")
    strange = sum(char == "\ufffd" or (char < " " and char not in "\t\n\r\f\x1b") for char in text)
    if b"\0" in found.head or strange * 10 > len(text):
        return t("no preview: the content is binary"), []
    lines = text.split("\n")
    if len(found.head) < found.size and len(lines) > 1:
        lines.pop()  # cut somewhere
    return "", [printable(line.rstrip("\r").expandtabs(8)) for line in lines]


def _when(seconds: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return t("a time out of range")
