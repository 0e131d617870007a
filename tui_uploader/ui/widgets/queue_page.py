"""QueuePage: the queue's rows as facts come: keeps the cursor on its item, and moves rows calmly."""

from collections.abc import Callable, Iterable

from textual import events
from textual.message import Message

from tui_uploader.model.queue import QueueState, Row
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.live import Live
from tui_uploader.ui.widgets.queue_drawn import QueueDrawn
from tui_uploader.ui.widgets.queue_groups import QueueGroups
from tui_uploader.ui.widgets.queue_headings import heading
from tui_uploader.ui.widgets.queue_moves import QueueMoves
from tui_uploader.ui.widgets.queue_rows import QueueRows
from tui_uploader.ui.widgets.queue_ticks import QueueTicks

CALM = 1.0  # seconds after a key during which no row moves
SOON = 0.005  # seconds until more rows move, when a slice of time has not held all


class QueuePage(QueueDrawn):
    """Until a key moves it the cursor stays on the first row.

    It scrolls by itself and has no scroll bar: half a page at the edge costs less than a line each time.
    """

    keys_first: Callable[[], bool] = staticmethod(lambda: False)  # whether a key is being answered anywhere
    went = True  # a person put the cursor there; else rows moved under it

    class Moved(Message):
        """The cursor is on another item, or its row has changed. Two in a row are one."""

        def can_replace(self, message: Message) -> bool:
            """See Message."""
            return isinstance(message, QueuePage.Moved)

    class Said(Message):
        """A key that can do nothing says why."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

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
        self._prefix, self._held = prefix, False
        self.ticked = QueueTicks()
        self._moves = QueueMoves(clock)
        self._moving_on = False  # more rows move in a moment
        self.forget()
        self._pressed_at = float("-inf")
        self._index = 0  # where it stood, for when it goes out of sight

    # --- what the engine's facts do

    def take_in(self, ids: Iterable[int]) -> None:
        """Rows changed; `settle` shows it."""
        self._note(ids)
        known = self.rows.known  # what is new finds its place with all that is new
        self._moves.add(item_id for item_id in ids if item_id < known)

    def _unsettled(self) -> bool:
        return bool(self._moves) or self._noted > self.rows.known

    def _note(self, ids: Iterable[int]) -> None:
        if self._order is not self._state.order:  # a view joined a job: everything is new
            self.forget()
        for item_id in ids:
            if item_id < self._noted:
                self.groups.note(item_id)
        for item_id in range(self._noted, len(self._state)):
            self.groups.note(item_id)
        self._noted = len(self._state)

    def forget(self) -> None:
        """All rows are gone."""
        self.groups = QueueGroups(self._state, self._live, self._prefix)
        self._order = self._state.order
        self.rows = QueueRows(self._order)
        self.rows.arrange(self.groups.shapes(), b"")
        self.ticked.clear()
        self._moves.clear()
        self._noted, self._top, self._touched, self.at = 0, 0, False, None

    def settle(self) -> None:
        """Move the rows that wait for it, if the keys have been quiet for long enough, and paint."""
        self._held = self._clock() - self._pressed_at < CALM and not self.rows.closed
        if self._unsettled() and not self._held:
            self._move()
        self.repaint()
        self.post_message(self.Moved())

    def _move(self) -> None:
        offset = self._offset()
        self._moves.apply(self.groups, self.rows, self._noted)
        self._keep_cursor(offset)
        if self._unsettled() and not self._moving_on:
            self._move_soon()

    def _move_soon(self) -> None:
        self._moving_on = True
        self.set_timer(SOON, self._move_on)

    def _move_on(self) -> None:
        if self.keys_first():
            self._move_soon()
            return
        self._moving_on = False
        if not self._unsettled() or self._clock() - self._pressed_at < CALM:
            return  # the next paint, or the beat after a key, takes it up
        self._move()
        if not self._unsettled():
            self.settle()

    def beat(self) -> None:
        """Rows that a key held back may move now; all others wait for the next paint."""
        if self._held and self._unsettled() and self._clock() - self._pressed_at >= CALM:
            self.settle()

    def settle_now(self) -> None:
        """What comes next is what a key asked for: it is shown at once."""
        self._pressed_at = float("-inf")

    def show_rows(self, *, mode: str | None = None, showing: str | None = None) -> None:
        """Another grouping or another state; the cursor stays on its item where that is still shown."""
        offset = self._offset()
        self._moves.clear()
        self.groups.arrange(self.rows, mode=mode or self.groups.mode, showing=showing or self.groups.showing)
        self._keep_cursor(offset)
        self.repaint()
        self.post_message(self.Moved())

    def turn(self, group: int) -> None:
        """Open a group, or close it."""
        offset = self._offset()
        self.groups.turn(group)
        self.rows.shape(group, self.groups.shape(group))
        self._keep_cursor(offset)
        self.repaint()
        self.post_message(self.Moved())

    def _offset(self) -> int:
        return self.rows.line_of(self.at) - self._top if self.at is not None and self.rows.shown(self.at) else 0

    def _keep_cursor(self, offset: int) -> None:
        if not len(self.rows):
            self.at, self._top = None, 0
            return
        if not self._touched or self.at is None:
            self.at, self._top = self.rows.at(0), 0
        else:
            if not self.rows.shown(self.at):
                head = -1 - self.rows.group(self.at)
                near = self.rows.at(min(self._index, len(self.rows) - 1))
                self.at = head if -head - 1 < len(self.groups.shapes()) and self.rows.shown(head) else near
            self._top = max(min(self.rows.line_of(self.at) - offset, self._last_top), 0)
        self._index = self.rows.index_of(self.at)

    # --- the cursor

    @property
    def cursor(self) -> int | None:
        """The item under the cursor."""
        return self.at if self.at is not None and self.at >= 0 else None

    @property
    def group(self) -> int | None:
        """The group whose heading is under the cursor."""
        return -1 - self.at if self.at is not None and self.at < 0 else None

    @property
    def row(self) -> Row | None:
        """The item's row under the cursor."""
        return self._state.row(self.at) if self.at is not None and self.at >= 0 else None

    @property
    def group_name(self) -> str:
        """The name of the group under the cursor."""
        return "" if self.group is None else heading(self.groups, self.group, self.rows.total(self.group))

    def on_resize(self, event: events.Resize) -> None:
        """Another width may turn rows into columns; the cursor's row stays in sight."""
        if self.at is not None and len(self.rows):
            self.show_cursor()
        self.post_message(self.Moved())

    def go(self, row: int) -> None:
        """Put the cursor on a row that is shown."""
        self.at, self._touched, self._index = row, True, self.rows.index_of(row)
        self.went = True
        self.show_cursor()
        self.repaint()
        self.post_message(self.Moved())

    def show_cursor(self) -> None:
        """Scroll, half a page at least, until the cursor's row is in sight."""
        assert self.at is not None
        line, high = self.rows.line_of(self.at), self.rows.height(self.at)
        page = self._page
        if line < self._top:
            self._top = max(min(line, self._top - page // 2), 0)
        elif line + high > self._top + page:
            self._top = min(max(line + high - page, self._top + page // 2), self._last_top)
        self._top = max(min(self._top, self._last_top), 0)
