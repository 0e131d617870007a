"""A folder and a plan of a million files in a real pty: first page, all of it, keys meanwhile, memory."""

import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable

from tests.bench.latency import Timed, _environment, _p99
from tests.bench.targets import Verdict

COUNT = 1_000_000
NAME = "access-{}.log"
_MARKINGS = (
    ("a range over all is marked", ("g", "v", "G"), "v", "marked: {all} files"),
    ("that is taken back", (), "U", r"\A(?!(?s:.*)marked:)"),
    ("all but one are marked", ("g", " "), "*", "marked: {but} files"),
    ("that is taken back", (), "U", "marked: 1 file,"),
)
MOVES = ("j", "k", "\x1b[6~", "\x1b[5~", "\x04", "j", "j", "k")  # rows, pages, half a page


def make(folder: str, count: int = COUNT) -> str:
    """A folder of empty files whose numbers have no leading zeros, as logs have them."""
    huge = os.path.join(folder, f"huge-{count}")
    os.makedirs(huge, exist_ok=True)
    number = os.open(huge, os.O_RDONLY)
    for at in range(count):
        os.close(os.open(NAME.format(at), os.O_CREAT | os.O_WRONLY, dir_fd=number))
    os.close(number)
    return huge


def _memory(pid: int, word: str = "VmRSS") -> float:
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(rf"{word}:\s+(\d+)", file.read())[1]) / 1024  # type: ignore[index]


def _sign(terminal: Timed, sign: bytes) -> None:
    """Wait until a text has been written, and draw all that comes."""
    seen, end = b"", time.perf_counter() + 60
    while sign not in seen:
        seen += terminal.take(1.0)
        if time.perf_counter() > end:
            raise RuntimeError(f"never written: {sign!r}")


def _until(terminal: Timed, done: Callable[[str], object], patience: float = 60.0) -> list[float]:
    """Press keys at moments of no rhythm until the screen says that it is done; milliseconds to each answer."""
    found: list[float] = []
    end = time.perf_counter() + patience
    while not done(terminal.text()):
        if time.perf_counter() > end:
            raise RuntimeError(f"never done:\n{terminal.text()}")
        found.append(terminal.answer(MOVES[len(found) % len(MOVES)]) * 1000)
        pause = time.perf_counter() + random.uniform(0.01, 0.04)
        while (left := pause - time.perf_counter()) > 0:
            terminal.take(left)
    return sorted(found)


def _keys(terminal: Timed, count: int) -> list[float]:
    left = iter(range(count))
    return _until(terminal, lambda _: next(left, -1) < 0)


def _said(values: list[float]) -> str:
    if not values:
        return "over before a key was pressed"
    return f"{statistics.median(values):.1f} / {_p99(values):.1f} / {values[-1]:.1f} ms"


def folder_and_plan(folder: str, count: int = COUNT) -> list[Verdict]:
    """Open the folder, press keys while it is counted and after; mark it, plan it, press keys there."""
    huge, home = make(folder, count), os.path.join(folder, "home")
    os.makedirs(os.path.join(home, "small"), exist_ok=True)
    command = [sys.executable, "-m", "tui_uploader", os.path.join(home, "small"), "--in-process"]
    found: list[Verdict] = []

    def judged(what: str, target: str, value: str, good: bool | None) -> None:
        found.append(Verdict(f"{count:,} entries: {what}", target, value, good))

    terminal = Timed(command, _environment(home, 9, None), 80, 24)
    with terminal:
        terminal.wait(r"\[1 Files\]")
        while terminal.count(0.5):
            pass
        plain = _memory(terminal.pid)
        terminal.press(f"o\x15{huge}")
        terminal.wait(re.escape(os.path.basename(huge)))
        began = time.perf_counter()
        terminal.press("\r")
        _sign(terminal, NAME[:6].encode())
        first = time.perf_counter() - began
        terminal.wait("counting")
        counting = _until(terminal, lambda text: "counting" not in text)
        whole = time.perf_counter() - began
        at_rest = _keys(terminal, 200)
        judged("first page", "< 0.3 s", f"{first:.2f} s", first < 0.3)
        judged("all of it", "< 2 s", f"{whole:.1f} s", whole < 2)
        judged(
            "key to paint while it is read, p50 / p99 / worst",
            "p99 < 15 ms",
            _said(counting),
            not counting or _p99(counting) < 15,
        )
        judged("key to paint afterwards, p50 / p99 / worst", "p99 < 15 ms", _said(at_rest), _p99(at_rest) < 15)
        memory, most = _memory(terminal.pid), _memory(terminal.pid, "VmHWM")
        judged("memory (before; now; most)", "<= 120 MiB", f"{plain:.0f}; {memory:.0f}; {most:.0f} MiB", most <= 120)
        terminal.press("g", "a")
        terminal.wait("marked")
        began = time.perf_counter()
        terminal.press("u")
        _sign(terminal, b"Plan:")
        opened = time.perf_counter() - began
        terminal.press(
            "f"
        )  # all lines: a key that moves nothing paints nothing, and the next count would answer for it
        terminal.wait("shown: all")
        planning = _until(terminal, lambda text: "Plan:" in text and "counting" not in text, 120)
        whole = time.perf_counter() - began
        reading = _keys(terminal, 200)
        judged("the plan opens", "< 1 s", f"{opened:.2f} s", opened < 1)
        judged("the plan is whole", "-", f"{whole:.1f} s", None)
        judged("key to paint while it is planned", "p99 < 50 ms", _said(planning), not planning or _p99(planning) < 50)
        judged("key to paint in the plan", "p99 < 50 ms", _said(reading), _p99(reading) < 50)
        memory, most = _memory(terminal.pid), _memory(terminal.pid, "VmHWM")
        judged("memory with the plan (now; most)", "<= 300 MiB", f"{memory:.0f}; {most:.0f} MiB", most <= 300)
        terminal.press("\x1b")
        terminal.wait(r"\[1 Files\]")
        terminal.press("U")  # the mark on all
        for what, before, key, sign in _MARKINGS:
            terminal.press(*before)
            while terminal.count(0.3):
                pass
            terminal.press(key)
            marking = _until(terminal, re.compile(sign.format(all=f"{count:,}", but=f"{count - 1:,}")).search)
            judged(f"key to paint while {what}", "p99 < 50 ms", _said(marking), not marking or _p99(marking) < 50)
    return found
