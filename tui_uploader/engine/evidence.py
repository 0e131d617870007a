"""Evidence: tells one object's trouble from everybody's, so that a run pauses once instead of failing one by one."""

from collections.abc import Callable, Set

from tui_uploader.model.failures import Failure, Phase, Scope
from tui_uploader.model.value import value

NETWORK_ROW = 5
REFUSAL_ROW = 20
CHECKSUM_ROW = 3
SAMPLED = 8  # of the refusals in a row, those taken from anywhere in the queue
_GATEWAY_ALL = frozenset({401, 402, 403, 423, 451})
_GATEWAY_NOT_ALL = frozenset({"OBJECT_BATCH_TOO_LARGE", "EXCEED_RATELIMIT", "EXCEED_CONCURRENT_REQUEST_LIMIT"})


def is_for_all(failure: Failure) -> bool:
    """Whether a failure is plainly everybody's: it pauses the run at once (FAULTS, "Evidence")."""
    if failure.info.scope is Scope.ALL or failure.code.startswith("INVALID_ENV"):
        return True
    return failure.whole and failure.http_status in _GATEWAY_ALL and failure.code not in _GATEWAY_NOT_ALL


@value
class Standing:
    """Where a refused object stands among the others.

    `sampled`: it was taken from anywhere in the queue; `settled`: nothing that may still succeed is on its way; `left`:
    how many wait to be tried.
    """

    sampled: bool = True
    settled: bool = True
    left: int = SAMPLED


ALONE = Standing()


class Evidence:
    """Counts different objects in a row with the same kind of trouble and nothing succeeding in between.

    A refused folder is no refused run: after ten refusals in a row the queue is asked elsewhere, at random, one group
    at a time (`doubtful`), and only refusals of such samples make it everybody's trouble. Where nothing else is left to
    ask, `apart` says of the refused ids whether they have a folder to themselves, for all that has succeeded.
    """

    def __init__(self) -> None:
        self.apart: Callable[[Set[int], int], bool] = lambda ids, successes: False
        self._row: dict[str, set[int]] = {}
        self._sampled: dict[str, set[int]] = {}
        self._refused: dict[str, set[int]] = {}  # those of the row, and those that have a try left
        self._successes = 0
        self._granted = False
        self._first: dict[int, int] = {}  # of what has a try left: how many had succeeded when it was refused
        self._since = 0  # refusals of the gateway since it last granted anything

    def succeeded(self) -> None:
        """An object was stored: nothing is everybody's trouble."""
        self._successes += 1
        self.clear()

    def granted(self) -> None:
        """Upload info was given for an object: the gateway's refusals of others are their own trouble."""
        self._granted = True
        self._since = 0
        if not self._refused:
            return
        for rows in (self._row, self._sampled, self._refused):
            rows.pop(Phase.INFO.value, None)

    def clear(self) -> None:
        """Begin to count anew, as after a pause."""
        for rows in (self._row, self._sampled, self._refused):
            rows.clear()

    @property
    def doubtful(self) -> bool:
        """Whether the next objects should be taken from anywhere, to learn whether it is all of them."""
        return bool(self._refused) and any(len(self._refused.get(kind, ())) >= REFUSAL_ROW // 2 for kind in _REFUSALS)

    @property
    def damaging(self) -> bool:
        """Whether what is sent may arrive damaged: then it is tried on those that did before others are sent."""
        return len(self._refused.get("checksum", ())) >= CHECKSUM_ROW

    @property
    def careful(self) -> bool:
        """Whether to ask for one group at a time: nothing was ever granted, or what is refused may be everything."""
        return not self._granted or self.doubtful

    def met(self, item_id: int, failure: Failure, here: Standing = ALONE, *, final: bool = True) -> bool:
        """Note one object's trouble; True where it has now become everybody's.

        Refusals and damage count when the object has failed (`final`), after its own further tries; the network counts
        at once. Refusals need 20 objects in a row; those of one folder that has nothing else need as many as have
        succeeded outside of it. Where too few are left to sample, 20 are enough.
        """
        if failure.code == "CHECKSUM":
            self._refused.setdefault("checksum", set()).add(item_id)
            return final and self._count("checksum", item_id) >= CHECKSUM_ROW
        match failure.info.scope:
            case Scope.NETWORK:
                return self._count("network", item_id) >= NETWORK_ROW
            case Scope.MAYBE:
                kind = failure.phase.value
                self._refused.setdefault(kind, set()).add(item_id)
                if not final:
                    self._first.setdefault(item_id, self._successes)
                    return False
                if self._first.pop(item_id, self._successes) < self._successes and failure.phase is Phase.PUT:
                    return False  # others were stored between its own tries
                count = self._count(kind, item_id)
                if here.sampled:
                    self._sampled.setdefault(kind, set()).add(item_id)
                if count < self._needed(kind) or (failure.phase is Phase.INFO and not here.settled):
                    return False
                return here.left < SAMPLED or len(self._sampled.get(kind, ())) >= SAMPLED
            case _:
                return False

    def heard(self, failure: Failure) -> None:
        """An object has failed; whether it is everybody's trouble is told by `met`."""
        if failure.info.scope is Scope.MAYBE and failure.phase is Phase.INFO:
            self._since += 1

    def unsure(self, failure: Failure, here: Standing) -> bool:
        """Whether one more refused object cannot be told yet from a refused run: it is better to wait for the samples.

        So no more objects fail than the row has, however many were under way; while others are being sent, the
        gateway's refusals prove nothing yet, for those may succeed.
        """
        if failure.info.scope is not Scope.MAYBE:
            return False
        kind = failure.phase.value
        count = len(self._row.get(kind, ()))
        ripe = self._since >= REFUSAL_ROW or count + 1 >= self._needed(kind)
        if failure.phase is Phase.INFO and not here.settled and ripe:
            return True
        if here.sampled or here.left < SAMPLED:
            return False
        return count - len(self._sampled.get(kind, ())) >= self._needed(kind) - SAMPLED

    @property
    def ripe(self) -> bool:
        """Whether the gateway refused so many that what is under way should end before it is asked for more."""
        return self._since >= REFUSAL_ROW - 1

    def _needed(self, kind: str) -> int:
        row = self._row.get(kind, set())
        if len(row) < REFUSAL_ROW - SAMPLED or self._successes <= REFUSAL_ROW or not self.apart(row, self._successes):
            return REFUSAL_ROW
        return self._successes

    def _count(self, kind: str, item_id: int) -> int:
        row = self._row.setdefault(kind, set())
        row.add(item_id)
        return len(row)


_REFUSALS = (Phase.INFO.value, Phase.PUT.value)
