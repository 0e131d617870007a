"""Painted: a widget that draws whole lines and repaints only the cells that changed. What a slow link pays."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui_uploader.ui.inks import Inked
from tui_uploader.ui.words import fit

Span = tuple[str, str]  # text, name of an ink
GAP = 5  # two changes closer than this cost less as one: moving the cursor is about this many bytes


class Painted(Inked):
    """Draws `lines()`; `repaint()` compares with what is on the screen and refreshes the difference.

    Calling `repaint()` when nothing changed costs no byte. Text comes as spans of (text, ink): it never meets a
    markup parser.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.styles.height = 1
        self._frame: list[Strip] | None = None
        self._frame_width = -1
        self._stale = False

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """The lines to show, from the top; missing ones are blank."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line of the frame, which is built when there is none for this size."""
        width, height = self.size
        if self._frame is None or self._stale or self._frame_width != width or len(self._frame) != height:
            self._frame, self._frame_width, self._stale = self._build(), width, False
        return self._frame[y] if y < len(self._frame) else Strip.blank(width, self.ink("plain"))

    def repaint(self) -> None:
        """Refresh the cells that differ from what was drawn last."""
        old, width = self._frame, self.size.width
        if old is None:
            return  # the first render draws everything
        if not self.is_attached or width != self._frame_width or self.size.height != len(old):
            self._stale = True  # the render after a resize draws everything, and not this frame, whatever size comes
            return
        new, self._stale = self._build(), False
        regions = [
            Region(start, y, end - start, 1)
            for y, (was, now) in enumerate(zip(old, new, strict=True))
            if was != now
            for start, end in changed_runs(cells(was), cells(now))
        ]
        self._frame = new
        if regions:
            self.refresh(*regions)

    def notify_style_update(self) -> None:
        """Colours may have changed: the next frame is built anew, and compared with the one on the screen."""
        self._stale = True
        super().notify_style_update()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Focus shows in the cursor's row (on_focus and on_blur run before `has_focus` changes)."""
        super().watch_has_focus(_has_focus)
        self.repaint()

    def line_of(self, sign: str) -> int | None:
        """The line that begins with a sign, in its first cells."""
        for y, strip in enumerate(self._frame or ()):
            if strip.text[:3].lstrip().startswith(sign):
                return y
        return None

    def _build(self) -> list[Strip]:
        width, height = self.size
        drawn = [self._strip(spans, width) for spans in self.lines(width, height)][:height]
        blank = Strip.blank(width, self.ink("plain"))
        return drawn + [blank] * (height - len(drawn))

    def _strip(self, spans: Sequence[Span], width: int) -> Strip:
        under = ""
        if spans and spans[0][0] == "" and spans[0][1]:  # a row may name the ink that lies under all of it
            under, spans = spans[0][1], spans[1:]
        segments: list[Segment] = []
        used = 0
        for text, name in merged(spans):
            room = width - used
            if room <= 0:
                break
            shown = text if cell_len(text) <= room else fit(text, room, "")
            if shown:
                segments.append(Segment(shown, self.ink(name, under)))
                used += cell_len(shown)
        if used < width:
            rest = Segment(" " * (width - used), self.ink("plain", under))
            if segments and segments[-1].style == rest.style:
                rest = Segment(segments.pop().text + rest.text, rest.style)
            segments.append(rest)
        return Strip(segments, width)


def merged(spans: Sequence[Span]) -> list[Span]:
    """Neighbours of one ink as one span: each span costs some thirty bytes of escape codes on the wire."""
    joined: list[Span] = []
    for text, name in spans:
        if joined and joined[-1][1] == name:
            joined[-1] = (joined[-1][0] + text, name)
        else:
            joined.append((text, name))
    return joined


def cells(strip: Strip) -> list[tuple[str, Style | None]]:
    """A strip cell by cell; the second cell of a wide character is an empty text."""
    found: list[tuple[str, Style | None]] = []
    for text, style, _ in strip:
        if text.isascii():
            found.extend((char, style) for char in text)
            continue
        for char in text:
            wide = cell_len(char)
            if wide == 0 and found:
                found[-1] = (found[-1][0] + char, found[-1][1])
            else:
                found.append((char, style))
                found.extend([("", style)] * (wide - 1))
    return found


def changed_runs(was: Sequence[tuple[str, object]], now: Sequence[tuple[str, object]]) -> list[tuple[int, int]]:
    """Where two lines differ, as (start, end) in cells; runs close together are one, no wide character is cut."""
    length = max(len(was), len(now))
    runs: list[tuple[int, int]] = []
    for x in range(length):
        if x < len(was) and x < len(now) and was[x] == now[x]:
            continue
        start, end = x, x + 1
        while start > 0 and (_inside(was, start) or _inside(now, start)):
            start -= 1
        while end < length and (_inside(was, end) or _inside(now, end)):
            end += 1
        if runs and start - runs[-1][1] < GAP:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _inside(line: Sequence[tuple[str, object]], x: int) -> bool:
    return x < len(line) and line[x][0] == ""
