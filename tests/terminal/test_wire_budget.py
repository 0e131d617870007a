"""What a slow link pays, at 256 colours and at truecolor: start, idling, moving, paging, 32 objects on their way."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.terminal.conftest import PROGRAM
from tests.terminal.ground import Ground, ground_at
from tests.terminal.pty_screen import Terminal
from tui_uploader.emulator.script import Fault

ROWS, SIZE = 300, 40_000_000
MOVING = 32
MOVE, PAGE = 1024, 2560  # bytes: a move on average and, within the page, at most; a page
BACK = 3072  # back to three full panes
MOVES = ("j",) * 35 + ("k",) * 35 + ("j",) * 30
ARROWS = ("down",) * 35 + ("up",) * 35 + ("down",) * 30


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
        assert 0 < (len(terminal.raw) - before) / 100 <= 1024
        for key in ("\x1b[6~", "\x1b[6~", "\x1b[5~"):
            before = len(terminal.raw)
            terminal.press(key)
            terminal.count(0.4)
            assert 0 < len(terminal.raw) - before <= 2560
        terminal.upload_all(ROWS)
        terminal.press("2")
        terminal.wait(lambda text: text.count("%") >= 8)
        terminal.count(2)
        seconds = [terminal.count(1) for _ in range(8)]
        assert terminal.text().count("%") >= 8  # they still move
        assert 0 < max(seconds) <= 2048, seconds
        for mode in (b"?1003h", b"?1004h", b"?1000h", b"\x1b[5m"):
            assert mode not in terminal.raw


def paid(terminal: Terminal, *keys: str) -> int:
    """The most bytes that one of some keys costs: from its first byte, for which it waits 5 s, to silence.

    Each of them must do something: what costs nothing has not been measured.
    """
    most = 0
    for key in keys:
        before = len(terminal.raw)
        terminal.press(key)
        assert terminal.take(5.0), f"{key!r} does nothing\n{terminal.text()}"
        while terminal.take(0.15):
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
        terminal.upload_all(ROWS)
        terminal.press("2")
        terminal.wait(lambda text: text.count("%") >= 8)
        terminal.count(2)
        terminal.press("/")  # what goes on behind a prompt goes on at its own price
        terminal.wait("find in the keys")
        terminal.count(1)
        seconds = [terminal.count(1) for _ in range(6)]
        assert terminal.text().count("%") >= 8
        assert 0 < max(seconds) <= 2048, seconds


def average(terminal: Terminal, keys: Sequence[str]) -> float:
    """The bytes of a key, on average over some, of which most must do something."""
    before, answered = len(terminal.raw), 0
    for key in keys:
        terminal.press(key)
        answered += bool(terminal.take(0.5))
        terminal.count(0.02)
    assert answered > len(keys) / 2, f"{answered} of {len(keys)} keys moved anything\n{terminal.text()}"
    while terminal.take(0.3):
        pass
    return (len(terminal.raw) - before) / len(keys)


@pytest.fixture(params=["", "truecolor"], ids=["256", "truecolor"])
def mixed(request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """Small files, of which the bucket refuses every third."""
    colours = environment | {"COLORTERM": request.param}
    refuses = Fault("status", keys=("*denied*",), status=400, code="InvalidArgument")
    with ground_at(tmp_path, colours, speed=50_000_000, faults=(refuses,)) as made:
        for path in made.files.iterdir():
            path.unlink()
        for number in range(90):
            (made.files / f"{number:03d}-{'kept' if number % 3 else 'denied'}-{number * 7919 % 1000}").write_bytes(b"x")
        yield made


def test_every_pane_and_every_page_moves_within_the_budget(mixed: Ground) -> None:
    """100 moves in each at most 1 KB on average; what opens or closes costs one page, a letter in an input a move."""
    with Terminal([*PROGRAM, "--in-process", str(mixed.files)], mixed.environment) as terminal:
        terminal.wait("000-denied")
        terminal.count(1)
        paid_for: dict[str, float] = {}

        def moves(name: str, keys: Sequence[str] = MOVES) -> None:
            paid_for[f"move in {name}"] = average(terminal, keys) - MOVE

        def opens(name: str, *keys: str, most: int = PAGE, shows: str = "") -> None:
            paid_for[name] = paid(terminal, *keys) - most
            terminal.wait(shows)

        moves("files")
        moves("files, marking", (" ",) * 20)
        opens("undo", "U", most=MOVE, shows=r"marked: 19 files.*(\n.*)*is taken back")
        opens("files zoomed", "z", shows=r"1 Files[^|]*-\n")
        moves("files zoomed")
        opens("files unzoomed", "z", shows=r"1 Files.*\| 2 Queue")
        opens("find", "/", *"00", most=MOVE, shows=r"find 00")
        opens("found", "enter", "n", "n", "N", most=MOVE)
        opens("go to", "o", "x", "\x7f", "escape", most=MOVE, shows=r"Space mark")
        opens("bookmarks", "m", "'", "escape", shows=r"files kept:")
        opens("help", "?", shows=r"Keys in Files")
        moves("help")
        opens("pages of help", "\x1b[6~", "\x1b[5~", "G", "g", shows=r"^ Keys in Files")
        opens("help closed", "escape", shows=r"1 Files")
        opens("palette", ":", shows=r"Command: _")
        moves("palette", ARROWS)
        paid_for["letters in the palette"] = average(terminal, "copy\x7f\x7f\x7f\x7fre\x7f\x7ffilesqueuep") - MOVE
        opens("palette closed", "escape", shows=r"1 Files")
        terminal.press("a", "u")
        terminal.wait("Plan: 90")
        opens("plan, all lines", "f", "f", "f", "f", "f", shows=r"shown: upload")
        moves("plan")
        opens("left out, taken back, renamed", "x", "x", "e", "a", "escape", most=MOVE)
        opens("plan closed", "escape", shows=r"1 Files")
        terminal.press("u")
        terminal.wait("Plan: 90")
        terminal.press("enter")
        terminal.wait("60 of 90 +30 failed.*(ended|R)", 60)
        while terminal.take(1.5):
            pass
        opens("queue", "2", most=MOVE, shows=r"\[2 Queue\]")
        moves("queue")
        opens("pages of the queue", "\x1b[6~", "\x1b[6~", "\x1b[5~", "G", "g")
        moves("queue, ticking", (" ",) * 20)
        opens("menus", "f", "escape", "s", "escape", "y", "escape", "x", "n", most=MOVE)
        opens("by code", "s", "c", shows=r"- by code")
        opens("a group opens", "enter", shows=r"027-denied")
        moves("a group")
        opens("by stage", "s", "s", shows=r"- by stage")
        opens("the queue zoomed", "z", "z", shows=r"1 Files.*\|\[2 Queue\]")
        terminal.press("g")
        opens("detail", "enter", shows=r"Object failed")
        opens("moves in the detail", *"jk", most=MOVE)
        opens("detail closed", "escape", most=BACK, shows=r"1 Files")
        opens("log", "3", most=MOVE, shows=r"\[3 Log\]")
        moves("log", MOVES[::-1])
        opens("log zoomed", "z", shows=r"^.*\n\[3 Log\]")
        moves("log zoomed", ("k",) * 30 + ("j",) * 30)
        opens("log unzoomed", "z", most=BACK, shows=r"1 Files")
        opens("jobs", "H", shows=r"Jobs, newest first")
        opens("objects of a job", "enter", shows=r"Objects of job")
        moves("the objects of a job")
        opens("objects closed", "escape", shows=r"Jobs, newest first")
        opens("jobs closed", "escape", most=BACK, shows=r"1 Files")
        opens("preferences", ",", shows=r"Preferences:")
        moves("preferences", MOVES[:20])
        opens("preferences closed", "escape", most=BACK, shows=r"1 Files")
        opens("credentials", "A", shows=r"Credentials:")
        opens("fields", "\t", "\t", "\t", most=MOVE)
        opens("credentials closed", "escape", most=BACK, shows=r"1 Files")
        over = {name: left for name, left in paid_for.items() if left > 0}
        assert not over, over
