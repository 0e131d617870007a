"""Lean frames: moves to the cells that changed, and of each style only what is other than before.

Textual writes every change from its widget's left edge on, and each piece of a line with all of its colours: at
truecolor that is five times the bytes, and a slow link pays for each.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.screen import Screen
from textual.strip import Strip

_ATTRIBUTES = ("bold", "dim", "italic", "underline", "blink", "blink2", "reverse", "conceal", "strike")


class Look(NamedTuple):
    """What a terminal is told of a style: codes of attributes, of its colour and its ground; empty is the default."""

    attributes: tuple[str, ...] = ()
    colour: str = ""
    ground: str = ""


PLAIN = Look()


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


class Run(NamedTuple):
    """Neighbouring cells of one look."""

    x: int
    y: int
    look: Look
    text: str
    cells: int


def runs_of(update: CompositorUpdate, colours: ColorSystem) -> list[Run]:
    """All that an update writes, in the order of the lines."""
    runs: list[Run] = []
    for x, y, strip in pieces(update):
        for segment in strip:
            runs.append(Run(x, y, look_of(segment.style, colours), segment.text, segment.cell_length))
            x += segment.cell_length
    return runs


def written(runs: Sequence[Run]) -> str:
    """The bytes for some runs; the last of them takes every colour back."""
    parts: list[str] = []
    now, at = PLAIN, (-1, -1)
    for x, y, look, text, cells in runs:
        if at != (x, y):
            parts.append(f"\x1b[{x + 1}G" if at[1] == y else f"\x1b[{y + 1};{x + 1}H")
        parts += (change(now, look), text)
        now, at = look, (x + cells, y)
    parts.append(change(now, PLAIN))
    return "".join(parts)


class Lean(CompositorUpdate):
    """An update of Textual's in fewer bytes. Whatever it is that is not known here is written as it is."""

    def __init__(self, update: CompositorUpdate) -> None:
        self._update = update

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal: line by line or, where that is less, colour by colour."""
        if not isinstance(self._update, LayoutUpdate | ChopsUpdate):
            return self._update.render_segments(console)
        runs = runs_of(self._update, console._color_system or ColorSystem.TRUECOLOR)
        by_line = written(runs)
        if isinstance(self._update, LayoutUpdate):  # a whole screen grows from its top on a slow link
            return by_line
        by_colour = written(sorted(runs, key=attrgetter("look")))
        return min(by_line, by_colour, key=len)


class LeanApp(App[None], inherit_bindings=False, inherit_css=False):
    """An app whose frames are lean."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write a frame, as Textual does."""
        super()._display(screen, Lean(renderable) if isinstance(renderable, CompositorUpdate) else renderable)
