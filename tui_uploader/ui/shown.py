"""What the terminal shows, cell by cell: of every frame only the cells that are other than that are written.

A page that opens over the screen, a prompt at its foot and what goes on behind it make Textual draw the whole screen
anew, twice or three times. Nearly all of that is there already, and a slow link would pay for each of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

from tui_uploader.ui.scrolled import Shift
from tui_uploader.ui.widgets.painted import changed_runs


class Look(NamedTuple):
    """What a terminal is told of a style: codes of attributes, of its colour and its ground; empty is the default."""

    attributes: tuple[str, ...] = ()
    colour: str = ""
    ground: str = ""


PLAIN = Look()
_ON_BLANKS = frozenset({"4", "7", "9"})  # underline, reverse and strike show where nothing is written


@lru_cache(maxsize=4096)
def of_blank(look: Look) -> Look:
    """What of a look is seen in a cell without a sign: its ground, or all of it where an attribute shows there."""
    return look if _ON_BLANKS & set(look.attributes) else Look(ground=look.ground)


def suits_blank(now: Look, blank: Look) -> bool:
    """Whether a blank cell looks the same with what the terminal has been told already."""
    return of_blank(now) == blank


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

    def lines(self) -> list[list[Cell]]:
        """The cells as they are known now, line by line: a copy."""
        return [row[:] for row in self._rows]

    def news(self, runs: Iterable[Run], width: int, height: int) -> list[Run]:
        """What of a frame is not there yet; from now on it is. Another size than before means that nothing is known."""
        if len(self._rows) != height or len(self._rows[0]) != width:
            self._rows = [[_UNKNOWN] * width for _ in range(height)]
        inside = (line for line in _lines(runs) if line[0] < width and line[1] < height)  # it may be for a size before
        return [new for x, y, now in inside for new in self._new(x, y, now[: width - x])]

    def after(self, shift: Shift, before: Sequence[Sequence[Cell]]) -> list[Run] | None:
        """What is to be written after a shift of the lines before; None where not all of these cells are known.

        Lines of another size were before another size of the terminal, which nobody knows how it took.
        """
        if [*map(len, before)] != [*map(len, self._rows)] or any(_UNKNOWN in row for row in self._rows):
            return None
        moved = shift.moved(before, [_UNKNOWN] * len(self._rows[0]))
        pairs = enumerate(zip(moved, self._rows, strict=True))
        return [new for y, (was, now) in pairs if was != now for new in _changes(0, y, was, now)]

    def _new(self, x: int, y: int, now: Sequence[Cell]) -> Iterator[Run]:
        row, end = self._rows[y], x + len(now)
        was = row[x:end]
        if x and was and not was[0][0]:  # half of a wide character goes, and the terminal blanks the other half
            row[x - 1] = _UNKNOWN
        if end < len(row) and not row[end][0]:
            row[end] = _UNKNOWN
        row[x:end] = now
        return _changes(x, y, was, now)


def _changes(x: int, y: int, was: Sequence[Cell], now: Sequence[Cell]) -> Iterator[Run]:
    """The cells that differ, in pieces of one look; a blank takes any look that has its ground."""
    for first, behind in changed_runs(was, now):
        start, look = first, now[first][1]
        for at in range(first, behind + 1):
            text, other = now[at] if at < behind else ("", None)
            if other == look or (other is not None and text == " " and suits_blank(look, other)):
                continue
            yield Run(x + start, y, look, "".join([text for text, _ in now[start:at]]), at - start)
            if other is not None:
                start, look = at, other


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
    look, blank = run.look, (" ", of_blank(run.look))
    if run.text.isascii():
        return [blank if char == " " else (char, look) for char in run.text]
    found: list[Cell] = []
    for char in run.text:
        wide = cell_len(char)
        if not wide and found:
            found[-1] = (found[-1][0] + char, look)
        elif char == " ":
            found.append(blank)
        else:
            found += [(char, look), *[("", look)] * (wide - 1)]
    return found
