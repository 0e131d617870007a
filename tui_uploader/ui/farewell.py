"""What stays in the scrollback after leaving: at most four honest lines."""

from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable
from tui_uploader.ui.language import said, t
from tui_uploader.ui.retrying import retry_helps
from tui_uploader.ui.words import number, sentence, size_text

MAX_CODES = MAX_LINES = 4


def lines(state: QueueState, *, again: str = "", kept: str = "") -> list[str]:
    """Counts, failures by code, and what to do next.

    `again` is a command that uploads the same once more; `kept` is the job that goes on in the background.
    """
    counts = state.counts
    if not counts.total:
        return [t("tui-uploader: nothing was queued, nothing was uploaded")]
    unfinished = counts.waiting + counts.active
    parts = [
        t(
            "{done} of {total} done ({bytes_done})",
            done=number(counts.done),
            total=number(counts.total),
            bytes_done=size_text(state.bytes_done),
        )
    ]
    parts.append(t("{failed} failed", failed=number(counts.failed)))
    parts += [t("{skipped} skipped", skipped=number(counts.skipped))] * bool(counts.skipped)
    parts += [t("{cancelled} cancelled", cancelled=number(counts.cancelled))] * bool(counts.cancelled)
    if unfinished:
        open_words = t("{unfinished} go on", unfinished=number(unfinished)) if kept else ""
        parts.append(open_words or t("{unfinished} not uploaded", unfinished=number(unfinished)))
    told = ["tui-uploader: " + ", ".join(parts)]
    if state.by_code:
        common = state.by_code.most_common(MAX_CODES)
        codes = ", ".join(f"{printable(code)} {number(count)}" for code, count in common)
        rest = sum(state.by_code.values()) - sum(count for _, count in common)
        told.append(t("failed: {codes}", codes=codes) + (t(", other codes {rest}", rest=number(rest)) if rest else ""))
    for word, met in (("stopped", state.stopped), ("paused", state.paused if unfinished else None)):
        if met is not None and met.failure is not None and len(told) < MAX_LINES - 1:
            told.append(f"{said(word)}: {printable(met.failure.code)}: {printable(sentence(met.failure))}")
    if unfinished and kept:
        told.append(t("goes on in the background: tui-uploader attach {job}", job=kept))
    elif unfinished or counts.failed:
        told.append(_next(state, unfinished, again))
    return told[:MAX_LINES]


def way(state: QueueState, job: str) -> str:
    """The command that goes on with a job that the journal keeps, or tries its failures again; empty without one."""
    if not job:
        return ""
    counts = state.counts
    left = counts.waiting + counts.active
    return f"tui-uploader resume {job}" if left else f"tui-uploader push --again {job} --failed"


def _next(state: QueueState, unfinished: int, again: str) -> str:
    how = t("run {again}", again=again) if again else t("start again and mark the same files: that is safe")
    if unfinished:
        return t("next: {how}", how=how)
    if any(retry_helps(state, item_id) for item_id in state.ids(Stage.FAILED)):
        return t("next: mend the causes, then {how}", how=how)
    return t("next: a retry alone will not help: rename, split or leave out what failed")
