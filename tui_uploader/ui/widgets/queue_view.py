"""QueueView: the queue as lines of text. Draws what is visible, keeps the cursor on its item."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message import Message

from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState, Row
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import MOVING, QUEUE, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.live import Live
from tui_uploader.ui.retrying import retry_helps
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.widgets.queue_lines import WIDE, Shown, meaning_line, narrow_lines, unlike, wide_header, wide_lines
from tui_uploader.ui.widgets.queue_rows import Group, QueueRows
from tui_uploader.ui.words import beneath, wrapped

CALM = 1.0  # seconds after a key during which no row moves

_GROUPS = {
    Stage.WAITING: Group.WAITING,
    Stage.GETTING_INFO: Group.ACTIVE,
    Stage.UPLOADING: Group.ACTIVE,
    Stage.CHECKING: Group.ACTIVE,
    Stage.DONE: Group.DONE,
    Stage.FAILED: Group.FAILED,
    Stage.SKIPPED: Group.SKIPPED,
    Stage.CANCELLED: Group.CANCELLED,
}


class QueueView(Painted, can_focus=True):
    """Rows failed, active, waiting, skipped, cancelled, done. Until a key moves it the cursor stays on the first row.

    It scrolls by itself and has no scroll bar: half a page at the edge costs less than a line each time.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOVING, QUEUE)]

    @dataclass
    class Moved(Message):
        """The cursor is on another item, or its row has changed."""

    @dataclass
    class Wanted(Message):
        """A key was pressed on an item: `what` is ``detail``, ``retry`` or ``cancel``."""

        what: str
        id: int

    @dataclass
    class Said(Message):
        """A key that can do nothing says why."""

        text: str

    def __init__(
        self,
        state: QueueState,
        live: Live,
        *,
        glyphs: Glyphs,
        prefix: str,
        clock: Callable[[], float],
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._state, self._live, self._glyphs, self._clock = state, live, glyphs, clock
        self._prefix = prefix
        self.rows = QueueRows(tall=True)
        self._waiting_moves: set[int] = set()
        self._key_at = float("-inf")
        self._touched = False
        self._top = 0
        self.cursor: int | None = None
        self.note = ""  # what is marked, or which key comes next

    # --- what the engine's facts do

    def items_changed(self, ids: Iterable[int]) -> None:
        """Rows changed: draw them anew, and move them unless a key was pressed a moment ago."""
        self._waiting_moves.update(ids)
        self.settle()

    def settle(self) -> None:
        """Move the rows that wait for it, if the keys have been quiet for long enough, and paint."""
        if self._waiting_moves and self._clock() - self._key_at >= CALM:
            self._apply_moves()
        self.repaint()
        self.post_message(self.Moved())

    def beat(self) -> None:
        """Time went by: rows that waited for calm may move now."""
        if self._waiting_moves and self._clock() - self._key_at >= CALM:
            self.settle()

    def _apply_moves(self) -> None:
        known = len(self.rows)
        offset = self.rows.line_of(self.cursor) - self._top if self.cursor is not None and known else 0
        for item_id in self._waiting_moves:
            if item_id < known:
                self.rows.move(item_id, self._group(item_id))
        self._waiting_moves.clear()
        if len(self._state) > known:
            self.rows.extend(bytes(self._group(item_id) for item_id in range(known, len(self._state))))
        if not len(self.rows):
            return
        if not self._touched or self.cursor is None:
            self.cursor, self._top = self.rows.at(0), 0
        else:
            self._top = max(min(self.rows.line_of(self.cursor) - offset, self._last_top), 0)

    def _group(self, item_id: int) -> int:
        group = _GROUPS[self._state.stage(item_id)]
        return Group.RETRYING if group is Group.WAITING and self._live.retrying(item_id) else group

    # --- drawing

    @property
    def wide(self) -> bool:
        """Whether rows have columns."""
        return self.size.width >= WIDE

    @property
    def _page(self) -> int:
        return max(self.size.height - int(self.wide) - int(bool(self.note) and len(self.rows) > 0), 1)

    @property
    def _last_top(self) -> int:
        return max(self.rows.line_count - self._page, 0)

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """The visible rows."""
        if not len(self.rows):
            words = self.note or t("nothing queued: mark files with Space, then press u")
            yield from ([(" " + line, "dim")] for line in wrapped(words, width - 2))
            return
        if self.wide:
            yield wide_header(width)
        drawn = 0
        for line in self._row_lines(width):
            if drawn >= self._page:
                break
            yield line
            drawn += 1
        if self.note:
            yield from ([] for _ in range(self._page - drawn))
            yield [(" " + self.note, "strong")]

    def _row_lines(self, width: int) -> Iterable[Sequence[Span]]:
        if self._top >= self.rows.line_count:
            return
        row, skipped = self.rows.row_at_line(self._top)
        items = list(islice(self.rows.walk(row), self._page + 1))
        page = unlike([self._shown(self._state.row(at)) for at in items], width, self._glyphs, wide=self.wide)
        for item_id, shown in zip(items, page, strict=True):
            here = item_id == self.cursor
            under = ("cursor" if self.has_focus else "rest") if here else ""
            mark = self._glyphs.focus if here and self.has_focus else " "
            if self.wide:
                drawn = [wide_lines(shown, width, self._glyphs, mark)]
                if self.rows.height(item_id) == 2:
                    drawn.append(meaning_line(shown, width, self._glyphs))
            else:
                drawn = narrow_lines(shown, width, self._glyphs, mark, self.rows.height(item_id) == 2)
            for spans in drawn[skipped:]:
                yield [("", under), *spans] if under else spans
            skipped = 0

    def _shown(self, row: Row) -> Shown:
        now, key = self._clock(), beneath(row.key, self._prefix)
        due = self._live.due_in(row.id, now) if row.stage is Stage.WAITING and self._live.retrying(row.id) else None
        if row.stage is not Stage.UPLOADING:
            return Shown(row, key, due=due)
        left = self._live.item_left(row.id, now, row.size - row.sent)
        return Shown(row, key, self._live.item_speed(row.id), left)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the cursor's row is on the screen, for the terminal's own cursor."""
        x, y = self.content_region.offset
        if self.cursor is None or not len(self.rows):
            return Offset(x, y)
        return Offset(x, y + int(self.wide) + max(self.rows.line_of(self.cursor) - self._top, 0))

    def go_to(self, item_id: int) -> None:
        """Put the cursor on an item and keep it there."""
        self._apply_moves()
        if item_id < len(self.rows):
            self.cursor, self._touched = item_id, True
            self._show_cursor()

    def set_note(self, note: str) -> None:
        """Set the line about what is marked."""
        if note != self.note:
            self.note = note
            self.repaint()

    def on_resize(self, event: events.Resize) -> None:
        """Another width may turn rows into columns; the cursor's row stays in sight."""
        if self.cursor is not None and len(self.rows):
            self._show_cursor()
        self.post_message(self.Moved())

    # --- keys

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._state.row(self.cursor) if self.cursor is not None else None

    def works(self, key_id: str) -> bool:
        """Whether a key of this pane would do something now."""
        row = self.row
        if row is None:
            return False
        match key_id:
            case "queue.retry":
                return retry_helps(self._state, row.id)
            case "queue.cancel":
                return row.stage is Stage.WAITING or row.stage.active
            case _:
                return True

    def action_cursor(self, by: int) -> None:
        """Rows up or down."""
        self._go(lambda row: row + by)

    def action_cursor_to(self, row: int) -> None:
        """The first (0) or the last row (-1)."""
        self._go(lambda _: row if row >= 0 else len(self.rows) - 1)
        if row == 0:
            self._touched = False

    def action_half_page(self, by: int) -> None:
        """Half a page."""
        self._go(lambda row: row + by * max(self._page // 2, 1))

    def action_page(self, by: int) -> None:
        """A page."""
        self._go(lambda row: row + by * max(self._page - 1, 1))

    def action_detail(self) -> None:
        """All that is known of the item."""
        self._want("detail")

    def action_retry(self) -> None:
        """Try the item again."""
        self._want("retry")

    def action_cancel(self) -> None:
        """Take the item out."""
        self._want("cancel")

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.action_cursor(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.action_cursor(-3)

    def _want(self, what: str) -> None:
        self._key_at = self._clock()
        if self.cursor is None:
            self.post_message(self.Said(t("nothing is queued: mark files with Space, then press u")))
        else:
            self.post_message(self.Wanted(what, self.cursor))

    def _go(self, to: Callable[[int], int]) -> None:
        self._key_at = self._clock()
        if self.cursor is None or not len(self.rows):
            self.post_message(self.Said(t("nothing is queued: mark files with Space, then press u")))
            return
        row = min(max(to(self.rows.row_of(self.cursor)), 0), len(self.rows) - 1)
        self.cursor, self._touched = self.rows.at(row), True
        self._show_cursor()
        self.repaint()
        self.post_message(self.Moved())

    def _show_cursor(self) -> None:
        assert self.cursor is not None
        line, high = self.rows.line_of(self.cursor), self.rows.height(self.cursor)
        page = self._page
        if line < self._top:
            self._top = max(min(line, self._top - page // 2), 0)
        elif line + high > self._top + page:
            self._top = min(max(line + high - page, self._top + page // 2), self._last_top)
        self._top = max(min(self._top, self._last_top), 0)
