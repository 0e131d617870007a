"""The command that `y` in the plan copies, pasted into another shell that has none of the variables of this one."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.ground import PROGRAM, Ground
from tests.terminal.pty_screen import Terminal

_COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07")


def copied_from(ground: Ground, *words: str) -> str:
    """Open the screen with some options, mark its first file, and copy the plan's command."""
    with Terminal([*PROGRAM, str(ground.files), *words], ground.environment, 120, 40) as terminal:
        terminal.wait("f0000")
        terminal.press(" ", "u")
        terminal.wait("as a command")
        terminal.press("y")
        terminal.wait(lambda _: _COPIED.search(terminal.raw) is not None)
        found = _COPIED.search(terminal.raw)
        assert found is not None
        return base64.b64decode(found[1]).decode()


def pasted(command: str, environment: dict[str, str], **more: str) -> "subprocess.CompletedProcess[str]":
    """Run it in bash, in a home of its own, with no variable of the program but those in `more`."""
    shell = {name: environment[name] for name in ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "LANG")}
    ours = [variable for variable in environment if variable.startswith("TUI_UPLOADER")]
    assert ours
    bin_folder = Path(environment["TMPDIR"]) / "bin"
    bin_folder.mkdir(exist_ok=True)
    script = bin_folder / "tui-uploader"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui_uploader "$@"\n')
    script.chmod(0o755)
    shell["PATH"] = f"{bin_folder}{os.pathsep}{shell['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], env=shell | more, capture_output=True, text=True, timeout=60, check=False, cwd="/"
    )


@pytest.mark.parametrize("named", ["variables", "options", "profile", "token in a variable"])
def test_it_does_the_same_in_a_shell_without_the_variables(
    tmp_path: Path, environment: dict[str, str], named: str
) -> None:
    """It named the service only where options had: pasted elsewhere, it asked which environment was meant."""
    ground = Ground(tmp_path / "ground", environment)
    variables, more, words = ground.environment, dict[str, str](), list[str]()
    try:
        if named == "token in a variable":  # a secret: the other shell has to have it
            del variables["TUI_UPLOADER_TOKEN_FILE"]
            variables["TUI_UPLOADER_TOKEN"] = more["TUI_UPLOADER_TOKEN"] = "canary-token"
        elif named == "options":
            for option in ("env-id", "gateway", "token-file"):
                words += [f"--{option}", variables.pop(f"TUI_UPLOADER_{option.upper().replace('-', '_')}")]
        elif named == "profile":
            text = "".join(
                f'{name} = "{variables.pop("TUI_UPLOADER_" + name.upper())}"\n'
                for name in ("env_id", "gateway", "token_file")
            )
            Path(variables["TUI_UPLOADER_CONFIG_DIR"]).mkdir(mode=0o700)
            file = Path(variables["TUI_UPLOADER_CONFIG_DIR"]) / "settings.toml"
            file.write_text(f'default_profile = "there"\n[profiles.there]\nprefix = "of-it"\n{text}')
        command = copied_from(ground, *words)
        assert "canary" not in command
        done = pasted(command, environment | variables, **more)
        assert done.returncode == 0, (command, done.stderr)
        prefix = "of-it/" if named == "profile" else ""
        assert [one.key for one in ground.cloud.emulator.cloud.objects.all().values()] == [f"{prefix}f0000.txt"]
        listed = ground.run("jobs", "--json")
        assert '"done": 1' in listed or '"done":1' in listed  # and its job is where the others are
    finally:
        ground.close()
