"""A token from a program: real programs, no shell, a limit, and nothing of what they complain of shown raw."""

import os
from pathlib import Path

import pytest

from tui_uploader.access import CannotStart, find_token
from tui_uploader.token_command import CommandProblem, run


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TUI_UPLOADER_"):
            monkeypatch.delenv(name)


def program(folder: Path, text: str) -> str:
    path = folder / "give"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def test_its_standard_output_is_the_token(tmp_path: Path) -> None:
    assert find_token(None, "", program(tmp_path, "echo tok-of-program")).reveal() == "tok-of-program"


def test_no_shell_reads_it(tmp_path: Path) -> None:
    assert run("printf '%s|' a; touch /nowhere/x $(id) '*'") == "a;|touch|/nowhere/x|$(id)|*|"


def test_it_gets_a_built_environment_and_nothing_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_TOKEN_FILE", "/x")
    monkeypatch.setenv("OTHER_SECRET", "CANARY")
    said = run(program(tmp_path, "cat; env"))
    assert "TUI_UPLOADER" not in said
    assert "CANARY" not in said
    assert "PATH=" in said


def test_its_complaints_are_cleaned(tmp_path: Path) -> None:
    complaint = "printf 'first\\n\\033[31mno: Bearer CANARY-1 at https://v.example/x?token=CANARY-2\\n' >&2; exit 7"
    with pytest.raises(CannotStart) as raised:
        find_token(None, "", program(tmp_path, complaint))
    said = str(raised.value)
    assert raised.value.code == "MISSING_CREDENTIALS"
    assert "ended with code 7" in said
    assert "CANARY" not in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("command", "why"),
    [("/none/such", "No such file"), ("'", "split"), (" ", "empty"), ("sleep 60", "gave nothing within 0.2 s")],
)
def test_what_gives_no_token_says_why(command: str, why: str) -> None:
    with pytest.raises(CommandProblem, match=why):
        run(command, limit=0.2)
