"""Columns: the rows of a queue as columns, not as objects: a million waiting rows cost little more than their names."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import compress

from tui_uploader.model import late_events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.id_set import IdSet
from tui_uploader.model.items import Stage
from tui_uploader.model.order import Order
from tui_uploader.model.paths import Paths
from tui_uploader.model.picked import Picked, where
from tui_uploader.model.receipts import Receipts
from tui_uploader.model.rows import Attempt, Counts, Row

_MOST = 100_000  # characters of names and receipts in one go: six bytes each, they fit into a line


class Columns:
    """What is known of every item, by id; `QueueState` fills it. Ids are indexes: they count from 0 without a gap."""

    def __init__(self, *, receipts: bool = True) -> None:
        self._keeps_receipts = receipts
        self._keys: list[str] = []
        self._paths = Paths(self._keys)
        self._sizes = array("q")
        self._stages = bytearray()
        self._sent: dict[int, int] = {}
        self._failures: dict[int, Failure] = {}
        self._attempts: dict[int, tuple[Attempt, ...]] = {}
        self._tries: dict[int, int] = {}  # of those with more attempts than are kept
        self.held = IdSet()  # paused one by one; they count as waiting
        self.order = Order()
        self._reasons: dict[int, str] = {}
        self._receipts = Receipts()
        self._by_stage = [0] * len(Stage)
        self._bytes_by_stage = [0] * len(Stage)
        self._moving = 0
        self.by_code: Counter[str] = Counter()
        self.paused: ev.RunPaused | None = None
        self.stopped: ev.RunStopped | None = None
        self.walk_ended = True
        self.parallel = 0
        self.limit: int | None = None
        self.ever_retried = 0

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def counts(self) -> Counts:
        """The counts now."""
        n = self._by_stage
        active = n[Stage.GETTING_INFO] + n[Stage.UPLOADING] + n[Stage.CHECKING]
        return Counts(
            total=len(self._keys),
            done=n[Stage.DONE],
            failed=n[Stage.FAILED],
            skipped=n[Stage.SKIPPED],
            cancelled=n[Stage.CANCELLED],
            waiting=n[Stage.WAITING],
            active=active,
        )

    def number(self, stage: Stage) -> int:
        """How many items are in a stage."""
        return self._by_stage[stage]

    @property
    def up(self) -> int:
        """How many objects are being sent or compared now; those that only ask for permission are not among them."""
        return self._by_stage[Stage.UPLOADING] + self._by_stage[Stage.CHECKING]

    @property
    def bytes_done(self) -> int:
        """Bytes of objects that are done."""
        return self._bytes_by_stage[Stage.DONE]

    @property
    def bytes_wanted(self) -> int:
        """Bytes of everything that is done, active, waiting or failed after all: what 100 % means."""
        b = self._bytes_by_stage
        return sum(b) - b[Stage.SKIPPED] - b[Stage.CANCELLED]

    @property
    def bytes_moving(self) -> int:
        """Bytes sent so far of objects that are not done yet; they may be sent again after a failure."""
        return self._moving

    @property
    def bytes_remaining(self) -> int:
        """Bytes still to be sent for what is waiting or active."""
        b = self._bytes_by_stage
        open_bytes = b[Stage.WAITING] + b[Stage.GETTING_INFO] + b[Stage.UPLOADING] + b[Stage.CHECKING]
        return max(open_bytes - self._moving, 0)

    def stage(self, item_id: int) -> Stage:
        """The stage of one item."""
        return Stage(self._stages[item_id])

    def stages(self) -> bytes:
        """The stage of every item, a byte each, by id."""
        return bytes(self._stages)

    def size(self, item_id: int) -> int:
        """The size of one item in bytes."""
        return self._sizes[item_id]

    def key(self, item_id: int) -> str:
        """The key of one item."""
        return self._keys[item_id]

    def path(self, item_id: int) -> bytes:
        """The path of one item, as the system has it."""
        return self._paths[item_id]

    def failure(self, item_id: int) -> Failure | None:
        """Why an item failed, or what its last attempt met while it waits to be tried again."""
        return self._failures.get(item_id)

    def attempts(self, item_id: int) -> tuple[Attempt, ...]:
        """The attempts that failed, oldest first, of a great number the last `ATTEMPTS_KEPT`."""
        return self._attempts.get(item_id, ())

    def row(self, item_id: int) -> Row:
        """All of one item."""
        stage = Stage(self._stages[item_id])
        receipt = self._receipts.get(item_id, self._keys[item_id]) if stage is Stage.DONE else None
        tries = self._tries.get(item_id) or len(self._attempts.get(item_id, ()))
        return Row(
            id=item_id,
            path=self._paths[item_id],
            key=self._keys[item_id],
            size=self._sizes[item_id],
            stage=stage,
            sent=self._sizes[item_id] if stage is Stage.DONE else self._sent.get(item_id, 0),
            failure=self._failures.get(item_id),
            attempts=receipt.attempts if receipt else tries,
            reason=self._reasons.get(item_id, ""),
            receipt=receipt,
        )

    def ids(self, *stages: Stage) -> list[int]:
        """The ids of all items in these stages, ascending. Linear in the queue, a million in 20 ms."""
        wanted = self._stages.translate(bytes(at in stages for at in range(256)))
        return list(compress(range(len(wanted)), wanted))

    def picked(self, *stages: Stage) -> Picked:
        """The items in these stages, to be counted or sifted."""
        return Picked(where(self._stages, *stages))

    def among(self, ids: Sequence[int], *stages: Stage) -> Sequence[int]:
        """Those of `ids` that are in one of these stages."""
        if isinstance(ids, Picked):
            return ids.within(where(self._stages, *stages))
        wanted, its = bytes(at in stages for at in range(256)), self._stages
        return [item_id for item_id in ids if wanted[its[item_id]]]

    def standing(self, first: int, until: int) -> ev.ItemsStand | None:
        """The items from `first` on that wait or are done and have no story, in columns; None where the first has one.

        It ends before `until`, with the first of another kind, and where it would be too long for a line.
        """
        root = self._paths.root_of(first)
        item_id, length = first, 0
        while item_id < until and length < _MOST and root is not None and self._paths.root_of(item_id) == root:
            text = self._receipts.text(item_id)
            if not self._plain(item_id, text):
                break
            length += len(self._keys[item_id]) + len(text)
            item_id += 1
        if item_id == first or root is None:
            return None
        texts = tuple(map(self._receipts.text, range(first, item_id)))
        keys, sizes = tuple(self._keys[first:item_id]), tuple(self._sizes[first:item_id])
        return ev.ItemsStand(first, keys, sizes, *root, texts if any(texts) else ())

    def _plain(self, item_id: int, text: str) -> bool:
        if item_id in self._attempts or item_id in self._sent or item_id in self._failures or item_id in self._reasons:
            return False
        return self._stages[item_id] == (Stage.DONE if text else Stage.WAITING)
