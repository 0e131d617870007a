"""Asks for upload info ahead of the slots, in groups sized to what the slots will need next."""

import stat
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from tui_uploader.engine.port import OVERWRITE, EngineOptions
from tui_uploader.engine.store import Store
from tui_uploader.engine.waiting import Waiting
from tui_uploader.model.failures import Failure, Phase, os_failure
from tui_uploader.model.items import Stage
from tui_uploader.model.token_life import REFUSED
from tui_uploader.protocol import deep_paths
from tui_uploader.protocol.content_types import content_type
from tui_uploader.protocol.far_body import Readers
from tui_uploader.protocol.gateway import Gateway
from tui_uploader.protocol.joining import Joined
from tui_uploader.protocol.readahead import Readahead
from tui_uploader.protocol.upload_info import InfoRequest, UploadInfo

_AT_ONCE = 32  # POSTs under way at most
_MOST_AHEAD = 1024
_MEMORY = 0.5  # seconds over which the rate of objects is averaged
_MOST_RATE = 4000.0  # objects a second: a guess from a few quick ones may be wild
ENOUGH = 1000  # waiting items among which a sample says something of all
_TOO_LARGE = frozenset({"OBJECT_BATCH_TOO_LARGE", "EXCEED_REQUEST_SIZE_LIMIT"})


class Asking:
    """Which items to ask for, when, and how many at once. Knows no retry: what fails goes back to the pipeline.

    `ready` holds what may be sent.
    """

    def __init__(
        self,
        options: EngineOptions,
        gateway: Gateway,
        store: Store,
        clock: Callable[[], float],
        readers: Readers | None = None,
    ) -> None:
        self._readers = readers
        self._readahead = Readahead()
        self._options = options
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self.batch = max(1, options.batch)
        self.waiting = Waiting(store)
        self.ready: deque[tuple[int, UploadInfo]] = deque()
        self.under_way = 0  # items
        self.posts = 0
        self.sampled: set[int] = set()
        self._renewed: set[int] = set()
        self._round_trip = 0.1
        self._took = 1.0
        self._rate = 0.0
        self._rate_at = clock()
        extra = tuple((name.lower(), value) for name, value in options.headers)
        self.if_exists = options.if_exists
        self._kind = next((value for name, value in extra if name == "content-type"), None)
        self._rest = tuple(pair for pair in extra if pair[0] not in ("content-type", "content-length"))

    @property
    def left(self) -> int:
        """How many wait to be asked for, are asked for, or may be sent."""
        return len(self.waiting) + self.under_way + len(self.ready)

    @property
    def few(self) -> bool:
        """Whether a sample of what waits says little of what a walk may still find."""
        return len(self.waiting) < ENOUGH

    def stored(self, seconds: float) -> None:
        """An object ended that took `seconds`: the rate decides how far ahead to ask."""
        self._took += (seconds - self._took) * 0.1
        now = self._clock()
        passed = max(now - self._rate_at, 1e-6)
        self._rate_at = now
        weight = min(passed / _MEMORY, 1.0)
        self._rate += (1.0 / passed - self._rate) * weight

    def ahead(self, parallel: int, soon: int) -> int:
        """How many items should be ready or asked for, so that no slot waits a round trip; `soon` if it is growing."""
        rate = max(self._rate, soon / max(self._took, 0.001))  # what it is, and what so many slots will come to
        spare = soon if soon > self.batch else soon // 2  # one answer alone feeds so few slots
        need = int(min(rate, _MOST_RATE) * self._round_trip * 1.5) + spare + self.batch
        return min(max(need, self.batch), _MOST_AHEAD)

    def next_group(
        self, parallel: int, *, soon: int, more_to_come: bool, careful: bool, sample: bool, again: bool
    ) -> list[int]:
        """The ids to ask for now, or nothing: not needed yet, enough under way, or better to wait for company.

        `careful` asks for one group at a time; `sample` takes the group from anywhere in the queue; `again` takes
        only what was tried before.
        """
        room = self.ahead(parallel, soon) - len(self.ready) - self.under_way
        if not self.waiting or room <= 0 or self.posts >= (1 if careful else _AT_ONCE):
            return []
        if len(self.waiting) < self.batch and more_to_come:
            return []
        if room < self.batch and (self.ready or self.under_way) and len(self.waiting) > room:
            return []  # a full group a little later, rather than a small one now
        group = self.waiting.take(self.waiting.next_up if again else self.batch, parallel, sample=sample)
        if sample:
            self.sampled.update(item_id for item_id in group if self._store.known_history(item_id) is None)
        return group

    def renew(self, item_id: int, *, fresh: bool) -> bool:
        """Whether to ask anew instead of sending: upload info about to be over, once per try (FAULTS row 22).

        What is over as it is issued is sent all the same: the bucket ends it, and asking would go on for ever.
        """
        if fresh or item_id in self._renewed:
            self._renewed.discard(item_id)
            return False
        self._renewed.add(item_id)
        return True

    def put_back(self, ids: Iterable[int]) -> None:
        """Items that were not asked for after all; they come next, in their order."""
        for item_id in reversed(list(ids)):
            self.waiting.add_first(item_id)

    def shelve(self, *, untried: bool = False) -> list[int]:
        """Nothing starts for a while: what has upload info waits again, and asks for fresh info in its turn.

        With `untried` only what was never tried waits.
        """
        staying = [one for one in self.ready if untried and self._store.known_history(one[0]) is not None]
        kept = {item_id for item_id, _ in staying}
        ids = [item_id for item_id, _ in self.ready
            if item_id not in kept and self._store.stage(item_id) is Stage.GETTING_INFO]  # fmt: skip
        self.ready = deque(staying)
        self.put_back(ids)
        return ids

    def request_for(self, item_id: int) -> tuple[InfoRequest, int] | Failure:
        """What to ask for an item and its size now; a Failure where the file cannot be sent at all."""
        size = self._size_of(item_id)
        if isinstance(size, Failure):
            return size
        key = self._store.keys[item_id]
        headers = (("content-length", str(size)), ("content-type", self._kind or content_type(key)), *self._rest)
        if self.if_exists != OVERWRITE:
            headers += (("x-cos-forbid-overwrite", "true"),)
        return InfoRequest(key, headers), size

    def _size_of(self, item_id: int) -> int | Failure:
        """The file's size now; on a file system that may hang, what is known of it without looking."""
        path = self._store.paths[item_id]
        if self._readers is not None and self._readers.careful(path):
            return self._readers.sizes.get(path, self._store.sizes[item_id])
        try:
            found = deep_paths.stat(path)
        except (OSError, ValueError) as error:
            return os_failure(error) if isinstance(error, OSError) else Failure("ENOENT", Phase.LOCAL)
        return found.st_size if stat.S_ISREG(found.st_mode) else Failure("NOT_A_FILE", Phase.LOCAL)

    def prepare(
        self, group: Sequence[int]
    ) -> tuple[list[tuple[int, InfoRequest]], list[tuple[int, Failure]], list[tuple[int, int]]]:
        """What to ask for a group, what cannot be asked for at all, and whose size is another than was known."""
        requests: list[tuple[int, InfoRequest]] = []
        refused: list[tuple[int, Failure]] = []
        resized: list[tuple[int, int]] = []
        sizes = self._store.sizes
        for item_id in group:
            made = self.request_for(item_id)
            if isinstance(made, Failure):
                refused.append((item_id, made))
                continue
            request, size = made
            if size != sizes[item_id]:
                sizes[item_id] = size
                resized.append((item_id, size))
            requests.append((item_id, request))
        self._readahead.soon(self._near([item_id for item_id, _ in requests]))
        return requests, refused, resized

    def _near(self, group: list[int]) -> list[bytes]:
        """The paths of those that can be looked at without fear."""
        paths = [self._store.paths[item_id] for item_id in group]
        return [path for path in paths if self._readers is None or not self._readers.careful(path)]

    def expect(self, items: int) -> None:
        """Count a POST for some items from the moment it is decided on, not from when its task begins to run."""
        self.posts += 1
        self.under_way += items

    async def post(self, requests: list[InfoRequest]) -> Joined | Failure:
        """One POST, announced by `expect` when it was decided on. Remembers its round trip."""
        began, token = self._clock(), self._gateway.token
        try:
            answer = await self._gateway.request_infos(requests)
            if isinstance(answer, Failure) and answer.code in REFUSED and self._gateway.token != token:
                answer = await self._gateway.request_infos(requests)  # it was asked with a token that is replaced
        finally:
            self.posts -= 1
            self.under_way -= len(requests)
        self._round_trip += (self._clock() - began - self._round_trip) * 0.3
        return answer

    def halve(self, failure: Failure, asked: int) -> bool:
        """After a refusal for size: a smaller batch for the rest of the run. False where it was something else."""
        if asked <= 1 or (failure.code not in _TOO_LARGE and failure.http_status != 413):
            return False
        self.batch = max(1, min(self.batch, asked) // 2)
        return True
