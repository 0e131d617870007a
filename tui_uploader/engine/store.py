"""The engine's own columns of the items: what is needed to send them, and nothing that a screen needs."""

from array import array
from collections.abc import Sequence

from tui_uploader.engine.holders import Holders
from tui_uploader.engine.retry import History
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, QueueItem, Stage, Verdict, badge_in
from tui_uploader.model.paths import Paths


class Store:
    """Items by id. A waiting item costs its path, its key and some bytes."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.paths = Paths(self.keys)
        self.sizes = array("q")
        self.inodes = array("Q")
        self.mtimes = array("q")  # in nanoseconds, 0 where it is not known
        self.stages = bytearray()
        self.held: set[int] = set()  # paused by a person, one by one: they wait and do not start
        self._histories: dict[int, History] = {}
        self._taken = Holders(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def stage(self, item_id: int) -> Stage:
        """Where an item is, as the engine knows it."""
        return Stage(self.stages[item_id])

    def active(self) -> list[int]:
        """The ids of all items that are on their way. Linear in the queue."""
        found = []
        for stage in (Stage.GETTING_INFO, Stage.UPLOADING, Stage.CHECKING):
            at = self.stages.find(stage)
            while at >= 0:
                found.append(at)
                at = self.stages.find(stage, at + 1)
        return sorted(found)

    def history(self, item_id: int) -> History:
        """What an item has been through; made when first asked for."""
        return self._histories.setdefault(item_id, History())

    def known_history(self, item_id: int) -> History | None:
        """The same, or None where nothing has failed."""
        return self._histories.get(item_id)

    def forget_history(self, item_id: int) -> None:
        """A person retries: tries count from the start."""
        self._histories.pop(item_id, None)

    def done(self, item_id: int) -> int:
        """The object is stored; how many attempts it took."""
        self.stages[item_id] = Stage.DONE
        history = self._histories.pop(item_id, None)
        return 1 if history is None else history.attempts + 1

    def written_since(self, item_id: int, mtime_ns: int) -> bool:
        """Whether a file of this time was written to since it was planned, as far as that is known."""
        return bool(mtime_ns) and self.mtimes[item_id] not in (0, mtime_ns)

    def add(self, lines: Sequence[Planned]) -> tuple[QueueItem, ...]:
        """Take in lines of a plan; what they became. A key that an item of the job has is ``KEY_CLASH``.

        A key whose holder failed or was cancelled may be taken again.
        """
        return tuple(self._add(line) for line in lines)

    def claim(self, item_id: int) -> bool:
        """Take an item's key for it again; False where another item of the job has it meanwhile."""
        holder = self._taken.get(self.keys[item_id])
        if holder is not None and holder != item_id and self.stages[holder] not in (Stage.FAILED, Stage.CANCELLED):
            return False
        self._taken.put(item_id)
        return True

    def rename(self, item_id: int, key: str) -> bool:
        """Give an item another key, and its old one back; False where another item of the job has that key."""
        holder = self._taken.get(key)
        if holder is not None and holder != item_id and self.stages[holder] not in (Stage.FAILED, Stage.CANCELLED):
            return False
        self._taken.drop(item_id)
        self.paths.pin(item_id)
        self.keys[item_id] = key
        self._taken.put(item_id)
        return True

    def _add(self, line: Planned) -> QueueItem:
        item_id = len(self.keys)
        stage, failure, reason, free = Stage.WAITING, None, "", False
        if line.verdict is Verdict.REFUSE:
            stage = Stage.FAILED
            failure = Failure(line.code or "KEY_INVALID", Phase.LOCAL, detail=line.reason)
        elif line.verdict is Verdict.SKIP:
            stage, reason = Stage.SKIPPED, line.reason or (line.code or "")
        else:
            holder = self._taken.get(line.key)
            if holder is not None and self.stages[holder] not in (Stage.FAILED, Stage.CANCELLED):
                stage, failure = Stage.FAILED, Failure("KEY_CLASH", Phase.LOCAL)
            free, reason = failure is None, badge_in(line.reason)
        self.keys.append(line.key)
        if free:
            self._taken.put(item_id)
        self.paths.append(line.path)
        self.sizes.append(line.size)
        self.inodes.append(line.inode)
        self.mtimes.append(line.mtime_ns)
        self.stages.append(stage)
        return QueueItem(item_id, line.path, line.key, line.size, stage, failure, reason)
