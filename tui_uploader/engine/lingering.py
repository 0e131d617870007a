"""How long a lone item waits for company, so that a walk that finds files one by one does not ask one by one."""

import asyncio
from collections.abc import Callable


class Linger:
    """A timer of `seconds`; when it has run out `over` is True, and `then` is called."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, then: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._then = then
        self._timer: asyncio.TimerHandle | None = None
        self.over = False

    def begin(self) -> None:
        """Wait, if it has not begun or ended already."""
        if self._timer is None and not self.over:
            self._timer = self._loop.call_later(self._seconds, self._ended)

    def _ended(self) -> None:
        self._timer, self.over = None, True
        self._then()

    def close(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()
