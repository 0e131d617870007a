"""RowsPage: a page of rows of which one has the cursor; credentials and preferences are such pages."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import Key
from tui_uploader.ui.language import said, t
from tui_uploader.ui.widgets.footer import Footer
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.widgets.titles import Rows
from tui_uploader.ui.words import fit, padded, wrapped

LABEL = 22


class RowsPage(Screen[str], inherit_bindings=False, inherit_css=False):
    """Override `heading`, `rows` (label, value, note) and `KEYS`; `at` is the row of the cursor."""

    DEFAULT_CSS = "RowsPage { layout: vertical; background: $background; color: $foreground; }"
    KEYS: ClassVar[tuple[Key, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = ""

    def __init__(self, *, glyphs: Glyphs) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.at = 0
        self.said = ""

    @property
    def heading(self) -> str:
        """The title."""
        raise NotImplementedError

    def rows(self) -> Sequence[tuple[str, str, str]]:
        """Label, value and note of each row."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Title, rows, answer, footer."""
        yield Rows(self._title, id="sheet-title")
        yield Rows(self._rows, id="page").grown()
        yield Rows(self._answer, id="rows-said").grown(3)
        yield Footer(id="sheet-footer")

    def on_mount(self) -> None:
        """The footer needs its keys once."""
        self.repaint()

    def say(self, text: str) -> None:
        """An answer."""
        self.said = text
        self.repaint()

    def say_anew(self) -> None:
        """In another language."""
        self.repaint()

    def repaint(self) -> None:
        """Paint what changed."""
        if not self.children:
            return
        for widget in self.query(Painted):
            widget.repaint()
        self.query_one(Footer).offer([(key, key.label) for key in self.KEYS])

    def action_move(self, by: int) -> None:
        """Another row; round at the ends."""
        self.move_to((self.at + by) % max(len(self.rows()), 1), by)

    def move_to(self, at: int, by: int) -> None:
        """Put the cursor on a row; where it is there already, say so."""
        moved, self.at = at != self.at, at
        ends = (t("this is the first row"), t("this is the last row"))
        if not moved:
            self.said = ends[by > 0]
        elif self.said in ends:  # what an action had to say stays
            self.said = ""
        self.repaint()

    def action_back(self) -> None:
        """Close."""
        self.dismiss("")

    def _title(self, width: int, _height: int) -> list[list[Span]]:
        return [[(" " + fit(self.heading, width - 2, self.glyphs.more), "title"), (" " * width, "title")]]

    def _answer(self, width: int, height: int) -> list[list[Span]]:
        return [[(" " + line, "warning")] for line in wrapped(self.said, width - 2)[:height]] if self.said else []

    def _rows(self, width: int, height: int) -> list[list[Span]]:
        rows = self.rows()
        top = max(0, min(self.at - height // 2, len(rows) - height))
        return [self._row(at, *rows[at], width) for at in range(top, min(top + height, len(rows)))]

    def _row(self, at: int, label: str, value: str, note: str, width: int) -> list[Span]:
        room = min(LABEL, width // 2)
        spans: list[Span] = [
            (self.glyphs.focus if at == self.at else " ", "strong"),
            (" " + padded(said(label), room, self.glyphs.more), "plain" if value else "key"),
            (" " + fit(value, max(width - room - 4, 1), self.glyphs.more), "strong"),
        ]
        used = room + 3 + len(value)
        if note and width - used > 28:  # a stub of a note says nothing
            spans.append(("  " + fit(said(note), width - used - 8, self.glyphs.more), "dim"))
        return [("", "cursor"), *spans] if at == self.at else spans
