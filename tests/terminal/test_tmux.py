"""The main job in tmux, the terminal that ops staff are in: marked, started, failed inline, left, restored."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal.conftest import PROGRAM
from tests.terminal.ground import FILES, ground_at
from tests.terminal.pty_screen import Terminal

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed here")
PATIENCE = 40.0


class Tmux:
    """A private tmux server with one shell in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._socket = str(folder / "tmux.sock")
        self._environment = environment
        self("new-session", "-d", "-x", "80", "-y", "24", "env PS1='ready> ' sh -i")

    def __call__(self, *words: str) -> str:
        command = ["tmux", "-S", self._socket, "-f", "/dev/null", *words]
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=True, timeout=20
        ).stdout

    def text(self) -> str:
        """What a person sees."""
        return self("capture-pane", "-p")

    def wait(self, what: str | Callable[[str], bool]) -> str:
        """Look until `what` is there; the text."""
        asked = what if callable(what) else re.compile(what).search
        end = time.monotonic() + PATIENCE
        while not asked(text := self.text()):
            assert time.monotonic() < end, f"never seen: {what}\n{text}"
        return text

    def attached(self) -> list[str]:
        """The command of a client of this server."""
        return ["tmux", "-S", self._socket, "-f", "/dev/null", "attach"]

    def type(self, *keys: str) -> None:
        """Press keys by tmux's names."""
        self("send-keys", *keys)


@pytest.fixture
def tmux(tmp_path: Path, environment: dict[str, str]) -> Iterator[Tmux]:
    """A shell in tmux at 80x24."""
    session = Tmux(tmp_path, {**environment, "TERM": "screen-256color"})
    session.wait("ready>")
    yield session
    session("kill-server")


def test_the_main_job_in_tmux(tmux: Tmux, environment: dict[str, str]) -> None:
    tmux("send-keys", "-l", " ".join([*PROGRAM, "demo", "--seconds", "3"]))
    tmux.type("Enter")
    tmux.wait(r"(?m)^>.*logs/")
    tmux.type("j")
    tmux.wait(r"(?m)^>.*q1/")
    tmux.type("Space")
    tmux.wait("marked: 1 folder")
    tmux.type("u")
    tmux.wait("Enter start")
    tmux.type("Enter")
    tmux.wait("STORAGE_EXCEED_AUTHORITY rule denies")
    text = tmux.wait("254 of 263   6 failed   3 skipped")
    assert all(len(line) <= 80 for line in text.splitlines())
    tmux.type("q")
    text = tmux.wait(lambda text: text.rstrip().endswith("ready>"))
    assert "254 of 263 done" in text
    assert "STORAGE_EXCEED_AUTHORITY 4" in text
    tmux("send-keys", "-l", "echo still  a   shell")
    tmux.type("Enter")
    tmux.wait(r"(?m)^still a shell")
    assert not [name for name in os.listdir(environment["TMPDIR"]) if name.startswith("tui-uploader")]


def test_detaching_and_attaching_changes_nothing(tmux: Tmux, environment: dict[str, str], tmp_path: Path) -> None:
    with ground_at(tmp_path / "ground", environment) as ground:
        names = " ".join(f"{name}={value}" for name, value in ground.environment.items() if name.startswith("TUI_"))
        tmux("send-keys", "-l", f"env {names} {' '.join(ground.screen)}")
        tmux.type("Enter")
        tmux.wait("goes on if SSH drops")
        tmux.wait("f0000.txt")
        tmux.type("a", "u")
        tmux.wait("Enter start")
        tmux.type("Enter")
        tmux.wait(rf"[1-9]\d* of {FILES} ")
        first = Terminal(tmux.attached(), {**environment, "TERM": "xterm-256color"})
        first.wait("1 Files")
        first.signal(signal.SIGKILL)  # the client of tmux dies; tmux and the screen in it stay
        first.close()
        with Terminal(tmux.attached(), {**environment, "TERM": "xterm-256color"}) as second:
            second.wait(rf"{FILES} of {FILES} .*all done")
        tmux.type("q")
        tmux.wait(lambda text: text.rstrip().endswith("ready>"))
        assert ground.all_right()
        assert set(ground.puts().values()) == {1}
        assert ground.all_gone()
