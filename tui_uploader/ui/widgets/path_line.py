"""PathLine: the focused row in full and what its failure means; what a key had to say comes first."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.words import fit, fit_path, wrapped

MOST = 3  # lines of an answer


class PathLine(Painted):
    """One line above the footer, more for a long answer. `say` covers the path until a person moves the cursor."""

    def __init__(self, *, glyphs: Glyphs, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._path = self._words = ""
        self._ink = "plain"
        self.said = ""

    def show(self, path: str, words: str = "", ink: str = "plain", *, by_hand: bool = True) -> None:
        """The path of the focused row, printable, and what there is to say of it; `by_hand`: a person went there."""
        if path != self._path and self._path and by_hand:  # the first path is no move: what was said stays
            self.said = ""
            self._settle()
        self._path, self._words, self._ink = path, words, ink
        self.repaint()

    def say(self, text: str) -> None:
        """An answer to a key; an empty one takes the last back."""
        self.said = text
        self._settle()
        self.repaint()

    def _settle(self) -> None:
        """A sentence that ends in what to do is shown to its end, in narrow terminals in more lines than one."""
        lines = len(self._said(self.app.size.width)) if self.said else 1
        if self.is_attached and self.styles.height is not None and self.styles.height.value != lines:
            self.styles.height = lines

    def on_resize(self) -> None:
        """Another width may need other lines."""
        self._settle()

    def _said(self, width: int) -> list[str]:
        return wrapped(self.said, width - 2)[:MOST]

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """One line."""
        if self.said:
            return [[(" " + line, "warning")] for line in self._said(width)]
        if not self._words:
            return [[(" " + fit_path(self._path, width - 2, self._glyphs.more), "plain")]]
        room = max(width - cell_len(self._words) - 5, min(width // 3, cell_len(self._path)))
        path = fit_path(self._path, room, self._glyphs.more)
        words = fit(self._words, max(width - cell_len(path) - 4, 1), self._glyphs.more)
        return [[(" " + path, "plain"), ("  ", "plain"), (words, self._ink)]]
