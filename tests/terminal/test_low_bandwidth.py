"""`--low-bandwidth` as a slow link sees it: 16 colours at most, a paint in two seconds, no line for what is done."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.conftest import PROGRAM
from tests.terminal.ground import Ground, ground_at
from tests.terminal.pty_screen import Terminal

LONG_COLOURS = re.compile(rb"\x1b\[[0-9;]*[34]8;[25];")


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A slow cloud and a terminal with all colours."""
    with ground_at(tmp_path, environment | {"COLORTERM": "truecolor"}, speed=200_000) as made:
        yield made


@pytest.mark.parametrize("by", ["flag", "setting", "with a theme"])
def test_sixteen_colours_few_paints_and_no_log_tail(ground: Ground, by: str) -> None:
    command = [*PROGRAM, "--in-process", str(ground.files)]
    if by == "setting":
        config = Path(ground.environment["TUI_UPLOADER_CONFIG_DIR"])
        config.mkdir(exist_ok=True)
        (config / "settings.toml").write_text("[screen]\nlow_bandwidth = true\n")
    else:
        command[len(PROGRAM) : len(PROGRAM)] = ["--low-bandwidth"]
    if by == "with a theme":
        command[len(PROGRAM) : len(PROGRAM)] = ["--theme", "dusk"]
    with Terminal(command, ground.environment, 120, 40) as terminal:
        terminal.wait("f0023")
        terminal.upload_all(24)
        terminal.wait(r"[1-9]\d* of 24\b|[1-9]\d*/24\b")
        paints = sum(terminal.count(0.25) > 0 for _ in range(16))  # four seconds
        assert paints <= 4, paints
        terminal.wait(r"24 of 24\b.*all done")
        terminal.wait("end +24 of 24 done")
        assert not re.search(r"\d\d:\d\d:\d\d (done|added)", terminal.text()), terminal.text()
        assert re.search(rb"\x1b\[[0-9;]*[39][0-7]", terminal.raw)  # there are colours
        found = LONG_COLOURS.search(terminal.raw)
        assert found is None, found
