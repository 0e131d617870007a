"""The command of `upload.after`: real programs, no shell, the summary as JSON, a limit, complaints in the log."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tui_uploader import after
from tui_uploader.ending import Ending
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem, Receipt, Stage

SUMMARY = {"job": "0f3a", "done": 3, "failed": 1}
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder, and secrets in the environment that must not be passed on."""
    monkeypatch.setenv("TUI_UPLOADER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TUI_UPLOADER_TOKEN", "CANARY-token")
    monkeypatch.setenv("OTHER_SECRET", "CANARY-other")
    return tmp_path / "state"


def program(folder: Path, text: str) -> str:
    """A shell script's path."""
    path = folder / "told"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def logged(state: Path) -> list[dict[str, Any]]:
    """The lines of the log."""
    return [json.loads(line) for line in (state / "log.jsonl").read_text().splitlines()]


def test_it_gets_the_summary_and_no_secret(tmp_path: Path, state: Path) -> None:
    out = tmp_path / "out"
    assert after.start(program(tmp_path, f"cat > {out}; env >> {out}"), SUMMARY)(PATIENCE) == ""
    first, rest = out.read_text().split("\n", 1)
    assert json.loads(first) == SUMMARY
    assert "CANARY" not in rest
    assert "PYTHONPATH" not in rest
    assert "TUI_UPLOADER_JOB=0f3a" in rest
    assert [(line["event"], line["job"], line["trouble"]) for line in logged(state)] == [("after", "0f3a", None)]


def test_no_shell_reads_it(tmp_path: Path) -> None:
    out = tmp_path / "words"
    told = program(tmp_path, f'printf "%s|" "$@" > {out}')
    assert after.start(f"{told} a; touch $(id) '*'", SUMMARY)(PATIENCE) == ""
    assert out.read_text() == "a;|touch|$(id)|*|"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("echo one >&2; echo 'Bearer sk-CANARY' >&2; exit 3", "upload.after (told) ended with code 3: "),
        ("exec sleep 60", "upload.after (told) was ended: it took more than 0.3 s"),
    ],
)
def test_what_goes_wrong_is_said_and_logged(tmp_path: Path, state: Path, text: str, words: str) -> None:
    began = time.monotonic()
    said = after.start(program(tmp_path, text), SUMMARY, limit=0.3 if "sleep" in text else 10.0)(PATIENCE)
    assert said.startswith(words)
    assert "CANARY" not in said
    assert time.monotonic() - began < PATIENCE / 2
    assert logged(state)[-1]["trouble"] == said


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    assert "upload.after (gone) cannot be run" in after.start(str(tmp_path / "gone"), SUMMARY)(PATIENCE)


def test_who_does_not_wait_is_not_held(tmp_path: Path, state: Path) -> None:
    out = tmp_path / "fifo"
    os.mkfifo(out)
    began = time.monotonic()
    wait = after.start(program(tmp_path, f"echo told > {out}"), SUMMARY)
    assert wait(0.0) == ""
    assert time.monotonic() - began < 3
    assert out.read_text() == "told\n"
    wait(PATIENCE)
    assert logged(state)[-1]["trouble"] is None


class Told(list[dict[str, Any]]):
    """What an ending said."""


def item(number: int) -> QueueItem:
    """One that waits."""
    return QueueItem(number, b"/a/%d" % number, f"a/{number}", 10, Stage.WAITING, None, "")


DONE = Receipt("e", None, "r", "cloud://x", True, 1, 0.1)
BAD = Failure("SlowDown", Phase.PUT)


def test_an_end_is_told_once_and_again_where_more_failed() -> None:
    told = Told()
    ending = Ending("0f3a", told.append)
    ending.take([ev.ItemsAdded((item(0), item(1)), 0), ev.ItemDone(0, DONE, 0.0)])
    assert told == []
    ending.take([ev.ItemFailed(1, BAD, 1, 0.0), ev.RunIdle(0.0)])
    assert [(one["done"], one["failed"], one["by_code"]) for one in told] == [(1, 1, {"SlowDown": 1})]
    ending.take([ev.StageChanged(1, Stage.WAITING), ev.ItemDone(1, DONE, 0.0), ev.RunIdle(0.0)])
    assert len(told) == 1
    ending.take([ev.ItemsAdded((item(2),), 0), ev.ItemFailed(2, BAD, 1, 0.0), ev.RunIdle(0.0)])
    assert told[1:] == [told[-1]]
    assert (told[-1]["total"], told[-1]["failed"], told[-1]["bytes_done"]) == (3, 1, 20)
    ending.close()
    assert len(told) == 2


def test_what_is_cut_off_is_an_end_as_well() -> None:
    told = Told()
    ending = Ending("0f3a", told.append)
    ending.take([ev.ItemsAdded((item(0), item(1)), 0), ev.RunIdle(0.0)])
    assert told == []
    ending.close()
    assert [(one["total"], one["waiting"]) for one in told] == [(2, 2)]
    other = Ending("0f3a", told.append)
    other.take([ev.ItemsAdded((item(0),), 0), ev.RunStopped(Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO), 0.0)])
    assert told[-1]["stopped"] == "ACCESS_TOKEN_EXPIRED"
