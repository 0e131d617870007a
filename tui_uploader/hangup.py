"""Signals that end a run: noted, so that what must come before the exit comes before it."""

import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

_ENDS = {signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGTERM: 143}


class EndSignals:
    """A context in which hang-up, Ctrl-C and TERM are noted instead of killing. A second one of the same kind kills."""

    def __init__(self) -> None:
        self.exit_code: int | None = None
        self._before: dict[int, object] = {}

    def __enter__(self) -> "EndSignals":
        for number in _ENDS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # what nohup or a shell had ignored stays so
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.exit_code is not None:
            signal.signal(number, signal.SIG_DFL)
        self.exit_code = self.exit_code or _ENDS[signal.Signals(number)]


class ScreenSignals:
    """SIGHUP, SIGINT (sent from outside: Ctrl-C is a key) and SIGTERM for the screen, taken in a thread of their own.

    A handler on the loop is not enough: a stalled terminal blocks the loop, and the handler never runs. So a thread
    waits for the signals, asks the screen to leave, and after `limit` seconds ends the process itself, with the
    terminal's modes put back as far as that needs no waiting. Begin it before any other thread is started.
    """

    def __init__(self, limit: float = 2.0) -> None:
        self._limit = limit
        self._leave: Callable[[], None] | None = None
        self._signals = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}
        self.exit_code: int | None = None
        self._modes = termios.tcgetattr(sys.stdin.fileno()) if sys.stdin.isatty() else None

    def begin(self) -> None:
        """Block the signals for all threads to come, and wait for them in one."""
        signal.pthread_sigmask(signal.SIG_BLOCK, self._signals)
        threading.Thread(target=self._wait, name="signals", daemon=True).start()

    def on_leave(self, leave: Callable[[], None]) -> None:
        """What asks the screen to leave, from any thread."""
        self._leave = leave

    def _wait(self) -> None:
        number = signal.sigwait(self._signals)
        self.exit_code = 128 + number
        if self._leave is not None:
            self._leave()
        threading.Event().wait(self._limit)
        self._put_back()
        os._exit(self.exit_code)

    def _put_back(self) -> None:
        blocking = True
        with suppress(OSError):
            blocking = os.get_blocking(2)
            os.set_blocking(2, False)
            os.write(2, b"\x1b[?1002l\x1b[?1006l\x1b[?1049l\x1b[?25h\x1b[?2004l\x1b[0m\r\n")
        with suppress(OSError):
            os.set_blocking(2, blocking)  # the shell has the same open terminal, and would find it non-blocking
        if self._modes is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._modes)
