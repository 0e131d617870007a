"""PathLine: the focused row in full and what its failure means; what a key had to say comes first."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.words import fit, fit_path, told, wrapped

MOST = 3  # lines of an answer
BROAD = 76  # cells in which nearly every failure is told in one line


class PathLine(Painted):
    """One line above the footer, more for a long answer or a failure: what a person can do about it is never cut.

    `say` covers the path until a person moves the cursor.
    """

    def __init__(self, *, glyphs: Glyphs, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._path, self._ink = "", "plain"
        self._ways: Sequence[str] = ()
        self.said = ""

    def show(self, path: str, ways: Sequence[str] = (), ink: str = "plain", *, by_hand: bool = True) -> None:
        """The path of the focused row, printable, and what there is to say of it, from long to short.

        More than one way is a failure's, and ends in what to do. `by_hand`: a person went there.
        """
        if path != self._path and self._path and by_hand:  # the first path is no move: what was said stays
            self.said = ""
        self._path, self._ways, self._ink = path, [way for way in ways if way], ink
        self._settle()
        self.repaint()

    def say(self, text: str) -> None:
        """An answer to a key; an empty one takes the last back."""
        self.said = text
        self._settle()
        self.repaint()

    def _settle(self) -> None:
        """As many lines as it takes to the end."""
        if not self.is_attached or self.styles.height is None:
            return
        lines = len(list(self.lines(self.app.size.width, MOST)))
        if self.styles.height.value != lines:
            self.styles.height = lines

    def on_resize(self) -> None:
        """Another width may need other lines."""
        self._settle()

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """What was said, else path and words in one line, else a failure beneath its path."""
        if self.said:
            return [[(" " + line, "warning")] for line in wrapped(self.said, width - 2)[:MOST]]
        if not self._ways:
            return [[(" " + fit_path(self._path, width - 2, self._glyphs.more), "plain")]]
        words, room = self._ways[0], width - 2
        if len(self._ways) > 1 and cell_len(self._path) + cell_len(words) + 2 > room:
            return [
                [(" " + fit_path(self._path, room, self._glyphs.more), "plain")],
                *([(" " + line, self._ink)] for line in self._failure(room)),
            ]
        path = fit_path(
            self._path, max(room - cell_len(words) - 3, min(width // 3, cell_len(self._path))), self._glyphs.more
        )
        words = fit(words, max(room - cell_len(path) - 2, 1), self._glyphs.more)
        return [[(" " + path, "plain"), ("  ", "plain"), (words, self._ink)]]

    def _failure(self, room: int) -> list[str]:
        """In one line where more than the bare advice fits, in two where not; beside a narrow screen always in two."""
        whole = [way for way in self._ways[:-1] if room >= BROAD and cell_len(way) <= room]
        return whole[:1] or told(self._ways, room, MOST - 1)
