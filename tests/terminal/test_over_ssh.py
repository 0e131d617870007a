"""The session ends in every way that one can, over a real OpenSSH server: the uploads go on and are counted once."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.table import rows
from tests.terminal.ground import FILES, SSHD, Ground, SshServer, gone, ground_at
from tests.terminal.pty_screen import Terminal

pytestmark = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh") is None, reason="no OpenSSH server is installed here"
)


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine."""
    with ground_at(tmp_path, environment, speed=200_000) as made:
        yield made


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    """A way in."""
    made = SshServer(tmp_path / "ssh")
    yield made
    made.close()


def begin(terminal: Terminal) -> None:
    """Mark all, start, and see that it runs."""
    terminal.wait("goes on if SSH drops")
    terminal.wait("f0000.txt")
    terminal.press("a", "u")
    terminal.wait(rf"Plan: {FILES} objects")
    terminal.press("enter")
    terminal.wait(rf"[1-9]\d* of {FILES} ")


def kill_client(terminal: Terminal, server: SshServer) -> None:
    """The laptop dies."""
    terminal.signal(signal.SIGKILL)


def kill_session(terminal: Terminal, server: SshServer) -> None:
    """The server's own processes for this connection die."""
    for pid in server.sessions():
        os.kill(pid, signal.SIGKILL)


def freeze_client(terminal: Terminal, server: SshServer) -> None:
    """The link hangs for a while, then it is cut."""
    terminal.signal(signal.SIGSTOP)
    terminal.count(0.7)
    terminal.signal(signal.SIGKILL)


def close_window(terminal: Terminal, server: SshServer) -> None:
    """The terminal emulator's window is closed: its side of the pty goes away."""
    terminal.hang_up()


@rows(99)
@pytest.mark.parametrize("ending", [kill_client, kill_session, freeze_client, close_window])
def test_uploads_outlive_the_session(
    ground: Ground, server: SshServer, ending: Callable[[Terminal, SshServer], None]
) -> None:
    with Terminal(server.command(ground.screen, ground.environment), ground.environment) as terminal:
        begin(terminal)
        (screen,) = ground.screens()
        worker = ground.worker()
        assert ground.stored() < FILES, "too quick: nothing is left to outlive"
        ending(terminal, server)
        assert gone(screen, 3.0), "the screen's process outlives its terminal"
        assert ground.worker() == worker
        ground.until_stored(FILES)
    assert ground.all_right()
    assert set(ground.puts().values()) == {1}
    assert ground.all_gone()


def test_the_next_login_finds_the_running_job(ground: Ground, server: SshServer) -> None:
    command = server.command(ground.screen, ground.environment)
    with Terminal(command, ground.environment) as terminal:
        begin(terminal)
        terminal.signal(signal.SIGKILL)
    with Terminal(command, ground.environment) as terminal:
        text = terminal.wait(r"while you were away \(0:\d\d\): \d+ done, 0 failed")
        assert "running: " in text
        terminal.wait(rf"{FILES} of {FILES} .*all done")
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert f"{FILES} of {FILES} done" in terminal.text()
    assert ground.all_right()
    assert set(ground.puts().values()) == {1}
    assert ground.all_gone()
