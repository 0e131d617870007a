"""QueueGroups: which group an item of the queue stands in: by stage, code or folder or in order; what is shown."""

from collections.abc import Sequence
from enum import IntEnum

from tui_uploader.model.folders import MOST, FolderSums
from tui_uploader.model.items import Stage
from tui_uploader.model.picked import Picked, either, less, where
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.live import Live
from tui_uploader.ui.widgets.queue_rows import HIDDEN, QueueRows, Shape

BY_STAGE, BY_CODE, BY_FOLDER, IN_ORDER = "stage", "code", "folder", "order"
CODES = 100  # codes with a group of their own; more share the last
ALL = "all"
SHOWING: dict[str, frozenset[Stage]] = {
    ALL: frozenset(Stage),
    "active": frozenset({Stage.GETTING_INFO, Stage.UPLOADING, Stage.CHECKING}),
    "waiting": frozenset({Stage.WAITING}),
    "failed": frozenset({Stage.FAILED}),
    "done": frozenset({Stage.DONE}),
    "skipped": frozenset({Stage.SKIPPED}),
    "cancelled": frozenset({Stage.CANCELLED}),
}


class Group(IntEnum):
    """The groups by stage in the order in which they stand."""

    FAILED = 0
    ACTIVE = 1
    RETRYING = 2
    NEXT = 3  # moved to the top by a person
    WAITING = 4
    SKIPPED = 5
    CANCELLED = 6
    DONE = 7


TALL = (Group.FAILED, Group.RETRYING)  # two lines: a code is never cut
_GROUPS = {
    Stage.WAITING: Group.WAITING,
    Stage.GETTING_INFO: Group.ACTIVE,
    Stage.UPLOADING: Group.ACTIVE,
    Stage.CHECKING: Group.ACTIVE,
    Stage.DONE: Group.DONE,
    Stage.FAILED: Group.FAILED,
    Stage.SKIPPED: Group.SKIPPED,
    Stage.CANCELLED: Group.CANCELLED,
}


class QueueGroups:
    """Gives `QueueRows` its groups. `mode` and `showing` change by `arrange` alone; `removed` rows are nowhere."""

    def __init__(self, state: QueueState, live: Live, prefix: str) -> None:
        self._state, self._live = state, live
        self.folders = FolderSums(state, prefix)
        self.mode, self.showing = BY_STAGE, ALL
        self.codes: list[str] = []
        self._numbers: dict[str, int] = {}
        self._opened: set[tuple[str, str]] = set()
        self._removed = bytearray()  # by item, HIDDEN or 0
        self._code_of = bytearray()  # by item, the number of its code where it failed

    def note(self, item_id: int) -> None:
        """An item is new or has changed."""
        self.folders.note(item_id)
        failure = self._state.failure(item_id) if self._state.stage(item_id) is Stage.FAILED else None
        number = self._code(failure.code) if failure is not None else 0
        if item_id >= len(self._removed):
            self._removed.append(0)
            self._code_of.append(number)
        else:
            self._code_of[item_id] = number

    def remove(self, ids: Sequence[int], *, back: bool = False) -> None:
        """Take rows out of sight, or put them back. They count as before."""
        if isinstance(ids, Picked):
            hidden = ids.mask.translate(bytes((0, HIDDEN)) + bytes(254))
            self._removed = bytearray((less if back else either)(self._removed, hidden))
            return
        removed, value = self._removed, 0 if back else HIDDEN
        for item_id in ids:
            removed[item_id] = value

    def in_sight(self, ids: Picked) -> Picked:
        """Those that were not taken out of sight."""
        return ids.without(where(self._removed, HIDDEN))

    def failed_with(self, code: str) -> bytes | None:
        """The mask of what failed with a code, of other items too; None where that is to be asked one by one."""
        number = self._numbers.get(code, -1)
        return where(self._code_of, number) if number < CODES - 1 else None

    def of(self, item_id: int) -> int:
        """The group of an item now."""
        stage = self._state.stage(item_id)
        if self._removed[item_id] or stage not in SHOWING[self.showing]:
            return HIDDEN
        match self.mode:
            case "folder":
                return self.folders.number(item_id)
            case "order":
                return 0
            case "code":
                return self._code_of[item_id] if stage is Stage.FAILED else CODES + _GROUPS[stage]
        group = _GROUPS[stage]
        if group is Group.WAITING:
            if self._live.retrying(item_id):
                return Group.RETRYING
            if item_id in self._state.order:
                return Group.NEXT
        return group

    def arrange(self, rows: QueueRows, *, mode: str, showing: str) -> None:
        """Put all that was noted into the groups of another mode, quickly: what is alike is done at once."""
        self.mode, self.showing = mode, showing
        rows.arrange(self.shapes(), self._all())
        order = self._state.order
        for item_id in (*self._special(), *order.moved()):
            if item_id < rows.known:
                rows.move(item_id, self.of(item_id))

    def shapes(self) -> list[Shape]:
        """The shape of each group."""
        if self.mode == BY_STAGE:
            return [Shape(0, 2 if group in TALL else 1) for group in Group]
        if self.mode == IN_ORDER:
            return [Shape()]
        if self.mode == BY_FOLDER:
            return [self.shape(group) for group in range(MOST + 1)]
        return [self.shape(group) for group in range(CODES + len(Group))]

    def shape(self, group: int) -> Shape:
        """The shape of one group that can be opened."""
        if self.mode == BY_FOLDER:
            return Shape(1 if group else 0, 1 if not group or self._is_open(group) else 0)
        if self.mode == BY_CODE:
            return Shape(3 if group < CODES else 1, 1 if self._is_open(group) else 0)
        return Shape()

    def turn(self, group: int) -> None:
        """Open a group, or close it."""
        self._opened ^= {(self.mode, self._name(group))}

    def code(self, group: int) -> str:
        """The code of a group by code; empty for what did not fail, and for all codes beyond the most."""
        return self.codes[group] if self.mode == BY_CODE and group < min(len(self.codes), CODES - 1) else ""

    def count(self, group: int, standing: int) -> int:
        """How many items a heading of failures and stages tells of now; `standing` of them are among its rows.

        Rows wait for the keys to be quiet: without this a frame would say 2 done in one line and none in another.
        """
        if self.mode != BY_CODE or HIDDEN in self._removed or (group < CODES and not self.code(group)):
            return standing
        if group < CODES:
            return self._state.by_code[self.code(group)]
        return sum(self._state.number(stage) for stage, its in _GROUPS.items() if its == group - CODES)

    def _is_open(self, group: int) -> bool:
        return (self.mode, self._name(group)) in self._opened

    def _name(self, group: int) -> str:
        if self.mode == BY_CODE:
            return self.code(group) or str(group)
        return str(group)

    def _code(self, code: str) -> int:
        number = self._numbers.get(code)
        if number is None:
            number = self._numbers[code] = min(len(self.codes), CODES - 1)
            self.codes.append(code)
        return number

    def newcomers(self, rows: QueueRows) -> None:
        """Put what was noted and is not yet among the rows at their end."""
        rows.extend(self._all(rows.known))
        for item_id in (*self._special(), *self._state.order.moved()):
            if item_id < rows.known:
                rows.move(item_id, self.of(item_id))

    def _all(self, start: int = 0) -> bytes:
        """The group of every item that was noted from `start` on, but for those that `_special` names."""
        count = len(self._removed)
        stages = self._state.stages()[start:count]
        if self.mode == BY_FOLDER:
            groups = bytes(self.folders.index[start:])
        elif self.mode == IN_ORDER:
            groups = bytes(count - start)
        else:
            base = CODES if self.mode == BY_CODE else 0
            table = [base + _GROUPS[Stage(at)] if at in _GROUPS else 0 for at in range(256)]
            table[Stage.FAILED] = 0
            groups = stages.translate(bytes(table))
            if base:
                groups = either(groups, self._code_of[start:])
        shown = SHOWING[self.showing]
        mask = stages.translate(bytes(0 if at not in _GROUPS or Stage(at) in shown else HIDDEN for at in range(256)))
        return either(either(groups, mask), self._removed[start:])

    def _special(self) -> list[int]:
        """The items whose group is not that of all others in their stage."""
        return [*self._live.all_retrying(), *self._state.order.first] if self.mode == BY_STAGE else []
