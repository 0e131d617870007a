"""A huge folder and a hostile one in a real terminal: first page, keys, bytes of moving, no raw byte."""

import os
import re
import time
from pathlib import Path

import pytest

from tests.terminal.pty_screen import Terminal

COUNT = int(os.environ.get("TUI_UPLOADER_TEST_FILES", "100000"))
HOSTILE = (
    b"esc\x1b[31mred", b"bell\x07", b"nul-less\x01\x02", b"csi\xc2\x9b31m", b"new\nline", b"tab\there", b"back\x08\x08",
    b"not-utf8-\xff\xfe", b"[bold]markup[x]", b"-rf", b" both ends ", b"rtl-\xe2\x80\xaegnp.exe",
    b"zero\xe2\x80\x8bwidth", b"osc\x1b]0;title\x07", b"del\x7f", b"osc52-\x1b]52;c;cm0=\x07",
    b"dcs\xc2\x90q\xc2\x9c", b"cr\rover", b"so\x0e\x0f", b"isolate-\xe2\x81\xa6x\xe2\x81\xa9",
    b"line-sep\xe2\x80\xa8x", b"tag-\xf3\xa0\x81\xa5", b"bom\xef\xbb\xbfx", b"[@click=app.quit]hi[x]",
    b"gbk-\xbc\xbe\xb6\xc8", b"$(reboot);'\"`id`", b"*?[a-z]{x,y}", b"..\\up", b"%2F%00?#+&", b"Case", b"case",
    "季度报告.docx".encode(), "e\u0301".encode(), "\u00e9".encode(), b"z" + b"\xcc\x81" * 60,
    b"a" * 255,
)  # fmt: skip


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A folder of `COUNT` empty files, with numbers that have no leading zeros."""
    folder = tmp_path / "huge"
    folder.mkdir()
    number = os.open(folder, os.O_RDONLY)
    for name in range(COUNT):
        os.close(os.open(f"f{name}.log", os.O_CREAT | os.O_WRONLY, dir_fd=number))
    os.close(number)
    return folder


def go_to(terminal: Terminal, folder: Path) -> float:
    """Open a folder with `o`; seconds until its first rows are seen."""
    terminal.wait(r"(?m)^>.*logs/")
    began = time.perf_counter()
    terminal.press(f"o\x15{folder}\r")  # in one burst, as a hand or a script that knows the keys types
    terminal.wait(r"\[ \] ", 20)
    terminal.wait(rf"\[1 Files\] \S*{folder.name}")
    return time.perf_counter() - began


def latency(terminal: Terminal, key: str) -> float:
    """Seconds from a key to the first byte that answers it."""
    while terminal.take(0.02):
        pass
    began = time.perf_counter()
    terminal.press(key)
    terminal.take(5.0)
    return time.perf_counter() - began


def test_a_huge_folder_opens_at_once_and_keys_answer_while_it_is_counted(demo: Terminal, huge: Path) -> None:
    assert go_to(demo, huge) < 1.5
    took = sorted(latency(demo, "j" if n % 2 else "\x1b[6~") for n in range(60))
    demo.press("G")
    demo.wait(rf"f{COUNT - 1}\.log")
    assert took[len(took) // 2] < 0.1, took
    assert took[-1] < 0.5, took
    demo.press("g")
    demo.wait(r"(?m)^>.*f0\.log")
    demo.press(f"/f{COUNT - 2}.")
    demo.wait(rf"(?m)^>.*f{COUNT - 2}\.log")


def test_moving_costs_little_on_the_wire(demo: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(500):
        (folder / f"report-{number:05d}-of-the-day.log").write_bytes(b"x" * number)
    go_to(demo, folder)
    demo.count(1.0)
    total = 0
    for _ in range(100):
        demo.press("j")
        total += demo.count(0.05)
    assert total / 100 <= 1024
    demo.press("\x1b[6~")
    page = demo.count(0.5)
    assert 0 < page <= 2560
    assert demo.count(1.0) == 0


def test_a_hostile_folder_is_browsed_marked_and_planned_without_a_raw_byte(demo: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name in HOSTILE:
        (folder / os.fsdecode(name)).write_bytes(b"1")
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    go_to(demo, folder)
    seen = len(demo.raw)
    for _ in range(len(HOSTILE) + 2):  # each of them is looked at
        demo.press("i")
        demo.wait(r"Information: a (file|link|pipe)")
        demo.press("escape")
        demo.wait(r"\[1 Files\]")
        demo.press("j")
        demo.count(0.02)
    demo.press("f", "\x1b", "s", "s", "s", "s", "g", "a")
    demo.wait("marked: 1 folder")
    demo.press("u")
    demo.wait("Plan: ")
    demo.press("f")
    demo.wait("shown: all")
    for _ in range(2 * len(HOSTILE)):
        demo.press("j")
        demo.count(0.01)
    demo.press("enter")  # what can be is uploaded, what cannot stands in queue and log
    demo.wait(r"\[1 Files\]")
    demo.wait(r"NAME_CONTROL|NAME_NOT_UTF8")
    demo.press("2", "G", "g", "3", "z")
    demo.count(1.0)
    raw = demo.raw[seen:]
    for evil in (b"\x1b[31mred", b"\x1b]52;c;cm0", b"\xff\xfe", b"\xe2\x80\xae", b"\xe2\x81\xa6", b"\xe2\x80\xa8"):
        assert evil not in raw, evil
    title = rb"\x1b\]2;[\w/! -]*(?:\x07|\x1b\\)"  # ours: counts alone
    rest = re.sub(title + rb"|\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b\([B0]|\x07(?=\x1b|$)", b"", raw)
    wild = re.findall(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]", rest)
    assert not wild, (wild, [rest[max(at - 30, 0) : at + 30] for at in [rest.find(wild[0])]])
