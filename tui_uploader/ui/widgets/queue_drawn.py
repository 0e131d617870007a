"""QueueDrawn: the visible rows of the queue as lines of text, and where its cursor stands on the screen."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice

from textual.geometry import Offset

from tui_uploader.model.queue import QueueState
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said, t
from tui_uploader.ui.live import Live
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.widgets.queue_groups import ALL, QueueGroups
from tui_uploader.ui.widgets.queue_headings import heading_lines
from tui_uploader.ui.widgets.queue_lines import (
    WIDE,
    meaning_line,
    narrow_lines,
    shown_of,
    unlike,
    wide_header,
    wide_lines,
)
from tui_uploader.ui.widgets.queue_rows import QueueRows
from tui_uploader.ui.widgets.queue_ticks import QueueTicks
from tui_uploader.ui.words import wrapped


class QueueDrawn(Painted):
    """What it draws is set by QueuePage."""

    _state: QueueState
    _live: Live
    _glyphs: Glyphs
    _clock: Callable[[], float]
    _prefix: str
    _noted: int  # so many items are known
    _top = 0  # the first line in view
    at: int | None  # the row under the cursor, an item or the heading of a group
    groups: QueueGroups
    rows: QueueRows
    ticked: QueueTicks
    note = ""  # what is marked, or which key comes next

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
            words = self.note or self._nothing()
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

    def _nothing(self) -> str:
        if self._noted and self.groups.showing != ALL:
            return t("no row is {showing}: f, then a, shows all", showing=said(self.groups.showing))
        if self._noted:
            return t("all rows were taken away: U brings them back")
        return t("nothing queued: mark files with Space, then press u")

    def _row_lines(self, width: int) -> Iterable[Sequence[Span]]:
        if self._top >= self.rows.line_count:
            return
        index, skipped = self.rows.row_at_line(self._top)
        rows = list(islice(self.rows.walk(index), self._page + 1))
        show = partial(shown_of, self._state, self._live, self._prefix, self.ticked, self._clock())
        items = [(show(row), self.rows.height(row) == 2) for row in rows if row >= 0]
        page = iter(unlike(items, width, self._glyphs, wide=self.wide))
        for row in rows:
            here = row == self.at
            under = ("cursor" if self.has_focus else "rest") if here else ""
            mark = self._glyphs.focus if here and self.has_focus else " "
            if row < 0:
                total = self.groups.count(-1 - row, self.rows.total(-1 - row))
                drawn = heading_lines(self.groups, -1 - row, total, width, self._glyphs, mark, self._tick(row))
            elif self.wide:
                shown = next(page)
                drawn = [wide_lines(shown, width, self._glyphs, mark)]
                if self.rows.height(row) == 2:
                    drawn.append(meaning_line(shown, width, self._glyphs))
            else:
                drawn = narrow_lines(next(page), width, self._glyphs, mark, self.rows.height(row) == 2)
            for spans in drawn[skipped:]:
                yield [("", under), *spans] if under else spans
            skipped = 0

    def _tick(self, heading: int) -> str:
        """``*`` where all of a group is ticked, ``-`` where some of it is, as marks of folders are written."""
        count = self.ticked.count(-1 - heading, self.rows)
        return " " if not count else "*" if count == self.rows.total(-1 - heading) else "-"

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the cursor's row is on the screen, for the terminal's own cursor."""
        x, y = self.content_region.offset
        if self.at is None or not len(self.rows) or not self.rows.shown(self.at):
            return Offset(x, y)
        return Offset(x, y + int(self.wide) + max(self.rows.line_of(self.at) - self._top, 0))

    def set_note(self, note: str) -> None:
        """Set the line about what is marked."""
        if note != self.note:
            self.note = note
            self.repaint()
