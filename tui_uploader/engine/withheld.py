"""Refusals whose verdict waits: whether they are one object's trouble or everybody's is what others are to show."""

from collections.abc import Callable

from tui_uploader.engine.store import Store
from tui_uploader.engine.waiting import Waiting
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage


class Withheld:
    """Objects that were refused and wait for the verdict. To everybody else they are waiting."""

    def __init__(self, store: Store, waiting: Waiting, to_wait: Callable[[int], None]) -> None:
        self._store = store
        self._waiting = waiting
        self._to_wait = to_wait
        self._found: dict[int, tuple[Failure, str]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, item_id: int, failure: Failure) -> None:
        """One more that was refused."""
        self._to_wait(item_id)
        self._found[item_id] = failure, self._store.keys[item_id]

    def take(self, phase: Phase | None = None, most: int | None = None) -> list[tuple[int, Failure]]:
        """Up to `most` of those that were refused in a phase, with their refusals, in order; they are taken out.

        What was cancelled meanwhile is passed over; what got another key or is held by a person waits to be tried.
        """
        taken: list[tuple[int, Failure]] = []
        for item_id, (failure, key) in list(self._found.items()):
            if phase is not None and failure.phase is not phase:
                continue
            if most is not None and len(taken) >= most:
                break
            del self._found[item_id]
            if self._store.stage(item_id) is not Stage.WAITING:
                continue
            if self._store.keys[item_id] == key and item_id not in self._store.held:
                taken.append((item_id, failure))
            else:
                self._waiting.add((item_id,))
        return taken

    def clear(self) -> list[int]:
        """All that are still waiting: they will be tried again."""
        return [item_id for item_id, _ in self.take()]
