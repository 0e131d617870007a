"""A report is there whole or not at all, whatever is in its place, and nothing is left beside it."""

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_uploader import whole_file


def half() -> Iterator[str]:
    """Some text, and then no more."""
    yield "x" * 100_000
    raise ValueError("the rest")


def test_it_replaces_a_file_in_one_step_for_nobody_elses_eyes(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("old")
    path.chmod(0o644)
    whole_file.write(str(path), ["a\udcff", "b\n"])
    assert path.read_text() == "a\\udcffb\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["r.csv"]


def test_what_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("old")
    with pytest.raises(ValueError, match="the rest"):
        whole_file.write(str(path), half())
    assert (os.listdir(tmp_path), path.read_text()) == (["r.csv"], "old")


def test_a_file_system_without_room_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
        with pytest.raises(OSError, match="too large"):
            whole_file.write(str(path), ["x" * 100_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert (os.listdir(tmp_path), path.read_text()) == (["r.csv"], "old")


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_stays(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "r.csv"
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    with pytest.raises(OSError, match=r"directory|regular"):
        whole_file.write(str(path), ["x"])
    assert os.listdir(tmp_path) == ["r.csv"]
    assert not path.is_file()


def test_a_link_gives_way_itself_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "r.csv").symlink_to(tmp_path / "kept")
    whole_file.write(str(tmp_path / "r.csv"), ["new"])
    assert (tmp_path / "kept").read_text() == "kept"
    assert (tmp_path / "r.csv").read_text() == "new"
