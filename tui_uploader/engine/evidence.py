"""Evidence: tells one object's trouble from everybody's, so that a run pauses once instead of failing one by one."""

from tui_uploader.model.failures import Failure, Phase, Scope

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


class Evidence:
    """Counts different objects in a row with the same kind of trouble and nothing succeeding in between.

    A refused folder is no refused run: after ten refusals in a row the queue is asked elsewhere, at random, one group
    at a time (`doubtful`), and only refusals of such samples make it everybody's trouble.
    """

    def __init__(self) -> None:
        self._row: dict[str, set[int]] = {}
        self._sampled: dict[str, set[int]] = {}
        self._successes = 0
        self._granted = False

    def succeeded(self) -> None:
        """An object was stored: nothing is everybody's trouble."""
        self._successes += 1
        self.clear()

    def granted(self) -> None:
        """Upload info was given for an object: the gateway's refusals of others are their own trouble."""
        self._granted = True
        if not self._row and not self._sampled:
            return
        for rows in (self._row, self._sampled):
            rows.pop(Phase.INFO.value, None)

    def clear(self) -> None:
        """Begin to count anew, as after a pause."""
        self._row.clear()
        self._sampled.clear()

    @property
    def doubtful(self) -> bool:
        """Whether the next objects should be taken from anywhere, to learn whether it is all of them."""
        return bool(self._row) and any(len(self._row.get(kind, ())) >= REFUSAL_ROW // 2 for kind in _REFUSALS)

    @property
    def careful(self) -> bool:
        """Whether to ask for one group at a time: nothing was ever granted, or what is refused may be everything."""
        return not self._granted or self.doubtful

    def met(
        self, item_id: int, failure: Failure, *, sampled: bool = True, settled: bool = True, left: int = SAMPLED
    ) -> bool:
        """Note one object's trouble; True where it has now become everybody's.

        Refusals need 20 objects in a row, and as many as have succeeded before: after 1,000 stored objects a refused
        folder of 30 is that folder's trouble, not the run's. While others are being sent (not `settled`) the gateway's
        refusals prove nothing yet: those may succeed. `left` is how many wait: where too few are left to sample, 20
        of the bucket's refusals are enough.
        """
        if failure.code == "CHECKSUM":
            return self._count("checksum", item_id) >= CHECKSUM_ROW
        match failure.info.scope:
            case Scope.NETWORK:
                return self._count("network", item_id) >= NETWORK_ROW
            case Scope.MAYBE:
                kind = failure.phase.value
                count = self._count(kind, item_id)
                if sampled:
                    self._sampled.setdefault(kind, set()).add(item_id)
                enough = count >= max(REFUSAL_ROW, self._successes)
                if failure.phase is Phase.INFO and not settled:
                    return False
                if failure.phase is Phase.PUT and left < SAMPLED:
                    return enough
                return enough and len(self._sampled.get(kind, ())) >= SAMPLED
            case _:
                return False

    def _count(self, kind: str, item_id: int) -> int:
        row = self._row.setdefault(kind, set())
        row.add(item_id)
        return len(row)


_REFUSALS = (Phase.INFO.value, Phase.PUT.value)
