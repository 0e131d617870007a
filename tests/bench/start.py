"""How fast a start is, as ratios in one run: ``--help`` to a bare ``import click``, first frame to a hello-world."""

import compileall
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import tui_uploader
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
ROUNDS = 12


def seconds(work: Callable[[], None]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratio(one: Callable[[], None], other: Callable[[], None]) -> float:
    """The quickest of `one` over the quickest of `other`, in turns: what else a machine does only adds to a time."""
    one()
    other()
    pairs = [(seconds(one), seconds(other)) for _ in range(ROUNDS)]
    return min(a for a, _ in pairs) / min(b for _, b in pairs)


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


def compiled() -> None:
    """The package as pip installs it, with its bytecode: an editable one may have none, as Textual always has."""
    package = Path(tui_uploader.__file__).parent
    assert compileall.compile_dir(package, quiet=2), f"{package} cannot be written"


def measured(folder: str) -> list[tuple[str, float, float]]:
    """Name, ratio and target of each start. `folder` is one to work in."""
    compiled()
    help_ratio = ratio(ran("-m", "tui_uploader", "--help"), ran("-c", "import click"))
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
    ours = ["-m", "tui_uploader", os.path.join(folder, "files"), "--gateway", cloud.emulator.gateway]
    hello = shown([os.path.join(folder, "hello.py")], b"hello world", environment)
    try:
        frame_ratio = ratio(shown(ours, b"1 Files", environment), hello)
        here_ratio = ratio(shown([*ours, "--in-process"], b"1 Files", environment), hello)
    finally:
        cloud.close()
    return [
        ("--help against import click", help_ratio, HELP_TARGET),
        ("first frame against a Textual hello-world", frame_ratio, FRAME_TARGET),
        ("the same with --in-process", here_ratio, FRAME_TARGET),
    ]


def main() -> int:
    """Measure and print the ratios; 1 where one is over its target."""
    with tempfile.TemporaryDirectory() as folder:
        found = measured(folder)
    for name, value, target in found:
        print(f"{name:42} {value:5.2f}x   target {target}x   {'ok' if value <= target else 'MISSED'}")
    return 0 if all(value <= target for _, value, target in found) else 1


if __name__ == "__main__":
    sys.exit(main())
