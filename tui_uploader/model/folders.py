"""FolderSums: the queue by first folder of its keys."""

from array import array

from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.model.value import value

MOST = 200  # folders with a row of their own; the others share the last one
_WORST = (Stage.FAILED, Stage.UPLOADING, Stage.CHECKING, Stage.GETTING_INFO, Stage.WAITING, Stage.CANCELLED)


@value
class FolderSum:
    """One folder: its name (empty: no folder; ``None``: all others), items by stage, bytes."""

    name: str | None
    stages: tuple[int, ...]
    size: int

    @property
    def total(self) -> int:
        """All items."""
        return sum(self.stages)

    @property
    def done(self) -> int:
        """Those that are done."""
        return self.stages[Stage.DONE]

    @property
    def worst(self) -> Stage:
        """The stage that a person must know of first; DONE only where nothing else is left."""
        return next((stage for stage in _WORST if self.stages[stage]), Stage.DONE if self.done else Stage.SKIPPED)


class FolderSums:
    """`number(item)` is small: 0 for items outside of folders, `MOST` for all folders beyond the first ones."""

    def __init__(self, state: QueueState, prefix: str) -> None:
        self._state = state
        self._lead = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self._numbers: dict[str, int] = {"": 0}
        self._names: list[str | None] = [""]
        self.index = bytearray()
        self._stages = bytearray()
        self._sizes = array("q")
        self._counts: list[list[int]] = [[0] * len(Stage)]
        self._bytes: list[int] = [0]

    def number(self, item_id: int) -> int:
        """The folder of an item that was noted."""
        return self.index[item_id]

    def sum(self, number: int) -> FolderSum:
        """How a folder stands."""
        return FolderSum(self._names[number], tuple(self._counts[number]), self._bytes[number])

    def find(self, name: str) -> int | None:
        """The number of a folder by its name."""
        return self._numbers.get(name)

    def note(self, item_id: int) -> None:
        """An item is new or has changed. New ones are noted in the order of their ids."""
        number, stage, size = self._folder(item_id), self._state.stage(item_id), self._state.size(item_id)
        if item_id < len(self.index):
            old = self.index[item_id]
            self._counts[old][self._stages[item_id]] -= 1
            self._bytes[old] -= self._sizes[item_id]
            self.index[item_id], self._stages[item_id], self._sizes[item_id] = number, stage, size
        else:
            self.index.append(number)
            self._stages.append(stage)
            self._sizes.append(size)
        self._counts[number][stage] += 1
        self._bytes[number] += size

    def _folder(self, item_id: int) -> int:
        key, start = self._state.key(item_id), 0
        if self._lead and key.startswith(self._lead):
            start = len(self._lead)
        end = key.find("/", start)
        name = key[start:end] if end >= 0 else ""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = min(len(self._names), MOST)
            if number == len(self._names):
                self._names.append(name if number < MOST else None)
                self._counts.append([0] * len(Stage))
                self._bytes.append(0)
        return number
