"""The queue rolled up by folder: counts for each folder above an item, kept as the items change."""

from collections.abc import Callable, Iterable

from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.widgets.path_index import PathIndex
from tui_uploader.ui.widgets.tree_folder import parent_of

_UNKNOWN, _REPLACED = 255, 254


class Tally:
    """What one folder holds of the queue: the number of items by stage, and their bytes."""

    __slots__ = ("size", "stages", "total")

    def __init__(self) -> None:
        self.total = 0
        self.size = 0
        self.stages = [0] * len(Stage)

    def __getitem__(self, stage: Stage) -> int:
        return self.stages[stage]

    @property
    def uploading(self) -> int:
        """Items that are under way: getting info, uploading or checking."""
        return self.stages[Stage.GETTING_INFO] + self.stages[Stage.UPLOADING] + self.stages[Stage.CHECKING]


class FolderTotals:
    """Tallies by folder path. A path that is queued again counts once, as its newest item."""

    def __init__(self) -> None:
        self._tallies: dict[bytes, Tally] = {}
        self._chains: dict[bytes, tuple[Tally, ...]] = {}
        self._ids = PathIndex()
        self._path_of: Callable[[int], bytes] = lambda item_id: b""
        self._seen = bytearray()

    def item(self, path: bytes) -> int | None:
        """The newest item of a path."""
        return self._ids.get(path, self._path_of)

    def of(self, folder: bytes) -> Tally | None:
        """The tally of a folder, None where the queue holds nothing of it."""
        tally = self._tallies.get(folder)
        return tally if tally is not None and tally.total else None

    def take(self, state: QueueState, ids: Iterable[int]) -> None:
        """Take in that some items are new or changed: the depth of its path for each that changed its stage."""
        self._path_of = state.path
        for item_id in ids:
            if item_id >= len(self._seen):
                self._seen.extend(bytes((_UNKNOWN,)) * (item_id + 1 - len(self._seen)))
            old, new = self._seen[item_id], int(state.stage(item_id))
            if old in (_REPLACED, new):
                continue
            if old == _UNKNOWN:
                self._add(state, item_id, new)
                continue
            self._seen[item_id] = new
            for tally in self._chains[parent_of(state.path(item_id))]:
                tally.stages[old] -= 1
                tally.stages[new] += 1

    def _add(self, state: QueueState, item_id: int, stage: int) -> None:
        path = state.path(item_id)
        other = self._ids.put(path, item_id, state.path)
        if other is not None and other > item_id:
            self._ids.put(path, other, state.path)
            self._seen[item_id] = _REPLACED
            return
        if other is not None:
            self._count(path, self._seen[other], -1, state.size(other))
            self._seen[other] = _REPLACED
        self._seen[item_id] = stage
        self._count(path, stage, 1, state.size(item_id))

    def _count(self, path: bytes, stage: int, by: int, size: int) -> None:
        for tally in self._chain(parent_of(path)):
            tally.total += by
            tally.stages[stage] += by
            tally.size += by * max(size, 0)

    def _chain(self, folder: bytes) -> tuple[Tally, ...]:
        chain = self._chains.get(folder)
        if chain is None:
            above, here = [folder], folder
            while here != b"/":
                here = parent_of(here)
                above.append(here)
            chain = tuple(self._tallies.setdefault(path, Tally()) for path in above)
            self._chains[folder] = chain
        return chain
