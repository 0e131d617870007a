"""A real pseudo-terminal with a screen that can be read: runs a program, presses keys, waits for what must appear."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence

import pyte

KEYS = {"enter": b"\r", "escape": b"\x1b", "tab": b"\t", "down": b"\x1b[B", "up": b"\x1b[A", "backspace": b"\x7f"}
PATIENCE = 30.0


class Terminal:
    """One program in a pty. `raw` is every byte it wrote; `lines()` is what a person sees."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], columns: int = 80, rows: int = 24, cwd: str = "/"
    ) -> None:
        self.raw = b""
        self.columns = columns
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.status: int | None = None
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.modes_before = termios.tcgetattr(theirs)
        self._theirs = theirs  # kept open: the modes can be read after the program has ended
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
            for number in (0, 1, 2):
                os.dup2(theirs, number)
            os.closerange(3, 256)
            os.chdir(cwd)
            os.execvpe(command[0], list(command), dict(environment))

    _hung_up = False

    def modes(self) -> list[object]:
        """The terminal's modes now."""
        return list(termios.tcgetattr(self._theirs))

    def press(self, *keys: str) -> None:
        """Press keys: names of KEYS, or the text itself."""
        for key in keys:
            os.write(self._ours, KEYS.get(key, key.encode()))

    def take(self, seconds: float) -> bytes:
        """What the program writes within some seconds of silence or at most that long; empty at its end."""
        if not select.select([self._ours], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._ours, 65536)
        except OSError:
            return b""
        self.feed(data)
        return data

    def feed(self, data: bytes) -> None:
        """Draw what somebody else has read."""
        self.raw += data
        self._stream.feed(_for_pyte(data))

    def lines(self) -> list[str]:
        """The visible rows, without blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    def text(self) -> str:
        """The visible rows as one text."""
        return "\n".join(self.lines())

    def wait(self, what: str | Callable[[str], bool], patience: float = PATIENCE) -> str:
        """Read until `what` (a pattern, or a question about the text) is on the screen; the text. Fails with it."""
        asked = what if callable(what) else re.compile(what).search
        end = time.monotonic() + patience
        while not asked(self.text()):
            if self.take(0.1) == b"" and (time.monotonic() > end or self._ended()):
                while self.take(0.05):
                    pass
                assert asked(self.text()), f"never seen: {what}\n{self.text()}\n[status {self.status}]"
        return self.text()

    def upload_all(self, total: int) -> None:
        """Mark all that the folder has, look at the plan and start it; `total` objects are in the queue then."""
        self.press("a", "u")
        self.wait("Plan")
        self.press("enter")
        self.wait(rf"of {total}\b|/{total}\b")

    def wait_raw(self, what: bytes, patience: float = PATIENCE) -> None:
        """Read until some bytes have come, without drawing them: what a measurement must not pay for."""
        end = time.monotonic() + patience
        while what not in self.raw:
            assert select.select([self._ours], [], [], max(end - time.monotonic(), 0))[0], f"never came: {what!r}"
            self.raw += os.read(self._ours, 65536)

    def wait_end(self, patience: float = PATIENCE) -> int:
        """Read until the program has ended; its exit code (128 + n for a signal)."""
        end = time.monotonic() + patience
        while not self._ended():
            self.take(0.05)
            assert time.monotonic() < end, f"still running:\n{self.text()}"
        while self.take(0.05):
            pass
        assert self.status is not None
        return os.waitstatus_to_exitcode(self.status) if os.WIFEXITED(self.status) else 128 + os.WTERMSIG(self.status)

    def count(self, seconds: float) -> int:
        """How many bytes come within some seconds."""
        end, before = time.monotonic() + seconds, len(self.raw)
        while (left := end - time.monotonic()) > 0:
            self.take(left)
        return len(self.raw) - before

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the window: the program's terminal is gone."""
        self._hung_up = True
        os.close(self._theirs)
        os.close(self._ours)

    def close(self) -> None:
        """End the program if it runs, and the terminal."""
        if not self._ended():
            os.kill(self.pid, signal.SIGKILL)
            _, self.status = os.waitpid(self.pid, 0)
        if not self._hung_up:
            os.close(self._ours)
            os.close(self._theirs)

    def _ended(self) -> bool:
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*[a-zA-ZpqtuU]|\x1b\[[0-9;]*\$p|\x1b\[[0-9;]*t|\x1bP.*?\x1b\\\\")


def _for_pyte(data: bytes) -> bytes:
    """The bytes without private sequences that pyte would print as text."""
    return _UNKNOWN_TO_PYTE.sub(
        lambda found: found[0] if found[0].startswith(b"\x1b[?") and found[0][-1:] in b"hl" else b"", data
    )
