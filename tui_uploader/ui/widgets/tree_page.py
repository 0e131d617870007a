"""The lines of one page of the file tree as plain text in columns, and which cells of a line changed."""

from collections.abc import Sequence
from dataclasses import field
from typing import NamedTuple

from rich.cells import cell_len

from tui_uploader.model.files import Kind, Totals
from tui_uploader.model.items import Past, PastBeneath, Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable, shown_name, shown_path
from tui_uploader.model.value import record
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said
from tui_uploader.ui.widgets.folder_totals import FolderTotals
from tui_uploader.ui.widgets.name_cut import Label, cut, distinct, head, link_text, steady
from tui_uploader.ui.widgets.tree_marks import MarkState, TreeMarks
from tui_uploader.ui.widgets.tree_rows import Row
from tui_uploader.ui.widgets.tree_words import (
    beneath_badge,
    folder_badge,
    item_badge,
    kind_words,
    past_badge,
    past_counts,
    short_size,
)

SIZE, BADGE, MARK = 5, 5, 4
WIDE = 46  # cells from which a folder's badge has both the failures and the share
_NAME = 10  # cells that indentation leaves to a name

# What a piece of a line is: the widget has a style for each. Never the only bearer of a meaning.
PLAIN, FOLDER, MARKED, FAINT, GOOD, BAD, BUSY = range(7)
_STAGE_LOOK = {Stage.DONE: GOOD, Stage.FAILED: BAD, Stage.SKIPPED: FAINT, Stage.CANCELLED: FAINT, Stage.WAITING: FAINT}


class Piece(NamedTuple):
    """A run of cells of one look."""

    text: str
    look: int


class Line(NamedTuple):
    """A line of the page; `cursor` draws all of it in one style."""

    pieces: tuple[Piece, ...]
    cursor: bool = False

    @property
    def text(self) -> str:
        """The line as it reads without colour."""
        return "".join(piece.text for piece in self.pieces)

    def changed_to(self, other: "Line") -> tuple[int, int]:
        """The cells, from and to, that have to be painted to make this line into the other; (0, 0) if none."""
        old, new = list(self.pieces), list(other.pieces)
        start, end = 0, _cells(new)
        if self.cursor != other.cursor or _cells(old) != end:
            return 0, max(end, _cells(old))
        while old and new and old[0] == new[0]:
            start += cell_len(old.pop(0).text)
            new.pop(0)
        while old and new and old[-1] == new[-1]:
            end -= cell_len(old.pop().text)
            new.pop()
        return (start, end) if start < end else (0, 0)


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(piece.text) for piece in pieces)


@record
class Look:
    """All that a line depends on beside its row."""

    glyphs: Glyphs
    marks: TreeMarks
    totals: FolderTotals
    state: QueueState | None = None
    sizes: dict[bytes, Totals] = field(default_factory=dict)  # of folders that were counted
    past: dict[bytes, Past | None] = field(default_factory=dict)  # what the journal says of the files asked about
    beneath: dict[bytes, PastBeneath | None] = field(default_factory=dict)  # and of the folders


def page_lines(rows: Sequence[Row], look: Look, width: int, cursor: int, focused: bool) -> list[Line]:
    """The lines of `rows`, `width` cells each; `cursor` is the index of the cursor's row among them, or -1."""
    drafts = [_Draft(row, look, width, focused and n == cursor) for n, row in enumerate(rows)]
    names = distinct([Label(id(draft.row.folder), draft.name, draft.room) for draft in drafts], look.glyphs.more)
    return [draft.line(name, n == cursor) for n, (draft, name) in enumerate(zip(drafts, names, strict=True))]


class _Draft:
    """One line with its name not yet cut."""

    def __init__(self, row: Row, look: Look, width: int, focus: bool) -> None:
        self.row, self.width, self.more = row, width, look.glyphs.more
        entry = row.entry
        sign, self.mark, self.marked, self.badge, self.badge_look, self.size = " ", "", False, "", PLAIN, ""
        self.code = ""  # of what failed: it stands in the row where it has room beside the whole name
        if entry is None:
            self.name = row.folder.note
        else:
            self.name = steady(shown_name(entry.name))
            if entry.kind is Kind.FOLDER:
                self.name += "/"
                child = row.child
                sign = look.glyphs.expanded if child is not None and child.expanded else look.glyphs.collapsed
            self._columns(look, self._marked(look))
        lead = (look.glyphs.focus if focus else " ") + " "
        room = max(width - 2 - 2 - MARK - _NAME - 1 - SIZE - 1 - BADGE, 0)
        indent = 2 * row.depth
        if indent > room:  # deep down the number of the level stands for the indentation
            lead += head(f"{self.more}{row.depth}", room).ljust(room)
        else:
            lead += " " * indent
        self.lead = head(lead + (sign + " " if entry is not None else "  "), width)
        self.mark = head(self.mark, width - cell_len(self.lead))
        left = cell_len(self.lead) + cell_len(self.mark)
        if self.code and left + cell_len(self.name) + 1 + cell_len(self.code) + 1 + SIZE <= width:
            self.badge = self.code
        self.right = self._right()
        if cell_len(self.right) > width - 6:
            self.right = ""
        self.room = max(width - left - (cell_len(self.right) + 1 if self.right else 0), 0)
        if entry is not None and entry.kind is Kind.LINK:
            self.name = link_text(self.name, steady(shown_path(entry.target)), self.room, self.more)

    def _marked(self, look: Look) -> bool:
        entry, glyphs = self.row.entry, look.glyphs
        if entry is None or (entry.kind > Kind.LINK or (entry.kind is Kind.LINK and entry.link != "file")):
            self.mark = " " * MARK
            return False
        state = look.marks.state(self.row.path, link=entry.kind is Kind.LINK)
        signs = {MarkState.ALL: glyphs.marked, MarkState.PARTLY: glyphs.partly, MarkState.NONE: glyphs.unmarked}
        self.mark = signs[state].ljust(MARK)
        return state is not MarkState.NONE

    def _columns(self, look: Look, marked: bool) -> None:
        entry = self.row.entry
        assert entry is not None
        self.marked = marked
        if entry.kind is Kind.FOLDER:
            tally = look.totals.of(self.row.path)
            if tally is not None:
                self.badge = folder_badge(tally, self.width >= WIDE)
                self.badge_look = BAD if tally[Stage.FAILED] else GOOD if self.badge == "done" else BUSY
                self.size = short_size(tally.size)
            past = look.beneath.get(self.row.path)
            if past is not None and past_counts(tally, past):
                self.badge = beneath_badge(past, self.width >= WIDE)
                self.badge_look = BAD if past.failed else GOOD
            counted = look.sizes.get(self.row.path)
            if counted is not None:
                self.size = short_size(counted.size) + ("" if counted.complete and not counted.unread else "+")
            return
        self.size = kind_words(entry)
        if self.size:
            return
        self.size = short_size(entry.size)
        self._badge(look)

    def _badge(self, look: Look) -> None:
        path, stage, code = self.row.path, None, ""
        past, item_id = look.past.get(path), look.totals.item(path)
        if look.state is not None and item_id is not None:
            stage = look.state.stage(item_id)
            self.badge = item_badge(look.state, item_id)
            if stage is Stage.FAILED and (failure := look.state.row(item_id).failure) is not None:
                code = failure.code
        if past is not None and stage in (None, Stage.DONE):
            stage, code = past.stage, past.code
            self.badge = past_badge(past)
            if past.changed:
                stage = Stage.WAITING
        if stage is not None:
            self.badge_look = _STAGE_LOOK.get(stage, BUSY)
        if code:
            self.code = "!" + printable(code)
        if not self.badge and self.row.entry is not None and self.row.entry.badge:
            self.badge, self.badge_look = said(self.row.entry.badge), FAINT

    def _right(self) -> str:
        if self.badge:
            return cells_right(self.badge, BADGE) + " " + cells_right(self.size, SIZE)
        return cells_right(self.size, SIZE) if self.size else ""

    def line(self, name: str, cursor: bool) -> Line:
        entry = self.row.entry
        if entry is None:
            name = cut(self.name, self.room, self.more)
        gap = self.width - cell_len(self.lead) - cell_len(self.mark) - cell_len(name) - cell_len(self.right)
        look = FAINT if entry is None or entry.kind > Kind.LINK else MARKED if self.marked else PLAIN
        if entry is not None and entry.kind is Kind.FOLDER and not self.marked:
            look = FOLDER
        size = cells_right(self.size, SIZE) if self.right else ""
        badge = self.right[: len(self.right) - len(size)]
        pieces = (
            Piece(self.lead, PLAIN),
            Piece(self.mark, MARKED if self.marked else PLAIN),
            Piece(name, look),
            Piece(" " * gap, PLAIN),
            Piece(badge, self.badge_look),
            Piece(size, look if look == FAINT else PLAIN),
        )
        return Line(tuple(piece for piece in pieces if piece.text), cursor)


def cells_right(text: str, width: int) -> str:
    """`text` at the right of `width` cells: a Chinese character has two."""
    return " " * (width - cell_len(text)) + text
