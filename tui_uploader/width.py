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
_ANSWER = re.compile(rb"\x1b\[\d+;(\d+)R")


class Width:
    """The question is sent at once and the answer awaited later, so that reading modules costs no extra wait."""

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
        """Whether such a sign takes two cells; the answer is kept for the next start. Gives the terminal back."""
        if self._modes is None:
            return self._known == 2
        number, data, cells = sys.stdin.fileno(), b"", 0
        try:
            while not cells and (left := self._sent + LIMIT - time.monotonic()) > 0:
                if not select.select([number], [], [], left)[0]:
                    break
                part = os.read(number, 256)
                data += part
                found = _ANSWER.search(data)
                cells = int(found[1]) - 1 if found else 0
                if not part:
                    break
        finally:
            with suppress(termios.error):
                termios.tcsetattr(number, termios.TCSANOW, self._modes)  # type: ignore[arg-type]
            self._modes, self._known = None, cells
        with suppress(OSError):
            places.make_private(places.state_dir())
            with keep.alone(_path()):
                kept = keep.read(_path())
                kept.setdefault("width", {})[self._name] = cells
                keep.write(_path(), kept)
        return cells == 2


def _path() -> str:
    return os.path.join(places.state_dir(), "terminals.toml")
