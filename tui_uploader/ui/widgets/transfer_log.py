"""TransferLog: what happened, a line each; objects that are done are gathered per paint and folder."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message import Message

from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Receipt
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import LOG, MOVING, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.words import beneath, fit, fit_path, number, padded, plural, size_text, speed_text, took

MAX_LINES = 5000
NARROW = 64  # cells under which a line has no seconds and no request ID


@dataclass(slots=True)
class _Done:
    """What became done in one folder since the last paint."""

    keys: list[str] = field(default_factory=list)
    size: int = 0
    began: float = 0.0
    ended: float = 0.0
    verified: bool = True

    def add(self, key: str, size: int, receipt: Receipt, at: float) -> None:
        began = at - receipt.seconds
        self.began = began if not self.keys else min(self.began, began)
        self.ended = max(self.ended, at)
        self.keys.append(key)
        self.size += size
        self.verified = self.verified and receipt.verified


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, a word of at most six cells, the name that may be shortened, and what may not."""

    at: float
    word: str
    ink: str
    name: str
    rest: str = ""


class TransferLog(Painted, can_focus=True):
    """The newest lines at the bottom, until a key scrolls up; `F` follows again."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOVING, LOG)]

    @dataclass
    class Said(Message):
        """A key that can do nothing says why, and a change of following."""

        text: str

    def __init__(self, state: QueueState, *, glyphs: Glyphs, prefix: str, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state, self._glyphs, self._prefix = state, glyphs, prefix
        self._log: deque[Line] = deque(maxlen=MAX_LINES)
        self._done: dict[str, _Done] = {}
        self._bottom: int | None = None  # None follows; else how many lines stand above the lower edge
        self._parallel = 0

    @property
    def following(self) -> bool:
        """Whether the newest line is kept in view."""
        return self._bottom is None

    def take(self, fact: ev.Event) -> None:
        """Note an event; `flush` shows it."""
        match fact:
            case ev.ItemDone(item_id, receipt, at):
                row = self._state.row(item_id)
                self._done.setdefault(row.key.rpartition("/")[0], _Done()).add(row.key, row.size, receipt, at)
            case ev.ItemFailed(item_id, failure, _, at):
                request = (
                    ("  " + t("req {request_id}", request_id=printable(failure.request_id)[:8]))
                    if failure.request_id
                    else ""
                )
                self._add(at, "fail", "failed", self._state.key(item_id), f"  {printable(failure.code)}{request}")
            case ev.ItemRetrying(item_id, failure, attempt, after, at):
                words = "  " + t(
                    "{code} in {after}, attempt {attempt} next",
                    code=printable(failure.code),
                    after=took(after),
                    attempt=attempt + 1,
                )
                self._add(at, "retry", "warning", self._state.key(item_id), words)
            case ev.RunPaused(None, at):
                self._add(at, "pause", "warning", "", t("paused by you, p goes on"))
            case ev.RunPaused(failure, at) if failure is not None:
                self._cause(at, "pause", "warning", failure)
            case ev.RunResumed(at, by_probe):
                self._add(at, "go on", "active", "", t("the network is back") if by_probe else t("goes on"))
            case ev.RunStopped(None, at):
                self._add(at, "stop", "failed", "", t("stopped by you"))
            case ev.RunStopped(failure, at) if failure is not None:
                self._cause(at, "stop", "failed", failure)
            case ev.ParallelChanged(parallel, why_so, at):
                word = "slower" if parallel < self._parallel else "faster"
                change = (
                    t("parallel {before} -> {parallel}", before=self._parallel, parallel=parallel)
                    if self._parallel
                    else t("parallel {parallel}", parallel=parallel)
                )
                if self._parallel:
                    self._add(at, word, "warning", "", f"{change} ({printable(why_so)})")
                self._parallel = parallel
            case ev.SpeedLimitChanged(speed, at):
                self._add(at, "limit", "warning", "", speed_text(speed) if speed else t("no limit"))
            case ev.Noted(text, at, about):
                name = self._state.key(about) if about is not None else ""
                self._add(at, "note", "dim", name, f" {printable(text)}")
            case ev.ItemsAdded(items, at) if items:
                size = sum(item.size for item in items)
                self._add(at, "added", "dim", "", f"{plural(len(items), 'object')}, {size_text(size)}")
            case ev.RunIdle(at):
                counts = self._state.counts
                words = t(
                    "{done} of {total} done, {failed} failed",
                    done=number(counts.done),
                    total=number(counts.total),
                    failed=number(counts.failed),
                )
                words += t(", {skipped} skipped", skipped=number(counts.skipped)) * bool(counts.skipped)
                words += t(", {cancelled} cancelled", cancelled=number(counts.cancelled)) * bool(counts.cancelled)
                self._add(at, "end", "strong", "", words)
            case _:
                pass

    def flush(self) -> None:
        """Show what was noted since the last paint."""
        self._gather()
        self.repaint()

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """The lines in view."""
        if not self._log:
            return [[(" " + t("nothing happened yet"), "dim")]]
        end = len(self._log) if self._bottom is None else max(self._bottom, min(height, len(self._log)))
        return [self._line(self._log[at], width) for at in range(max(end - height, 0), end)]

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

    def _cause(self, at: float, word: str, ink: str, failure: Failure) -> None:
        """Why the run stands still and, on a line of its own that is not cut off, what to do about it."""
        detail = f" ({printable(failure.detail)})" if failure.detail else ""
        self._add(at, word, ink, "", f"{printable(failure.code)} {said(failure.info.meaning)}{detail}")
        if failure.info.check:
            self._add(at, word, ink, "", said(failure.info.check))

    def _add(self, at: float, word: str, ink: str, name: str, rest: str = "") -> None:
        self._gather()  # what was done before this stands before it
        self._append(Line(at, word, ink, beneath(name, self._prefix), rest))

    def _append(self, line: Line) -> None:
        if len(self._log) == MAX_LINES and self._bottom is not None:
            self._bottom = max(self._bottom - 1, 0)
        self._log.append(line)

    def _gather(self) -> None:
        gathered, self._done = self._done, {}
        for folder, done in gathered.items():
            proof = t(", verified") if done.verified else t(", not verified")
            words = t(
                "{size} in {took}{proof}", size=size_text(done.size), took=took(done.ended - done.began), proof=proof
            )
            if len(done.keys) == 1:
                name, rest = beneath(done.keys[0], self._prefix), f"  {words}"
            else:
                where = beneath(folder + "/", self._prefix) if folder else t("the top folder")
                name, rest = f"x{number(len(done.keys))} {where}", f", {words}"
            self._append(Line(done.ended, "done", "done", name, rest))

    # --- keys

    def works(self, key_id: str) -> bool:
        """Whether a key of this pane would do something now."""
        return bool(self._log)

    def action_follow(self) -> None:
        """Follow the newest line, or stop."""
        self._bottom = len(self._log) if self._bottom is None else None
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

    def _scroll(self, by: int) -> None:
        if not self._log:
            self.post_message(self.Said(t("nothing happened yet")))
            return
        end = len(self._log)
        bottom = max((end if self._bottom is None else self._bottom) + by, min(self.size.height, end))
        self._bottom = bottom if bottom < end else None
        self.repaint()
        self.post_message(self.Said(""))

    @property
    def cursor_screen_offset(self) -> Offset:
        """The last line in view."""
        x, y = self.content_region.offset
        return Offset(x, y + max(min(self.size.height, len(self._log)) - 1, 0))
