"""Climb: finds how many uploads at once are worth it, by doubling while throughput grows. Pure arithmetic."""

from tui_uploader.engine.port import MAX_PARALLEL

START = 4
QUICK, SLOW = 0.2, 1.0  # seconds an epoch takes: at least, and at most where few objects end
WORTH = 1.15  # a doubling must bring this much, else it is taken back
WORTH_LATER = 1.05
REST, LONGEST_REST = 4.0, 64.0  # seconds before more is tried again
OBJECT_COST = 64 * 1024  # an object costs about as much as so many of its bytes


class Climb:
    """Starts low; doubles while that brings more; rests where it does not, and tries again ever more seldom."""

    def __init__(self, now: float, level: int = START) -> None:
        self.level = level
        self._below, self._rate_below = level, 0.0
        self._worth = WORTH
        self._climbing = True
        self._rest = REST
        self._rest_until = 0.0
        self._epoch(now)

    def _epoch(self, now: float) -> None:
        self._since = now
        self._objects = self._bytes = 0

    def did(self, objects: int, size: int) -> None:
        """Work that was done: objects that ended, and bytes that were acknowledged."""
        self._objects += objects
        self._bytes += size

    def slowed(self, now: float, level: int) -> None:
        """The service asked for less: stay at `level` for a while."""
        self.level = self._below = level
        self._climbing, self._rest = False, min(self._rest * 2, LONGEST_REST)
        self._rest_until = now + self._rest
        self._epoch(now)

    def look(self, now: float) -> bool:
        """Judge the epoch if it is over; True where the level changed."""
        passed = now - self._since
        if passed < QUICK or (passed < SLOW and self._objects < 2 * self.level):
            return False
        rate = (self._objects * OBJECT_COST + self._bytes) / passed
        self._epoch(now)
        if rate == 0.0:
            return False
        before = self.level
        if not self._climbing:
            if now >= self._rest_until:
                self._climbing, self._worth = True, WORTH_LATER
                self._step(rate, self.level + max(self.level // 2, 1))
        elif rate >= self._rate_below * self._worth:
            if self._rate_below:
                self._rest = REST
            self._step(rate, self.level * 2)
        else:
            self.level = self._below
            self._climbing = False
            self._rest_until = now + self._rest
            self._rest = min(self._rest * 2, LONGEST_REST)
        return self.level != before

    def _step(self, rate: float, to: int) -> None:
        self._below, self._rate_below = self.level, rate
        self.level = min(to, MAX_PARALLEL)
        if self.level == self._below:  # at the top: nothing more to find out
            self._climbing = False
            self._rest_until = float("inf")
