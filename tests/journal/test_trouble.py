"""A journal that is torn, damaged, newer, full or nowhere: a sentence, never a crash, nothing deleted."""

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread, fill, plan
from tests.faults.table import rows
from tests.journal.test_kill import Place
from tests.journal.test_record import ASKED, Recorded
from tui_uploader.emulator.server import Options
from tui_uploader.engine import journal_file
from tui_uploader.engine.journal import Journal, JournalError
from tui_uploader.engine.journal_file import NAME, SCHEMA
from tui_uploader.model import events as ev
from tui_uploader.model.jobs import ENDED, STOPPED


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A cloud and a state folder."""
    made = Place(tmp_path)
    yield made
    made.thread.close()


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CloudThread]:
    """A cloud."""
    thread = CloudThread(Options(data=str(tmp_path / "cloud")))
    yield thread
    thread.close()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A state folder."""
    (tmp_path / "state").mkdir(mode=0o700)
    return str(tmp_path / "state")


def _begin_of_nothing(path: str) -> None:
    Path(path).write_bytes(b"this is no database" * 1000)


def _hole(path: str) -> None:
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


def _another_programs(path: str) -> None:
    os.unlink(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other(x)")
        connection.execute(f"PRAGMA user_version={SCHEMA}")
    connection.close()


@rows(91)
@pytest.mark.parametrize("damage", [_begin_of_nothing, _hole, _another_programs])
def test_a_damaged_journal_is_moved_aside(place: Place, damage: Callable[[str], None]) -> None:
    assert place.run("push", str(place.files), "--json")[0] == 0
    path = os.path.join(place.folder, NAME)
    damage(path)
    broken = Path(path).read_bytes()
    code, events, said = place.run("push", str(place.files), "--json")
    assert (code, events[-1]["done"]) == (0, 60)
    assert said.startswith("tui-uploader: JOURNAL_DAMAGED: ")
    (aside,) = (name for name in os.listdir(place.folder) if ".damaged-" in name)
    assert Path(place.folder, aside).read_bytes() == broken
    code, jobs, said = place.run("jobs", "--json")
    assert (code, said, [job["job"] for job in jobs]) == (0, "", [events[0]["job"]])


@rows(91)
def test_a_large_journal_is_looked_through_after_a_bad_end_alone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.run("push", "--json", str(place.files))
    path = os.path.join(place.folder, NAME)
    with open(path, "r+b") as file:  # the last page: the first row of each table is looked at anyway
        file.seek(-4096, os.SEEK_END)
        file.write(b"\xff" * 4096)
    monkeypatch.setattr(journal_file, "_LARGE", 1)
    with Journal(place.folder) as journal:
        assert journal.found == []
    with open(f"{path}-wal", "wb") as file:
        file.write(b"what a process left that was killed")
    with Journal(place.folder) as journal:
        assert [failure.code for failure in journal.found] == ["JOURNAL_DAMAGED"]


def _last_leaves_gone(path: str) -> None:
    """Damage that an opening does not meet, in a file so large that none is looked for."""
    with open(path, "r+b") as file:
        for at in range(0, os.path.getsize(path), 4096):
            file.seek(at)
            page = file.read(4096)
            if page[:1] == b"\x0a" and b"0059" in page:  # a leaf of items, or of their paths, that holds the last one
                file.seek(at)
                file.write(b"\xff" * 4096)
    os.truncate(path, 17 * 1024 * 1024)


@rows(91)
@pytest.mark.parametrize("words", [("push", "--changed-only", "--json"), ("report", "--format", "json"), ("resume",)])
def test_damage_that_is_met_while_reading_moves_a_large_journal_aside(place: Place, words: tuple[str, ...]) -> None:
    _, events, _ = place.run("push", "--json", str(place.files))
    _last_leaves_gone(os.path.join(place.folder, NAME))
    more = (str(place.files),) if words[0] == "push" else (str(events[0]["job"]),)
    process = place.start(*words, *more)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    assert b"JOURNAL_DAMAGED" in out + said
    assert b"internal error" not in said
    assert [name for name in os.listdir(place.folder) if ".damaged-" in name]
    code, events, said_now = place.run("push", "--changed-only", "--json", str(place.files))
    assert (code, events[-1]["done"], said_now) == (0, 60, "")


def test_a_newer_journal_is_moved_aside(place: Place) -> None:
    assert place.run("push", str(place.files), "--json")[0] == 0
    with sqlite3.connect(os.path.join(place.folder, NAME)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA + 1}")
    connection.close()
    code, jobs, said = place.run("jobs", "--json")
    assert (code, jobs) == (0, [])
    assert said.startswith("tui-uploader: JOURNAL_VERSION: ")
    (aside,) = (name for name in os.listdir(place.folder) if ".newer-" in name)
    with sqlite3.connect(os.path.join(place.folder, aside)) as connection:
        assert connection.execute("SELECT count(*) FROM item").fetchone() == (60,)
    connection.close()


@rows(90)
def test_a_torn_tail_loses_its_last_lines_alone(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    fill(tmp_path / "files", 40)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        run = Recorded(cloud, record)
        run.engine.add(plan(tmp_path / "files"))
        run.to_the_end()
        path = os.path.join(folder, NAME)
        data, wal = Path(path).read_bytes(), Path(path + "-wal").read_bytes()
        run.end()
    counts = []
    for cut in [*range(0, len(wal), max(1, len(wal) // 13)), len(wal)]:
        torn = tmp_path / f"torn{cut}"
        torn.mkdir(mode=0o700)
        (torn / NAME).write_bytes(data)
        (torn / f"{NAME}-wal").write_bytes(wal[:cut])
        with Journal(str(torn)) as journal:
            assert journal.found == []
            counts.append(sum(job.done for job in journal.jobs()))
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 40)


@rows(87)
def test_a_full_disk_holds_results_pauses_and_goes_on(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    files = fill(tmp_path / "files", 300, size=5000)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        connection = record._sink._connection  # type: ignore[attr-defined]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 8}")
        run = Recorded(cloud, record, patience=None)
        lines = plan(files)
        run.engine.add(lines[:20], last=False)
        run.until(lambda run: run.state.counts.done == 20)
        run.engine.add(lines[20:])
        run.until(lambda run: run.state.paused is not None)
        paused = run.state.paused
        assert paused is not None
        assert paused.failure is not None
        assert paused.failure.code == "JOURNAL_FULL"
        run.engine.resume()
        run.until(lambda run: len(run.of(ev.RunPaused)) > 1)
        assert run.state.paused is not None, "a person cannot wish a full disk away"
        done = run.state.counts.done
        assert len(cloud.emulator.objects()) == done
        connection.execute("PRAGMA max_page_count=100000")
        run.to_the_end()
        run.end()
        assert run.state.counts.done == 300
        assert [event.by_probe for event in run.of(ev.RunResumed) if isinstance(event, ev.RunResumed)][-1] is True
        job = journal.job(record.id)
        assert (job.state, job.total, job.done) == (ENDED, 300, 300)
        assert cloud.emulator.cloud.puts.total() == 300


@rows(87)
def test_results_that_find_no_room_are_held_and_written_later(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    files = fill(tmp_path / "files", 300)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        connection = record._sink._connection  # type: ignore[attr-defined]
        run = Recorded(cloud, record, patience=None)
        run.engine.pause()
        run.engine.add(plan(files))
        run.until(lambda run: run.state.counts.waiting == 300)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 1}")
        run.engine.resume()
        run.until(lambda run: len(run.of(ev.RunPaused)) == 2 and run.state.counts.active == 0)
        held = run.state.counts.done
        assert held > 0
        assert journal.job(record.id).done < held
        connection.execute("PRAGMA max_page_count=100000")
        run.to_the_end()
        run.end()
        assert journal.job(record.id).done == 300
        assert cloud.emulator.cloud.puts.total() == 300


def test_push_has_patience_with_a_full_disk_and_then_ends(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    files = fill(tmp_path / "files", 300)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        connection = record._sink._connection  # type: ignore[attr-defined]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}")
        run = Recorded(cloud, record, patience=0.3)
        run.engine.add(plan(files))
        run.to_the_end()
        stopped = run.state.stopped
        assert stopped is not None
        assert stopped.failure is not None
        assert stopped.failure.code == "JOURNAL_FULL"
        connection.execute("PRAGMA max_page_count=100000")
        run.end()
        assert (journal.job(record.id).state, journal.job(record.id).cause) == (STOPPED, "JOURNAL_FULL")


def test_a_journal_that_breaks_under_a_run_is_moved_aside_and_the_run_goes_on(
    folder: str, cloud: CloudThread, tmp_path: Path
) -> None:
    files = fill(tmp_path / "files", 50)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        run = Recorded(cloud, record)
        record._sink._connection.execute("DROP TABLE outcome")  # type: ignore[attr-defined]
        run.engine.add(plan(files))
        run.to_the_end()
        run.end()
    assert run.state.counts.done == 50
    assert any("JOURNAL_DAMAGED" in event.text for event in run.events if isinstance(event, ev.Noted))
    assert any(".damaged-" in name for name in os.listdir(folder))


@pytest.mark.parametrize("kind", ["file", "link", "locked"])
def test_without_a_state_folder_the_run_lives_in_memory(place: Place, kind: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    if kind == "file":
        state.write_text("not a folder")
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir()
        state.symlink_to(tmp_path / "elsewhere")
    else:
        state.mkdir()
        Path(place.folder).symlink_to("/tmp")
    code, events, said = place.run("push", str(place.files), "--json")
    assert (code, events[-1]["done"]) == (0, 60)
    assert "tui-uploader: NO_STATE: " in said
    assert len(said.splitlines()) <= 2
    assert not (tmp_path / "elsewhere").exists() or not os.listdir(tmp_path / "elsewhere")


def test_where_wal_is_refused_another_mode_is_as_safe(folder: str) -> None:
    with Journal(folder) as journal:
        connection = journal._connection
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        os.chmod(folder, 0o700)
    with pytest.raises(JournalError, match="no folder"):
        Journal(folder + "/missing")


def test_a_disk_that_fails_says_its_errno_and_the_run_goes_on_when_it_writes_again(
    folder: str, cloud: CloudThread, tmp_path: Path
) -> None:
    files = fill(tmp_path / "files", 300)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        run = Recorded(cloud, record, patience=None)
        lines = plan(files)
        run.engine.add(lines[:20], last=False)
        run.until(lambda run: run.state.counts.done == 20)
        grown = os.path.getsize(os.path.join(folder, f"{NAME}-wal"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (grown + 4096, hard))  # EFBIG: no lack of room
        try:
            run.engine.add(lines[20:])
            run.until(lambda run: run.state.paused is not None)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        paused = run.state.paused
        assert paused is not None
        assert paused.failure is not None
        assert paused.failure.code == "JOURNAL_BROKEN"
        assert "EFBIG" in paused.failure.sentence
        run.to_the_end()
        run.end()
        assert journal.job(record.id).done == 300
        assert cloud.emulator.cloud.puts.total() == 300


def test_a_journal_that_is_deleted_under_a_run_is_said_and_the_run_goes_on(
    folder: str, cloud: CloudThread, tmp_path: Path
) -> None:
    files = fill(tmp_path / "files", 50)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        run = Recorded(cloud, record)
        lines = plan(files)
        run.engine.add(lines[:20], last=False)
        run.until(lambda run: run.state.counts.done == 20)
        os.unlink(os.path.join(folder, NAME))
        run.engine.add(lines[20:])
        run.to_the_end()
        run.end()
    assert run.state.counts.done == 50
    assert any("not recorded" in event.text for event in run.events if isinstance(event, ev.Noted))
