"""A report is there whole or not at all, whatever is in its place, and nothing is left beside it."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_uploader import whole_file


@pytest.fixture(params=["without a name", "with one"], autouse=True)
def kind_of_file(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file system that has files without a name, and one that has none."""
    if request.param == "with one":
        monkeypatch.setattr(whole_file, "_nameless", lambda folder: None)
    return str(request.param)


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


def test_a_process_that_is_killed_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom tui_uploader import whole_file\n"
        "def pieces():\n    yield 'x' * 100_000\n    print('half', flush=True)\n    time.sleep(60)\n"
        "whole_file.write(sys.argv[1], pieces())\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "r.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.kill()
    assert os.listdir(tmp_path) == []
