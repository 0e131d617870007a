"""LogBook: what happened, a line each; objects that are done are gathered per paint and folder."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import field

from tui_uploader.model import late_events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.queue import QueueState, Row
from tui_uploader.model.text import printable
from tui_uploader.model.value import record, value
from tui_uploader.ui.language import retold, said, t
from tui_uploader.ui.words import beneath, number, plural, size_text, speed_text, took

MAX_LINES = 5000
TOGETHER = 2.0  # seconds between two pieces of one plan


@record
class _Done:
    """What became done in one folder since the last paint."""

    keys: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    size: int = 0
    began: float = 0.0
    ended: float = 0.0
    verified: bool = True

    def add(self, row: Row, receipt: Receipt, at: float) -> None:
        began = at - receipt.seconds
        self.began = began if not self.keys else min(self.began, began)
        self.ended = max(self.ended, at)
        self.keys.append(row.key)
        self.ids.append(row.id)
        self.size += row.size
        self.verified = self.verified and receipt.verified


@value
class Line:
    """One line: when, a word of at most six cells, the name that may be shortened, and what may not."""

    at: float
    word: str
    ink: str
    name: str
    rest: str = ""
    ids: tuple[int, ...] = ()  # the objects that it is about
    request_id: str = ""  # whole, where `rest` has its beginning

    @property
    def level(self) -> int:
        """0 for what goes as it should, 1 for what a person may want to know, 2 for failures and stops."""
        return _LEVELS.get(self.word, 0)

    @property
    def text(self) -> str:
        """The whole line as it is exported."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.at))
        return f"{when} {self.word:<6} {printable(self.name)}{self.rest}{self.request_id[8:]}"


_LEVELS = {"retry": 1, "pause": 1, "slower": 1, "faster": 1, "limit": 1, "note": 1, "fail": 2, "stop": 2}


class LogBook:
    """The newest `MAX_LINES` lines. `added` and `dropped` count, for whoever shows them."""

    def __init__(self, state: QueueState, prefix: str) -> None:
        self._state, self._prefix = state, prefix
        self.lines: deque[Line] = deque(maxlen=MAX_LINES)
        self.added = self.dropped = 0
        self._done: dict[str, _Done] = {}
        self._parallel = 0
        self._entry: tuple[Line, int, int] | None = None  # the last line of what was added, its objects and bytes

    def take(self, fact: ev.Event) -> None:
        """Note an event; `flush` shows it."""
        match fact:
            case ev.ItemDone(item_id, receipt, at):
                row = self._state.row(item_id)
                self._done.setdefault(row.key.rpartition("/")[0], _Done()).add(row, receipt, at)
            case ev.ItemFailed(item_id, failure, _, at):
                request = (
                    ("  " + t("req {request_id}", request_id=printable(failure.request_id)[:8]))
                    if failure.request_id
                    else ""
                )
                words = f"  {printable(failure.code)}{request}"
                key, whole = self._state.key(item_id), printable(failure.request_id)
                self._add(at, "fail", "failed", key, words, item_id, request_id=whole)
            case ev.ItemRetrying(item_id, failure, attempt, after, at):
                words = "  " + t(
                    "{code} in {after}, attempt {attempt} next",
                    code=printable(failure.code),
                    after=took(after),
                    attempt=attempt + 1,
                )
                self._add(at, "retry", "warning", self._state.key(item_id), words, item_id)
            case ev.RunPaused(None, at):
                self._add(at, "pause", "warning", "", t("paused by you, p goes on"))
            case ev.RunPaused(failure, at) if failure is not None:
                self._cause(at, "pause", "warning", failure)
            case ev.RunResumed(at, by_probe):
                self._add(at, "go on", "active", "", t("the cause is over") if by_probe else t("goes on"))
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
                if self._parallel and parallel != self._parallel:
                    self._add(at, word, "warning", "", f"{change} ({printable(why_so)})")
                self._parallel = parallel
            case ev.SpeedLimitChanged(speed, at):
                self._add(at, "limit", "warning", "", speed_text(speed) if speed else t("no limit"))
            case ev.Noted(text, at, about):
                name = self._state.key(about) if about is not None else ""
                self._add(at, "note", "dim", name, f" {printable(retold(text))}", about)
            case ev.ItemsAdded(items, at) if items:
                self._entered(items, at)
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

    def _entered(self, items: Sequence[QueueItem], at: float) -> None:
        """What comes in pieces one after another is one line; what the plan refused has a line of its own each."""
        count, size = len(items), sum(max(item.size, 0) for item in items)
        if self._entry is not None and self.lines and self.lines[-1] is self._entry[0]:
            line, before, bytes_before = self._entry
            if at - line.at < TOGETHER:
                count, size = count + before, size + bytes_before
                self.lines.pop()
        self._add(at, "added", "dim", "", f"{plural(count, 'object')}, {size_text(size)}")
        self._entry = self.lines[-1], count, size
        for item in items:
            if item.stage is Stage.FAILED and item.failure is not None:
                self._add(at, "fail", "failed", item.key, f"  {printable(item.failure.code)}", item.id)

    def _cause(self, at: float, word: str, ink: str, failure: Failure) -> None:
        """Why the run stands still and, on a line of its own that is not cut off, what to do about it."""
        detail = f" ({printable(failure.detail)})" if failure.detail else ""
        self._add(at, word, ink, "", f"{printable(failure.code)} {said(failure.info.meaning)}{detail}")
        if failure.info.check:
            self._add(at, word, ink, "", said(failure.info.check))

    def _add(
        self, at: float, word: str, ink: str, name: str, rest: str = "", about: int | None = None, request_id: str = ""
    ) -> None:
        self.gather()  # what was done before this stands before it
        ids = () if about is None else (about,)
        self._append(Line(at, word, ink, beneath(name, self._prefix), rest, ids, request_id))

    def _append(self, line: Line) -> None:
        self.dropped += len(self.lines) == MAX_LINES
        self.added += 1
        self.lines.append(line)

    def gather(self) -> None:
        """What was done since the last time, a line for each folder."""
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
            self._append(Line(done.ended, "done", "done", name, rest, tuple(done.ids)))
