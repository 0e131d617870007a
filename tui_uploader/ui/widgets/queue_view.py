"""QueueView: the keys of the queue: moving, ticking, finding, and what a person wants done with which rows."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from tui_uploader.model.items import Stage
from tui_uploader.ui.keys import MOVING, QUEUE, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.many import AT_ONCE
from tui_uploader.ui.retrying import retry_helps
from tui_uploader.ui.widgets.queue_finder import QueueFinder
from tui_uploader.ui.widgets.queue_groups import Group
from tui_uploader.ui.words import plural


class QueueView(QueueFinder, can_focus=True):
    """Rows failed, active, waiting, skipped, cancelled, done, or in groups."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOVING, QUEUE)]

    class Wanted(Message):
        """A key was pressed: `what` is the last word of the key's id, `ids` the rows it is about."""

        def __init__(self, what: str, ids: Sequence[int]) -> None:
            super().__init__()
            self.what, self.ids = what, ids

    catch_up: Callable[[], bool] = staticmethod(lambda: False)  # paints all that is known by now, these rows too

    def repaint(self) -> None:
        """See Painted; a key paints rows as they are now, and the counts beside them are to be of now, too."""
        if not self.catch_up():
            super().repaint()

    # --- what the keys are about

    def chosen(self) -> Sequence[int]:
        """What is ticked; else the row under the cursor, or all of its group."""
        if self.ticked:
            ticked = self.ticked.picked
            if len(ticked) > AT_ONCE:
                return ticked
            return sorted(ticked, key=self._state.order.place if self._state.order.moved() else None)
        return self.group_rows() if self.cursor is None else (self.cursor,)

    def group_rows(self) -> Sequence[int]:
        """The rows of the group whose heading is under the cursor: few of them in their order."""
        if self.group is None:
            return ()
        return (self.rows.members if self.rows.total(self.group) <= AT_ONCE else self.rows.picked)(self.group)

    def works(self, key_id: str) -> bool:
        """Whether a key of this pane would do something now."""
        if key_id in ("queue.filter", "queue.group"):
            return bool(self._noted)
        if self.at is None:
            return False
        row = self.row
        match key_id:
            case "queue.retry":
                return row is None or bool(self.ticked) or retry_helps(self._state, row.id)
            case "queue.cancel":
                return True
            case "queue.clear":
                return bool(self._state.counts.done)
            case _:
                return True

    # --- moving

    def action_cursor(self, by: int) -> None:
        """Rows up or down."""
        self._go(lambda index: index + by)

    def action_cursor_to(self, row: int) -> None:
        """The first (0) or the last row (-1)."""
        self._go(lambda _: row if row >= 0 else len(self.rows) - 1)
        if row == 0:
            self._touched = False

    def action_half_page(self, by: int) -> None:
        """Half a page."""
        self._go(lambda index: index + by * max(self._page // 2, 1))

    def action_page(self, by: int) -> None:
        """A page."""
        self._go(lambda index: index + by * max(self._page - 1, 1))

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the cursor."""
        self.action_cursor(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the cursor."""
        self.action_cursor(-3)

    def _go(self, to: Callable[[int], int]) -> None:
        self._pressed_at = self._clock()
        if self.at is None or not len(self.rows):
            self.post_message(self.Said(self._why_not()))
            return
        here, last = self._place(), len(self.rows) - 1
        wanted = to(here)
        self.go(self.rows.at(min(max(wanted, 0), last)))
        if self._place() == here:
            self.post_message(self.Said(t("this is the first row") if wanted <= 0 else t("this is the last row")))

    # --- wanting

    def action_detail(self) -> None:
        """All that is known of the item; a group is opened or closed."""
        if self.group is not None:
            self._pressed_at = self._clock()
            self.turn(self.group)
        else:
            self._want("detail", (self.cursor,) if self.cursor is not None else ())

    def action_retry(self) -> None:
        """Try again."""
        self._want("retry", self.chosen())

    def action_cancel(self) -> None:
        """Take out."""
        self._want("cancel", self.chosen())

    def action_first(self) -> None:
        """To the top of what waits."""
        self._want("first", self.chosen())

    def action_earlier(self, by: int) -> None:
        """One place up or down among what waits."""
        item_id = self.cursor
        if item_id is None or not self._waits(item_id) or not self.rows.shown(item_id):
            self._want("move", ())
            return
        index = self.rows.index_of(item_id) + by
        other = self.rows.at(index) if 0 <= index < len(self.rows) else None
        if other is None or other < 0 or not self._waits(other):
            words = t("this one is the first that waits") if by < 0 else t("this one is the last that waits")
            self.post_message(self.Said(words))
            return
        self._want("move", (item_id, other) if by < 0 else (other, item_id))

    def action_hold_back(self) -> None:
        """Pause single rows, or let them go on."""
        self._want("hold", self.chosen())

    def action_edit(self) -> None:
        """Another key."""
        self._want("edit", (self.cursor,) if self.cursor is not None else ())

    def action_clear(self) -> None:
        """Take away what is done."""
        self._want("clear", self.groups.in_sight(self._state.picked(Stage.DONE)))

    def action_copy(self) -> None:
        """Ask what to copy."""
        self._want("copy", self.chosen())

    def action_copy_links(self) -> None:
        """The links of all that is done."""
        self._want("links", self._state.picked(Stage.DONE))

    def action_qr(self) -> None:
        """The link as a QR code."""
        self._want("qr", (self.cursor,) if self.cursor is not None else ())

    def action_filter(self) -> None:
        """Ask which state to show."""
        self._want("filter", ())

    def action_group(self) -> None:
        """Ask how to group."""
        self._want("group", ())

    def action_find(self) -> None:
        """Ask what to look for."""
        self._want("find", ())

    def _why_not(self) -> str:
        return self._nothing() if self._noted else t("nothing is queued: mark files with Space, then press u")

    def _waits(self, item_id: int) -> bool:
        return self._state.stage(item_id) is Stage.WAITING

    def _want(self, what: str, ids: Sequence[int]) -> None:
        self._pressed_at = self._clock()
        if not self._noted or (self.at is None and what not in ("filter", "group", "find", "links")):
            self.post_message(self.Said(self._why_not()))
        else:
            self.post_message(self.Wanted(what, ids))

    # --- ticks and rows taken away

    def action_tick(self) -> None:
        """Tick or untick, and move on; on a heading, all of the group."""
        if self.at is None:
            self._want("tick", ())
        elif self.group is not None:
            self.ticked.turn_all(self.rows.picked(self.group))
            self._go(lambda index: index + 1)
            self._say_ticks()
        else:
            self.ticked.turn(self.at, self.rows)
            self._go(lambda index: index + 1)
            self._say_ticks()

    def untick(self) -> bool:
        """Take all ticks back; whether there were any."""
        had = bool(self.ticked)
        self.ticked.clear()
        self.repaint()
        return had

    def _say_ticks(self) -> None:
        self.post_message(self.Said(t("{rows} ticked, Esc unticks", rows=plural(len(self.ticked), "row"))))

    def take_away(self, ids: Sequence[int], *, back: bool = False) -> None:
        """Take rows out of sight, or put them back."""
        self.groups.remove(ids, back=back)
        if self.ticked:
            self.ticked.drop(ids)
        if len(ids) > 1000:
            self.show_rows()
        else:
            self.settle_now()
            self._moves.add(ids)
            self.settle()


__all__ = ["Group", "QueueView"]
