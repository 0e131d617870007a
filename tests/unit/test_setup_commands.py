"""settings, login, logout and completion, from the command line as a script would run them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread
from tui_uploader.emulator.server import Options

PROGRAM = [sys.executable, "-m", "tui_uploader"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TUI_UPLOADER_CONFIG_DIR": str(tmp_path / "config"),
        "TUI_UPLOADER_STATE_DIR": str(tmp_path / "state"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


@pytest.fixture
def cloud() -> Iterator[CloudThread]:
    thread = CloudThread(Options(users=(("ops", "right-horse"),)))
    yield thread
    thread.close()


def run(environment: dict[str, str], *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words], env=environment, input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def test_path_example_and_check_go_together(environment: dict[str, str]) -> None:
    path = Path(run(environment, "settings", "--path").stdout.strip())
    assert path == Path(environment["TUI_UPLOADER_CONFIG_DIR"], "settings.toml")
    path.parent.mkdir()
    path.write_text(run(environment, "settings", "--example").stdout, "utf-8")
    done = run(environment, "settings", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing is wrong" in done.stdout
    path.write_text(run(environment, "settings", "--keys").stdout, "utf-8")
    assert run(environment, "settings", "--check").returncode == 0
    assert run(environment, "settings").returncode == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[screen]\ntheme = 'slat'", "screen.theme: there is no theme 'slat'; did you mean 'slate'?"),
        ("[keys]\n'run.strat' = 'f5'", "keys.run.strat: unknown binding; did you mean 'run.start'?"),
        ("[keys]\n'run.start' = 'p'", "keys.run.start: 'p' is the key of run.pause too"),
        ("[upload]\nparallel = true", "upload.parallel: must be a whole number, not true"),
        ("[upload]\nparalel = 1", "upload.paralel: unknown setting; did you mean 'parallel'?"),
    ],
)
def test_check_names_file_field_and_nearest(environment: dict[str, str], text: str, words: str) -> None:
    path = Path(environment["TUI_UPLOADER_CONFIG_DIR"], "settings.toml")
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    done = run(environment, "settings", "--check")
    assert done.returncode == 2
    assert f"{path}: {words}" in done.stderr


def test_login_push_and_logout(environment: dict[str, str], cloud: CloudThread, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    password = tmp_path / "password"
    password.write_text("right-horse\n")
    password.chmod(0o644)
    where = ("--gateway", cloud.emulator.gateway, "--env-id", cloud.emulator.env_id)
    refused = run(environment, "login", "--user", "ops", "--password-file", "-", *where, typed="wrong\n")
    assert refused.returncode == 3
    assert "invalid_username_or_password" in refused.stderr
    open_to_all = run(environment, "login", "--user", "ops", "--password-file", str(password), *where)
    assert "others may read the password file: run  chmod 600" in open_to_all.stderr
    password.chmod(0o600)
    without = run(environment, "push", str(tmp_path / "a.txt"), *where)
    assert (without.returncode, without.stderr.count("no access token")) == (3, 1)
    done = run(environment, "login", "--user", "ops", "--password-file", str(password), *where)
    assert done.returncode == 0, done.stderr
    assert "signed in as ops" in done.stdout
    assert run(environment, "push", str(tmp_path / "a.txt"), *where).returncode == 0
    assert run(environment, "logout", *where).returncode == 0
    after = run(environment, "push", str(tmp_path / "a.txt"), *where)
    assert after.returncode == 3
    assert "MISSING_CREDENTIALS" in after.stderr


def test_a_token_is_tested_before_it_is_kept(environment: dict[str, str], cloud: CloudThread) -> None:
    where = ("--gateway", cloud.emulator.gateway, "--env-id", cloud.emulator.env_id, "--token-file", "-")
    bad = run(environment, "login", *where, typed="nonsense\n")
    assert bad.returncode == 3
    assert "INVALID_CREDENTIALS" in bad.stderr
    assert not Path(environment["TUI_UPLOADER_CONFIG_DIR"], "credentials.toml").exists()
    good = run(environment, "login", *where, typed=cloud.emulator.token + "\n")
    assert good.returncode == 0, good.stderr
    assert "the service takes this token" in good.stdout
    assert cloud.emulator.token not in good.stdout + good.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(environment: dict[str, str], shell: str) -> None:
    done = run(environment, "completion", shell)
    assert done.returncode == 0
    assert "tui-uploader" in done.stdout
    assert "_TUI_UPLOADER_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("words", "at", "found"),
    [
        ("tui-uploader pu", 1, "push"),
        ("tui-uploader push --prof", 2, "--profile"),
        ("tui-uploader push --profile pr", 3, "prod"),
        ("tui-uploader --la", 1, "--lang"),
    ],
)
def test_what_is_completed(environment: dict[str, str], words: str, at: int, found: str) -> None:
    path = Path(environment["TUI_UPLOADER_CONFIG_DIR"], "settings.toml")
    path.parent.mkdir()
    path.write_text("[profiles.prod]\nenv_id = 'prod-1a2b'\n", "utf-8")
    asked = {"_TUI_UPLOADER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    done = run({**environment, **asked})
    assert f"plain,{found}" in done.stdout.splitlines(), done
