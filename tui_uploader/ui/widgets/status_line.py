"""The two lines of numbers: the title line at the top and the progress line. Counts come from the reducer alone."""

from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len

from tui_uploader.engine.survival import Lasting
from tui_uploader.model.rates import clock
from tui_uploader.model.text import printable
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said, t
from tui_uploader.ui.pump import Pump
from tui_uploader.ui.retrying import any_retry_helps
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.words import fit, number, size_text, speed_text

_LASTING = {
    Lasting.HERE: "stops if SSH drops",
    Lasting.YES: "goes on if SSH drops",
    Lasting.NO: "stops if SSH drops",
    Lasting.UNKNOWN: "may stop if SSH drops",
    Lasting.LOST: "the worker has ended",
    Lasting.LOOK: "only looking",
}


class TitleLine(Painted):
    """Environment, prefix, what runs at once, speed, limit, and what a lost connection would do."""

    def __init__(
        self,
        pump: Pump,
        *,
        env_label: str,
        prefix: str,
        glyphs: Glyphs,
        lasting: Callable[[], Lasting | None],
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._pump, self._glyphs = pump, glyphs
        self._lasting = lasting
        self._where = printable(env_label)
        self._prefix = printable(prefix.rstrip("/")) if prefix.strip("/") else ""
        self.compact = False

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """One line; on a small screen it carries the progress as well."""
        if self.compact:
            return [[(" " + compact_progress(self._pump), "title")]]
        state, live = self._pump.state, self._pump.live
        lasting = self._lasting()
        limit = t("limit {limit}", limit=speed_text(state.limit)) if state.limit else t("no limit")
        speed = f"{speed_text(live.per_second):>6}" if live.per_second else " " * 6
        right = t(
            "{up:3d} up  {speed}  {limit}   {lasting}",
            up=0 if lasting is Lasting.LOST else state.up,  # where the process is gone nothing is sent
            speed=speed,
            limit=limit,
            lasting=said(_LASTING[lasting]) if lasting is not None else "",
        )
        right = right.rstrip()
        room = max(width - cell_len(right) - 3, 10)
        prefix = t("to {prefix}/", prefix=self._prefix) if self._prefix else t("to the top folder")
        where = fit(self._where, max(room - cell_len(prefix) - 2, room // 3), self._glyphs.more)
        prefix = fit(prefix, max(room - cell_len(where) - 2, 0), self._glyphs.more)
        left = f" {where}  {prefix}"
        gap = " " * max(width - cell_len(left) - cell_len(right) - 1, 1)
        return [[(left, "title"), (gap, "title"), (right + " ", "title")]]


class StatusLine(Painted):
    """The progress of everything: a bar, how many of how many, failures, bytes, and the time that is left.

    `before` says how many objects of a job were done and had failed before it went on here.
    """

    def __init__(
        self, pump: Pump, *, glyphs: Glyphs, before: Callable[[], tuple[int, int]], id: str | None = None  # noqa: A002
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self._pump, self._glyphs, self._before = pump, glyphs, before
        self.leaving = False

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """One line."""
        state = self._pump.state
        counts = state.counts
        if not counts.total:
            return [[(" " + t("nothing queued yet"), "dim")]]
        words: list[Span] = [(t("{done} of {total}", done=number(counts.done), total=number(counts.total)), "strong")]
        words.append(("   " + t("{failed} failed", failed=number(counts.failed)), "failed" if counts.failed else "dim"))
        if counts.skipped:
            words.append(("   " + t("{skipped} skipped", skipped=number(counts.skipped)), "dim"))
        if counts.cancelled:
            words.append(("   " + t("{cancelled} cancelled", cancelled=number(counts.cancelled)), "dim"))
        moved = self._pump.live.moved
        words.append(
            (
                "   "
                + t("{moved} of {bytes_wanted}", moved=size_text(moved), bytes_wanted=size_text(state.bytes_wanted)),
                "plain",
            )
        )
        words.append(("   " + self._end(), "strong"))
        used = sum(cell_len(text) for text, _ in words)
        done, failed = self._before()  # of a job that goes on: not counted in `of`
        before = "   " + t("{done} done before", done=number(done))
        if failed:
            before = "   " + t("{done} done, {failed} failed before", done=number(done), failed=number(failed))
        if (done or failed) and used + cell_len(before) < width:
            words.insert(1, (before, "failed" if failed else "dim"))
            used += cell_len(before)
        room = min(max(width - used - 5, 0), 24)
        if room >= 6:
            words.insert(0, (f"[{self._bar(room, moved)}] ", "active"))
        return [[(" ", "plain"), *words]]

    def _bar(self, width: int, moved: int) -> str:
        state = self._pump.state
        wanted, unfinished = state.bytes_wanted, self._pump.unfinished
        full = width * moved // wanted if wanted else (width if state.counts.done and not unfinished else 0)
        full = min(full, width - 1 if unfinished else width)
        return self._glyphs.bar_full * full + self._glyphs.bar_empty * (width - full)

    def _end(self) -> str:
        pump = self._pump
        counts = pump.counts
        if self.leaving:
            return t("leaves when {active} are finished", active=counts.active)
        if pump.state.stopped is not None and not pump.running:
            return t("stopped")
        cause = pump.state.paused.failure if pump.state.paused is not None else None
        if cause is not None and cause.code == "WORKER_LOST":
            return t("stopped: p")
        if pump.state.paused is not None and (counts.waiting or counts.active):
            return t("paused: p") if not counts.active else t("pausing, {active} still up", active=counts.active)
        return time_left(pump) or ("" if pump.unfinished else self._ended())

    def _ended(self) -> str:
        counts = self._pump.state.counts
        if counts.failed:
            return t("failed: R") if any_retry_helps(self._pump.state) else t("ended")
        if self._before()[1]:
            return t("failed before: H")
        return t("all done") if counts.done and not counts.cancelled else t("ended")


def time_left(pump: Pump) -> str:
    """``12:20 left``, ``stalled 0:12``, or nothing while it is not known."""
    now = pump.clock()
    if not pump.running:
        return ""
    stalled = pump.live.stalled(now)
    if stalled:
        return t("stalled {stalled}", stalled=clock(stalled))
    left = pump.live.left(now)
    return t("{left} left", left=clock(left)) if left else ""


def compact_progress(pump: Pump) -> str:
    """``41/812  !4  1.9M/s  12:20 left``: the progress where there is little room."""
    state = pump.state
    counts = pump.counts
    words = [f"{counts.done}/{counts.total}"]
    if counts.failed:
        words.append(f"!{counts.failed}")
    if state.paused is not None and pump.unfinished:
        words.append(t("paused: p"))
    elif counts.active:
        words += [speed_text(pump.live.per_second) if pump.live.per_second else "", time_left(pump)]
    elif counts.total and not counts.waiting:
        words.append(t("all ended"))
    return "  ".join(word for word in words if word) if counts.total else t("nothing queued yet")
