"""Which failed items a retry takes, and what to say of those that it leaves out."""

from collections import Counter
from collections.abc import Callable, Sequence

from tui_uploader.model.failures import info_of
from tui_uploader.model.items import Stage
from tui_uploader.model.picked import Picked
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable
from tui_uploader.ui.language import said, t
from tui_uploader.ui.words import number

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


def helped_among(
    state: QueueState, left: "Counter[str]", ids: Sequence[int], failed_with: Callable[[str], bytes | None]
) -> Sequence[int]:
    """Those of `ids` that a retry takes; `left` counts the codes of the failed ones that it leaves out.

    `failed_with` gives the mask of a code; None where so many codes came that this one has none.
    """
    ended = state.among(ids, Stage.FAILED, Stage.CANCELLED)
    hopeless = [code for code in state.by_code if code in UNCHANGEABLE]
    if not hopeless:
        return ended
    masks = {code: failed_with(code) for code in hopeless}
    if isinstance(ended, Picked) and None not in masks.values():
        failed = ended.within(state.picked(Stage.FAILED).mask)
        for code, mask in masks.items():
            given_up = failed.within(mask or b"")
            left.update({code: len(given_up)} if given_up else {})
            ended = ended.without(given_up.mask)
        return ended
    helped: list[int] = []
    for item_id in ended:
        failure = state.failure(item_id)
        if retry_helps(state, item_id):
            helped.append(item_id)
        elif failure is not None:
            left[failure.code] += 1
    return helped


def left_words(left: "Counter[str]") -> str:
    """What a retry left out, and why; empty where it left nothing out."""
    if not left:
        return ""
    code, _ = left.most_common(1)[0]
    others = (" " + t("and {others} more codes", others=len(left) - 1)) if len(left) > 1 else ""
    return t(
        ", {left} left out: {code}{others} ({label}), a retry cannot help",
        left=number(sum(left.values())),
        code=printable(code),
        others=others,
        label=said(info_of(code).label),
    )


def cannot_retry(state: QueueState, item_id: int) -> str:
    """Why `r` does nothing on an item."""
    stage, failure = state.stage(item_id), state.failure(item_id)
    if stage is Stage.FAILED and failure is not None:
        return f"{failure.code}: {said(failure.info.check or failure.info.meaning)}"
    if stage is Stage.SKIPPED:
        return t("this one was skipped, nothing failed here")
    return t("nothing failed here: this one is {stage}", stage=said(stage.word))
