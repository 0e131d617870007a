"""Climb: finds how many uploads at once are worth it, by more of them while throughput grows. Pure arithmetic."""

from tui_uploader.engine.port import MAX_PARALLEL

START = 8
QUICK, SLOW = 0.2, 1.0  # seconds an epoch takes: at least, and at most where few objects end
WORTH = 1.15  # a doubling must bring this much, else it is taken back
WORTH_LATER = 1.05
SOON, REST, LONGEST_REST = 1.0, 4.0, 64.0  # seconds before more is tried again: after the first rounds, and later
OBJECT_COST = 64 * 1024  # an object costs about as much as so many of its bytes
HARDLY_LONGER = 1.4  # a doubling after which objects take no longer than this brought nearly twice as much
FAR = 0.015  # seconds an object takes where hardly any of it is work: the way there and back decides
FAR_LONGER = 3.0  # objects that take so much longer than they did, at the same level: somewhere a line grows


class Climb:
    """Starts low; doubles while that brings more; rests where it does not, and tries again ever more seldom.

    At first a round is enough: when as many small objects as there are slots have gone and came back about as soon as
    before, twice the slots brought twice the rate; where most of their time is the way, four times as many follow at
    once, for each round costs as long as a round trip. Later whole epochs are compared. Where objects begin to take
    three times as long and no more of them end, half of the slots is given back.
    """

    def __init__(self, now: float, level: int = START, most: int = MAX_PARALLEL) -> None:
        self.level, self._most = min(level, most), most
        self._below, self._rate_below = self.level, 0.0
        self._worth = WORTH
        self._climbing = True
        self._rest = REST
        self._rest_until = 0.0
        self._rounds = True
        self._took_before, self._grew, self._looked_twice = 0.0, 2, False
        self._settled_rate = self._settled_took = 0.0
        self._epoch(now)

    def _epoch(self, now: float) -> None:
        self._since = self._stepped = now
        self._objects = self._bytes = 0
        self._new_round(now)

    def _new_round(self, now: float) -> None:
        self._stepped = now
        self._timed, self._took = 0, 0.0

    def took(self, now: float, seconds: float) -> bool:
        """A small object took `seconds`; True where the level changed."""
        if now - seconds < self._stepped:
            return False  # it began before the last step
        self._timed += 1
        self._took += seconds
        if not self._rounds or self._timed < self.level:
            return False
        mean, before, level = self._took / self._timed, self._took_before, self.level
        if before and mean > before * HARDLY_LONGER and not self._looked_twice:
            self._looked_twice = True  # the first round after a step opens connections, and the queue may still grow
            self._new_round(now)
            return False
        self._took_before, self._looked_twice = mean, False
        if before and mean > before * HARDLY_LONGER:
            self._rounds = False
            if mean * WORTH > before * 2:  # a step that was not worth it: as many as were without a line
                self.level = self._below = max(level // self._grew, round(level * before / mean), 1)
                self._climbing, self._rest_until = False, now + SOON
        else:
            self._grew = self.step
            self.level = min(level * self._grew, self._most)
            self._rounds = self.level > level
        self._below, self._rate_below = self.level, 0.0
        self._epoch(now)
        return self.level != level

    @property
    def fast(self) -> bool:
        """Whether a round may double the level any moment."""
        return self._rounds

    @property
    def step(self) -> int:
        """How many times the level may come to what it is now, when the round that runs ends well."""
        took = self._took / self._timed if self._timed else self._took_before
        return 4 if took >= FAR else 2

    def did(self, objects: int, size: int) -> None:
        """Work that was done: objects that ended, and bytes that were acknowledged."""
        self._objects += objects
        self._bytes += size

    def slowed(self, now: float, level: int) -> None:
        """The service asked for less: stay at `level` for a while."""
        self.level = self._below = level
        self._climbing, self._rest = False, min(self._rest * 2, LONGEST_REST)
        self._rounds, self._settled_took = False, 0.0
        self._rest_until = now + self._rest
        self._epoch(now)

    def look(self, now: float) -> bool:
        """Judge the epoch if it is over; True where the level changed."""
        passed = now - self._since
        if passed < QUICK or (passed < SLOW and self._objects < 2 * self.level):
            return False
        rate = (self._objects * OBJECT_COST + self._bytes) / passed
        mean = self._took / self._timed if self._timed >= self.level else 0.0
        self._epoch(now)
        if rate == 0.0:
            return False
        before = self.level
        if not self._climbing:
            if self._line_grows(rate, mean):
                self.level = self._below = max(before // 2, 1)
                self._rest_until, self._settled_took = now + self._rest, 0.0
            elif now >= self._rest_until:
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

    def _line_grows(self, rate: float, mean: float) -> bool:
        """Whether small objects take far longer than when this level was settled on, and no more of them end."""
        if not mean:
            return False
        if not self._settled_took:
            self._settled_rate, self._settled_took = rate, mean
        return self.level > START and mean > self._settled_took * FAR_LONGER and rate < self._settled_rate * WORTH

    def _step(self, rate: float, to: int) -> None:
        self._below, self._rate_below = self.level, rate
        self.level = min(to, self._most)
        self._settled_took = 0.0
        if self.level == self._below:  # at the top: nothing more to find out
            self._climbing = False
            self._rest_until = float("inf")
