"""What stays in the scrollback after leaving: at most four honest lines."""

from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable
from tui_uploader.ui.retrying import retry_helps
from tui_uploader.ui.words import number, size_text

MAX_CODES = MAX_LINES = 4


def lines(state: QueueState, *, again: str = "") -> list[str]:
    """Counts, failures by code, and what to do next. `again` is a command that uploads the same once more."""
    counts = state.counts
    if not counts.total:
        return ["tui-uploader: nothing was queued, nothing was uploaded"]
    unfinished = counts.waiting + counts.active
    parts = [f"{number(counts.done)} of {number(counts.total)} done ({size_text(state.bytes_done)})"]
    parts.append(f"{number(counts.failed)} failed")
    parts += [f"{number(counts.skipped)} skipped"] * bool(counts.skipped)
    parts += [f"{number(counts.cancelled)} cancelled"] * bool(counts.cancelled)
    parts += [f"{number(unfinished)} not uploaded"] * bool(unfinished)
    said = ["tui-uploader: " + ", ".join(parts)]
    if state.by_code:
        common = state.by_code.most_common(MAX_CODES)
        codes = ", ".join(f"{printable(code)} {number(count)}" for code, count in common)
        rest = sum(state.by_code.values()) - sum(count for _, count in common)
        said.append(f"failed: {codes}" + (f", other codes {number(rest)}" if rest else ""))
    for word, met in (("stopped", state.stopped), ("paused", state.paused if unfinished else None)):
        if met is not None and met.failure is not None and len(said) < MAX_LINES - 1:
            said.append(f"{word}: {printable(met.failure.code)}: {printable(met.failure.sentence)}")
    if unfinished or counts.failed:
        said.append(_next(state, unfinished, again))
    return said[:MAX_LINES]


def _next(state: QueueState, unfinished: int, again: str) -> str:
    how = f"run {again}" if again else "start again and mark the same files: that is safe"
    if unfinished:
        return f"next: {how}"
    if any(retry_helps(state, item_id) for item_id in state.ids(Stage.FAILED)):
        return f"next: mend the causes, then {how}"
    return "next: a retry alone will not help: rename, split or leave out what failed"
