"""Which failed items a retry takes, and what to say of those that it leaves out."""

from collections import Counter

from tui_uploader.model.failures import info_of
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.words import plural

UNCHANGEABLE = frozenset({
    "KEY_INVALID", "KEY_CLASH", "KEY_TOO_LONG", "NAME_CONTROL", "NAME_NOT_UTF8", "NOT_A_FILE", "TOO_LARGE",
    "LINK_BROKEN", "LINK_OUTSIDE", "SIZE_UNKNOWN", "ENAMETOOLONG", "ELOOP",
})  # fmt: skip


def retry_helps(state: QueueState, item_id: int) -> bool:
    """Whether `r` takes an item: cancelled, or failed for a cause that can have gone away meanwhile.

    A rule that somebody lifts, a file that somebody mends: these change without the item. What the plan refused
    because of its name, kind or size stays refused, for the key in the queue stays the same.
    """
    stage = state.stage(item_id)
    if stage is Stage.CANCELLED:
        return True
    failure = state.failure(item_id)
    return stage is Stage.FAILED and (failure is None or failure.code not in UNCHANGEABLE)


def any_retry_helps(state: QueueState) -> bool:
    """Whether `R` would take anything: cheap enough for each paint, for it looks at codes and not at items."""
    return any(code not in UNCHANGEABLE for code in state.by_code)


def retry_all(state: QueueState) -> tuple[list[int], str]:
    """The failed items that `R` takes, and the sentence that says what it took and what it left out."""
    chosen: list[int] = []
    left: Counter[str] = Counter()
    for item_id in state.ids(Stage.FAILED):
        failure = state.failure(item_id)
        if retry_helps(state, item_id):
            chosen.append(item_id)
        elif failure is not None:
            left[failure.code] += 1
    if not chosen and not left:
        return chosen, "nothing failed, so there is nothing to retry"
    words = f"{plural(len(chosen), 'object')} retried" if chosen else "nothing retried"
    if left:
        code, _ = left.most_common(1)[0]
        others = f" and {len(left) - 1} more codes" if len(left) > 1 else ""
        words += f", {sum(left.values())} left out: {code}{others} ({info_of(code).label}), a retry cannot help"
    return chosen, words


def cannot_retry(state: QueueState, item_id: int) -> str:
    """Why `r` does nothing on an item."""
    stage, failure = state.stage(item_id), state.failure(item_id)
    if stage is Stage.FAILED and failure is not None:
        return f"{failure.code}: {failure.info.check or failure.info.meaning}"
    if stage is Stage.SKIPPED:
        return "this one was skipped, nothing failed here"
    return f"nothing failed here: this one is {stage.word}"
