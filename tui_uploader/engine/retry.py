"""When to try again: data and pure functions. Nothing here waits, sends or knows of a queue."""

from collections.abc import Callable
from dataclasses import field

from tui_uploader.engine.port import Clocks
from tui_uploader.model.failures import Failure, RetryClass
from tui_uploader.model.value import record

MOST_UNKNOWN = 5  # tries in all while the outcome is unknown, however many were asked for


@record
class History:
    """What one item has been through since it was queued or retried by a person."""

    attempts: int = 0
    by_code: dict[str, int] = field(default_factory=dict)
    fresh_asked: int = 0
    began: float = 0.0
    single: bool = False  # ask for its upload info alone
    free: bool = False  # its next try costs nothing of the budget

    def met(self, failure: Failure) -> None:
        """Count one failed attempt."""
        self.attempts += 1
        self.by_code[failure.code] = self.by_code.get(failure.code, 0) + 1
        if failure.retry is RetryClass.FRESH:
            self.fresh_asked += 1


def pause_before(
    failure: Failure, history: History, retries: int, clocks: Clocks, jitter: Callable[[], float]
) -> float | None:
    """Seconds until the next try of an item that `history` has already counted `failure` for; None: give up.

    The classes are those of FAULTS: backoff has full jitter (`jitter` gives 0..1) from the base to the cap, Retry-After
    is obeyed up to its cap, a class that allows n further tries counts the failures under that code.
    """
    if history.attempts > retries:
        return None
    retry, met = failure.retry, history.by_code.get(failure.code, 0)
    match retry:
        case RetryClass.NEVER:
            return None
        case RetryClass.ONCE if met > 1:
            return None
        case RetryClass.TWICE if met > 2:
            return None
        case RetryClass.UNKNOWN if history.attempts >= MOST_UNKNOWN:
            return None
        case RetryClass.FRESH:
            return 0.0 if history.fresh_asked <= 1 else None
        case _:
            pass
    if failure.retry_after is not None:
        return min(failure.retry_after, clocks.retry_after_cap)
    pause = backoff(history.attempts, clocks, jitter)
    if failure.code in ("SOURCE_CHANGED", "SOURCE_REPLACED"):
        return clocks.quiet_source + pause
    if failure.code == "NO_UPLOAD_INFO":
        return 0.0
    return pause


def backoff(attempt: int, clocks: Clocks, jitter: Callable[[], float]) -> float:
    """Full jitter: a random share of base x 2^(attempt - 1), at most the cap; seconds."""
    return float(min(clocks.backoff_cap, clocks.backoff_base * 2 ** (attempt - 1)) * jitter())


class RetryBudget:
    """One allowance for the whole run, so that a sick server is not hammered: when it is empty, retries wait.

    Holds max(50, 2 x parallel); a retry costs 1, a success gives back 0.2, a second gives back 1.
    """

    def __init__(self, now: float, parallel: int = 1) -> None:
        self._size = self._left = float(max(50, 2 * parallel))
        self._at = now

    def resize(self, parallel: int) -> None:
        """Another number of slots."""
        size = float(max(50, 2 * parallel))
        self._left = min(self._left + max(size - self._size, 0.0), size)
        self._size = size

    def succeeded(self) -> None:
        """A success gives a fifth of a retry back."""
        self._left = min(self._left + 0.2, self._size)

    def take(self, now: float) -> float:
        """Spend one retry at monotonic second `now`: 0.0, or the seconds until one is there (nothing is spent)."""
        self._left = min(self._left + (now - self._at), self._size)
        self._at = now
        if self._left >= 1.0:
            self._left -= 1.0
            return 0.0
        return 1.0 - self._left
