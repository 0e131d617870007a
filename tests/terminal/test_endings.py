"""A screen that is told to go, goes: the terminal is as it was and the uploads go on, whoever reads or not."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.table import rows
from tests.terminal.ground import FILES, Ground, gone, ground_at
from tests.terminal.pty_screen import Terminal


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine."""
    with ground_at(tmp_path, environment, speed=900_000) as made:
        yield made


def begin(terminal: Terminal) -> None:
    """Mark all, start, and see that it runs."""
    terminal.wait("f0000.txt")
    terminal.press("a", "u")
    terminal.wait(rf"Plan: {FILES} objects")
    terminal.press("enter")
    terminal.wait(rf"of {FILES} ")


@rows(99)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_restores_the_terminal_and_the_uploads_go_on(ground: Ground, number: int, code: int) -> None:
    with Terminal(ground.screen, ground.environment) as terminal:
        begin(terminal)
        terminal.signal(number)
        assert terminal.wait_end(3.0) == code
        assert terminal.modes() == terminal.modes_before
        assert b"\x1b[?1049l" in terminal.raw
        assert "goes on in the background: tui-uploader attach" in terminal.text()
        assert ground.stored() < FILES
        ground.until_stored(FILES)
    assert ground.all_right()
    assert set(ground.puts().values()) == {1}
    assert ground.all_gone()


@rows(99)
def test_a_terminal_that_nobody_reads_holds_neither_the_uploads_nor_the_end(ground: Ground) -> None:
    with Terminal(ground.screen, ground.environment) as terminal:
        begin(terminal)
        for _ in range(40):
            terminal.press("\x0c")  # a whole screen each: more than a pty keeps
        ground.until_stored(FILES)
        terminal.signal(signal.SIGHUP)
        assert gone(terminal.pid, 3.0)
    assert ground.all_right()
    assert ground.all_gone()


@rows(99)
def test_a_window_that_is_closed_is_no_error_of_ours(ground: Ground) -> None:
    with Terminal(ground.screen, ground.environment) as terminal:
        begin(terminal)
        terminal.hang_up()
        _, status = os.waitpid(terminal.pid, 0)
        terminal.status = status
        assert os.waitstatus_to_exitcode(status) == 129
        ground.until_stored(FILES)
    assert ground.all_gone()
    events = [json.loads(line)["event"] for line in (ground.state / "log.jsonl").read_text().splitlines()]
    assert "ItemDone" in events
    assert "crash" not in events


def test_in_process_nothing_goes_on_and_nothing_says_so(ground: Ground) -> None:
    with Terminal([*ground.screen, "--in-process"], ground.environment) as terminal:
        terminal.wait("stops if SSH drops")
        begin(terminal)
        assert ground.worker() is None
        terminal.press("q")
        assert "keep uploading" not in terminal.wait("leave?")
        terminal.press("s")
        assert terminal.wait_end() == 0
        assert "in the background" not in terminal.text()
    assert ground.stored() < FILES
    assert ground.all_gone()
