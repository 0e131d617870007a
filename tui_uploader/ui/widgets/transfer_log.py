"""TransferLog: the lines of the log book: following, levels, one object alone, finding, wrapping."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message import Message

from tui_uploader.model import late_events as ev
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import LOG, MOVING, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.widgets.log_book import MAX_LINES, Line, LogBook
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.words import fit, fit_path, padded, wrapped

NARROW = 64  # cells under which a line has no seconds and no request ID


_SHORT = ("fail", "pause", "go on", "stop", "end")  # what a slow link is worth
_LEVEL_WORDS = ("info+", "warnings+", "failures")


class TransferLog(Painted, can_focus=True):
    """The newest lines at the bottom, until a key scrolls up; `F` follows again."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOVING, LOG)]

    class Said(Message):
        """A key that can do nothing says why, and a change of following."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    only_id: int | None

    def __init__(
        self,
        state: QueueState,
        *,
        glyphs: Glyphs,
        prefix: str,
        short: Callable[[], bool] = lambda: False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self.book = LogBook(state, prefix)
        self._bottom: int | None = None  # None follows; else how many lines stand above the lower edge
        self._kept: list[Line] | None = None
        self._short, self._was_short = short, False  # a slow link: failures, pauses and ends alone
        self._seen = self._gone = 0
        self.level, self.only_id, self.wrap, self.looked_for = 0, None, False, ""

    class Wanted(Message):
        """A key was pressed: ``show`` (the object of the line), ``find`` or ``export``."""

        def __init__(self, what: str, id: int | None = None) -> None:  # noqa: A002
            super().__init__()
            self.what, self.id = what, id

    @property
    def shown(self) -> list[Line]:
        """The lines that level and object let through; all of them without a copy being made each paint."""
        short = self._short() and self.only_id is None
        if self._kept is None or self._seen != self.book.added or self._was_short != short:
            self._seen, self._was_short = self.book.added, short
            self._kept = [
                line for line in self.book.lines
                if line.level >= self.level and (self.only_id is None or self.only_id in line.ids)
                and (not short or line.word in _SHORT)
            ]  # fmt: skip
        return self._kept

    @property
    def level_words(self) -> str:
        """What is shown: ``info+``, ``warnings+``, ``failures``, or one object."""
        if self.only_id is None and self.level == 0 and self._short():
            return t("failures, pauses, ends")
        return t("one object") if self.only_id is not None else said(_LEVEL_WORDS[self.level])

    @property
    def following(self) -> bool:
        """Whether the newest line is kept in view."""
        return self._bottom is None

    def take(self, fact: ev.Event) -> None:
        """Note an event; `flush` shows it."""
        self.book.take(fact)

    def flush(self) -> None:
        """Show what was noted since the last paint."""
        self.book.gather()
        gone, self._gone = self.book.dropped - self._gone, self.book.dropped
        if gone and self._bottom is not None:  # it stands still: what was dropped above moves nothing in view
            self._bottom = max(self._bottom - gone, 0)
        self.repaint()

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """The lines in view."""
        log = self.shown
        if not log:
            return [[(" " + line, "dim")] for line in wrapped(self._nothing(), width - 2)]
        end = len(log) if self._bottom is None else min(max(self._bottom, min(height, len(log))), len(log))
        drawn: list[Sequence[Span]] = []
        for at in range(end - 1, max(end - height, 0) - 1, -1):
            part = self._wrapped(log[at], width) if self.wrap else [self._line(log[at], width)]
            if at == end - 1 and self.has_focus and not self.following:
                part = [[("", "cursor"), *spans] for spans in part]
            drawn[:0] = part
        return drawn[-height:]

    def _nothing(self) -> str:
        if not self.book.lines:
            return t("nothing happened yet")
        if self.only_id is not None:
            return t("nothing of this object since this screen opened: o shows all lines, the log file has every one")
        if self._was_short and not self.level:
            return t("no failure, pause or end yet: on a slow link nothing else is shown here")
        return t("no failure yet: f shows all lines") if self.level > 1 else t("nothing to look at yet: f f shows all")

    def _wrapped(self, line: Line, width: int) -> list[Sequence[Span]]:
        when = time.strftime("%H:%M:%S", time.localtime(line.at))
        head = f" {when} {padded(said(line.word), 6)} "
        first, *rest = wrapped(f"{printable(line.name)}{line.rest}", width - 17)
        return [[(head, line.ink), (first, "plain")], *([(" " * 17 + part, "plain")] for part in rest)]

    def _line(self, line: Line, width: int) -> list[Span]:
        moment = time.localtime(line.at)
        if width < NARROW:  # what may not be cut, a code above all, comes first
            head = f" {time.strftime('%H:%M', moment)} {said(line.word)} "
            rest = line.rest.strip(" ,").partition("  ")[0]
            if len(head) + len(rest) > width:
                head = f" {said(line.word)} "
            name = fit_path(printable(line.name), max(width - len(head) - len(rest) - 1, 0), self._glyphs.more)
            return [(head, line.ink), (fit(rest, width - len(head), self._glyphs.more), "plain"), (f" {name}", "dim")]
        room = max(width - 17 - len(line.rest), 8)
        name = fit_path(printable(line.name), room, self._glyphs.more) if line.name else ""
        when = time.strftime("%H:%M:%S", moment)
        rest = fit(line.rest, width - 17 - cell_len(name), self._glyphs.more)
        return [(f" {when} ", "dim"), (f"{padded(said(line.word), 6)} ", line.ink), (name, "plain"), (rest, "plain")]

    # --- keys

    def works(self, key_id: str) -> bool:
        """Whether a key of this pane would do something now."""
        return bool(self.book.lines)

    def action_follow(self) -> None:
        """Follow the newest line, or stop."""
        self._bottom = len(self.shown) if self._bottom is None else None
        self.repaint()
        self.post_message(
            self.Said(t("following the newest line") if self.following else t("standing still, F follows"))
        )

    def action_cursor(self, by: int) -> None:
        """Lines up or down."""
        self._scroll(by)

    def action_cursor_to(self, row: int) -> None:
        """The oldest or the newest line."""
        self._scroll(-MAX_LINES if row == 0 else MAX_LINES)

    def action_half_page(self, by: int) -> None:
        """Half a page."""
        self._scroll(by * max(self.size.height // 2, 1))

    def action_page(self, by: int) -> None:
        """A page."""
        self._scroll(by * max(self.size.height - 1, 1))

    def on_mouse_scroll_down(self) -> None:
        """The wheel scrolls."""
        self._scroll(3)

    def on_mouse_scroll_up(self) -> None:
        """The wheel scrolls."""
        self._scroll(-3)

    def action_wrap(self) -> None:
        """Whole lines, or one line each."""
        self.wrap = not self.wrap
        self.repaint()
        self.post_message(self.Said(t("long lines are wrapped") if self.wrap else t("long lines are cut")))

    def action_level(self) -> None:
        """All lines, warnings and failures, failures alone; from one object back to all."""
        self.level = 0 if self.only_id is not None else (self.level + 1) % len(_LEVEL_WORDS)
        self.show_only(None)

    def action_one(self) -> None:
        """Only the lines of this line's object, or all again."""
        line = self._here
        if self.only_id is None and (line is None or not line.ids):
            self.post_message(self.Said(t("this line is about no object")))
        else:
            self.show_only(None if self.only_id is not None or line is None else line.ids[0])

    def show_only(self, item_id: int | None) -> None:
        """Only the lines about one object; None is all."""
        self.only_id, self._kept, self._bottom = item_id, None, None
        self.repaint()
        self.post_message(self.Said(t("shown: {level}", level=self.level_words)))

    def action_go(self) -> None:
        """To the object of this line."""
        line = self._here
        if line is None or not line.ids:
            self.post_message(self.Said(t("this line is about no object")))
        else:
            self.post_message(self.Wanted("show", line.ids[-1]))

    def action_find(self) -> None:
        """Ask what to look for."""
        self.post_message(self.Wanted("find"))

    def action_export(self) -> None:
        """All lines to a file."""
        self.post_message(self.Wanted("export"))

    def action_again(self, by: int) -> None:
        """The next line with what was looked for; -1: towards the newest."""
        self.look_for(self.looked_for, by)

    def look_for(self, text: str, by: int = 1) -> None:
        """Find `text`, from this line on to older ones (1) or to newer ones (-1)."""
        self.looked_for, lines = text, self.shown
        here = (len(lines) if self._bottom is None else self._bottom) - 1
        for step in range(1, len(lines) + 1):
            at = (here - step * by) % len(lines)
            if text and text.casefold() in lines[at].text.casefold():
                self._bottom = at + 1
                self.repaint()
                self.post_message(self.Said(lines[at].text))
                return
        self.post_message(self.Said(t("no line here has {text}", text=printable(text))))

    @property
    def _here(self) -> Line | None:
        """The lowest line in view."""
        lines = self.shown
        return lines[(len(lines) if self._bottom is None else min(self._bottom, len(lines))) - 1] if lines else None

    def _scroll(self, by: int) -> None:
        if not self.shown:
            self.post_message(self.Said(t("nothing happened yet")))
            return
        end = len(self.shown)
        before = end if self._bottom is None else self._bottom
        bottom = min(max(before + by, min(self.size.height, end)), end)
        self._bottom = bottom if bottom < end else None
        self.repaint()
        edge = t("this is the first line") if by < 0 else t("this is the last line")
        self.post_message(self.Said(edge if bottom == before else ""))

    @property
    def cursor_screen_offset(self) -> Offset:
        """The last line in view."""
        x, y = self.content_region.offset
        return Offset(x, y + max(min(self.size.height, len(self.shown)) - 1, 0))
