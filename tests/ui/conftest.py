"""Fixtures of the tests of the screen."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.frames import NOON
from tui_uploader.ui.language import choose


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """Whatever language a test has switched on ends with it."""
    yield
    choose("en")


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every clock and zone of a frame is the same everywhere; no folder of a person is read, no tmux is told."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("TUI_UPLOADER_STATE_DIR", "/state")
    monkeypatch.delenv("TMUX", raising=False)
    time.tzset()
    monkeypatch.setattr("tests.ui.fake_port.time.time", lambda: NOON)
    yield
    monkeypatch.undo()
    time.tzset()
