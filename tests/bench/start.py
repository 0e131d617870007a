"""How fast a start is, as ratios in one run: ``--help`` to a bare ``import click``, first frame to a hello-world."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.engine.conftest import CloudThread
from tests.terminal.pty_screen import Terminal
from tui_uploader.emulator.server import Options

HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("hello world")
Hello().run()
"""
HELP_TARGET, FRAME_TARGET = 1.5, 1.3
ROUNDS = 7


def seconds(work: Callable[[], None]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratio(one: Callable[[], None], other: Callable[[], None]) -> float:
    """The median of `one` over that of `other`, run in turns so that both meet the same machine."""
    one()
    other()
    pairs = [(seconds(one), seconds(other)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)


def ran(*words: str) -> Callable[[], None]:
    """A program run to its end."""
    return lambda: void(subprocess.run([sys.executable, *words], check=True, capture_output=True, timeout=60))


def shown(words: list[str], what: bytes, environment: dict[str, str]) -> Callable[[], None]:
    """A program in a pty until it has written some words."""

    def once() -> None:
        with Terminal([sys.executable, *words], environment) as terminal:
            terminal.wait_raw(what)
            os.kill(terminal.pid, signal.SIGKILL)

    return once


def void(_: object) -> None:
    """Nothing."""


def main() -> int:
    """Measure and print both ratios; 1 where one is over its target."""
    help_ratio = ratio(ran("-m", "tui_uploader", "--help"), ran("-c", "import click"))
    with tempfile.TemporaryDirectory() as folder:
        cloud = CloudThread(Options(data=os.path.join(folder, "cloud")))
        Path(folder, "hello.py").write_text(HELLO)
        Path(folder, "files").mkdir()
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "TUI_UPLOADER_TOKEN": cloud.emulator.token,
            "TUI_UPLOADER_CONFIG_DIR": os.path.join(folder, "config"),
            "TUI_UPLOADER_STATE_DIR": os.path.join(folder, "state"),
            "TUI_UPLOADER_WORKER_IDLE": "5",
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }
        ours = [
            "-m",
            "tui_uploader",
            os.path.join(folder, "files"),
            "--gateway",
            cloud.emulator.gateway,
        ]
        hello = shown([os.path.join(folder, "hello.py")], b"hello world", environment)
        frame_ratio = ratio(shown(ours, b"1 Files", environment), hello)
        here_ratio = ratio(shown([*ours, "--in-process"], b"1 Files", environment), hello)
        cloud.close()
    found = (
        ("--help", help_ratio, HELP_TARGET),
        ("first frame", frame_ratio, FRAME_TARGET),
        ("with --in-process", here_ratio, FRAME_TARGET),
    )
    for name, value, target in found:
        print(f"{name:18} {value:5.2f}x   target {target}x   {'ok' if value <= target else 'MISSED'}")
    return 0 if all(value <= target for _, value, target in found) else 1


if __name__ == "__main__":
    sys.exit(main())
