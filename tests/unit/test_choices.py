"""Choices: the prefix of last time, one for each environment, in the program's own file."""

import os
from pathlib import Path

import pytest

from tui_uploader import choices


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own."""
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path))


def test_each_environment_has_its_last_prefix() -> None:
    assert choices.last_prefix("env-1") == ""
    choices.remember_prefix("env-1", "日志/2026")
    choices.remember_prefix("127.0.0.1:80", "b")
    choices.remember_prefix("env-1", "")  # the top folder is nothing to offer
    assert (choices.last_prefix("env-1"), choices.last_prefix("127.0.0.1:80")) == ("日志/2026", "b")
    assert choices.last_prefix("env-2") == ""
    choices.remember("screen.theme", "mist")
    assert choices.kept() == {"screen.theme": "mist"}
    assert choices.last_prefix("env-1") == "日志/2026"


def test_what_cannot_be_kept_or_shown_stops_nothing() -> None:
    choices.remember_prefix("env-1", os.fsdecode(b"caf\xe9"))
    assert choices.last_prefix("env-1") == ""
    choices.remember_prefix("env-1", "a\x1b[31m")
    assert choices.last_prefix("env-1") == ""
    Path(choices.path()).write_text('prefixes = "x"')
    assert choices.last_prefix("env-1") == ""
