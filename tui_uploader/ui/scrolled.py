"""Lines that only moved: the terminal moves them itself, and a line that scrolls costs a slow link its own bytes alone.

DECSTBM and the taking out and putting in of lines, not SU and SD: the Linux console has none of those. What knows no
region would pull up the rows below it as well, so only terminals whose TERM says so are asked (`driver.scrolls`). One
without left and right margins moves whole lines: this helps where a page, the log or a zoomed pane scrolls.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

Cell = TypeVar("Cell")
LEAST = 2  # lines that must have moved: one alone is written as quickly


class Shift(NamedTuple):
    """Lines `top` to `bottom` go up by `by` lines, down where it is negative."""

    top: int
    bottom: int
    by: int

    @property
    def sequence(self) -> str:
        """What makes the terminal do it, with every colour taken back before; the cursor stands anywhere then."""
        lines = f"{abs(self.by) if abs(self.by) > 1 else ''}{'M' if self.by > 0 else 'L'}"
        return f"\x1b[{self.top + 1};{self.bottom + 1}r\x1b[{self.top + 1};1H\x1b[{lines}\x1b[r"

    def moved(self, lines: Sequence[Sequence[Cell]], blank: Sequence[Cell]) -> list[Sequence[Cell]]:
        """The lines after it; those that come in are `blank`."""
        inside, new = lines[self.top : self.bottom + 1], [blank] * abs(self.by)
        inside = [*inside[self.by :], *new] if self.by > 0 else [*new, *inside[: self.by]]
        return [*lines[: self.top], *inside, *lines[self.bottom + 1 :]]


def shift_of(was: Sequence[Sequence[tuple[str, object]]], now: Sequence[Sequence[tuple[str, object]]]) -> Shift | None:
    """How most of the lines that differ have moved; None where they have not.

    The first line stays out of it: a terminal that keeps what scrolls out at its top would keep parts of the screen.
    """
    differing = [y for y, (before, after) in enumerate(zip(was, now, strict=True)) if y and before != after]
    if len(differing) <= LEAST:
        return None
    first, last = differing[0], differing[-1]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for y in range(first, last + 1):
        places[_text(was[y])].append(y)
    texts = {y: _text(now[y]) for y in range(first, last + 1)}
    ways = Counter(old - y for y, text in texts.items() if text.strip() for old in places.get(text, ()) if old != y)
    if not ways:
        return None
    by, count = max(ways.items(), key=lambda way: (way[1], -abs(way[0])))
    if count < LEAST:
        return None
    moved = [y for y, text in texts.items() if y + by in places.get(text, ()) and text.strip()]
    return Shift(moved[0], moved[-1] + by, by) if by > 0 else Shift(moved[0] + by, moved[-1], by)


def _text(line: Sequence[tuple[str, object]]) -> str:
    return "".join([text for text, _ in line])
