"""PaneTitle: a pane's name in its rule, in brackets where it has the focus; and the line between two panes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Self

from rich.cells import cell_len
from textual.widget import Widget

from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.words import fit, fit_path

_LEAST = 5  # cells of a path beside what is to be kept


class PaneTitle(Painted):
    """``[1 Files] /srv/reports ----- by name``. `left` may be shortened, as a path if `path`.

    `right` is dropped where both have no room, but for what is to be kept: then a path is shortened for it.
    """

    def __init__(self, number: str, name: str, *, glyphs: Glyphs, path: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._number, self._words = number, name
        self._glyphs = glyphs
        self._path = path
        self._left = self._right = ""
        self._active = self._keep = False

    def show(self, active: bool, left: str, right: str = "", *, keep: bool = False) -> None:
        """Whether the pane has the focus, and what stands beside its name; `keep` shortens `left` for `right`."""
        self._active, self._left, self._right, self._keep = active, left, right, keep
        self.repaint()

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """One line."""
        name = f"{self._number} {said(self._words)}"
        name = f"[{name}]" if self._active else f" {name} "
        room = width - cell_len(name) - 1
        shorten = fit_path if self._path else fit
        least = min(_LEAST, cell_len(self._left)) if self._keep else cell_len(self._left)
        right = self._right if least + cell_len(self._right) + 4 <= room else ""
        left = shorten(self._left, max(room - (cell_len(right) + 4 if right else 1), 0), self._glyphs.more)
        rule = room - cell_len(left) - (cell_len(right) + 1 if right else 0) - 1
        return [
            [
                (name, "strong" if self._active else "plain"),
                (f" {left} " if left else " ", "plain"),
                (self._glyphs.rule * max(rule, 0), "dim"),
                (f" {right}" if right else "", "dim"),
            ]
        ]


class Tabs(Painted):
    """All panes in one line, where only one of them has room: ``[1 Files] 2 Queue !4  3 Log``."""

    def __init__(self, *, glyphs: Glyphs, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._names: list[tuple[str, bool]] = []
        self._path = ""

    def show(self, names: list[tuple[str, bool]], path: str) -> None:
        """The names of the panes, each with whether it has the focus, and a path if there is room."""
        self._names, self._path = names, path
        self.repaint()

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """One line."""
        spans: list[Span] = []
        for name, active in self._names:
            spans.append((f"[{name}]" if active else f" {name} ", "strong" if active else "plain"))
        room = width - sum(cell_len(text) for text, _ in spans) - 1
        if room > 6:
            spans.append((" " + fit_path(self._path, room - 1, self._glyphs.more), "dim"))
        return [spans]


class Box(Widget, inherit_css=False):
    """Widgets beneath or beside each other."""

    def __init__(self, layout: str, *inside: Widget) -> None:
        super().__init__(*inside)
        self.styles.layout = layout
        self.styles.width = self.styles.height = "1fr"


class Rows(Painted):
    """Lines that a function gives: the divider, the guide line, the words for a terminal that is too small."""

    def __init__(self, give: Callable[[int, int], Iterable[Sequence[Span]]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._give = give

    def grown(self, height: str | int = "1fr") -> Self:
        """With another height than one line: what is left of the screen, or so many lines."""
        self.styles.height = height
        return self

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """What the function gives."""
        return self._give(width, height)
