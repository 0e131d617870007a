"""A last filter before the driver: stock signs (frames, scroll bars) as ASCII where the terminal knows no others."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_TABLE = {
    **dict.fromkeys(range(0x2500, 0x2580), "+"),
    **dict.fromkeys(map(ord, "─━┄┅┈┉╌╍═╴╶╸╺"), "-"),
    **dict.fromkeys(map(ord, "│┃┆┇┊┋╎╏║╵╷╹╻"), "|"),
    **dict.fromkeys(range(0x2580, 0x25A0), "#"),
}


_SIGNS = {**_TABLE, **dict(zip(map(ord, "▸▾✓⋯"), "+-*~", strict=True))}


class AsciiFilter(LineFilter):
    """Box drawing and blocks become ``+-|#``; letters of names stay as they are.

    `signs`: those of our Unicode set, too, for a screen that was made before it was known that it must be ASCII.
    """

    def __init__(self, *, signs: bool = False) -> None:
        super().__init__()
        self._table = _SIGNS if signs else _TABLE

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Translate what is not ASCII already."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(self._table), segment.style, segment.control)
            for segment in segments
        ]
