"""The command of `upload.after` where jobs end: `push`, the background, a refusal at the start; each job once."""

import json
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.conftest import environment
from tests.terminal.ground import FILES, PROGRAM, Ground, ground_at
from tui_uploader.emulator.script import Fault

__all__ = ["environment"]


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine whose settings name a command that notes what it is told."""
    with ground_at(tmp_path, environment, speed=50_000_000) as made:
        config = Path(made.environment["TUI_UPLOADER_CONFIG_DIR"])
        config.mkdir(exist_ok=True)
        told = tmp_path / "told"
        told.write_text(f"#!/bin/sh\ncat >> {tmp_path}/seen\n")
        told.chmod(0o700)
        (config / "settings.toml").write_text(f'[upload]\nafter = "{told}"\n')
        yield made


def seen(folder: Path, count: int = 1, patience: float = 20.0) -> list[dict[str, Any]]:
    """What the command was told, when it was told that often."""
    end = time.monotonic() + patience
    while True:
        text = (folder / "seen").read_text() if (folder / "seen").exists() else ""
        if text.count("\n") >= count or time.monotonic() > end:
            return [json.loads(line) for line in text.splitlines()]
        select.select([], [], [], 0.05)


def push(ground: Ground, *words: str) -> "subprocess.CompletedProcess[str]":
    """`push` of all files."""
    return subprocess.run(
        [*PROGRAM, "push", str(ground.files), *words],
        env=ground.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_push_tells_the_summary_that_it_prints(ground: Ground, tmp_path: Path) -> None:
    done = push(ground, "--json")
    summary = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, done.stderr) == (0, "")
    assert seen(tmp_path) == [{**summary, "stopped": None}]


def test_a_push_that_cannot_start_tells_it_too(ground: Ground, tmp_path: Path) -> None:
    ground.environment["TUI_UPLOADER_TOKEN_FILE"] = str(tmp_path / "none")
    assert push(ground, "--json").returncode == 3
    (told,) = seen(tmp_path)
    assert told["total"] == 0
    assert told["stopped"]


def test_a_command_that_fails_is_said_and_changes_no_exit_code(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "told").write_text("#!/bin/sh\necho no mail here >&2\nexit 7\n")
    done = push(ground)
    assert done.returncode == 0
    assert "upload.after (told) ended with code 7: no mail here" in done.stderr


def test_the_background_tells_each_job_once(ground: Ground, tmp_path: Path) -> None:
    ground.cloud.emulator.cloud.script.faults.append(Fault("status", keys=("*3*",), status=403, code="AccessDenied"))
    assert push(ground, "--detach").returncode == 0
    (told,) = seen(tmp_path)
    assert (told["total"], told["done"] + told["failed"], told["waiting"]) == (FILES, FILES, 0)
    assert ground.all_gone()
    assert len(seen(tmp_path)) == 1
    log = (ground.state / "log.jsonl").read_text()
    assert '"event": "after"' in log


def test_a_stopped_job_is_an_ended_one(ground: Ground, tmp_path: Path) -> None:
    ground.cloud.emulator.cloud.script.faults.append(Fault("no_answer"))
    job = json.loads(push(ground, "--detach", "--json").stdout.splitlines()[0])["job"]
    ground.run("stop", job)
    (told,) = seen(tmp_path)
    assert (told["job"], told["done"], told["waiting"]) == (job, 0, FILES)
