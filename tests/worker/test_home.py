"""The worker's lock: one has it, a second one is told so, and a file system without locks leaves nothing open."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from tui_uploader.engine.home import Home


def test_one_has_the_lock_and_a_second_one_has_not(tmp_path: Path) -> None:
    home = Home(str(tmp_path))
    first = home.take_lock()
    assert first is not None
    assert home.take_lock() is None
    os.close(first)
    again = home.take_lock()
    assert again is not None
    os.close(again)


def test_a_file_system_without_locks_is_said_and_nothing_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match=os.strerror(errno.ENOLCK)):
        Home(str(tmp_path)).take_lock()
    assert len(os.listdir("/proc/self/fd")) == before
