"""Says where items are: a long object's every stage at once, a short one's only while it lasts."""

import asyncio
from collections.abc import Callable, Sequence

from tui_uploader.engine.journal_rows import LONG
from tui_uploader.engine.store import Store
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage

_TURN = 0.1  # seconds; a stage that began before the last turn is worth a word
_ON_THE_WAY = (Stage.GETTING_INFO, Stage.UPLOADING)


class Stages:
    """Moves items from stage to stage and posts `StageChanged`. Belongs to the loop.

    Of ten thousand short objects none is two tenths of a second on its way, and two facts for each that nobody can
    see would cost the front end more than the end of the object, which is told at once by whoever brings it about.
    """

    def __init__(self, store: Store, post: Callable[[ev.Event], None], loop: asyncio.AbstractEventLoop) -> None:
        self._stages, self._sizes = store.stages, store.sizes
        self._post = post
        self._loop = loop
        self._unsaid: dict[int, None] = {}
        self._older: dict[int, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def to(self, item_id: int, stage: Stage) -> None:
        """The item is in `stage` now."""
        self._stages[item_id] = stage
        if stage in _ON_THE_WAY and self._sizes[item_id] < LONG:
            self._unsaid[item_id] = None
            if self._timer is None:
                self._timer = self._loop.call_later(_TURN, self._turn)
        else:
            self._post(ev.StageChanged(item_id, stage))

    def many(self, ids: Sequence[int], stage: Stage) -> None:
        """Items wait again, or are cancelled: said in one fact."""
        for item_id in ids:
            self._stages[item_id] = stage
        if len(ids) == 1:
            self._post(ev.StageChanged(ids[0], stage))
        elif ids:
            self._post(ev.StagesChanged(tuple(ids), stage))

    def _turn(self) -> None:
        self._tell(self._older)
        self._older, self._unsaid = self._unsaid, {}
        self._timer = self._loop.call_later(_TURN, self._turn) if self._older else None

    def tell(self) -> None:
        """Say now what has not been said."""
        self._tell(self._older)
        self._tell(self._unsaid.copy())
        self._older.clear()

    def _tell(self, ids: dict[int, None]) -> None:
        for item_id in ids:
            self._unsaid.pop(item_id, None)
            stage = Stage(self._stages[item_id])
            if stage in _ON_THE_WAY:  # what has ended, waits again or is being checked has been said
                self._post(ev.StageChanged(item_id, stage))

    def close(self) -> None:
        """Say nothing more by itself."""
        if self._timer is not None:
            self._timer.cancel()
