"""Any terminal: TERM values in a real pty, no colour under NO_COLOR, the mouse by M, resize storms."""

import fcntl
import os
import re
import signal
import struct
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread
from tests.terminal.conftest import PROGRAM
from tests.terminal.pty_screen import Terminal
from tui_uploader.emulator.server import Options

TERMS = ("linux", "vt100", "screen", "xterm", "xterm-256color", "tmux", "tmux-256color", "screen-256color")
COLOUR = re.compile(rb"\x1b\[([0-9;:]*)m")
DEMO = [*PROGRAM, "demo", "--seconds", "2"]


def colours(raw: bytes) -> list[bytes]:
    """The SGR parameters that are colours: 30-37, 38, 40-47, 48, 90-107."""
    found = []
    for parameters in COLOUR.findall(raw):
        for one in re.split(rb"[;:]", parameters):
            if one.isdigit() and (30 <= int(one) <= 38 or 40 <= int(one) <= 48 or 90 <= int(one) <= 107):
                found.append(parameters)
    return found


def resize(terminal: Terminal, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.kill(terminal.pid, signal.SIGWINCH)


@pytest.mark.parametrize("term", TERMS)
def test_the_screen_opens_and_leaves_on(environment: dict[str, str], term: str) -> None:
    with Terminal(DEMO, {**environment, "TERM": term}) as terminal:
        terminal.wait("q1/")
        terminal.press("?")
        terminal.wait("Keys in Files")
        terminal.press("q")
        terminal.wait(r"1 Files")
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b"\x1b[?1049l" in terminal.raw
        assert b"\x1b[?1003h" not in terminal.raw
        assert b"\x1b[?1002h" not in terminal.raw
        assert b"\x1b[?1000h" not in terminal.raw
        if term in ("linux", "vt100"):
            assert "▸" not in terminal.raw.decode("utf-8", "replace")


def test_no_color_writes_no_colour(environment: dict[str, str]) -> None:
    with Terminal(DEMO, {**environment, "NO_COLOR": "1"}) as terminal:
        terminal.wait("q1/")
        terminal.press(" ", "u")
        terminal.wait("Plan: ")
        terminal.press("enter")
        terminal.wait("all done|failed: R|ended")
        for key, words in ((":", "Command:"), ("escape", "1 Files"), (",", "Preferences"), ("escape", "1 Files")):
            terminal.press(key)
            terminal.wait(words)
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert colours(terminal.raw) == []


def test_colours_are_written_without_it(environment: dict[str, str]) -> None:
    with Terminal(DEMO, environment) as terminal:
        terminal.wait("q1/")
        assert colours(terminal.raw)


def test_the_mouse_is_off_until_m(environment: dict[str, str]) -> None:
    with Terminal(DEMO, environment) as terminal:
        terminal.wait("q1/")
        assert b"?1002h" not in terminal.raw
        terminal.press("M")
        terminal.wait("hold Shift")
        assert b"\x1b[?1002h\x1b[?1006h" in terminal.raw
        assert b"?1003h" not in terminal.raw
        terminal.press("M")
        terminal.wait("mouse is the terminal")
        assert b"\x1b[?1002l\x1b[?1006l" in terminal.raw
        terminal.press("q")
        assert terminal.wait_end() == 0


def test_resize_storms_end_in_a_whole_screen(environment: dict[str, str]) -> None:
    with Terminal(DEMO, environment) as terminal:
        terminal.wait("q1/")
        terminal.press(" ", "u")
        terminal.wait("Plan: ")
        terminal.press("enter")
        for columns, rows in [(40, 10), (300, 100), (20, 5), (80, 24), (39, 9), (120, 40), (1, 1), (41, 11)] * 6:
            resize(terminal, columns, rows)
            terminal.take(0.01)
        resize(terminal, 80, 24)
        terminal.wait("all done|failed: R|ended")
        terminal.press("\x0c")
        terminal.wait(lambda text: "q1/" in text and "1 Files" in text and "? help" in text)
        resize(terminal, 30, 8)
        terminal.press("\x0c")
        terminal.wait("enlarge to")
        resize(terminal, 80, 24)
        terminal.press("\x0c")
        terminal.wait("1 Files")
        terminal.press("q")
        assert terminal.wait_end() == 0


def answer_width(terminal: Terminal, cells: int) -> None:
    """Answer the question for the cursor's place as a terminal that draws the sign in so many cells."""
    while b"\x1b[6n" not in terminal.raw:
        assert terminal.take(10), "it never asked"
    terminal.press(f"\x1b[1;{cells + 1}R")


@pytest.fixture
def real(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[list[str], dict[str, str]]]:
    """The screen on a folder, with state that lasts from one start to the next, which the demo's does not."""
    (tmp_path / "files" / "q1").mkdir(parents=True)
    cloud = CloudThread(Options(data=str(tmp_path / "cloud")))
    command = [*PROGRAM, str(tmp_path / "files"), "--gateway", cloud.emulator.gateway, "--in-process"]
    yield command, {**environment, "TUI_UPLOADER_TOKEN": cloud.emulator.token}
    cloud.close()


@pytest.mark.parametrize("cells", [1, 2])
def test_signs_of_two_cells_are_noticed_once_and_remembered(real: tuple[list[str], dict[str, str]], cells: int) -> None:
    for start in range(2):
        with Terminal(*real) as terminal:
            if start == 0:
                answer_width(terminal, cells)
            terminal.wait(r"\] q1/")
            assert ("▸" in terminal.text()) is (cells == 1)
            assert (b"\x1b[6n" in terminal.raw) is (start == 0)
            terminal.press("q")
            assert terminal.wait_end() == 0
            assert terminal.modes() == terminal.modes_before


def test_the_first_frame_does_not_wait_for_the_answer_of_a_slow_link(real: tuple[list[str], dict[str, str]]) -> None:
    for start in range(2):
        with Terminal(*real) as terminal:
            terminal.wait(r"\] q1/")
            if start == 0:
                assert "▸" in terminal.text()
                answer_width(terminal, 2)
            terminal.wait(lambda text: "▸" not in text and "+ [ ] q1/" in text)
            terminal.press("q")
            assert terminal.wait_end() == 0


def test_a_terminal_that_does_not_answer_is_not_waited_for_long(real: tuple[list[str], dict[str, str]]) -> None:
    with Terminal(*real) as terminal:
        terminal.wait(r"\] q1/")
        assert "▸" in terminal.text()
        terminal.press("q")
        assert terminal.wait_end() == 0


@pytest.mark.parametrize("delay", ["", "1000"])
def test_escape_acts_and_the_key_after_it_in_the_same_breath_is_not_lost(
    environment: dict[str, str], delay: str
) -> None:
    with Terminal(DEMO, {**environment, **({"ESCDELAY": delay} if delay else {})}) as terminal:
        terminal.wait("(?m)^>.*logs/")
        row = next(line for line in terminal.lines() if line.startswith(">"))
        terminal.press("?")
        terminal.wait("Keys in Files")
        terminal.press("\x1bj")
        terminal.wait("1 Files")
        terminal.wait(lambda text: any(line.startswith(">") and line != row for line in text.splitlines()))
        terminal.press("?")
        terminal.wait("Keys in Files")
        terminal.press("\x1b:")
        terminal.wait("Command:")
        terminal.press("escape")
        terminal.wait("1 Files")
        terminal.press("q")
        assert terminal.wait_end() == 0
