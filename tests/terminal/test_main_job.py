"""The main job in a real terminal: browse, mark, plan, start, see failures in their rows, retry, leave."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.terminal.conftest import PROGRAM
from tests.terminal.pty_screen import Terminal


def start_q1(terminal: Terminal) -> None:
    """Mark q1/ and start it."""
    terminal.wait(r"(?m)^>.*logs/")
    terminal.press("j")
    terminal.wait(r"(?m)^>.*q1/")
    terminal.press(" ")
    terminal.wait("marked: 1 folder")
    terminal.press("u")
    terminal.wait(r"Plan: 2\d\d objects")
    terminal.press("enter")
    terminal.wait(r"of 2\d\d")


def counts(terminal: Terminal) -> dict[str, int]:
    """The counts in the last lines after leaving."""
    return {word: int(number.replace(",", "")) for number, word in re.findall(r"([\d,]+) (\w+)", terminal.text())}


def test_browse_mark_start_fail_retry_quit(demo: Terminal, environment: dict[str, str]) -> None:
    start_q1(demo)
    demo.wait("STORAGE_EXCEED_AUTHORITY")
    demo.wait(lambda text: "COS_ACTION_FAILED" in text and "STORAGE_EXCEED_AUTHORITY" in text)
    demo.wait(r"254 of 263   6 failed   3 skipped")
    demo.press("2")
    demo.wait(r"\[2 Queue\]")
    demo.press("g")
    demo.wait(r">!fail .*thumb-1.png")
    demo.press("r")
    demo.wait(r">!fail .*thumb-1.png .* 6 tries")  # 3 and 3 more: "5 failed" may be over between two paints
    demo.wait("6 failed")
    demo.press("enter")
    detail = demo.wait("request ID")
    assert "COS_ACTION_FAILED" in detail
    assert "support" in detail
    demo.press("escape")
    demo.wait(r"\[2 Queue\]")
    demo.press("q")
    assert demo.wait_end() == 0
    assert demo.modes() == demo.modes_before
    assert b"\x1b[?1049l" in demo.raw[-4000:]
    last = demo.text()
    assert "6 failed" in last
    assert "STORAGE_EXCEED_AUTHORITY 4" in last
    assert not list(Path(environment["TMPDIR"]).iterdir())


def test_lifting_the_rule_lets_a_retry_turn_failures_into_done(demo: Terminal) -> None:
    start_q1(demo)
    demo.wait(r"254 of 263   6 failed   3 skipped")
    demo.press(":")
    demo.wait("lift")
    demo.press("lift", "enter")
    demo.wait("lifted")
    demo.press("R")
    demo.wait(r"2 failed", 60)
    demo.press("q")
    demo.wait_end()
    last = demo.text()
    done, total = map(int, re.findall(r"(\d+) of (\d+) done", last)[0])
    skipped = int(re.findall(r"(\d+) skipped", last)[0])
    assert done + 2 + skipped == total


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_screen_and_restores_the_terminal(
    demo: Terminal, environment: dict[str, str], number: int, code: int
) -> None:
    start_q1(demo)
    demo.signal(number)
    assert demo.wait_end(15) == code
    assert demo.modes() == demo.modes_before
    assert b"\x1b[?1049l" in demo.raw
    assert not list(Path(environment["TMPDIR"]).iterdir())


def test_a_killed_screen_leaves_nothing_behind(demo: Terminal, environment: dict[str, str]) -> None:
    start_q1(demo)
    demo.press("1", "g", "l")  # the plan took a helper with it: a folder that opens has another
    demo.wait("2026/")
    children = subprocess.run(["ps", "-eo", "pid,ppid,sess,args"], capture_output=True, text=True, check=True).stdout
    mine = [int(line.split()[0]) for line in children.splitlines()[1:] if int(line.split()[1]) == demo.pid]
    assert mine  # the practice cloud, and a scout where one is still looking
    demo.signal(signal.SIGKILL)
    demo.wait_end()
    for pid in mine:
        descriptor = _pidfd(pid)
        if descriptor is not None:
            import select

            ended = select.select([descriptor], [], [], 20)[0]
            os.close(descriptor)
            assert ended, f"process {pid} outlives the screen"
    assert not list(Path(environment["TMPDIR"]).iterdir())


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


@pytest.mark.parametrize("term", ["xterm-256color", "screen", "linux", "vt100"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_every_terminal_shows_the_screen(environment: dict[str, str], term: str, size: tuple[int, int]) -> None:
    command = [*PROGRAM, "demo", "--seconds", "1"]
    with Terminal(command, environment | {"TERM": term}, *size) as terminal:
        assert "[1 Files]" in terminal.wait(r"\? help")
        assert "q1/" in terminal.text()
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert terminal.modes() == terminal.modes_before


def test_without_colour_no_colour_code_is_written(environment: dict[str, str]) -> None:
    command = [*PROGRAM, "demo", "--seconds", "1"]
    with Terminal(command, environment | {"NO_COLOR": "1"}) as terminal:
        start_q1(terminal) if terminal.wait("q1/") else None
        terminal.wait("STORAGE_EXCEED_AUTHORITY")
        terminal.press("q", "s")
        terminal.wait_end()
        codes = {code for found in re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw) for code in found.split(b";")}
        colours = {str(n).encode() for n in (*range(30, 39), *range(40, 49), *range(90, 108))}
        assert not codes & colours


def test_in_the_c_locale_only_names_leave_ascii(environment: dict[str, str]) -> None:
    command = [*PROGRAM, "demo", "--seconds", "1"]
    with Terminal(command, environment | {"LANG": "C"}) as terminal:
        terminal.wait("q1/")
        terminal.press("?")
        terminal.wait("Keys in Files")
        terminal.press("escape")
        terminal.wait(lambda text: "Keys in Files" not in text and "q1/" in text)
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert max(terminal.raw) < 0x80


def test_hostile_names_are_shown_and_not_run(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "x[").mkdir(parents=True)
    (folder / "x[" / "inner.txt").write_text("1")
    (folder / "[bold]x").write_text("2")
    (folder / "\x1b]0;evil\x07name").write_text("3")
    (folder / "[@click=app.quit]y").write_text("4")
    environment |= {"TUI_UPLOADER_TOKEN": "none", "TUI_UPLOADER_GATEWAY": "http://127.0.0.1:9"}
    with Terminal([*PROGRAM, str(folder)], environment) as terminal:
        terminal.wait(r"x\[/")
        assert "[bold]x" in terminal.text()
        assert "[@click=app.quit]y" in terminal.text()
        assert "␛]0;evil␇name" in terminal.text()
        terminal.press("a", "u")
        terminal.wait("NAME_CONTROL")
        terminal.press("escape")
        terminal.wait(r"1 Files")
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b"]0;evil\x07" not in terminal.raw


def test_an_idle_screen_is_silent_and_a_move_is_cheap(demo: Terminal) -> None:
    while demo.count(1.0):
        pass
    assert len(demo.raw) < 15_000
    assert demo.count(3.0) == 0
    before = len(demo.raw)
    for _ in range(10):
        demo.press("j")
        demo.count(0.15)
        demo.press("k")
        demo.count(0.15)
    assert (len(demo.raw) - before) / 20 <= 1024
    for mode in (b"?1003h", b"?1004h", b"?1000h"):
        assert mode not in demo.raw


def test_push_shows_progress_on_a_terminal(environment: dict[str, str]) -> None:
    with Terminal([*PROGRAM, "demo", "--no-screen", "--seconds", "3"], environment, 100, 40) as terminal:
        terminal.wait(r"\[#*-+\] +\d+ of \d+")
        assert terminal.wait_end(60) == 1
        assert re.search(r"281 done, 6 failed, 3 skipped of 290", terminal.text())


def test_plain_text_is_whole_outside_of_the_screen_and_the_screen_comes_back(demo: Terminal) -> None:
    start_q1(demo)
    demo.wait(r"254 of 263   6 failed   3 skipped")
    demo.press("2", "g")
    demo.wait(r">!fail .*thumb-1.png")
    before = demo.lines()
    demo.press("T")
    text = demo.wait("press any key to go back")
    assert "give the request ID to support" in text.replace("\n", "")  # longer than a row: it goes on in the next one
    assert not re.search(r"\[2 Queue\]", demo.raw[demo.raw.rindex(b"\x1b[?1049l") :].decode())
    demo.press("x")
    demo.wait(r"\[2 Queue\]")
    demo.count(0.5)
    assert demo.lines()[2:12] == before[2:12]
