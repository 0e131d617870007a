"""Every frame that a person could see: its parts add up to its total, nothing that is counted for good goes back."""

import os
import re
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.engine.conftest import CloudThread
from tests.terminal.conftest import PROGRAM
from tests.terminal.ground import ENV_ID, ground_at
from tests.terminal.pty_screen import Terminal
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options

SIZE, EACH = 120_000, 12
KINDS = ("plain", "busy", "cut", "broken", "denied")
TOTAL = EACH * len(KINDS) + 1  # and a FIFO
FAULTS = (
    Fault("status", keys=("*busy*",), status=503, code="SlowDown", times=1),
    Fault("reset", keys=("*cut*",), at=60, times=1),
    Fault("status", keys=("*broken*",), status=400, code="InvalidArgument"),
)
STATUS = re.compile(
    r"([\d,]+) of ([\d,]+) +([\d,]+) failed(?: +([\d,]+) skipped)?(?: +([\d,]+) cancelled)? +(\S+) of \S+ *(.*)$", re.M
)
BAR = re.compile(r"\[([#=█━─-]+[^\]]*)\]")
HEADING = re.compile(r"[-+▸▾] ([^|\n]+?) x ([\d,]+) *$", re.M)
TITLE = re.compile(r"2 Queue\D*([\d,]+), ")
COMPACT = re.compile(r"^ ([\d,]+)/([\d,]+)(?:  !([\d,]+))?(?:  (.*))?$", re.M)


def number(text: str | None) -> int:
    """A number as the screen writes it."""
    return int((text or "0").replace(",", ""))


def amount(text: str) -> float:
    """A size as the screen writes it, in bytes."""
    found = re.fullmatch(r"([\d.]+)([BKMG])", text)
    assert found, text
    return float(found[1]) * float(1 << 10 * "BKMG".index(found[2]))


class Watched(Terminal):
    """A terminal that looks at every frame as soon as it stands still."""

    frames, done, ended = 0, 0, False
    moved, wanted = 0.0, 0
    grouped = False  # whether all of the queue stands in closed groups

    def take(self, seconds: float) -> bytes:
        """See Terminal; what comes in one go is one frame."""
        data = whole = super().take(seconds)
        while data and select.select([self._ours], [], [], 0.008)[0]:
            data = super().take(0)
            whole += data
        if whole:
            self.look()
        return whole

    def __enter__(self) -> Self:
        return self

    def look(self) -> None:
        """Look at a frame."""
        text = self.text()
        if "y yes" in text or "Esc " in text:
            return  # a page lies over it
        if found := STATUS.search(text):
            done, total, failed, skipped, cancelled = map(number, found.groups()[:5])
            self._count(done, total, failed, done + failed + skipped + cancelled, found[7])
            self._moved(amount(found[6]), total - failed - skipped - cancelled)
            if title := TITLE.search(text):
                assert number(title[1]) == total, text
            groups = {name.strip(): number(count) for name, count in HEADING.findall(text)}
            if self.grouped and groups:
                assert sum(groups.values()) == total, (groups, text)
                shown = {"done": done, "skipped": skipped, "cancelled": cancelled}
                assert {name: groups.get(name, 0) for name in shown} == shown, (groups, text)
                others = {"waiting", "active", *shown}
                assert sum(n for name, n in groups.items() if name not in others) == failed, (groups, text)
        elif found := COMPACT.search(text):
            done, total, failed = map(number, found.groups()[:3])
            self._count(done, total, failed, done + failed, found[4] or "")
        assert not re.search(r"\b100 ?%", text), text

    def _moved(self, moved: float, wanted: int) -> None:
        """The amount falls only with an object that is no longer wanted, never where one is sent again."""
        if wanted >= self.wanted:
            assert moved >= self.moved, (self.moved, self.text())
        self.moved, self.wanted = moved, wanted

    def _count(self, done: int, total: int, failed: int, ended: int, words: str) -> None:
        self.frames += 1
        assert ended <= total, self.text()
        assert done >= self.done, (self.done, self.text())  # what is done stays done
        self.done = done
        if re.search(r"all done|all ended|^ended|failed: R", words):
            self.ended = True
        if re.search(r"all done", words):
            assert done + failed + (total - ended) == total, self.text()


def answered(terminal: Terminal) -> None:
    """Say yes where a question is open."""
    terminal.count(0.3)
    terminal.press("y" if "y yes" in terminal.text() else "escape")
    terminal.count(0.4)


def to_the_end(terminal: Watched) -> None:
    """Watch until nothing is left to do; a pause of many cuts in a row is for a person to end."""
    terminal.ended = False
    end = time.monotonic() + 60
    while not terminal.ended:
        assert time.monotonic() < end, terminal.text()
        terminal.take(0.5)
        if "paused: p" in terminal.text():
            terminal.press("p")
            terminal.count(0.6)


@pytest.fixture
def begun(environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment with files of each kind and a slow cloud that refuses, cuts and throttles."""
    options = Options(
        data=str(tmp_path / "cloud"), token="t0ken", env_id=ENV_ID, faults=FAULTS, refused=("denied",), limit=900_000
    )
    cloud = CloudThread(options)
    files = tmp_path / "files"
    files.mkdir()
    for kind in KINDS:
        for at in range(EACH):
            (files / f"{at:02d}-{kind}" if kind != "denied" else files / f"{kind}-{at:02d}").write_bytes(
                os.urandom(SIZE)
            )
    os.mkfifo(files / "pipe")
    config = tmp_path / "config"
    config.mkdir()
    (config / "settings.toml").write_text("[upload]\nparallel = 4\n")
    yield environment | {
        "TUI_UPLOADER_STATE_DIR": str(tmp_path / "state"),
        "TUI_UPLOADER_CONFIG_DIR": str(config),
        "TUI_UPLOADER_GATEWAY": cloud.emulator.gateway,
        "TUI_UPLOADER_ENV_ID": ENV_ID,
        "TUI_UPLOADER_TOKEN": "t0ken",
    }
    cloud.close()


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24), (40, 10)])
def test_the_parts_of_every_frame_add_up(begun: dict[str, str], tmp_path: Path, columns: int, rows: int) -> None:
    command = [*PROGRAM, "--in-process", str(tmp_path / "files")]
    with Watched(command, begun, columns, rows) as terminal:
        terminal.wait("00-bro")
        terminal.upload_all(TOTAL)
        terminal.press("2", "f", "w")  # of what waits: cancel one, then two that are ticked, and take that back
        terminal.count(0.3)
        terminal.press("G", "x")
        terminal.count(0.3)
        terminal.press("k", "k", "space", "space", "x")
        answered(terminal)
        terminal.press("U", "f", "a", "s", "c", "g")
        terminal.count(0.6)
        terminal.press("p")
        terminal.count(0.8)
        terminal.grouped = columns == 120
        terminal.press("p", ">", ">")
        terminal.count(0.5)
        for _ in range(2):  # pause the last group alone, and let it go on
            terminal.press("G", "P")
            answered(terminal)
        to_the_end(terminal)
        terminal.press("r", "R")
        to_the_end(terminal)
        terminal.grouped = False
        terminal.press("c")  # cleared rows count as before
        terminal.count(0.5)
        terminal.press("U")
        terminal.count(0.5)
        assert terminal.frames > 25
        assert terminal.done >= EACH * 2


def test_an_object_that_is_sent_again_takes_no_bytes_back(environment: dict[str, str], tmp_path: Path) -> None:
    """The bucket cuts the connection twice in the middle of the one object: the amount stands, the row says why."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "cut.bin").write_bytes(os.urandom(3_000_000))
    faults = (Fault("reset", keys=("*cut*",), at=60, times=2),)
    command = [*PROGRAM, "--in-process", str(files)]
    with (
        ground_at(tmp_path / "ground", environment, speed=600_000, faults=faults) as ground,
        Watched(command, ground.environment) as terminal,
    ):
        terminal.wait("cut.bin")
        terminal.upload_all(1)
        terminal.wait("% +cut.bin +2.9M +try 2")
        to_the_end(terminal)
        assert terminal.frames > 5
