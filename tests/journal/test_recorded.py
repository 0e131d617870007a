"""An old job told to a screen: a child reads it, so that no part of a long journal is read in the keys' process."""

import os
import signal
import sqlite3
import sys
from pathlib import Path

from tests.ui.test_jobs_page import recorded
from tui_uploader.engine.journal import Journal
from tui_uploader.engine.recorded import RecordedPort
from tui_uploader.model import events as ev
from tui_uploader.model.jobs import JobInfo
from tui_uploader.model.queue import QueueState

_opened: list[int] = []  # processes in which a database was opened
_hooked: list[bool] = []


def _hook(event: str, _arguments: object) -> None:
    if event == "sqlite3.connect":
        _opened.append(os.getpid())


def _told(port: RecordedPort) -> list[ev.Event]:
    """All of it, to the last word."""
    seen: list[ev.Event] = []
    while not any(isinstance(event, ev.CaughtUp) for event in seen[-1:]):
        seen += port.drain()
    return seen


def _said(seen: list[ev.Event]) -> list[str]:
    return [event.text for event in seen if isinstance(event, ev.Noted)]


def _child(port: RecordedPort) -> int:
    """The process that reads, once it does."""
    while port._child is None:
        os.sched_yield()
    return port._child.pid


def _gone(pid: int) -> bool:
    return not os.path.exists(f"/proc/{pid}")


def test_nothing_of_the_journal_is_read_in_the_process_of_the_screen(tmp_path: Path) -> None:
    job = recorded(tmp_path / "state", 1200)
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hook)
    _opened.clear()
    with sqlite3.connect(":memory:"):
        assert _opened == [os.getpid()]  # the hook hears of it
    _opened.clear()
    port = RecordedPort(str(tmp_path / "state"), job)
    state = QueueState()
    for event in _told(port):
        assert not isinstance(event, ev.ItemsStand) or len(event.keys) <= 500  # the screen looks at the clock between
        state.apply(event)
    assert _opened == []
    assert len(state) == 1202
    port.close()


def test_a_job_whose_rows_have_gaps_is_told_without(tmp_path: Path) -> None:
    job = recorded(tmp_path / "state", 600)
    with Journal(str(tmp_path / "state")) as journal:
        journal._connection.execute("DELETE FROM item WHERE id IN (7, 8, 555)")
    port, state = RecordedPort(str(tmp_path / "state"), job), QueueState()
    for event in _told(port):
        state.apply(event)
    assert len(state) == 599
    assert [state.key(at) for at in (6, 7, 598)] == ["k000006", "k000009", "k000601"]
    assert (state.counts.done, state.counts.failed, state.counts.waiting) == (597, 1, 1)
    port.close()


def test_a_job_that_cannot_be_read_says_so_and_comes_to_its_end(tmp_path: Path) -> None:
    job = recorded(tmp_path / "state", 3)
    with Journal(str(tmp_path / "state")) as journal:
        journal.discard(job.id)
    port = RecordedPort(str(tmp_path / "state"), job)
    assert len(_said(_told(port))) == 1
    port.close()


def test_a_reader_that_is_killed_says_so_and_what_came_before_stays(tmp_path: Path) -> None:
    job = _long(tmp_path / "state")
    port = RecordedPort(str(tmp_path / "state"), job)
    os.kill(_child(port), signal.SIGKILL)
    seen = _told(port)
    assert "ended: close this screen and look again" in _said(seen)[0]
    assert any(isinstance(event, ev.RunStopped) for event in seen)
    port.close()


def test_closing_leaves_no_process_behind(tmp_path: Path) -> None:
    port = RecordedPort(str(tmp_path / "state"), _long(tmp_path / "state"))
    pid = _child(port)
    port.close()
    assert _gone(pid)
    assert port.drain() == []


def _long(folder: Path) -> JobInfo:
    """A job of more objects than are read ahead."""
    job = recorded(folder, 1)
    with Journal(str(folder)) as journal:
        rows = ((1, at, b"/srv/k%d" % at, b"k%d" % at, 1, 0, 0) for at in range(3, 100_000))
        journal._connection.execute("BEGIN")
        journal._connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        journal._connection.execute("COMMIT")
    return job
