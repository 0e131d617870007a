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

ROWS, KEYS, STARTS = 32, 200, 5


class Timed(Terminal):
    """A terminal that knows when the first byte after a key came."""

    def answer(self, key: str, patience: float = 5.0) -> float:
        """Press a key; the seconds until the program writes anything."""
        while select.select([self._ours], [], [], 0)[0]:
            self.take(0)
        began = time.perf_counter()
        self.press(key)
        if not select.select([self._ours], [], [], patience)[0]:
            raise RuntimeError(f"no answer to {key!r} within {patience:g} s:\n{self.text()}")
        seconds = time.perf_counter() - began
        self.take(0)
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


def _keys(terminal: Timed, count: int) -> list[float]:
    """Down and up, at moments that follow no tick of the screen; milliseconds, sorted."""
    found: list[float] = []
    for number in range(count):
        pause = time.perf_counter() + random.uniform(0.02, 0.08)
        while (left := pause - time.perf_counter()) > 0:
            terminal.take(left)
        found.append(terminal.answer("jk"[number % 2]) * 1000)
    return sorted(found)


def _p99(values: Sequence[float]) -> float:
    return values[min(len(values) - 1, int(len(values) * 0.99))]


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


def keys(folder: str, gateway: int, authority: str | None, scheme: str, *, count: int = KEYS) -> list[Verdict]:
    """Press keys on an idle screen, then while 32 files of 4 GiB (holes: they take no room) go out together."""
    files = os.path.join(folder, "holes")
    os.makedirs(files, exist_ok=True)
    for number in range(ROWS):
        with open(os.path.join(files, f"hole-{number:02d}"), "wb") as file:
            file.truncate(4 << 30)
    command = [sys.executable, "-m", "tui_uploader", files]
    home = os.path.join(folder, f"screen-{scheme}")  # of its own: the uploads of another run would be in its queue
    os.makedirs(home)
    terminal = Timed(command, _environment(home, gateway, authority), 120, 50)
    with _no_worker_left(home), terminal:
        terminal.wait("hole-00")
        while terminal.count(0.5):
            pass
        idle = _keys(terminal, count // 2)
        terminal.press("a")
        terminal.wait("marked")
        terminal.press("u")
        terminal.wait("Plan")
        terminal.press("enter")
        terminal.wait(rf"of {ROWS}\b")
        terminal.press("2")
        terminal.wait(lambda text: text.count("hole-") >= ROWS and text.count("%") >= ROWS // 2)
        loaded = _keys(terminal, count)
        moving = terminal.text().count("%")
    if moving < ROWS // 2:
        raise RuntimeError("the uploads were over before the keys were")
    return [
        Verdict(
            f"key to paint, idle screen before {scheme}, p50 / p99",
            "-",
            f"{statistics.median(idle):.1f} / {_p99(idle):.1f} ms",
            None,
        ),
        Verdict(
            f"key to paint, {ROWS} rows moving at full speed, {scheme}, p50 / p99",
            "p99 < 50 ms",
            f"{statistics.median(loaded):.1f} / {_p99(loaded):.1f} ms",
            _p99(loaded) < 50,
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
