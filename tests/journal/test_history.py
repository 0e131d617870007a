"""What the journal says of files of earlier jobs, by their paths, as the file tree asks for it."""

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread, fill, plan
from tests.journal.test_record import ASKED, Recorded
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine.history import Row, beneath, history
from tui_uploader.engine.journal import Journal
from tui_uploader.model.items import Stage
from tui_uploader.model.whole import whole


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A state folder."""
    (tmp_path / "state").mkdir(mode=0o700)
    return str(tmp_path / "state")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CloudThread]:
    """A cloud that denies what lies under ``z/``."""
    denied = Fault("status", status=403, code="AccessDenied", keys=("z/*",))
    thread = CloudThread(Options(data=str(tmp_path / "cloud"), faults=(denied,)))
    yield thread
    thread.close()


def upload(folder: str, cloud: CloudThread, files: Path, **options: object) -> None:
    """One job to its end."""
    with Journal(folder) as journal:
        run = Recorded(cloud, journal.begin(ASKED))
        run.engine.add(plan(files, **options))
        run.to_the_end()
        run.end()


def told(folder: str, *paths: bytes, gateway: str = ASKED.gateway) -> list[Row]:
    """What the history has of some paths."""
    return [row for some in history(folder, gateway, paths) for row in some]


def test_done_failed_changed_and_never_tried(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    files = tmp_path / "files"
    fill(files / "a", 3)
    fill(files / "z", 1)
    upload(folder, cloud, files)
    a, z = bytes(files / "a"), bytes(files / "z")
    (files / "a" / "f0001.txt").write_bytes(b"another")
    (files / "a" / "f0002.txt").unlink()
    names = [a + b"/f0000.txt", a + b"/f0001.txt", a + b"/f0002.txt", z + b"/f0000.txt", a + b"/f9999.txt"]
    rows = told(folder, *names)
    assert [(row[0], row[1], row[2], row[4], row[5]) for row in rows] == [
        (names[0], Stage.DONE, "", "a/f0000.txt", False),
        (names[1], Stage.DONE, "", "a/f0001.txt", True),
        (names[2], Stage.DONE, "", "a/f0002.txt", True),
        (names[3], Stage.FAILED, "AccessDenied", "z/f0000.txt", False),
    ]
    assert abs(rows[0][3] - time.time()) < 60
    assert told(folder, *names, gateway="elsewhere.test") == []  # another cloud holds none of it
    assert told(str(tmp_path / "no-journal"), *names) == []


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("resized", [False, True])
def test_what_was_written_to_between_plan_and_upload_is_known_as_it_was_sent(
    folder: str, cloud: CloudThread, tmp_path: Path, big: bool, resized: bool
) -> None:
    """It was uploaded as it was by then, and the tree said of it for ever that it had changed since."""
    files = tmp_path / "files"
    fill(files / "a", 3)
    early, late = files / "a" / "f0000.txt", files / "a" / "f0001.txt"
    early.write_bytes(b"e" * (200_000 if big else 5))
    with Journal(folder) as journal:
        run = Recorded(cloud, journal.begin(ASKED))
        lines = plan(files)
        early.write_bytes(b"E" * (early.stat().st_size + resized))
        os.utime(early, ns=(1, 1_700_000_000_000_000_000))
        run.engine.add(lines)
        run.to_the_end()
        run.end()
    late.write_bytes(b"E" * late.stat().st_size)
    os.utime(late, ns=(1, 1_700_000_000_000_000_000))
    rows = told(folder, *(bytes(files / "a" / f"f{n:04}.txt") for n in range(3)))
    assert [(row[1], row[5]) for row in rows] == [(Stage.DONE, False), (Stage.DONE, True), (Stage.DONE, False)]
    early.write_bytes(early.read_bytes())
    assert told(folder, bytes(early))[0][5]  # and what is written to after it is another


def test_the_newest_job_counts_and_a_skip_is_no_outcome(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    files = tmp_path / "files"
    fill(files / "z", 1)
    path = bytes(files / "z" / "f0000.txt")
    upload(folder, cloud, files)
    assert [row[1] for row in told(folder, path)] == [Stage.FAILED]
    upload(folder, cloud, files, prefix="elsewhere")
    assert [(row[1], row[4]) for row in told(folder, path)] == [(Stage.DONE, "elsewhere/z/f0000.txt")]
    upload(folder, cloud, files, exclude=("*.txt",))
    assert [(row[1], row[4]) for row in told(folder, path)] == [(Stage.DONE, "elsewhere/z/f0000.txt")]


def sums(folder: str, *paths: bytes, gateway: str = ASKED.gateway) -> list[tuple[bytes, int, int, bool]]:
    """What the history has of some folders."""
    return [row for some in beneath(folder, gateway, paths) for row in some]


def test_what_is_beneath_a_folder_by_the_newest_job_of_each_file(
    folder: str, cloud: CloudThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "files"
    fill(files / "a", 3)
    fill(files / "z", 2)
    fill(files / "ab", 1)  # its path begins as another's, and lies outside of it
    upload(folder, cloud, files)
    top, a, z = bytes(files), bytes(files / "a"), bytes(files / "z")
    assert sums(folder, top, a, z, top + b"/none") == [(top, 4, 2, True), (a, 3, 0, True), (z, 0, 2, True)]
    assert sums(folder, b"/")[0][1:3] == (4, 2)
    (files / "z" / "f0001.txt").rename(files / "gone")
    upload(folder, cloud, files, prefix="elsewhere")  # what failed is done now, under another key
    assert sums(folder, z) == [(z, 1, 0, True)]
    (files / "gone").rename(files / "z" / "f0001.txt")
    assert sums(folder, z) == [(z, 1, 1, True)]
    assert sums(folder, z, gateway="elsewhere.test") == []
    assert sums(str(tmp_path / "no-journal"), z) == []
    monkeypatch.setattr("tui_uploader.engine.history._LOOK", -1.0)
    assert sums(folder, a)[0][3] is False  # a million take longer than anybody waits: what is known is told


def test_a_journal_from_before_the_index_gets_one(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    files = fill(tmp_path / "files", 1)
    upload(folder, cloud, files)
    with sqlite3.connect(os.path.join(folder, "journal.db")) as journal:
        journal.execute("DROP INDEX item_path")
    journal.close()
    assert [row[1] for row in told(folder, bytes(files / "f0000.txt"))] == [Stage.DONE]
    with sqlite3.connect(os.path.join(folder, "journal.db")) as journal:
        plan_of = journal.execute("EXPLAIN QUERY PLAN SELECT id FROM item WHERE path=?", (b"/",)).fetchall()
    journal.close()
    assert "item_path" in str(plan_of)


def test_a_damaged_or_newer_journal_says_nothing_and_stays(folder: str, tmp_path: Path) -> None:
    file = Path(folder) / "journal.db"
    for content in (b"not a database" * 100, b""):
        file.write_bytes(content)
        assert told(folder, b"/a") == []
        assert file.read_bytes() == content
        file.unlink()
    with sqlite3.connect(file) as journal:
        journal.execute("PRAGMA user_version=99")
    journal.close()
    assert told(folder, b"/a") == []
    assert file.exists()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (b".", b"/srv/in"), (b"./a", b"/srv/in/a"), (b"../b/", b"/srv/b"), (b"/x/./y//z/", b"/x/y/z"), (b"/", b"/"),
        (b"a/.hidden", b"/srv/in/a/.hidden"), (b"link/../a", b"/srv/in/link/../a"), (b"a ", b"/srv/in/a "),
    ],
)  # fmt: skip
def test_a_path_is_kept_as_the_tree_asks_for_it(path: bytes, found: bytes) -> None:
    assert whole(b"/srv/in", path) == found
