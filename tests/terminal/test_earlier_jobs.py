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


def test_a_folder_tells_what_earlier_jobs_left_failed_in_it(ground: Ground) -> None:
    deep = ground.files / "0deep"
    (deep / "er").mkdir(parents=True)
    (deep / "er" / "line\nfeed.txt").write_bytes(b"refused for its name")
    (deep / "plain.txt").write_bytes(b"taken")
    (ground.files / "1fine").mkdir()
    (ground.files / "1fine" / "a.txt").write_bytes(b"taken")
    push = subprocess.run(
        [*PROGRAM, "push", ".", "--quiet"], cwd=ground.files, env=ground.environment, capture_output=True, check=False
    )
    assert push.returncode == 1, push.stderr
    with Terminal(ground.screen, ground.environment, 120, 40) as terminal:
        terminal.wait(r"0deep/ +!1 1/2 ")
        terminal.wait(r"1fine/ +1/1 ")
        terminal.wait("earlier: 1 failed of 2: mark it, u tries again")
        (deep / "er" / "line\nfeed.txt").rename(deep / "er" / "line.txt")
        terminal.press(" ", "u")
        terminal.wait("Plan: 2 objects")
        terminal.press("enter")
        terminal.wait(r"0deep/ +done ")
        terminal.count(1.0)  # what the journal says of the folder now has been asked
        terminal.wait(r"0deep/ +done ")
        terminal.press("q")
        assert terminal.wait_end() == 0
