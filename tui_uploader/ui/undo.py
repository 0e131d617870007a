"""Undo: what `U` takes back, newest first. Marks, removals and the like push a step; uploads are never undone."""

from collections import deque
from collections.abc import Callable

from tui_uploader.model.value import value
from tui_uploader.ui.language import t

KEPT = 100  # steps
HEAVY = 3_000_000  # names of all steps together: each takes some 70 bytes


@value
class Step:
    """One thing to take back: `words` say what comes of it ("marks of q1/ taken back"), safe to show.

    `back` does it; False where it can no more, because the world has moved on. `weight` is how many names it keeps,
    `forget` lets go of them.
    """

    words: str
    back: Callable[[], bool]
    weight: int = 0
    forget: Callable[[], object] = lambda: None


class Undo:
    """The steps of this session, shared by the panes. What cannot be taken back any more is passed over."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self._weight = 0

    def __len__(self) -> int:
        return len(self._steps)

    def push(
        self, words: str, back: Callable[[], bool], weight: int = 0, forget: Callable[[], object] = lambda: None
    ) -> None:
        """Note what was done just now; the oldest steps go where these are too many or keep too much."""
        self._steps.append(Step(words, back, weight, forget))
        self._weight += weight
        while len(self._steps) > KEPT or (self._weight > HEAVY and len(self._steps) > 1):
            oldest = self._steps.popleft()
            self._weight -= oldest.weight
            oldest.forget()

    def undo(self) -> str:
        """Take back the newest step that can be; what to say of it."""
        while self._steps:
            step = self._steps.pop()
            self._weight -= step.weight
            if step.back():
                return step.words
            step.forget()
        return t("nothing to undo: U takes back marks, removals and what was cleared")
