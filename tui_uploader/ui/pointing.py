"""Where the hardware cursor sits: on the focused row of what is open. Screen readers and input methods follow it."""

from typing import Any

from textual.geometry import Offset
from textual.screen import Screen

from tui_uploader.ui.widgets.painted import Painted

TOP = Offset(0, 1)  # of a page without rows: its first line, under the title


def pointed(screen: Screen[Any], sign: str) -> Offset:
    """The place in a screen: what the focused widget or the screen itself says, else the row with the sign of focus."""
    for one in (screen.focused, screen):
        offset = getattr(one, "cursor_screen_offset", None)
        if isinstance(offset, Offset):  # Textual's inputs name the cell behind the one where they draw their cursor
            return offset - Offset(int(getattr(one, "cursor_at_end", False)), 0)
    for widget in screen.query(Painted):
        line = widget.line_of(sign)
        if line is not None:
            return Offset(widget.region.x, widget.region.y + line)
    return TOP
