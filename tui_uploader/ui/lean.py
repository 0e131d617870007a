"""Lean frames: moves to the cells that changed, and of each style only what is other than before.

Textual writes every change from its widget's left edge on, and each piece of a line with all of its colours: at
truecolor that is five times the bytes, and a slow link pays for each. What the terminal shows already goes not at all.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import cast

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.geometry import Offset, Size
from textual.screen import Screen
from textual.strip import Strip

from tui_uploader.model.value import value
from tui_uploader.ui.driver import QuietDriver, erases_in_ground, finds_columns, scrolls
from tui_uploader.ui.scrolled import shift_of
from tui_uploader.ui.shown import PLAIN, Cell, Look, Run, Shown, of_blank, suits_blank

WORTH = 200  # bytes of a frame from which it is worth a look whether its lines have only moved

_ATTRIBUTES = ("bold", "dim", "italic", "underline", "blink", "blink2", "reverse", "conceal", "strike")


@lru_cache(maxsize=4096)
def look_of(style: Style | None, colours: ColorSystem) -> Look:
    """The codes of a style in a colour system."""
    if style is None:
        return PLAIN
    attributes = tuple(str(code) for code, name in enumerate(_ATTRIBUTES, 1) if getattr(style, name))
    found = [
        ";".join(colour.downgrade(colours).get_ansi_codes(foreground=front)) if colour is not None else ""
        for colour, front in ((style.color, True), (style.bgcolor, False))
    ]
    return Look(attributes, found[0], found[1])


def change(now: Look, then: Look) -> str:
    """The escape sequence that makes one look of another; nothing where they are the same."""
    if now == then:
        return ""
    if then == PLAIN:
        return "\x1b[0m"
    codes: list[str] = []
    if set(now.attributes) <= set(then.attributes):
        codes += [code for code in then.attributes if code not in now.attributes]
    else:
        codes, now = ["0", *then.attributes], PLAIN
    if now.colour != then.colour:
        codes.append(then.colour or "39")
    if now.ground != then.ground:
        codes.append(then.ground or "49")
    return f"\x1b[{';'.join(codes)}m"


def pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
    """What an update writes: column, line, and the cells."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, first, behind in update.spans:
            for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if chop is not None and x < behind and end > first:
                    start, stop = max(x, first), min(end, behind)
                    yield start, y, chop if (start, stop) == (x, end) else chop.crop(start - x, stop - x)


def runs_of(update: CompositorUpdate, colours: ColorSystem) -> list[Run]:
    """All that an update writes, in the order of the lines."""
    runs: list[Run] = []
    for x, y, strip in pieces(update):
        for segment in strip:
            runs.append(Run(x, y, look_of(segment.style, colours), segment.text, segment.cell_length))
            x += segment.cell_length
    return runs


@value
class Paper:
    """What is written on: its size, and what it can do.

    It erases in the ground of the moment, scrolls the lines of a region, leads the cursor to a column of the same line.
    """

    size: Size
    erases: bool = False
    scrolls: bool = False
    columns: bool = True

    def text(self, x: int, text: str, look: Look) -> Iterator[tuple[int, str, int]]:
        """The bytes for a text at a column, in pieces with the columns where they begin and where the cursor is then.

        Blanks are erased where that is less: those up to the edge, and the many in the middle of a line.
        """
        bare = of_blank(look) == Look(ground=look.ground) and (self.erases or not look.ground)
        for piece in _BLANKS.split(text) if bare else (text,):
            behind = x + (len(piece) if piece.isascii() else cell_len(piece))
            if not bare or not piece or piece.strip(" "):
                yield x, piece, behind
            elif behind >= self.size.width and len(piece) > 3:
                yield x, "\x1b[K", x
            elif self.erases and len(piece) > 11:
                yield x, f"\x1b[{len(piece)}X", x
            else:
                yield x, piece, behind
            x = behind


_BLANKS = re.compile("( {4,})")


def move(from_x: int, from_y: int, x: int, y: int, paper: Paper) -> str:
    """The bytes that lead the cursor to a cell; the first move of a frame, from nowhere, names line and column.

    No control character but ESC, CR and LF: whoever looks for those that a name might bring finds none of ours.
    At the edge a terminal's cursor stays inside.
    """
    down, back = y - from_y, from_x - x
    whole = f"\x1b[{y + 1};{x + 1}H"
    if from_y < 0 or down < 0:
        return whole
    if x == 0 and down < 4:
        return "\r" + "\n" * down
    known = from_x < paper.size.width
    if not paper.columns and not (known and 0 <= back < 10):
        return whole
    column = (
        "" if known and not back else f"\x1b[{_count(back)}D" if known and 0 < back < 10 else f"\x1b[{_count(x + 1)}G"
    )
    return min(whole, (f"\x1b[{_count(down)}B" if down else "") + column, key=len)


def _count(number: int) -> str:
    return "" if number == 1 else str(number)


def written(runs: Sequence[Run], paper: Paper) -> str:
    """The bytes for some runs; the last of them takes every colour back.

    How wide a terminal draws what is not ASCII is not sure (signs of an ambiguous width, emoji): no move starts from
    the column behind it, so what is drawn wrongly stays in its own row.
    """
    parts: list[str] = []
    now, at, sure = PLAIN, (-1, -1), True
    for column, y, look, text, _ in runs:
        wanted = now if not text.strip(" ") and suits_blank(now, look) else look
        for x, piece, behind in paper.text(column, text, wanted):
            if not piece:
                continue
            if at != (x, y):
                parts.append(move(at[0] if sure else paper.size.width, at[1], x, y, paper))
                sure = True
            parts += (change(now, wanted), piece)
            now, at, sure = wanted, (behind, y), sure and piece.isascii()
    parts.append(change(now, PLAIN))
    return "".join(parts)


def shortest(runs: Sequence[Run], paper: Paper) -> str:
    """The bytes for some runs line by line or, where that is less, colour by colour."""
    return min(written(runs, paper), written(sorted(runs, key=attrgetter("look")), paper), key=len)


class Lean(CompositorUpdate):
    """An update of Textual's in fewer bytes: the bytes for the terminal are made at once, for they change `shown`."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, colours: ColorSystem, shown: Shown, paper: Paper) -> None:
        whole, before = isinstance(update, LayoutUpdate) and shown.unknown, shown.lines() if paper.scrolls else []
        runs = shown.news(runs_of(update, colours), *paper.size)
        if whole:  # a whole screen grows from its top on a slow link
            self.text = written(runs, paper)
            return
        self.text = shortest(runs, paper)
        if len(self.text) > WORTH and len(before) == paper.size.height:
            self.text = min(self.text, self._scrolled(before, shown, paper) or self.text, key=len)

    @staticmethod
    def _scrolled(before: list[list[Cell]], shown: Shown, paper: Paper) -> str:
        """The same where the terminal moves lines itself; empty where none have moved."""
        shift = shift_of(before, shown.lines())
        runs = shown.after(shift, before) if shift is not None else None
        return shift.sequence + shortest(runs, paper) if shift is not None and runs is not None else ""

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        return self.text


class LeanApp(App[None], inherit_bindings=False, inherit_css=False):
    """An app whose frames are lean."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self._shown = Shown()

    def pointed(self) -> Offset:
        """Where the hardware cursor sits in the screen that is open."""
        return self.cursor_position

    def forget_shown(self) -> None:
        """Something else has written to the terminal: the next frame is written whole."""
        self._shown.forget()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write a frame, as Textual does, unless it would change nothing or frames are held back."""
        if self.screen_stack:
            self.cursor_position = self.pointed()
        driver = self._driver
        if isinstance(driver, QuietDriver) and isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if self._batch_count or driver.held or not self._running or self._closed:
                return
            lean = Lean(
                renderable,
                self.console._color_system or ColorSystem.TRUECOLOR,
                self._shown,
                Paper(self.size, erases_in_ground(), scrolls(), finds_columns()),
            )
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            if not lean.text and cursor == self._previous_cursor_position:
                return
            super()._display(screen, cast(RenderableType, lean))
        else:
            super()._display(screen, renderable)
