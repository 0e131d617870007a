"""What the terminal shows, cell by cell: of every frame only the cells that are other than that are written.

A page that opens over the screen, a prompt at its foot and what goes on behind it make Textual draw the whole screen
anew, twice or three times. Nearly all of that is there already, and a slow link would pay for each of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.cells import cell_len

from tui_uploader.ui.widgets.painted import changed_runs


class Look(NamedTuple):
    """What a terminal is told of a style: codes of attributes, of its colour and its ground; empty is the default."""

    attributes: tuple[str, ...] = ()
    colour: str = ""
    ground: str = ""


PLAIN = Look()


class Run(NamedTuple):
    """Neighbouring cells of one look."""

    x: int
    y: int
    look: Look
    text: str
    cells: int


Cell = tuple[str, Look]  # the second cell of a wide character is an empty text
_UNKNOWN: Cell = ("\0", PLAIN)  # no frame has it: such a cell is written in any case


class Shown:
    """The cells of the terminal as far as they are known; `forget` where something else has written over them."""

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []

    @property
    def unknown(self) -> bool:
        """Whether nothing is known: the next frame is written as it is."""
        return not self._rows

    def forget(self) -> None:
        """The terminal may show anything."""
        self._rows = []

    def news(self, runs: Iterable[Run], width: int, height: int) -> list[Run]:
        """What of a frame is not there yet; from now on it is. Another size than before means that nothing is known."""
        if len(self._rows) != height or len(self._rows[0]) != width:
            self._rows = [[_UNKNOWN] * width for _ in range(height)]
        return [new for x, y, now in _lines(runs) if y < height for new in self._new(x, y, now[: width - x])]

    def _new(self, x: int, y: int, now: Sequence[Cell]) -> Iterator[Run]:
        row, end = self._rows[y], x + len(now)
        was = row[x:end]
        if x and was and not was[0][0]:  # half of a wide character goes, and the terminal blanks the other half
            row[x - 1] = _UNKNOWN
        if end < len(row) and not row[end][0]:
            row[end] = _UNKNOWN
        row[x:end] = now
        for first, behind in changed_runs(was, now):
            at = x + first
            for look, same in groupby(now[first:behind], key=itemgetter(1)):
                texts = [text for text, _ in same]
                yield Run(at, y, look, "".join(texts), len(texts))
                at += len(texts)


def _lines(runs: Iterable[Run]) -> Iterator[tuple[int, int, list[Cell]]]:
    """Runs that stand beside each other as one list of cells, with its column and line."""
    x = y = end = -1
    line: list[Cell] = []
    for run in runs:
        if (run.y, run.x) != (y, end):
            if line:
                yield x, y, line
            x, y, end, line = run.x, run.y, run.x, []
        line += _cells(run)
        end += run.cells
    if line:
        yield x, y, line


def _cells(run: Run) -> list[Cell]:
    look = run.look
    if run.text.isascii():
        return [(char, look) for char in run.text]
    found: list[Cell] = []
    for char in run.text:
        wide = cell_len(char)
        if not wide and found:
            found[-1] = (found[-1][0] + char, look)
        else:
            found += [(char, look), *[("", look)] * (wide - 1)]
    return found
