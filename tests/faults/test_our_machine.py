"""Rows 83-86, 88, 89, 96-98, 100, 102, 103: folders that go or hang, the log's disk, a missing home, the terminal."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.fuse import Fuse, available
from tests.faults.ground import Ground
from tests.faults.table import rows
from tests.terminal.conftest import PROGRAM
from tests.terminal.conftest import environment as environment
from tests.terminal.pty_screen import Terminal

SERVICE = ["--in-process", "--gateway", "http://127.0.0.1:9", "--token-file"]


def token_file(folder: Path) -> str:
    path = folder / "tok"
    path.touch(mode=0o600)
    path.write_text("tok")
    return str(path)


@pytest.fixture
def screen(environment: dict[str, str], tmp_path: Path) -> Iterator[Terminal]:
    """The screen on a folder with a few things in it; no service is needed to browse."""
    for name in ("a/inner", "b"):
        (tmp_path / "top" / name).mkdir(parents=True)
    (tmp_path / "top" / "a" / "inner" / "x").touch()
    command = [*PROGRAM, str(tmp_path / "top"), *SERVICE, token_file(tmp_path)]
    with Terminal(command, environment, columns=100) as terminal:
        terminal.wait("b/")
        yield terminal


# --- browsing


@rows(83)
def test_a_hundred_thousand_entries_are_there_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    top = tmp_path / "many"
    top.mkdir()
    for number in range(100_000):
        os.close(os.open(top / f"f{number:06d}", os.O_CREAT | os.O_WRONLY))
    with Terminal([*PROGRAM, str(top), *SERVICE, token_file(tmp_path)], environment) as terminal:
        terminal.wait("f000000", 10)
        terminal.press("G")
        terminal.wait("f099999", 10)
        terminal.press("q")
        assert terminal.wait_end() == 0


@rows(84)
def test_a_folder_that_goes_while_it_is_shown_says_so(screen: Terminal, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "top" / "a")
    screen.press("l")
    screen.wait("DIR_GONE")
    screen.press("j")
    screen.wait("b/")


@rows(85)
@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may read everything, and there is no setpriv"
)
def test_a_folder_that_may_not_be_read_says_so_in_its_row(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "top" / "closed").mkdir(parents=True)
    (tmp_path / "top" / "closed").chmod(0)
    without = []
    if os.geteuid() == 0:
        os.chown(tmp_path / "top" / "closed", 12345, 12345)
        without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    with Terminal([*without, *PROGRAM, str(tmp_path / "top"), *SERVICE, token_file(tmp_path)], environment) as terminal:
        terminal.wait("closed/")
        terminal.press("l")
        terminal.wait("EACCES permission denied")


@rows(86)
@pytest.mark.skipif(not available(), reason="needs root and /dev/fuse to mount a file system of its own")
def test_a_folder_that_hangs_stalls_alone_and_the_exit_waits_for_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    top, over = tmp_path / "top", threading.Event()
    (top / "a").mkdir(parents=True)
    (top / "b").mkdir()
    (top / "b" / "inside").touch()
    with Fuse(str(top / "a"), {"x": (1, lambda offset, size: b"")}, entries=lambda: over.wait(60)):
        with Terminal([*PROGRAM, str(top), *SERVICE, token_file(tmp_path)], environment, columns=100) as terminal:
            terminal.wait("b/")
            terminal.press("l")
            terminal.press("j", "l")
            terminal.wait("inside", 3)
            terminal.wait("DIR_STALLED", 8)
            terminal.press("2")
            terminal.wait(r"\[2 Queue\]", 2)
            began = time.monotonic()
            terminal.press("q")
            assert terminal.wait_end() == 0
            assert time.monotonic() - began <= 3.0
        over.set()


# --- our own machine


@rows(88)
def test_a_log_that_cannot_be_written_is_off_with_one_sentence_and_stops_nothing(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(60)
    ground.state.mkdir(mode=0o700)
    (ground.state / "log.jsonl").mkdir()
    ended = ground.command()
    assert (ended.code, len(cloud.held())) == (0, 60)
    assert ended.said.count("LOG_OFF") == 1


@rows(88)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_that_fills_up_under_the_log(ground: Ground) -> None:
    """A real disk of 64 KiB for the state folder."""
    cloud = ground.cloud()
    ground.fill(300)
    ground.state.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "none", ground.state], check=True)
    try:
        (ground.state / "filler").write_bytes(b"x" * 40_000)
        ended = ground.command("--patience", "1")
    finally:
        subprocess.run(["umount", "-l", ground.state], check=True)
    assert ended.said.count("LOG_OFF") <= 1
    assert len(cloud.held()) == ended.summary["done"]


@rows(89)
@pytest.mark.parametrize("home", ["/proc/none", ""])
def test_a_home_that_is_missing_stops_nothing_and_nothing_goes_to_tmp(ground: Ground, home: str) -> None:
    cloud = ground.cloud()
    ground.fill(3)
    temporary = ground.folder / "tmp"
    temporary.mkdir()
    changed = {"HOME": home, "TUI_UPLOADER_STATE_DIR": "/proc/none/state", "TUI_UPLOADER_CONFIG_DIR": ""}
    ended = ground.command(environment=changed | {"TMPDIR": str(temporary), "XDG_CONFIG_HOME": "/proc/none/config"})
    assert (ended.code, len(cloud.held())) == (0, 3)
    assert "NO_STATE" in ended.said
    assert list(temporary.iterdir()) == []


# --- the terminal


@rows(96)
@pytest.mark.parametrize("closed", ["</dev/null", "2>/dev/null", "</dev/null 2>/dev/null"])
def test_no_terminal_is_one_sentence_before_anything_starts(environment: dict[str, str], closed: str) -> None:
    script = f'"$@" {closed}; echo "code $?"'
    with Terminal(["sh", "-c", script, "sh", *PROGRAM, "/srv"], environment) as terminal:
        terminal.wait("code 2")
    assert b"\x1b[?1049h" not in terminal.raw
    if "2>" not in closed:
        assert "tui-uploader push /srv" in terminal.text().replace("\n", "")


@rows(96)
def test_a_dumb_terminal_names_push(environment: dict[str, str]) -> None:
    with Terminal([*PROGRAM, "/srv"], environment | {"TERM": "dumb"}) as terminal:
        terminal.wait(lambda text: "tui-uploader push /srv" in text.replace("\n", ""))
        assert terminal.wait_end() == 2


@rows(97)
def test_a_locale_without_utf8_gets_ascii_and_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "top" / "plain").mkdir(parents=True)
    command = [*PROGRAM, str(tmp_path / "top"), *SERVICE, token_file(tmp_path)]
    with Terminal(command, environment | {"LANG": "C", "LC_ALL": "C"}, columns=100, rows=30) as terminal:
        terminal.press("3")
        terminal.wait("not UTF-8")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert terminal.raw.isascii()
    assert b"\\u2" not in terminal.raw


@rows(98)
def test_a_screen_that_is_too_small_says_so_in_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    command = [*PROGRAM, str(tmp_path), *SERVICE, token_file(tmp_path)]
    with Terminal(command, environment, columns=30, rows=6) as terminal:
        terminal.wait(lambda text: "enlarge to 40x10" in " ".join(text.split()))


@rows(100)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_puts_the_terminal_back(screen: Terminal, number: int, code: int) -> None:
    screen.signal(number)
    assert screen.wait_end() == code
    assert screen.modes() == screen.modes_before
    assert b"\x1b[?1049l" in screen.raw[-4000:]


@rows(100)
def test_two_ctrl_c_leave_with_130(screen: Terminal) -> None:
    screen.press("\x03", "\x03")
    assert screen.wait_end() in (0, 130)
    assert screen.modes() == screen.modes_before


@rows(102)
def test_a_bug_is_a_sentence_with_an_id_and_exit_70(ground: Ground) -> None:
    """The whole of it is in tests/terminal/test_secrets.py."""
    cloud = ground.cloud()
    script = (
        "from tui_uploader.engine.planner import Planner\n"
        f"def plan(self, starts):\n    token = {cloud.token!r}\n    raise KeyError(token)\n    yield\n"
        "Planner.plan = plan\nfrom tui_uploader.cli import main\nmain()\n"
    )
    words = ["push", str(ground.files), "--gateway", cloud.gateway, "--token-file", token_file(ground.folder)]
    ended = subprocess.run(
        [sys.executable, "-c", script, *words], env=ground.environment(), capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == 70
    assert b"internal error (KeyError at " in ended.stderr
    ground.no_canary(ended.stderr.decode(), ended.stdout.decode())


@rows(103)
def test_ctrl_z_stops_nothing_and_says_how_to_leave(screen: Terminal) -> None:
    screen.press("\x1a")
    screen.wait(r"\^z does nothing here: q leaves")
    screen.press("q")
    assert screen.wait_end() == 0
