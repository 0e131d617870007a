"""Another profile on the screen, in a real terminal: what runs goes on, the other environment opens, and back again."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread, fill
from tests.terminal.conftest import PROGRAM
from tests.terminal.pty_screen import Terminal
from tui_uploader.emulator.server import Options

FILES = 12


class Two:
    """Two environments, a profile for each, and the program's environment."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.clouds = [CloudThread(Options(env_id=f"env-{name}", limit=40_000)) for name in ("one", "two")]
        config = folder / "config"
        config.mkdir()
        lines = ['default_profile = "one"']
        for name, cloud in zip(("one", "two"), self.clouds, strict=True):
            token = folder / f"token-{name}"
            token.touch(0o600)
            token.write_text(cloud.emulator.token)
            lines += [f"[profiles.{name}]", f'env_id = "env-{name}"', f'gateway = "{cloud.emulator.gateway}"']
            lines += [f'token_file = "{token}"']
        lines += ["[profiles.broken]", 'env_id = "env-broken"', 'token_file = "/nowhere/token"']
        (config / "settings.toml").write_text("\n".join(lines))
        self.environment = environment | {
            "TUI_UPLOADER_CONFIG_DIR": str(config),
            "TUI_UPLOADER_STATE_DIR": str(folder / "state"),
            "TUI_UPLOADER_WORKER_IDLE": "0.3",
        }
        self.files = fill(folder / "files", FILES, 20_000)


@pytest.fixture
def two(tmp_path: Path, environment: dict[str, str]) -> Iterator[Two]:
    made = Two(tmp_path, environment)
    yield made
    for cloud in made.clouds:
        cloud.close()


def stored(cloud: CloudThread) -> int:
    return len(cloud.emulator.cloud.objects.all())


def test_switching_keeps_what_runs_and_opens_the_other_environment(two: Two) -> None:
    with Terminal([*PROGRAM, str(two.files)], two.environment, 100, 30) as terminal:
        terminal.wait(r"(?m)^ env-one  to")
        terminal.wait("f0000.txt")
        terminal.press("a", "u")
        terminal.wait("Plan: ")
        terminal.press("enter")
        terminal.wait(f"of {FILES} ")
        terminal.press("S")
        shown = terminal.wait("Switch profile")
        assert "open now" in shown
        terminal.press("k", "enter")  # above `one` in the alphabet
        terminal.wait("/nowhere/token")  # it cannot be reached: the page stays, and says why
        terminal.press("j", "j", "enter")
        terminal.wait("leave\\?")
        terminal.press("k")  # keep
        terminal.wait(r"(?m)^ env-two  to")
        terminal.wait("f0000.txt")
        end = time.monotonic() + 30
        while stored(two.clouds[0]) < FILES:
            assert time.monotonic() < end
            terminal.take(0.1)
        terminal.press("g", " ", "u")
        terminal.wait("Plan: ")
        terminal.press("enter")
        while not stored(two.clouds[1]):
            assert time.monotonic() < end
            terminal.take(0.1)
        terminal.wait("1 of 1 ")
        terminal.press("S")
        terminal.wait("Switch profile")
        terminal.press("k", "enter")
        terminal.wait(r"(?m)^ env-one  to")
        terminal.press("q")
        assert terminal.wait_end() == 0


def test_staying_at_the_question_stays_and_q_leaves_afterwards(two: Two) -> None:
    with Terminal([*PROGRAM, str(two.files)], two.environment, 100, 30) as terminal:
        terminal.wait("f0000.txt")
        terminal.press("a", "u")
        terminal.wait("Plan: ")
        terminal.press("enter")
        terminal.wait(f"of {FILES} ")
        terminal.press("S")
        terminal.wait("Switch profile")
        terminal.press("j", "enter")
        terminal.wait("leave\\?")
        terminal.press("escape")
        terminal.wait("1 Files")
        terminal.press("q")
        terminal.wait("leave\\?")
        terminal.press("s")
        assert terminal.wait_end() == 0
        assert "env-two" not in terminal.text()


def test_a_profile_without_a_token_asks_for_one_and_closing_the_form_comes_back(two: Two) -> None:
    settings = Path(two.environment["TUI_UPLOADER_CONFIG_DIR"], "settings.toml")
    settings.write_text(settings.read_text() + '\n[profiles.zero]\nenv_id = "env-zero"\n')
    environment = two.environment | {"TUI_UPLOADER_PROFILE": "two"}
    with Terminal([*PROGRAM, str(two.files)], environment, 100, 30) as terminal:
        terminal.wait(r"(?m)^ env-two  to")
        terminal.wait("f0000.txt")
        terminal.press("S")
        terminal.wait("Switch profile")
        terminal.press("j", "enter")
        terminal.wait("Credentials: who uploads")
        terminal.wait("env-zero")
        terminal.press("escape")
        terminal.wait(r"(?m)^ env-two  to")
        terminal.wait("f0000.txt")
        terminal.press("q")
        assert terminal.wait_end() == 0
