"""How much at once and how fast: parallelism (automatic, and by hand) and the speed limit over all slots."""

import asyncio
from collections.abc import Callable

from tui_uploader.engine.climb import Climb
from tui_uploader.engine.descriptors import slots_by_descriptors
from tui_uploader.engine.port import DEFAULT_PARALLEL

Clock = Callable[[], float]
BLOCK = 256 * 1024
_SLACK = 0.01  # seconds a turn may come early: no loop's timer is finer than a block at 1 GiB/s, and the mean holds
_GOOD_FILES = 20


class Parallelism:
    """The number of concurrent PUTs. By hand it is what was said; else it climbs while throughput grows.

    It is never more than `most`, which is what the process has file handles for. A sign of overload halves it, by hand
    too; 20 good objects double it back up to what was asked for.
    """

    def __init__(self, wanted: int | None, clock: Clock, most: int | None = None) -> None:
        self._clock = clock
        self._most = most = slots_by_descriptors() if most is None else most
        self.begun = "at the start" if (wanted or 0) <= most else "file handles allow no more (ulimit -n)"
        self._wanted = wanted if wanted is None else min(wanted, most)
        self._climb = Climb(clock(), most=most)
        self._now = self._wanted if self._wanted is not None else self._climb.level
        self._good = 0
        self._slowed_at = float("-inf")

    @property
    def now(self) -> int:
        """Concurrent PUTs allowed now."""
        return self._now

    @property
    def automatic(self) -> bool:
        """Whether nobody has said a number."""
        return self._wanted is None

    def set(self, wanted: int | None) -> None:
        """Say a number, or None for automatic."""
        self._good = 0
        if wanted is None:
            self._wanted = None
            self._climb = Climb(self._clock(), max(self._now, DEFAULT_PARALLEL), self._most)
            self._now = self._climb.level
        else:
            self._wanted = self._now = max(1, min(wanted, self._most))

    def slowed(self) -> bool:
        """The service asked for less: halve, at most once in two seconds. True where the number changed."""
        now = self._clock()
        self._good = 0
        if now - self._slowed_at < 2.0 or self._now == 1:
            return False
        self._slowed_at = now
        self._now = max(1, self._now // 2)
        self._climb.slowed(now, self._now)
        return True

    def short_of_handles(self) -> bool:
        """The system had no handle or memory left: halve, and never again be more than there are handles for."""
        self._most = min(self._most, slots_by_descriptors())
        if self._now <= self._most:
            return self.slowed()
        self._good, self._now = 0, self._most
        self._wanted = None if self._wanted is None else self._most
        self._climb = Climb(self._clock(), self._most, self._most)
        return True

    def moved(self, size: int) -> bool:
        """Bytes of any object were acknowledged; True where the number changed."""
        self._climb.did(0, size)
        return self._look()

    @property
    def soon(self) -> int:
        """Concurrent PUTs that may be allowed in a moment: for these upload info is asked for ahead."""
        if self._wanted is not None or not self._climb.fast:
            return self._now
        return min(self._now * self._climb.step, self._most)

    def stored(self, seconds: float | None = None) -> bool:
        """An object was stored, in `seconds` where its size had no part in that; True where the number changed."""
        self._climb.did(1, 0)
        self._good += 1
        if self._wanted is not None:
            if self._now < self._wanted and self._good >= _GOOD_FILES:
                self._good = 0
                self._now = min(self._now * 2, self._wanted)
                return True
            return False
        if seconds is not None and self._climb.took(self._clock(), seconds):
            self._now = self._climb.level
            return True
        return self._look()

    def _look(self) -> bool:
        if self._wanted is not None or not self._climb.look(self._clock()):
            return False
        self._now = self._climb.level
        return True


class SpeedLimit:
    """A token bucket over all slots, in bytes a second, changed at any time; None lets everything through."""

    def __init__(self, limit: int | None, clock: Clock) -> None:
        self._clock = clock
        self._limit = limit
        self._free_at = clock()
        self._changed = asyncio.Event()

    @property
    def limit(self) -> int | None:
        """Bytes a second, or None."""
        return self._limit

    @property
    def block(self) -> int:
        """Bytes to hand over at once: a twentieth of a second's worth, 2 KiB to 256 KiB."""
        return BLOCK if self._limit is None else max(2048, min(self._limit // 20, BLOCK))

    def set(self, limit: int | None) -> None:
        """Another limit from now on; what waits is reckoned anew."""
        self._limit = limit
        self._free_at = self._clock()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def take(self, size: int) -> None:
        """Wait until `size` bytes may go. Bursts are at most a twentieth of a second's worth."""
        while self._limit is not None:
            now = self._clock()
            turn = max(self._free_at, now - 0.05)
            self._free_at = turn + size / self._limit  # taken at once: turns come in the order of asking
            if turn <= now + _SLACK:
                return
            changed = self._changed
            try:
                async with asyncio.timeout(turn - now):
                    await changed.wait()
            except TimeoutError:
                return
