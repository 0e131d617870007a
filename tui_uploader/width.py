"""Asks a terminal once how wide it draws a sign of ambiguous width: two cells would break every row of the screen."""

import os
import re
import select
import sys
import termios
import time
from contextlib import suppress

from tui_uploader import keep, places

LIMIT = 1.0  # seconds for the answer
_ASK = "\r\u00b7\x1b[6n\r\x1b[K"
_ANSWER = rb"\x1b\[\d+;(\d+)R"


class Width:
    """The question is sent at once and its answer looked for later: the first frame waits for no terminal."""

    def __init__(self, wanted: bool) -> None:
        self._name = "|".join(os.environ.get(name, "") for name in ("TERM", "TERM_PROGRAM", "LC_TERMINAL", "SSH_TTY"))
        self._modes: list[object] | None = None
        self._sent = 0.0
        self._known = keep.read(_path()).get("width", {}).get(self._name) if wanted else 1
        if self._known is None:
            with suppress(OSError, termios.error):
                self._send()

    def _send(self) -> None:
        number = sys.stdin.fileno()
        modes = termios.tcgetattr(number)
        raw = [*modes]
        raw[3] = raw[3] & ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(number, termios.TCSANOW, raw)
        self._modes, self._sent = list(modes), time.monotonic()
        os.write(sys.stderr.fileno(), _ASK.encode())

    def wide(self) -> bool:
        """Whether such a sign takes two cells, as far as that is known by now. Gives the terminal back.

        An answer that is still under way comes to the open screen, which tells it with `answered`.
        """
        if self._modes is None:
            return self._known == 2
        number, data = sys.stdin.fileno(), b""
        try:
            while select.select([number], [], [], 0)[0] and (part := os.read(number, 256)):
                data += part
        finally:
            with suppress(termios.error):
                termios.tcsetattr(number, termios.TCSANOW, self._modes)  # type: ignore[arg-type]
            self._modes = None
        found = re.search(_ANSWER, data)
        return self.answered(int(found[1]) - 1) if found else False

    @property
    def awaited(self) -> float:
        """Seconds for which the answer may still come; 0 where none is waited for."""
        return max(self._sent + LIMIT - time.monotonic(), 0.001) if self._known is None else 0.0

    def answered(self, cells: int) -> bool:
        """Keep an answer for the next start, 0 where none came; whether the sign takes two cells."""
        self._known = cells
        with suppress(OSError):
            places.make_private(places.state_dir())
            with keep.alone(_path()):
                kept = keep.read(_path())
                kept.setdefault("width", {})[self._name] = cells
                keep.write(_path(), kept)
        return cells == 2


def _path() -> str:
    return os.path.join(places.state_dir(), "terminals.toml")
