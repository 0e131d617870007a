"""What waits to be asked for: small objects in order, large ones by size, so that neither starves the other."""

import heapq
import random
from collections import deque
from collections.abc import Iterable, Sequence

from tui_uploader.engine.store import Store
from tui_uploader.model.items import Stage

LARGE = 64 * 1024 * 1024
"""From this size (bytes) on an object takes long enough for its start to matter: the largest start first."""


class Waiting:
    """Ids that wait. Large ones come first, the largest of them at the head, but while small ones wait only so many at
    once that half of the slots are left; a 4 GiB file that was found last still does not end alone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._small: deque[int] = deque()
        self._next_up: list[int] = []  # put there by a person, whatever their size, or tried before: first
        self._large: list[tuple[int, int]] = []  # a heap of (-size, id)
        self._out: set[int] = set()  # large ones on their way
        self._inside = bytearray()  # by id: a cancelled item stays inside until its turn, and may be retried meanwhile

    def __len__(self) -> int:
        return len(self._small) + len(self._large) + len(self._next_up)

    @property
    def next_up(self) -> int:
        """How many start before all others."""
        return len(self._next_up)

    def move(self, ids: Sequence[int], before: int | None) -> None:
        """Another place for items that wait; `before` None is the very front. Linear in what waits."""
        chosen = set(ids)
        self._next_up = [item_id for item_id in self._next_up if item_id not in chosen]
        if not chosen.isdisjoint(self._small):
            self._small = deque(item_id for item_id in self._small if item_id not in chosen)
        if any(item_id in chosen for _, item_id in self._large):
            self._large = [pair for pair in self._large if pair[1] not in chosen]
            heapq.heapify(self._large)
        for item_id in chosen:
            self._note(item_id)
        if before is not None and before not in self._next_up and before in self._small:
            at = self._small.index(before)
            for item_id in reversed(ids):
                self._small.insert(at, item_id)
            return
        at = self._next_up.index(before) if before in self._next_up else 0 if before is None else len(self._next_up)
        self._next_up[at:at] = ids

    def add(self, ids: Iterable[int]) -> None:
        """New ones, behind the others."""
        for item_id in ids:
            if self._enter(item_id):
                self._small.append(item_id)

    def add_first(self, item_id: int) -> None:
        """One that has waited before: it comes next among its kind."""
        if self._enter(item_id):
            self._small.appendleft(item_id)

    def add_next(self, item_id: int) -> None:
        """One whose next try is due: it comes before other small ones, wherever these are taken from."""
        if self._enter(item_id):
            self._next_up.append(item_id)

    def _enter(self, item_id: int) -> bool:
        """Note that an item is inside; True where it must still be put among the small ones."""
        if not self._note(item_id):
            return False
        size = self._store.sizes[item_id]
        if size >= LARGE:
            heapq.heappush(self._large, (-size, item_id))
        return size < LARGE

    def _note(self, item_id: int) -> bool:
        """Note that an item is inside; False where it was."""
        if item_id >= len(self._inside):
            self._inside.extend(bytes(max(len(self._store), item_id + 1) - len(self._inside)))
        was, self._inside[item_id] = self._inside[item_id], 1
        return not was

    def take(self, count: int, parallel: int, *, sample: bool = False) -> list[int]:
        """Up to `count` ids that should start next; with `sample` the small ones come from anywhere, and every other
        one is such: what was refused once must not be tried again in a row with nobody else between.

        One that must be asked for alone comes alone. What was cancelled meanwhile is passed over.
        """
        group: list[int] = []
        while len(group) < count and len(self):
            item_id = self._next(parallel, sample=sample, another=sample and len(group) % 2 == 1)
            if item_id is None:
                break
            self._inside[item_id] = 0
            if self._store.stages[item_id] != Stage.WAITING or item_id in self._store.held:
                continue
            history = self._store.known_history(item_id)
            if history is not None and history.single:
                if group:
                    self.add_first(item_id)
                else:
                    group.append(item_id)
                break
            group.append(item_id)
            if self._store.sizes[item_id] >= LARGE:
                self._out.add(item_id)
        return group

    def _next(self, parallel: int, *, sample: bool, another: bool) -> int | None:
        if self._next_up and not (another and self._small):
            return self._next_up.pop(0)
        if self._large and (not self._small or self._large_on_their_way() < max(1, parallel // 2)):
            return heapq.heappop(self._large)[1]
        if not self._small:
            return None
        if sample:
            self._small.rotate(-random.randrange(len(self._small)))
        return self._small.popleft()

    def _large_on_their_way(self) -> int:
        stages = self._store.stages
        self._out = {item_id for item_id in self._out if not Stage(stages[item_id]).ended}
        waiting = {item_id for _, item_id in self._large}
        self._out -= waiting
        return len(self._out)
