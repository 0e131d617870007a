"""The journal's record under the real engine: what is on disk, when, and what the front end may know by then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import PATIENCE, QUICK, CloudThread, Run, fill, plan
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine.engine import Engine
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.journal import JobRunning, Journal
from tui_uploader.engine.port import EngineOptions
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import ENDED, LEFT_BEHIND, RUNNING, STOPPED, Asked
from tui_uploader.model.queue import QueueState
from tui_uploader.model.secret import Secret

ASKED = Asked("env-1", "gateway.test")


class Recorded(Run):
    """A run whose engine has a record."""

    def __init__(self, cloud: CloudThread, record: JobRecord, **changes: object) -> None:
        emulator = cloud.emulator
        values: dict[str, object] = {"patience": 1.0, "clocks": QUICK, **changes}
        options = EngineOptions(emulator.gateway, emulator.env_id, Secret(emulator.token), **values)  # type: ignore[arg-type]
        self.engine = Engine(options, record)
        self.state = QueueState()
        self.events: list[ev.Event] = []
        self.record = record

    def end(self) -> None:
        """Close engine and record as a front end does."""
        self.engine.close(timeout=PATIENCE)
        self.record.close(timeout=PATIENCE)
        self.drain()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A state folder."""
    (tmp_path / "state").mkdir(mode=0o700)
    return str(tmp_path / "state")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CloudThread]:
    """A cloud that denies what lies under ``z/`` and is slow with what lies under ``slow/``."""
    slow = Fault("latency", delay=20, keys=("slow/*",))
    denied = Fault("status", status=403, code="AccessDenied", keys=("z/*",))
    thread = CloudThread(Options(data=str(tmp_path / "cloud"), faults=(denied, slow)))
    yield thread
    thread.close()


def test_a_run_is_recorded_whole(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    fill(tmp_path / "files" / "a", 30)
    fill(tmp_path / "files" / "z", 2)
    (tmp_path / "files" / "link").symlink_to("nowhere")
    with Journal(folder) as journal:
        run = Recorded(cloud, journal.begin(ASKED))
        assert journal.jobs()[0].state == RUNNING
        run.engine.add(plan(tmp_path / "files"))
        run.to_the_end()
        run.end()
        job = journal.job(run.record.id)
        assert (job.state, job.total, job.done, job.failed, job.skipped, job.waiting) == (ENDED, 33, 30, 2, 1, 0)
        assert (job.bytes_done, job.asked) == (30 * 104, ASKED)
        items = {item.key: item for item in journal.items(job.id)}
        one = items["a/f0000.txt"]
        found = (tmp_path / "files" / "a" / "f0000.txt").stat()
        assert (one.size, one.mtime_ns, one.inode) == (104, found.st_mtime_ns, found.st_ino)
        assert one.path == bytes(tmp_path / "files" / "a" / "f0000.txt")
        assert (one.stage, one.verified, one.attempts) == (Stage.DONE, True, 1)
        assert one.crc64
        assert one.cloud_object_id.startswith("cloud://")
        assert one.request_id
        assert (items["z/f0001.txt"].code, items["z/f0001.txt"].http_status) == ("AccessDenied", 403)
        assert items["link"].reason == "link-broken"


def test_done_is_on_disk_before_it_is_told(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    fill(tmp_path / "files", 600)
    with Journal(folder) as journal:
        run = Recorded(cloud, journal.begin(ASKED))
        run.engine.add(plan(tmp_path / "files"))
        looks = 0
        while not run.of(ev.RunIdle):
            run.engine.wait(1)
            run.drain()
            told = {event.id for event in run.events if isinstance(event, ev.ItemDone)}
            added = sum(len(event.items) for event in run.events if isinstance(event, ev.ItemsAdded))
            rows = list(journal.items(run.record.id))
            assert told <= {item.id for item in rows if item.stage is Stage.DONE}
            assert added <= len(rows)
            looks += 0 < len(told) < 600
        run.end()
        assert looks > 0
        assert run.state.counts.done == 600


def test_what_is_left_goes_on_in_its_old_place(folder: str, cloud: CloudThread, tmp_path: Path) -> None:
    fill(tmp_path / "files" / "slow", 100)
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        run = Recorded(cloud, record, parallel=4)
        run.engine.add(plan(tmp_path / "files"))
        run.until(lambda run: run.state.counts.done > 5)
        run.end()
        job = journal.job(record.id)
        assert job.state == STOPPED
        assert (job.done + job.waiting, job.waiting > 0, job.resumable) == (100, True, True)
        assert job.done == run.state.counts.done

        again = Recorded(cloud, journal.resume(record.id))
        with pytest.raises(JobRunning):
            journal.resume(record.id)
        with pytest.raises(JobRunning):
            journal.discard(record.id)
        left = [item.key for item in journal.items(record.id, open_only=True)]
        again.engine.add([line for line in plan(tmp_path / "files") if line.key in left])
        again.to_the_end()
        again.end()
        job = journal.job(record.id)
        assert (job.state, job.total, job.done, job.bytes_done) == (ENDED, 100, 100, 100 * 104)
        assert [item.id for item in journal.items(record.id)] == list(range(100))
        puts = cloud.emulator.cloud.puts
        assert {key for key in puts if puts[key] > 1} <= set(left)
        assert puts.total() <= 100 + 4
        journal.discard(record.id)
        assert journal.jobs() == []


def test_a_job_that_nobody_holds_was_left_behind(folder: str) -> None:
    with Journal(folder) as journal:
        record = journal.begin(ASKED)
        assert journal.job(record.id).state == RUNNING
        record._sink._lock.release()  # type: ignore[attr-defined]
        assert journal.job(record.id).state == LEFT_BEHIND
        record.close()


def test_a_job_whose_process_was_killed_after_its_last_object_has_ended(
    folder: str, cloud: CloudThread, tmp_path: Path
) -> None:
    files = fill(tmp_path / "files", 5)
    with Journal(folder) as journal:
        old = journal.begin(ASKED)
        old._sink._lock.release()  # type: ignore[attr-defined]
        record = journal.begin(ASKED)
        run = Recorded(cloud, record)
        run.engine.add(plan(files))
        run.to_the_end()
        record._sink._lock.release()  # type: ignore[attr-defined]
        assert (journal.job(record.id).state, journal.job(record.id).done) == (ENDED, 5)
        assert journal.job(old.id).state == LEFT_BEHIND
        run.end()
        old.close()
