"""The screen with `--state-dir DIR`: its background process and its journal are there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.ground import FILES, Ground, ground_at
from tests.terminal.pty_screen import Terminal


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine."""
    with ground_at(tmp_path, environment, speed=1_200_000) as made:
        yield made


def test_the_uploads_of_the_screen_live_where_it_says(ground: Ground, tmp_path: Path) -> None:
    ground.environment["TUI_UPLOADER_STATE_DIR"] = str(tmp_path / "other")
    with Terminal([*ground.screen, "--state-dir", str(ground.state)], ground.environment) as terminal:
        terminal.wait("f0000.txt")
        terminal.press("a", "u")
        terminal.wait(rf"Plan: {FILES} objects")
        terminal.press("enter")
        terminal.wait(rf"[1-9]\d* of {FILES} ")
        assert ground.worker() is not None
        terminal.wait(rf"{FILES} of {FILES} .*all done")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert ground.all_right()
    assert ground.all_gone()
    assert not (tmp_path / "other").exists()
