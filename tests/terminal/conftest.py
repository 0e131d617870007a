"""Fixtures of the terminal tests: an environment of their own, and the demo in a pty."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.pty_screen import Terminal

PROGRAM = [sys.executable, "-m", "tui_uploader"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty home and a temporary folder of its own."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    top = str(Path(__file__).resolve().parents[2])
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONPATH": top,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }


@pytest.fixture
def demo(environment: dict[str, str]) -> Iterator[Terminal]:
    """The demo at 80x24, quick enough for a test."""
    with Terminal([*PROGRAM, "demo", "--seconds", "4"], environment) as terminal:
        terminal.wait("q1/")
        yield terminal
