"""The screen side of the file tree: a cursor over a page of rows, of which only the changed cells are painted."""

from collections.abc import Callable, Iterable

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.strip import Strip

from tui_uploader.ui.inks import Inked
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.tree_page import Line, Look, page_lines
from tui_uploader.ui.widgets.tree_rows import Row, TreeRows

_EMPTY = Line(())


_INKS = ("plain", "folder", "active", "dim", "done", "bad", "warning")  # by the numbers of tree_page


class TreeView(Inked, can_focus=True, inherit_bindings=False):
    """A page of `TreeRows` with a cursor. What changes the rows calls `settle`; what changes their look, `paint`.

    It scrolls by itself and has no scroll bar: `top` is the first row in sight.
    """

    def __init__(self, rows: TreeRows, look: Look, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows = rows
        self.look = look
        self._page: list[Line] = []
        self._y = self.top = 0
        self._path = rows.root.path
        self._was_folder = True

    # --- what a subclass says

    def say(self, text: str, instead_of: str = "") -> None:
        """Tell why a key did nothing; `instead_of`: only where this is what stands there still."""
        raise NotImplementedError

    def page_moved(self) -> None:
        """Other rows are in sight."""
        raise NotImplementedError

    def cursor_changed(self) -> None:
        """The cursor stands on another row, or what is known of its row changed."""
        raise NotImplementedError

    # --- the cursor

    @property
    def cursor_row(self) -> Row:
        """The row under the cursor."""
        return self.rows.row(min(self._y, len(self.rows) - 1))

    @property
    def cursor_screen_offset(self) -> Offset | None:
        """Where on the screen the cursor's row begins, for the hardware cursor; None while it is not visible."""
        line = self._y - self.top
        return self.content_region.offset + Offset(0, line) if 0 <= line < self.size.height else None

    def move_to(self, y: int, step: int = 1) -> bool:
        """Put the cursor on row `y`, or the entry next to it in the direction of `step`; False if it stays."""
        y = self._entry_near(min(max(y, 0), len(self.rows) - 1), step)
        if y == self._y:
            return False
        self._stand_on(y)
        self._scroll_to_cursor()
        self.paint()
        self.cursor_changed()
        return True

    def put_cursor(self, path: bytes) -> None:
        """Put the cursor on a path, or as near to it as rows go; call `settle` after it."""
        self._path, self._was_folder = path, True

    def settle(self) -> None:
        """After rows came or went: keep the cursor on its entry and, where it can stay there, the page."""
        old_y, top, height = self._y, self.top, self.size.height
        y = self.rows.nearest(self._path, self._was_folder)
        self._stand_on(self._entry_near(y, 1), keep_path=self.rows.find(self._path) is None and self._waits())
        if top <= old_y < top + height and not top <= self._y < top + height:
            self._scroll(top + self._y - old_y)
        self._scroll_to_cursor()
        self.paint()
        self.page_moved()
        self.cursor_changed()

    def _waits(self) -> bool:
        return self.rows.root.reading

    def _stand_on(self, y: int, *, keep_path: bool = False) -> None:
        self._y = y
        if not keep_path:
            row = self.rows.row(y)
            self._path, self._was_folder = row.path, row.is_folder or row.entry is None

    def _entry_near(self, y: int, step: int) -> int:
        for direction in (step, -step):
            at = y
            while 0 <= at < len(self.rows):
                if self.rows.row(at).entry is not None:
                    return at
                at += direction
        return y

    def _scroll_to_cursor(self) -> None:
        """Scroll so that the cursor and the notes right beneath it are seen: half a page at least, if at all."""
        height, top, last = self.size.height, self.top, self._y
        if not height:
            return
        while last + 1 < len(self.rows) and last + 2 - self._y < height and self.rows.row(last + 1).entry is None:
            last += 1
        if self._y < top:
            self._scroll(min(top - height // 2, self._y))
        elif last >= top + height:
            self._scroll(min(max(top + height // 2, last - height + 1), self._y))
        elif top > max(len(self.rows) - height, 0):
            self._scroll(top)

    def _scroll(self, top: int) -> None:
        top = min(max(top, 0), max(len(self.rows) - self.size.height, 0))
        if top != self.top:
            self.top = top
            self.paint()
            self.page_moved()

    # --- painting

    catch_up: Callable[[], object] = staticmethod(lambda: None)  # paints all else that is known by now

    def paint(self) -> None:
        """Work out the page anew and have the cells painted that changed."""
        self.catch_up()
        if not self.size.height:
            return
        old, self._page = self._page, self._lines()
        if len(old) != len(self._page):
            self.refresh()
            return
        changes = ((y, was.changed_to(now)) for y, (was, now) in enumerate(zip(old, self._page, strict=True)))
        regions = [Region(start, y, end - start, 1) for y, (start, end) in changes if end]
        if regions:
            self.refresh(*regions)

    def _lines(self) -> list[Line]:
        width, height = self.size
        top = min(self.top, max(len(self.rows) - 1, 0))
        rows = [self.rows.row(y) for y in range(top, min(top + height, len(self.rows)))]
        lines = page_lines(rows, self.look, width, self._y - top, self.has_focus)
        return lines + [_EMPTY] * (height - len(lines))

    @property
    def page_text(self) -> list[str]:
        """The page as it reads without colour."""
        return [line.text for line in self._page]

    def render_line(self, y: int) -> Strip:
        """One line of the page."""
        width, height = self.size
        if len(self._page) != height:
            self._page = self._lines()
        line = self._page[y] if y < len(self._page) else _EMPTY
        return Strip(self._segments(line)).simplify().adjust_cell_length(width, self.ink("plain"))

    def _segments(self, line: Line) -> Iterable[Segment]:
        if line.cursor:
            return [Segment(line.text, self.ink("plain", "cursor" if self.has_focus else "rest"))]
        return [Segment(piece.text, self.ink(_INKS[piece.look])) for piece in line.pieces]

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight."""
        self._page = []
        self._scroll_to_cursor()
        self.paint()
        self.page_moved()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show the focus sign, or take it away (on_focus and on_blur run before `has_focus` changes)."""
        super().watch_has_focus(_has_focus)
        self.paint()

    def on_click(self, event: events.Click) -> None:
        """With the mouse switched on: put the cursor where it points."""
        y = event.y + self.top
        if y < len(self.rows):
            self.move_to(y)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self._leap(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self._leap(-3)

    # --- keys

    def action_cursor(self, step: int) -> None:
        """Move by rows."""
        if not self.move_to(self._y + step, step):
            self.say(t("this is the first row") if step < 0 else t("this is the last row"))

    def action_cursor_to(self, end: int) -> None:
        """Move to the first (0) or last (-1) row."""
        moved = self.move_to(0, 1) if end == 0 else self.move_to(len(self.rows) - 1, -1)
        if not moved:
            self.say(t("this is the first row") if end == 0 else t("this is the last row"))

    def action_half_page(self, step: int) -> None:
        """Move by half the visible height."""
        self._leap(step * max(self.size.height // 2, 1))

    def action_page(self, step: int) -> None:
        """Move by the visible height."""
        self._leap(step * max(self.size.height, 1))

    def _leap(self, distance: int) -> None:
        step = 1 if distance > 0 else -1
        if not self.move_to(self._y + distance, step):
            self.say(t("this is the first row") if step < 0 else t("this is the last row"))
