"""Progress: looks a few times a second how much of each object the peer has acknowledged, and tells it."""

import asyncio
from collections.abc import Callable, Mapping

from tui_uploader.engine.store import Store
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage
from tui_uploader.protocol.sending import Sending

_TICK = 0.25


class Progress:
    """A timer over the active uploads; a byte counts when it is acknowledged, not when the kernel took it."""

    def __init__(
        self,
        active: Mapping[int, tuple[asyncio.Task[None], Sending]],
        store: Store,
        post: Callable[[ev.Event], None],
        moved: Callable[[int], None],
    ) -> None:
        self._active = active
        self._store = store
        self._post = post
        self._moved = moved
        self._seen: dict[int, int] = {}
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_TICK, self._look)

    def _look(self) -> None:
        stages = self._store.stages
        for item_id, (_, sending) in self._active.items():
            acked = sending.acked
            if acked and stages[item_id] in (Stage.UPLOADING, Stage.CHECKING):
                if acked >= sending.total and stages[item_id] == Stage.UPLOADING:
                    stages[item_id] = Stage.CHECKING
                    self._post(ev.StageChanged(item_id, Stage.CHECKING))
                self._post(ev.BytesSent(item_id, acked))
                self._moved(max(acked - self._seen.get(item_id, 0), 0))
                self._seen[item_id] = acked
        self._timer = self._loop.call_later(_TICK, self._look)

    def rest(self, item_id: int, size: int) -> int:
        """The bytes of an object that has ended which no look has seen."""
        return max(size - self._seen.pop(item_id, 0), 0)

    def close(self) -> None:
        """Look no more."""
        self._timer.cancel()
