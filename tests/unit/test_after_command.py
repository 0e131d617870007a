"""The command after a job: whatever it prints, leaves behind or ignores, it is waited for once and holds nobody."""

import os
import time
import tracemalloc
from pathlib import Path

from tui_uploader import after

SUMMARY = {"job": "0a1b2c3d", "failed": 1}


def script(folder: Path, text: str) -> str:
    """A command of a shell's."""
    path = folder / "told"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    assert after.carry_out(script(tmp_path, "sleep 20 & exit 0"), SUMMARY, 10.0) == ""
    assert time.monotonic() - began < 5
    said = after.carry_out(script(tmp_path, "sleep 20 & echo no mail >&2; exit 3"), SUMMARY, 10.0)
    assert "ended with code 3: no mail" in said
    assert time.monotonic() - began < 8


def test_garbage_without_end_is_read_and_not_kept(tmp_path: Path) -> None:
    text = "head -c 60000000 /dev/zero >&2; printf '\\nesc \\033[31m' >&2; exit 1"
    tracemalloc.start()
    try:
        words = after.carry_out(script(tmp_path, text), SUMMARY, 60.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert words.startswith("upload.after (told) ended with code 1: esc ")
    assert "\x1b" not in words
    assert peak < 10_000_000, "bytes; it was three times what was printed"


def test_one_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    words = after.carry_out(script(tmp_path, f"sleep 30 & echo $! > {tmp_path}/pid; wait"), SUMMARY, 1.0)
    assert "was ended: it took more than 1 s" in words
    child = int((tmp_path / "pid").read_text())
    end = time.monotonic() + 5
    while _runs(child) and time.monotonic() < end:
        os.sched_yield()
    assert not _runs(child)


def test_one_that_reads_nothing_and_one_that_is_missing(tmp_path: Path) -> None:
    big = {"job": "x", "by_code": {f"CODE_{n}": n for n in range(20_000)}}
    assert after.carry_out(script(tmp_path, "exec true"), big, 10.0) == ""
    assert "cannot be run: No such file" in after.carry_out(str(tmp_path / "none"), SUMMARY, 1.0)


def test_it_gets_the_job_and_the_summary(tmp_path: Path) -> None:
    assert after.carry_out(script(tmp_path, f"cat > {tmp_path}/in; env > {tmp_path}/env"), SUMMARY, 10.0) == ""
    assert (tmp_path / "in").read_text() == '{"job": "0a1b2c3d", "failed": 1}\n'
    assert "TUI_UPLOADER_JOB=0a1b2c3d" in (tmp_path / "env").read_text()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
