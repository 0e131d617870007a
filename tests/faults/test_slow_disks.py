"""Rows 59, 60, 63: file systems that fail, lie or fall silent, as real ones in user space."""

import errno
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.faults.fuse import Fuse, Read, available
from tests.faults.ground import CLOCKS, TOKEN, Ground
from tests.terminal.conftest import PROGRAM
from tui_uploader.engine.planner import Planner, PlanOptions, Start
from tui_uploader.engine.port import Clocks

pytestmark = pytest.mark.skipif(not available(), reason="needs root and /dev/fuse to mount a file system of its own")
SIZE = 1_000_000
SILENT = replace(CLOCKS, source=0.5)
ORDINARY = Clocks(backoff_base=0.01, backoff_cap=0.05)
"""For files that are slow only where the machine is: no clock is meant to run out."""
DATA = bytes(range(256)) * (SIZE // 256) + b"rest".ljust(SIZE % 256, b".")


def good(offset: int, size: int) -> bytes:
    return DATA[offset : offset + size]


class Hang:
    """Reads from `at` on wait until the test is over."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.over = threading.Event()

    def __call__(self, offset: int, size: int) -> bytes:
        if offset + size > self._at:
            self.over.wait(60)
        return good(offset, size)


class Fails:
    """Reads from `at` on fail, so many times."""

    def __init__(self, code: int, at: int, times: int = 1000) -> None:
        self._code, self._at, self._times = code, at, times

    def __call__(self, offset: int, size: int) -> bytes:
        if offset + size > self._at and self._times > 0:
            self._times -= 1
            raise OSError(self._code, "")
        return good(offset, size)


@pytest.fixture
def hang() -> Iterator[Hang]:
    made = Hang(0)
    yield made
    made.over.set()


def mounted(ground: Ground, read: Read, size: int = SIZE) -> Fuse:
    """A file that reads by `read` and a good one beside it, and two files on a plain disk."""
    ground.fill(2)
    return Fuse(str(ground.files / "far"), {"bad.bin": (size, read), "good.bin": (SIZE, good)})


@pytest.mark.rows(60)
@pytest.mark.parametrize("at", [0, 600_000])
def test_a_file_system_that_falls_silent_costs_one_object_and_its_slot(ground: Ground, at: int) -> None:
    hang = Hang(at)
    ground.cloud()
    with mounted(ground, hang):
        ended = ground.push(clocks=SILENT, parallel=2, clock=0.5)
        hang.over.set()
    assert ended.failed == {"far/bad.bin": "SOURCE_STALLED"}
    assert ended.summary["done"] == 3
    assert "silent for 0.5 s" in ended.of("failed")[0]["hint"]


@pytest.mark.rows(60)
def test_the_exit_waits_for_no_read_that_hangs(ground: Ground, hang: Hang) -> None:
    """Even a read that no signal ends: the process that hangs in it is left behind."""
    cloud = ground.cloud()
    token = ground.folder / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN)
    with mounted(ground, hang) as fuse:
        command = [*PROGRAM, "push", "--json", str(ground.files), "--gateway", cloud.gateway]
        process = subprocess.Popen(
            [*command, "--token-file", str(token)], env=ground.environment(), stdout=subprocess.PIPE
        )
        end = time.monotonic() + 20
        while not fuse.reads and time.monotonic() < end:
            threading.Event().wait(0.02)
        assert fuse.reads
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        seconds = time.monotonic() - began
        hang.over.set()
    assert process.returncode == 143
    assert seconds <= 3.0, f"{seconds:.1f} s"


@pytest.mark.rows(59)
@pytest.mark.parametrize(
    ("code", "at", "times", "failed", "done"),
    [
        (errno.EIO, 0, 1000, {"far/bad.bin": "EIO"}, 3),
        (errno.EIO, 600_000, 1000, {"far/bad.bin": "EIO"}, 3),
        (errno.ESTALE, 600_000, 1, {}, 4),
        (errno.ESTALE, 600_000, 1000, {"far/bad.bin": "ESTALE"}, 3),
    ],
)
def test_a_disk_error_in_the_middle(
    ground: Ground, code: int, at: int, times: int, failed: dict[str, str], done: int
) -> None:
    cloud = ground.cloud()
    with mounted(ground, Fails(code, at, times)):
        ended = ground.push(clocks=SILENT)
    assert ended.failed == failed
    assert ended.summary["done"] == done
    assert ended.retried == ([("far/bad.bin", "ESTALE")] if code == errno.ESTALE else [])
    if failed:
        assert "far/bad.bin" not in cloud.held()


@pytest.mark.rows(63)
@pytest.mark.parametrize("size", [SIZE + 5, SIZE * 2])
def test_a_file_that_says_more_than_it_has(ground: Ground, size: int) -> None:
    cloud = ground.cloud()
    with mounted(ground, good, size):
        ended = ground.push(clocks=ORDINARY)
    assert ended.failed == {"far/bad.bin": "SOURCE_CHANGED"}
    assert ended.retried == []
    assert f"it says that it has {size} bytes, and ends after {SIZE}" in ended.of("failed")[0]["hint"]
    assert "far/bad.bin" not in cloud.held()


@pytest.mark.rows(60)
def test_a_link_that_leads_there_is_found_out_without_touching_it(ground: Ground, hang: Hang) -> None:
    ground.cloud()
    link = ground.folder / "link"
    with mounted(ground, hang) as fuse:
        link.symlink_to(ground.files / "far")
        plan = list(Planner(PlanOptions()).plan([Start(os.fsencode(link) + b"/", b"")]))
        assert len(plan) == 2
        ended = ground.push(link, clocks=SILENT, clock=0.5)
        hang.over.set()
        assert fuse.reads
    assert ended.failed == {"link/bad.bin": "SOURCE_STALLED"}


@pytest.mark.rows(60)
def test_a_folder_that_hangs_is_given_up_and_its_neighbours_go_on(ground: Ground) -> None:
    over, asked = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        over.wait(60)

    cloud = ground.cloud()
    ground.fill(3, folder="a")
    ground.fill(3, folder="z")
    with (
        Fuse(str(ground.files / "m"), {"x": (SIZE, good)}, entries=wait),
        Fuse(str(ground.files / "n"), {"y": (SIZE, good), "z": (3, lambda offset, size: b"abc"[offset:])}),
    ):
        ended = ground.push(silence=0.5, clock=0.5)
        alone = list(Planner(PlanOptions(), silence=0.5).plan([Start(os.fsencode(ground.files / "m"), b"m")]))
        over.set()
    assert asked.is_set()
    assert ended.failed == {"m": "DIR_STALLED"}
    assert (ended.code, ended.summary["done"]) == (1, 8)
    assert {"n/y", "n/z"} <= set(cloud.held())
    assert [(line.key, line.code) for line in alone] == [("m", "DIR_STALLED")]


@pytest.mark.rows(60)
def test_the_exit_waits_for_no_folder_that_hangs(ground: Ground) -> None:
    over, asked = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        over.wait(60)

    cloud = ground.cloud()
    token = ground.folder / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN)
    ground.fill(2)
    with Fuse(str(ground.files / "far"), {"x": (SIZE, good)}, entries=wait):
        command = [*PROGRAM, "push", "--json", str(ground.files), "--gateway", cloud.gateway]
        process = subprocess.Popen(
            [*command, "--token-file", str(token)], env=ground.environment(), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()  # the run has begun: a signal has its meaning from now on
        assert asked.wait(20)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
        seconds = time.monotonic() - began
        over.set()
    assert process.returncode == 143
    assert b'"summary"' in out
    assert seconds <= 3.0, f"{seconds:.1f} s"


@pytest.mark.rows(60)
def test_a_list_of_paths_on_a_file_system_that_hangs_is_given_up_and_one_that_answers_is_read_whole(
    ground: Ground, hang: Hang
) -> None:
    cloud = ground.cloud()
    token = ground.folder / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN)
    ground.fill(2)
    names = b"f000.txt\nf001.txt\n" + b"no-such-file\n" + b"\n" * 2_000_000
    far = ground.folder / "far"
    reads: Read = lambda offset, size: names[offset : offset + size]  # noqa: E731
    lists: dict[str, tuple[int, Read]] = {"hangs": (100, hang), "reads": (len(names), reads)}
    with Fuse(str(far), lists):
        command = [*PROGRAM, "push", "--json", "--gateway", cloud.gateway, "--token-file", str(token), "--files-from"]
        began = time.monotonic()
        silent = subprocess.run(
            [*command, str(far / "hangs")], env=ground.environment(), capture_output=True, timeout=60, check=False
        )
        seconds = time.monotonic() - began
        read = subprocess.run(
            [*command, str(far / "reads")],
            env=ground.environment(), capture_output=True, timeout=60, check=False, cwd=ground.files,
        )  # fmt: skip
        hang.over.set()
    assert (silent.returncode, silent.stdout) == (2, b"")
    assert b"its file system is silent for 5 s: check the mount" in silent.stderr
    assert seconds <= 10.0
    assert read.returncode == 1
    assert set(cloud.held()) == {"f000.txt", "f001.txt"}
