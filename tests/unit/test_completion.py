"""Completion: what is offered, and the scripts in the real shells, where they are installed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread
from tests.terminal.conftest import environment
from tests.terminal.pty_screen import Terminal
from tui_uploader.emulator.server import Options

__all__ = ["environment"]
PROGRAM = [sys.executable, "-m", "tui_uploader"]


@pytest.fixture
def cloud() -> Iterator[CloudThread]:
    thread = CloudThread(Options())
    yield thread
    thread.close()


@pytest.fixture
def machine(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A machine on whose PATH the program is, with a profile in its settings."""
    programs, config = tmp_path / "bin", tmp_path / "config"
    programs.mkdir()
    config.mkdir()
    program = programs / "tui-uploader"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tui_uploader "$@"\n')
    program.chmod(0o755)
    (config / "settings.toml").write_text("[profiles.prodlike]\nenv_id = 'prod-1a2b'\n", "utf-8")
    return environment | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "TUI_UPLOADER_CONFIG_DIR": str(config),
        "TUI_UPLOADER_STATE_DIR": str(tmp_path / "state"),
    }


def job_of(cloud: CloudThread, machine: dict[str, str], tmp_path: Path) -> str:
    """A job that has ended; its id."""
    (tmp_path / "a.txt").write_text("a")
    words = ["push", str(tmp_path / "a.txt"), "--json", "--gateway", cloud.emulator.gateway, "--env-id", "env-1"]
    done = subprocess.run(
        [*PROGRAM, *words],
        env=machine | {"TUI_UPLOADER_TOKEN": cloud.emulator.token},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return str(json.loads(done.stdout.splitlines()[0])["job"])


def offered(machine: dict[str, str], line: str) -> list[str]:
    """What is offered for the last word of a line, as bash is told it."""
    words = line.split(" ")
    asked = {"_TUI_UPLOADER_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(PROGRAM, env=machine | asked, capture_output=True, text=True, check=False, timeout=30)
    assert done.stderr == ""
    return [row.partition(",")[2] for row in done.stdout.splitlines() if row]


@pytest.mark.parametrize("command", ["attach", "resume", "stop", "discard", "report", "push --again"])
def test_job_ids_are_offered(cloud: CloudThread, machine: dict[str, str], tmp_path: Path, command: str) -> None:
    job = job_of(cloud, machine, tmp_path)
    assert offered(machine, f"tui-uploader {command} {job[:2]}") == [job]
    assert offered(machine, f"tui-uploader {command} ") == [job]
    assert offered(machine, f"tui-uploader {command} zz") == []


def test_where_there_is_no_job_none_is_offered_and_nothing_is_made(machine: dict[str, str], tmp_path: Path) -> None:
    assert offered(machine, "tui-uploader resume ") == []
    assert not (tmp_path / "state").exists()


SHELLS = {"bash": "bash --norc --noprofile -i", "zsh": "zsh -f -i", "fish": "fish --no-config -i"}
LOADS = {
    "bash": "source <(tui-uploader completion bash)",
    "zsh": "autoload -U compinit; compinit -u; source <(tui-uploader completion zsh)",
    "fish": "tui-uploader completion fish | source",
}


@pytest.mark.parametrize("shell", list(SHELLS))
def test_the_script_completes_in_a_real_shell(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path, shell: str
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: its completion script was not run")
    job = job_of(cloud, machine, tmp_path)
    asked = machine | {"PS1": "READY> ", "TERM": "vt100", "fish_greeting": ""}
    with Terminal(SHELLS[shell].split(), asked, 100, 30, cwd=str(tmp_path)) as terminal:
        terminal.wait(r"(?m)READY>|[>#$%]$")
        terminal.press(f"{LOADS[shell]}; echo LOADED-'4'2", "enter")
        terminal.wait(r"\nLOADED-42")
        for typed, found in (("disc", "tui-uploader discard"), (f"resume {job[:6]}", f"resume {job}"),
                             ("push --profile prodl", "--profile prodlike")):  # fmt: skip
            terminal.press(f"tui-uploader {typed}", "tab")
            terminal.wait(found)
            terminal.press("\x15")
