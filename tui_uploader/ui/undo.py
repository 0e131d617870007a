"""Undo: what `U` takes back, newest first. Marks, removals and the like push a step; uploads are never undone."""

from collections import deque
from collections.abc import Callable

from tui_uploader.model.value import value
from tui_uploader.ui.language import t

KEPT = 100  # steps


@value
class Step:
    """One thing to take back: `words` say what comes of it ("marks of q1/ taken back"), safe to show.

    `back` does it; False where it can no more, because the world has moved on.
    """

    words: str
    back: Callable[[], bool]


class Undo:
    """The steps of this session, shared by the panes. What cannot be taken back any more is passed over."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque(maxlen=KEPT)

    def __len__(self) -> int:
        return len(self._steps)

    def push(self, words: str, back: Callable[[], bool]) -> None:
        """Note what was done just now."""
        self._steps.append(Step(words, back))

    def undo(self) -> str:
        """Take back the newest step that can be; what to say of it."""
        while self._steps:
            step = self._steps.pop()
            if step.back():
                return step.words
        return t("nothing to undo: U takes back marks, removals and what was cleared")
