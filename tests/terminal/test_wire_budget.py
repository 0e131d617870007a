"""What a slow link pays, at 256 colours and at truecolor: start, idling, moving, paging, 32 objects on their way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.conftest import PROGRAM
from tests.terminal.ground import Ground, ground_at
from tests.terminal.pty_screen import Terminal

ROWS, SIZE = 300, 40_000_000
MOVING = 32


@pytest.fixture(params=["", "truecolor"], ids=["256", "truecolor"])
def ground(request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """Files that take no room and a cloud that takes them slowly."""
    with ground_at(tmp_path, environment | {"COLORTERM": request.param}, speed=20_000_000) as made:
        for path in made.files.iterdir():
            path.unlink()
        for number in range(ROWS):
            with (made.files / f"part-{number:03d}.log").open("wb") as file:
                file.truncate(SIZE if number < MOVING else 1000)
        config = Path(made.environment["TUI_UPLOADER_CONFIG_DIR"])
        config.mkdir(exist_ok=True)
        (config / "settings.toml").write_text(f"[upload]\nparallel = {MOVING}\n")
        yield made


def test_the_budget_of_the_wire(ground: Ground) -> None:
    with Terminal([*PROGRAM, "--in-process", str(ground.files)], ground.environment) as terminal:
        assert 0 < terminal.count(6) < 15_000
        terminal.wait("part-000")
        assert terminal.count(3) == 0
        before = len(terminal.raw)
        for number in range(100):
            terminal.press("j" if number < 60 else "k")
            terminal.take(1)
            terminal.count(0.02)
        terminal.count(0.3)
        assert (len(terminal.raw) - before) / 100 <= 1024
        for key in ("\x1b[6~", "\x1b[6~", "\x1b[5~"):
            before = len(terminal.raw)
            terminal.press(key)
            terminal.count(0.4)
            assert 0 < len(terminal.raw) - before <= 2560
        terminal.press("a")
        terminal.wait("marked")
        terminal.press("u")
        terminal.wait("Plan")
        terminal.press("enter")
        terminal.wait(rf"of {ROWS}\b")
        terminal.press("2")
        terminal.wait(lambda text: text.count("%") >= 8)
        terminal.count(2)
        seconds = [terminal.count(1) for _ in range(8)]
        assert terminal.text().count("%") >= 8  # they still move
        assert 0 < max(seconds) <= 2048, seconds
        for mode in (b"?1003h", b"?1004h", b"?1000h", b"\x1b[5m"):
            assert mode not in terminal.raw


def paid(terminal: Terminal, *keys: str) -> int:
    """The most bytes that one of some keys costs: from its first byte on, however late that comes, to silence."""
    most = 0
    for key in keys:
        before = len(terminal.raw)
        terminal.press(key)
        terminal.take(5.0)
        while terminal.take(0.3):
            pass
        most = max(most, len(terminal.raw) - before)
    return most


def test_prompts_pages_and_what_goes_on_behind_them(ground: Ground) -> None:
    """A letter in a prompt is a move, a page that opens or closes is one page, and a question costs its own lines."""
    with Terminal([*PROGRAM, "--in-process", str(ground.files)], ground.environment) as terminal:
        terminal.wait("part-000")
        terminal.count(1)
        assert 0 < paid(terminal, "/") <= 1024
        assert 0 < paid(terminal, *"part-00") <= 1024
        assert terminal.count(2) == 0
        assert 0 < paid(terminal, "escape") <= 1024
        assert 0 < paid(terminal, "f") <= 1024
        assert 0 < paid(terminal, *"part-29", "\x7f", "\x7f") <= 1400  # the rows that are other names now
        assert 0 < paid(terminal, "\x15", "escape") <= 1400
        for page in ("?", ",", "H", ":", "i"):
            assert 0 < paid(terminal, page, "escape") <= 4000, page
            terminal.wait("1 Files")
        terminal.press("a")
        terminal.wait("marked")
        terminal.press("u")
        terminal.wait("Plan")
        terminal.press("enter")
        terminal.wait(rf"of {ROWS}\b")
        terminal.press("2")
        terminal.wait(lambda text: text.count("%") >= 8)
        terminal.count(2)
        terminal.press("/")  # what goes on behind a prompt goes on at its own price
        terminal.wait("find in the keys")
        terminal.count(1)
        seconds = [terminal.count(1) for _ in range(6)]
        assert terminal.text().count("%") >= 8
        assert 0 < max(seconds) <= 2048, seconds
