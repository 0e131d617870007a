"""Ending: watches one job's events for its end and says it once: what the command of `upload.after` is told."""

import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage

_OPEN = (Stage.WAITING, Stage.GETTING_INFO, Stage.UPLOADING, Stage.CHECKING)


class Ending:
    """Fed with every event. `told` gets the summary when the job has ended: once, and again where more failed since.

    Keeps nine bytes an object and the codes of those that failed.
    """

    def __init__(self, job: str, told: Callable[[dict[str, Any]], None]) -> None:
        self._job, self._told = job, told
        self._began = time.monotonic()
        self._stages, self._sizes = bytearray(), array("q")
        self._codes: dict[int, str] = {}
        self._said = False
        self._cause: str | None = None
        self._fresh = False  # whether something failed, or the run stopped, since it was said

    def take(self, events: Iterable[ev.Event]) -> None:
        """Note events, in order."""
        over = stopped = False
        for event in events:
            match event:
                case ev.ItemsAdded(items):
                    for item in items:
                        self._stages.append(item.stage)
                        self._sizes.append(item.size)
                        if item.stage is Stage.FAILED and item.failure is not None:
                            self._failed(item.id, item.failure.code)
                case ev.ItemDone(item_id):
                    self._move(item_id, Stage.DONE)
                case ev.ItemFailed(item_id, failure):
                    self._move(item_id, Stage.FAILED)
                    self._failed(item_id, failure.code)
                case ev.ItemSkipped(item_id):
                    self._move(item_id, Stage.SKIPPED)
                case ev.ItemRetrying(item_id):
                    self._move(item_id, Stage.WAITING)
                case ev.StageChanged(item_id, stage):
                    self._move(item_id, stage)
                case ev.StagesChanged(ids, stage):
                    for item_id in ids:
                        self._move(item_id, stage)
                case ev.SizeChanged(item_id, size):
                    self._sizes[item_id] = size
                case ev.RunIdle():
                    over = True
                case ev.RunStopped(failure):
                    self._cause = failure.code if failure is not None else None
                    self._fresh = stopped = True
                case _:
                    pass
        if stopped or (over and not self._open):
            self._say()

    def close(self) -> None:
        """The engine has ended: what is undone stays undone, and that is an ending as well."""
        if self._open:
            self._fresh = True
            self._say()

    def summary(self) -> dict[str, Any]:
        """The counts now, with the names of the summary that `push` prints."""
        count = self._stages.count
        done = int(Stage.DONE)
        return {
            "event": "summary",
            "job": self._job,
            "total": len(self._stages),
            "done": count(done),
            "failed": count(Stage.FAILED),
            "skipped": count(Stage.SKIPPED),
            "cancelled": count(Stage.CANCELLED),
            "waiting": self._open,
            "bytes_done": sum(size for size, stage in zip(self._sizes, self._stages, strict=True) if stage == done),
            "seconds": round(time.monotonic() - self._began, 2),
            "by_code": dict(sorted(Counter(self._codes.values()).items())),
            "stopped": self._cause,
        }

    @property
    def _open(self) -> int:
        return sum(self._stages.count(stage) for stage in _OPEN)

    def _say(self) -> None:
        if len(self._stages) and (self._fresh or not self._said):
            self._said, self._fresh = True, False
            self._told(self.summary())

    def _failed(self, item_id: int, code: str) -> None:
        self._codes[item_id] = code
        self._fresh = True

    def _move(self, item_id: int, stage: Stage) -> None:
        self._stages[item_id] = stage
        if stage is not Stage.FAILED:
            self._codes.pop(item_id, None)
