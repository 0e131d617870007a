"""Key latency, idle and at full speed, in a real pty; and start-up against a Textual hello-world."""

import contextlib
import os
import random
import select
import signal
import statistics
import sys
import time
from collections.abc import Iterator, Sequence

from tests.bench.clients import TOP
from tests.bench.targets import Verdict
from tests.terminal.pty_screen import Terminal

ROWS, KEYS = 32, 300
_CURSOR = b"> hole-"  # the row that a key leads to: without it what is seen may be the progress of the others
_ECHO = "import os, tty; tty.setraw(0); os.write(1, b'ready')\nwhile data := os.read(0, 64): os.write(1, data)"


class Timed(Terminal):
    """A terminal that knows when what a key brings about was written."""

    def answer(self, key: str, sign: bytes = b"", patience: float = 5.0) -> float:
        """Press a key; the seconds until the program has written `sign` (anything at all where there is none)."""
        while select.select([self._ours], [], [], 0)[0]:
            self.take(0)
        seen = b""
        began = time.perf_counter()
        self.press(key)
        while not seen or sign not in seen:
            left = began + patience - time.perf_counter()
            if not select.select([self._ours], [], [], max(left, 0))[0]:
                raise RuntimeError(f"no answer to {key!r} within {patience:g} s:\n{self.text()}")
            seen += os.read(self._ours, 65536)
        seconds = time.perf_counter() - began
        self.feed(seen)
        return seconds

    def until(self, sign: bytes, patience: float = 20.0) -> None:
        """Read until a text has been written. Plain bytes: nothing is drawn here, which would take time."""
        seen, end = b"", time.perf_counter() + patience
        while sign not in seen:
            if not select.select([self._ours], [], [], 1.0)[0] and time.perf_counter() > end:
                raise RuntimeError(f"never written: {sign!r}")
            try:
                seen += os.read(self._ours, 65536)
            except OSError as error:
                raise RuntimeError(f"ended without writing {sign!r}: {seen[-300:]!r}") from error


def _environment(folder: str, gateway: int, authority: str | None) -> dict[str, str]:
    config = os.path.join(folder, "config")
    os.makedirs(config, exist_ok=True)
    with open(os.path.join(config, "settings.toml"), "w", encoding="utf-8") as file:
        file.write(f"[upload]\nparallel = {ROWS}\n")
    return {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONPATH": TOP,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "TUI_UPLOADER_CONFIG_DIR": config,
        "TUI_UPLOADER_TOKEN": "token-of-the-benchmark",
        "TUI_UPLOADER_ENV_ID": "bench",
        "TUI_UPLOADER_GATEWAY": f"http://127.0.0.1:{gateway}",
    } | ({"TUI_UPLOADER_CA_FILE": authority} if authority is not None else {})


def _keys(terminal: Timed, count: int, sign: bytes = b"") -> list[float]:
    """Down and up, at moments that follow no tick of the screen; milliseconds."""
    found: list[float] = []
    for number in range(count):
        pause = time.perf_counter() + random.uniform(0.02, 0.08)
        while (left := pause - time.perf_counter()) > 0:
            terminal.take(left)
        found.append(terminal.answer("jk"[number % 2], sign) * 1000)
    return found


def _in_turns(terminal: Timed, echo: Timed, count: int) -> tuple[list[float], list[float]]:
    """Ten keys for the screen, ten for a program that only echoes: what of the time is the machine's own."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(count // 10):
        ours += _keys(terminal, 10, _CURSOR)
        floor += _keys(echo, 10)
    return ours, floor


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def _shown(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1f} / {_p99(values):.1f} ms"


@contextlib.contextmanager
def _first() -> Iterator[None]:
    """Whoever presses and looks comes first, where that is allowed: it is no part of what is measured."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, before)


@contextlib.contextmanager
def _no_worker_left(home: str) -> Iterator[None]:
    """The uploads outlive the screen, as they should; a benchmark ends them. None but those of `home` are looked at."""
    try:
        yield
    finally:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as line:
                words = line.read().split(b"\0")
                if b"tui_uploader.worker_process" in words and any(word.startswith(home.encode()) for word in words):
                    os.kill(int(pid), signal.SIGKILL)


def _holes(folder: str) -> str:
    """The folder with one file under 32 names.

    128 GiB of different files push each other out of the page cache, and on a virtual machine, where the host takes
    part in that, any program at all then waits: one with real-time priority that only sleeps 1 ms woke 17 ms late at
    p99 and 60 at worst; with one file 0.2 and 28.
    """
    files = os.path.join(folder, "holes")
    os.makedirs(files, exist_ok=True)
    first = os.path.join(files, "hole-00")
    with open(first, "wb") as file:
        file.truncate(4 << 30)
    for number in range(1, ROWS):
        with contextlib.suppress(FileExistsError):
            os.link(first, os.path.join(files, f"hole-{number:02d}"))
    return files


def keys(folder: str, gateway: int, authority: str | None, scheme: str, *, count: int = KEYS) -> list[Verdict]:
    """Press keys on an idle screen, then while 32 files of 4 GiB (holes: they take no room) go out together."""
    files = _holes(folder)
    command = [sys.executable, "-m", "tui_uploader", files]
    home = os.path.join(folder, f"screen-{scheme}")  # of its own: the uploads of another run would be in its queue
    os.makedirs(home)
    terminal = Timed(command, _environment(home, gateway, authority), 120, 50)
    echo = Timed([sys.executable, "-I", "-S", "-c", _ECHO], {"PATH": os.environ["PATH"]}, 20, 5)
    with _no_worker_left(home), terminal, echo, _first():
        echo.wait("ready")
        terminal.wait("hole-00")
        while terminal.count(0.5):
            pass
        idle = _keys(terminal, count // 2)
        terminal.upload_all(ROWS)
        terminal.press("2")
        terminal.wait(lambda text: text.count("hole-") >= ROWS and text.count("%") >= ROWS // 2)
        loaded, floor = _in_turns(terminal, echo, count)
        moving = terminal.text().count("%")
    if moving < ROWS // 2:
        raise RuntimeError("the uploads were over before the keys were")
    return [
        Verdict(
            f"key to paint, idle screen before {scheme}, p50 / p99",
            "-",
            _shown(idle),
            None,
        ),
        Verdict(
            f"key to paint, {ROWS} rows moving at full speed, {scheme}, p50 / p99",
            "p99 < 50 ms",
            _shown(loaded),
            _p99(loaded) < 50,
        ),
        Verdict(
            f"the machine's own part of it: an echo in the same run, {scheme}, p50 / p99", "-", _shown(floor), None
        ),
    ]


def start(folder: str) -> list[Verdict]:
    """First frames and `--help`, each beside the least that its library takes, in turns."""
    from tests.bench.start import measured

    here = os.path.join(folder, "start")
    os.makedirs(here, exist_ok=True)
    return [
        Verdict(name, f"<= {target} x", f"{value:.2f} x", value <= target) for name, value, target in measured(here)
    ]
