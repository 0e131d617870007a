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


class AsciiFilter(LineFilter):
    """Box drawing and blocks become ``+-|#``; letters of names stay as they are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Translate what is not ASCII already."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_TABLE), segment.style, segment.control)
            for segment in segments
        ]
