"""The worker as a real process: one of many starters, its manners, its views, its endings."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.conftest import plan
from tests.faults.table import rows
from tests.terminal.conftest import environment
from tests.terminal.ground import ENV_ID, FILES, Ground, gone, ground_at
from tui_uploader.engine.home import Home
from tui_uploader.engine.journal import Journal
from tui_uploader.engine.outbox import MOST
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.remote import RemotePort, attach, open_job
from tui_uploader.engine.starting import NewerWorker, WorkerProblem, find, find_or_start
from tui_uploader.engine.survival import Lasting
from tui_uploader.log_file import LogFile
from tui_uploader.model import events as ev
from tui_uploader.model.items import Planned, Stage
from tui_uploader.model.jobs import Asked
from tui_uploader.model.queue import QueueState
from tui_uploader.model.secret import Secret
from tui_uploader.session import Wanted
from tui_uploader.session import begin as begin_session

__all__ = ["environment"]


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """A machine; this process is one of its programs."""
    with ground_at(tmp_path, environment, speed=1_200_000) as made:
        for name, value in made.environment.items():
            if name.startswith("TUI_"):
                monkeypatch.setenv(name, value)
        yield made


def options(ground: Ground) -> EngineOptions:
    """What a screen would ask for."""
    return EngineOptions(ground.cloud.emulator.gateway, ENV_ID, Secret("canary-token"))


class View:
    """A port and the state that its events make."""

    def __init__(self, port: RemotePort) -> None:
        self.port, self.state, self.events = port, QueueState(), list[ev.Event]()

    def until(self, what: Callable[["View"], bool], patience: float = 20.0) -> "View":
        """Apply events until `what` holds."""
        end = time.monotonic() + patience
        while True:
            for event in self.port.drain():
                self.state.apply(event)
                self.events.append(event)
            if what(self):
                return self
            assert time.monotonic() < end, f"never came about: {self.state.counts} {self.events[-5:]}"
            self.port.wait(0.1)

    def told(self, kind: type) -> bool:
        """Whether an event of a kind has come."""
        return any(isinstance(event, kind) for event in self.events)


def caught_up(view: View) -> bool:
    """Whether the state so far is whole."""
    return view.told(ev.CaughtUp)


def all_done(view: View) -> bool:
    """Whether every file is done."""
    return view.state.counts.done == FILES


def begin(ground: Ground) -> View:
    """A job with all files, and a view that has seen one done."""
    view = View(open_job(Home.make(ENV_ID), options(ground)))
    view.port.add(plan(ground.files))
    return view.until(lambda view: view.state.counts.done > 0)


@rows(92)
def test_six_starters_make_one_worker(ground: Ground) -> None:
    code = (
        "from tui_uploader.engine.home import Home; from tui_uploader.engine.starting import find_or_start;"
        f"import sys; c = find_or_start(Home.make({ENV_ID!r})); print(c.pid, flush=True); sys.stdin.read()"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=ground.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    pids = set()
    for starter in starters:
        assert starter.stdout is not None
        pids.add(starter.stdout.readline())
    assert len(pids) == 1
    assert pids != {""}
    for starter in starters:
        starter.communicate("", timeout=10)
    assert ground.all_gone()


def test_the_worker_keeps_its_secrets_and_its_folder(ground: Ground) -> None:
    view = begin(ground)
    worker = ground.worker()
    assert worker is not None
    with open(f"/proc/{worker}/stat", encoding="utf-8") as file:
        parent, group, session, terminal = map(int, file.read().rpartition(")")[2].split()[1:5])
    assert session not in (os.getsid(0), worker)  # a session of its own, which it does not lead
    assert group == session
    assert terminal == 0
    assert parent != os.getpid()
    assert os.readlink(f"/proc/{worker}/cwd") == "/"
    for number in (0, 1, 2):
        assert "pipe" not in os.readlink(f"/proc/{worker}/fd/{number}")
    for name in ("cmdline", "environ"):
        assert b"canary" not in Path(f"/proc/{worker}/{name}").read_bytes()
    assert "0 " in Path(f"/proc/{worker}/limits").read_text().partition("Max core file size")[2][:30]
    view.until(all_done)
    folder = ground.state / ENV_ID
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in [*folder.iterdir(), ground.state / "log.jsonl"]:
        assert not path.stat().st_mode & 0o077, path
        assert path.is_socket() or b"canary" not in path.read_bytes(), path
    view.port.close()
    assert ground.all_gone()
    (job,) = Journal(str(folder)).jobs()
    assert (job.state, job.done, job.ended is not None) == ("ended", FILES, True)


@rows(92)
def test_a_second_view_sees_all_of_it_and_both_see_what_follows(ground: Ground) -> None:
    first = begin(ground)
    second = attach(Home.make(ENV_ID))
    assert second is not None
    other = View(second).until(caught_up)
    assert len(other.state) == FILES
    other.port.pause()
    first.until(lambda view: view.state.paused is not None)
    first.port.resume()
    other.until(all_done)
    first.until(all_done)
    rows = [[view.state.row(item_id) for item_id in range(FILES)] for view in (first, other)]
    assert rows[0] == rows[1]
    assert not other.told(ev.WhileAway)  # somebody looked all the time
    first.port.close()
    other.port.close()


def test_what_ended_while_nobody_looked_is_said_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_WORKER_IDLE", "20")
    (ground.files / "f0005.txt").rename(ground.files / "gone.txt")
    view = View(open_job(Home.make(ENV_ID), options(ground)))
    lines = list(plan(ground.files))
    os.unlink(ground.files / "gone.txt")
    view.port.add(lines)
    view.until(lambda view: view.state.counts.active > 0)
    view.port.close()
    ground.until_stored(FILES - 1)
    for said in (True, False):
        port = attach(Home.make(ENV_ID))
        assert port is not None
        again = View(port).until(lambda view: caught_up(view) and view.state.counts.done == FILES - 1)
        if said:
            again.until(lambda view: view.told(ev.WhileAway))
        away = [event for event in again.events if isinstance(event, ev.WhileAway)]
        assert len(away) == said
        if away:
            assert 0 < away[0].done <= FILES - 1
            assert away[0].first_failed in (None, again.state.ids(Stage.FAILED)[0])
        again.port.close()


@pytest.mark.parametrize("ending", ["idle", "term"])
def test_what_a_worker_that_has_gone_did_unseen_is_left_for_the_next_screen(ground: Ground, ending: str) -> None:
    view = begin(ground)
    view.port.close()
    if ending == "term":
        ground.until_stored(FILES // 2)
        worker = ground.worker()
        assert worker is not None
        os.kill(worker, signal.SIGTERM)
    assert ground.all_gone(30.0)
    (said,) = json.loads((ground.state / ENV_ID / "unseen.json").read_text())
    assert 0 < said["done"] < FILES
    assert said["failed"] == 0
    asked = Wanted(ENV_ID, options(ground), Asked(ENV_ID, "gateway"), LogFile(None), [])
    session = begin_session(asked)
    assert session.unseen is not None
    assert session.unseen.done == said["done"]
    session.leave("stop")
    assert not (ground.state / ENV_ID / "unseen.json").exists()  # said once


def test_a_view_that_does_not_read_holds_nobody(ground: Ground) -> None:
    first = View(open_job(Home.make(ENV_ID), options(ground)))
    first.until(caught_up)
    contact = find(Home.make(ENV_ID))
    assert contact is not None
    contact.line.write(json.dumps({"do": "attach", "job": first.port.job}).encode() + b"\n")  # and reads nothing more
    many = [Planned(b"/nowhere/%d" % number, f"k{number}", 1) for number in range(MOST)]
    first.port.add(many)
    first.until(lambda view: view.state.counts.failed == MOST, 60.0)
    lazy, behind = QueueState(), True
    while behind:
        message = contact.line.read()
        if "events" in message:
            from tui_uploader.engine.messages import events_of

            for event in events_of(message):
                lazy.apply(event)
        behind = lazy.counts.failed < MOST
    assert lazy.counts == first.state.counts
    assert lazy.by_code == first.state.by_code
    contact.line.close()
    first.port.close()


def test_stop_leaves_the_rest_and_other_views_are_told(ground: Ground) -> None:
    first = begin(ground)
    port = attach(Home.make(ENV_ID))
    assert port is not None
    other = View(port).until(caught_up)
    assert first.port.stop()
    other.until(lambda view: view.state.stopped is not None)
    assert other.state.counts.active == 0
    assert other.state.counts.waiting == FILES - other.state.counts.done
    first.port.close()
    other.port.close()
    assert f'"waiting": {other.state.counts.waiting}' in ground.run("jobs", "--json")


@rows(101)
def test_term_lets_what_is_being_sent_end_and_the_journal_has_the_rest(ground: Ground) -> None:
    view = begin(ground)
    worker = ground.worker()
    assert worker is not None
    os.kill(worker, signal.SIGTERM)
    assert gone(worker, 10.0)
    view.until(lambda view: view.port.ended.is_set())
    assert view.port.lasting is not Lasting.LOST
    assert 0 < view.state.counts.done < FILES
    ground.run("resume", view.port.job)
    assert ground.all_right()
    assert set(ground.puts().values()) == {1}


@rows(95)
def test_a_killed_worker_is_said(ground: Ground) -> None:
    view = begin(ground)
    worker = ground.worker()
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    view.until(lambda view: view.state.paused is not None)
    assert view.state.paused is not None
    assert view.state.paused.failure is not None
    assert view.state.paused.failure.code == "WORKER_LOST"
    assert view.port.lasting is Lasting.LOST
    view.port.close()


def old_worker(home: Home, version: str, heard: list[dict[str, object]]) -> threading.Thread:
    """A worker of another version, as far as a client can tell: it greets, hears one line, and goes."""
    listener = home.listen()

    def live() -> None:
        connection, _ = listener.accept()
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
        greeting = {"worker": version, "wire": "other", "pid": child.pid, "lasting": "yes", "jobs": []}
        connection.sendall(json.dumps(greeting).encode() + b"\n")
        with connection, connection.makefile() as lines:
            line = lines.readline()
            heard.extend([json.loads(line)] if line else [])
        listener.close()
        child.communicate(b"")

    thread = threading.Thread(target=live)
    thread.start()
    return thread


def test_a_newer_program_drains_an_older_worker_and_an_older_one_leaves_it(ground: Ground) -> None:
    home, heard = Home.make(ENV_ID), list[dict[str, object]]()
    thread = old_worker(home, "0.0.1", heard)
    contact = find_or_start(home)
    thread.join(10)
    assert heard == [{"do": "drain"}]
    assert contact.same
    contact.line.close()
    assert ground.all_gone()
    thread = old_worker(home, "999.0", heard)
    with pytest.raises(NewerWorker):
        find_or_start(home)
    thread.join(10)
    assert heard == [{"do": "drain"}]


def test_rubbish_ends_a_connection_and_nothing_else(ground: Ground) -> None:
    view = begin(ground)
    home = Home.make(ENV_ID)
    for rubbish in (b"\n", b"[]\n", b'{"do": "dance"}\n', b"x" * (2 << 20), b'{"do": "attach", "job": 7}\n'):
        contact = find(home)
        assert contact is not None
        with suppress(OSError):
            contact.line.write(rubbish)
        contact.line.close()
    view.until(all_done)
    view.port.close()


def test_a_long_path_still_has_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_STATE_DIR", str(tmp_path / ("x" * 120)))
    home = Home.make(ENV_ID)
    listener = home.listen()
    connection = home.connect(1.0)
    assert stat.S_IMODE(os.stat(home.address).st_mode) == 0o600
    connection.close()
    listener.close()


def test_a_socket_of_nobody_is_no_worker(ground: Ground) -> None:
    home = Home.make(ENV_ID)
    home.listen().close()
    assert find(home) is None
    listener = socket.socket(socket.AF_UNIX)
    os.unlink(home.address)
    listener.bind(home.address)
    listener.listen()

    def hello() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"hello\n")
        connection.close()

    thread = threading.Thread(target=hello)
    thread.start()
    with pytest.raises(WorkerProblem):
        find(home)
    thread.join(10)
    listener.close()


def test_a_job_that_a_person_has_paused_holds_no_worker_for_ever(ground: Ground) -> None:
    view = begin(ground)
    view.port.pause()
    view.until(lambda view: view.state.paused is not None and not view.state.counts.active)
    view.port.close()
    assert ground.all_gone()
    (job,) = (json.loads(line) for line in ground.run("jobs", "--json").splitlines())
    assert job["state"] == "left-behind"
    assert job["waiting"] + job["done"] == FILES
    ground.run("resume")
    assert ground.all_right()
    assert set(ground.puts().values()) == {1}
