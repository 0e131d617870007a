"""A new start of the screen knows what earlier jobs uploaded, what failed in them, and what has changed since."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.ground import PROGRAM, Ground, ground_at
from tests.terminal.pty_screen import Terminal


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine."""
    with ground_at(tmp_path, environment, speed=50_000_000) as made:
        yield made


def test_badges_come_from_the_journal_after_a_restart(ground: Ground) -> None:
    (ground.files / "0-line\nfeed.txt").write_bytes(b"refused for its name")
    push = subprocess.run(
        [*PROGRAM, "push", ".", "--quiet"], cwd=ground.files, env=ground.environment, capture_output=True, check=False
    )
    assert push.returncode == 1, push.stderr
    (ground.files / "f0001.txt").write_bytes(b"another")
    with Terminal(ground.screen, ground.environment, 120, 40) as terminal:
        terminal.wait(r"feed\.txt +!NAME_CONTROL ")
        terminal.wait(r"f0000\.txt +done ")
        terminal.wait(r"f0001\.txt +diff ")
        terminal.press("j", "j", "i")
        terminal.wait(r"before +changed since its upload")
        terminal.press("escape", " ", "u")  # what is uploaded can be uploaded again
        terminal.wait("Plan: 1 object")
        terminal.press("escape")
        terminal.wait(r"\[1 Files\]")
        (ground.files / "f0001.txt").rename(ground.files / "f0001.old")
        terminal.press("\x0c")  # read anew
        terminal.wait(r"f0001\.old +\d")
        terminal.press("q")
        assert terminal.wait_end() == 0
