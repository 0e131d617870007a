"""Speed over a window, and the time that is left, without jitter or fantasy."""

import re
from collections import deque

_RATE = r"(\d{1,15}(?:\.\d{1,9})?)\s*([kKmMgG]?)(?:i?[bB])?(?:/s)?"  # compiled when one is read: no start waits for it
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
LEAST_RATE = 1024  # bytes a second; less would never end
WINDOW = 15.0
SETTLE = 5.0
SLOWER_FOR = 3.0  # seconds for which the end must be later than promised before it is said


class Rate:
    """Bytes a second over the last `WINDOW` seconds of monotonic time that the caller gives."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()
        self._started: float | None = None
        self._last_moved = 0.0
        self._promise: float | None = None
        self._later_since: float | None = None

    def add(self, now: float, total: int) -> None:
        """Note that `total` bytes have been sent in all at monotonic second `now`; a smaller total restarts."""
        if self._points and total < self._points[-1][1]:
            self._points.clear()
        if self._started is None or not self._points:
            self._started = now if self._started is None else self._started
            self._last_moved = now
        if self._points and total > self._points[-1][1]:
            self._last_moved = now
        self._points.append((now, total))
        while len(self._points) > 2 and self._points[1][0] <= now - WINDOW:
            self._points.popleft()

    def restart(self) -> None:
        """Forget everything: after a pause the old speed says nothing."""
        self._points.clear()
        self._started = None
        self._promise = self._later_since = None

    @property
    def per_second(self) -> float:
        """Bytes a second over the window; 0.0 before two points are known."""
        if len(self._points) < 2:
            return 0.0
        (t0, b0), (t1, b1) = self._points[0], self._points[-1]
        return (b1 - b0) / (t1 - t0) if t1 > t0 else 0.0

    def stalled_for(self, now: float) -> float:
        """Seconds since a byte moved; 0.0 before anything was noted."""
        return now - self._last_moved if self._points else 0.0

    def left(self, now: float, remaining: int) -> float | None:
        """Seconds left for `remaining` bytes, or None before `SETTLE` seconds of data or without speed.

        The answer rounds up and does not flicker upwards: it grows only when the estimate has been wrong by more
        than a quarter and a second for `SLOWER_FOR` seconds on end.
        """
        if self._started is None or now - self._started < SETTLE:
            return None
        speed = self.per_second
        if speed <= 0:
            return None
        fresh = now + remaining / speed
        if self._promise is None or fresh < self._promise:
            self._promise, self._later_since = fresh, None
        elif fresh - now <= max(self._promise - now, 0.0) * 1.25 + 1:
            self._later_since = None
        elif self._later_since is None:
            self._later_since = now
        elif now - self._later_since >= SLOWER_FOR:
            self._promise, self._later_since = fresh, None
        return max(self._promise - now, 1.0 if remaining else 0.0)


def parse_rate(text: str) -> int | None:
    """``500K``, ``10M`` (MiB/s), ``1G`` or plain bytes, as bytes a second; None for what is no rate of 1 KiB/s."""
    found = re.fullmatch(_RATE, text.strip())
    rate = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
    return rate if rate >= LEAST_RATE else None


def clock(seconds: float) -> str:
    """A duration as people read it: ``0:41``, ``12:20``, ``3 h 05``; rounded up to a whole second."""
    whole = int(-(-seconds // 1))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3600} h {whole % 3600 // 60:02d}"
