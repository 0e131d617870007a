"""Admission: items may start when the journal has them on disk, and nothing starts while it cannot take more."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from tui_uploader.engine.asking import Asking
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.run_state import RunState
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Planned, QueueItem, Stage


class Admission:
    """Stands between `add` and the queue. Belongs to the loop; without a record everything is let in at once."""

    def __init__(self, record: JobRecord | None, asking: Asking, run: RunState, kick: Callable[[], None]) -> None:
        self._record = record
        self._asking = asking
        self._run = run
        self._kick = kick
        self._loop = asyncio.get_running_loop()
        self.pending = 0  # items that are not on disk yet

    def set_if_exists(self, policy: str) -> None:
        """By a person; for what is asked for from now on."""
        self._asking.if_exists = policy

    def add(self, lines: Sequence[Planned], items: Sequence[QueueItem]) -> None:
        """Let the items in that are to be uploaded: now, or when they are on disk."""
        ids = [item.id for item in items if item.stage is Stage.WAITING]
        if self._record is None:
            self._asking.waiting.add(ids)
            return
        self.pending += len(items)

        def saved() -> None:
            self._soon(self._admit, ids, len(items))

        self._record.added(lines, items, saved)

    def _admit(self, ids: Sequence[int], count: int) -> None:
        self.pending -= count
        self._asking.waiting.add(ids)
        self._kick()

    def trouble(self, failure: Failure | None) -> None:
        """From any thread: the journal takes no more, or takes everything again (None)."""
        self._soon(self._run.journal_trouble, failure)

    def _soon(self, function: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the run is over
            self._loop.call_soon_threadsafe(function, *arguments)
