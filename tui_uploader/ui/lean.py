"""Lean frames: moves to the cells that changed, and of each style only what is other than before.

Textual writes every change from its widget's left edge on, and each piece of a line with all of its colours: at
truecolor that is five times the bytes, and a slow link pays for each. What the terminal shows already goes not at all.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import cast

from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from tui_uploader.ui.driver import QuietDriver
from tui_uploader.ui.shown import PLAIN, Look, Run, Shown

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
    """An update of Textual's in fewer bytes: the bytes for the terminal are made at once, for they change `shown`."""

    def __init__(self, update: LayoutUpdate | ChopsUpdate, colours: ColorSystem, shown: Shown, size: Size) -> None:
        whole = isinstance(update, LayoutUpdate) and shown.unknown
        runs = shown.news(runs_of(update, colours), *size)
        by_line = written(runs)
        if whole:  # a whole screen grows from its top on a slow link
            self.text = by_line
        else:  # line by line or, where that is less, colour by colour
            self.text = min(by_line, written(sorted(runs, key=attrgetter("look"))), key=len)

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal."""
        return self.text


class LeanApp(App[None], inherit_bindings=False, inherit_css=False):
    """An app whose frames are lean."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self._shown = Shown()

    def forget_shown(self) -> None:
        """Something else has written to the terminal: the next frame is written whole."""
        self._shown.forget()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write a frame, as Textual does, unless it would change nothing or frames are held back."""
        driver = self._driver
        if isinstance(driver, QuietDriver) and isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if self._batch_count or driver.held or not self._running or self._closed:
                return
            lean = Lean(renderable, self.console._color_system or ColorSystem.TRUECOLOR, self._shown, self.size)
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            if not lean.text and cursor == self._previous_cursor_position:
                return
            super()._display(screen, cast(RenderableType, lean))
        else:
            super()._display(screen, renderable)
