"""Wake: notices that the machine slept, by the clock that counts sleep running ahead of the one that does not."""

import asyncio
import time
from collections.abc import Callable

ASLEEP = 60.0  # seconds that count as sleep (FAULTS row 18)
_LOOK = 1.0


def slept() -> float:
    """Seconds that this machine has slept since it was started; 0 where the system does not tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if boot is None else time.clock_gettime(boot) - time.clock_gettime(time.CLOCK_MONOTONIC)


class Wake:
    """Looks once a second; calls `woke` with the seconds of a sleep. Belongs to the running loop."""

    def __init__(self, woke: Callable[[float], None]) -> None:
        self._woke = woke
        self._loop = asyncio.get_running_loop()
        self._slept = slept()
        self._timer = self._loop.call_later(_LOOK, self._look)

    def _look(self) -> None:
        now = slept()
        passed, self._slept = now - self._slept, now
        self._timer = self._loop.call_later(_LOOK, self._look)
        if passed > ASLEEP:
            self._woke(passed)

    def close(self) -> None:
        """Look no more."""
        self._timer.cancel()
