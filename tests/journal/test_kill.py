"""`push` is killed with -9 at seeded moments, then resumed: every object right, done ones sent once, nothing lost."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread, fill
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine.journal import Journal
from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import ENDED, LEFT_BEHIND
from tui_uploader.places import env_folder

COMMAND = [sys.executable, "-m", "tui_uploader"]
LONG = 60.0
COUNT, PARALLEL = 60, 4


class Place:
    """A cloud, a state folder of its own, and commands on them."""

    def __init__(self, tmp_path: Path) -> None:
        slow = Fault("latency", delay=40)  # what is told comes every 0.2 s: a kill must find something left
        self.thread = CloudThread(Options(data=str(tmp_path / "cloud"), faults=(slow,)))
        self.cloud = self.thread.emulator
        token = tmp_path / "token"
        token.touch(mode=0o600)
        token.write_text(self.cloud.token)
        self.files = fill(tmp_path / "files", COUNT)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TUI_UPLOADER")}
        self.environment |= {
            "TUI_UPLOADER_CONFIG_DIR": str(tmp_path / "config"),
            "TUI_UPLOADER_STATE_DIR": str(tmp_path / "state"),
            "TUI_UPLOADER_TOKEN_FILE": str(token),
            "TUI_UPLOADER_GATEWAY": self.cloud.gateway,
            "TUI_UPLOADER_ENV_ID": self.cloud.env_id,
        }
        self.state = tmp_path / "state"

    @property
    def folder(self) -> str:
        """Where the environment's journal lies."""
        return str(self.state / os.path.basename(env_folder(self.cloud.env_id)))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A command as a process whose output can be read."""
        return subprocess.Popen(
            [*COMMAND, *words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *words: str) -> tuple[int, list[dict[str, object]], str]:
        """A command to its end: exit code, its JSON lines, what it said."""
        process = self.start(*words)
        out, said = process.communicate(timeout=LONG)
        return process.returncode, [json.loads(line) for line in out.splitlines()], said.decode()

    def push_until_killed(self, done: int, *more: str) -> set[str]:
        """A push that is killed when it has told of so many done objects; the keys it told of."""
        process = self.start("push", str(self.files), "--json", "--parallel", str(PARALLEL), *more)
        assert process.stdout is not None
        told: set[str] = set()
        while len(told) < done:
            line = process.stdout.readline()
            assert line, process.communicate()
            event = json.loads(line)
            if event["event"] == "done":
                told.add(event["key"])
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()  # what was read ahead as well: `communicate` would begin in the middle of a line
        process.communicate(timeout=LONG)
        for line in rest.splitlines():
            if line.endswith(b"}") and b'"done"' in line[:20]:
                told.add(json.loads(line)["key"])
        return told


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A cloud and a state folder."""
    made = Place(tmp_path)
    yield made
    made.thread.close()


def contents(place: Place) -> dict[str, bytes]:
    """What the bucket holds, by key."""
    return {key: Path(stored.file).read_bytes() for key, stored in place.cloud.objects().items()}


def expected(place: Place) -> dict[str, bytes]:
    """What it should hold."""
    return {f"files/{path.name}": path.read_bytes() for path in place.files.iterdir()}


@pytest.mark.parametrize("seed", range(20))
def test_after_kill_9_what_is_left_is_sent_and_nothing_done_again(place: Place, seed: int) -> None:
    chance = random.Random(seed)
    told = place.push_until_killed(chance.randrange(COUNT - PARALLEL))
    with Journal(place.folder) as journal:
        (job,) = journal.jobs()
        assert (job.state, job.walked and job.total) in ((LEFT_BEHIND, COUNT), (LEFT_BEHIND, False), (ENDED, COUNT))
        safe = {item.key for item in journal.items(job.id) if item.stage is Stage.DONE}
    assert told <= safe, "done was told before it was on disk"
    before = dict(place.cloud.cloud.puts)
    code, events, said = place.run("resume", "--json")
    assert (code, said) == (0, "")
    assert contents(place) == expected(place)
    puts = place.cloud.cloud.puts
    assert {key: puts[key] for key in safe} == {key: before[key] for key in safe} == dict.fromkeys(safe, 1)
    assert max(puts.values()) <= 2
    assert puts.total() <= COUNT + len(set(before) - safe)
    assert {event["key"] for event in events if event["event"] == "done"} == set(expected(place)) - safe
    assert events[0] == {"event": "job", "job": job.id, "total": None}
    with Journal(place.folder) as journal:
        (job,) = journal.jobs()
        assert (job.state, job.total, job.done, job.waiting) == ("ended", COUNT, COUNT, 0)
    assert place.run("resume", job.id[:5], "--json")[1][-1]["total"] == 0


def test_what_the_walk_had_not_found_yet_is_found(place: Place) -> None:
    place.push_until_killed(3)
    with Journal(place.folder) as journal:
        connection = journal._connection
        known = connection.execute("SELECT count(*) FROM outcome WHERE stage=4").fetchone()[0]
        connection.execute("DELETE FROM item WHERE id NOT IN (SELECT id FROM outcome WHERE stage=4) AND id>=30")
        left = connection.execute("SELECT count(*), max(id) FROM item").fetchone()
        connection.execute("UPDATE job SET walked=0, items=?, waiting=?", (left[1] + 1, left[0] - known))
    code, events, said = place.run("resume", "--json")
    assert (code, said, events[-1]["total"]) == (0, "", COUNT - known)
    assert contents(place) == expected(place)
    _, jobs, _ = place.run("jobs", "--json")
    assert [(job["state"], job["total"], job["done"], job["walked"]) for job in jobs] == [("ended", COUNT, COUNT, True)]


def test_a_file_that_changed_is_refused_unless_it_is_wanted(place: Place) -> None:
    place.push_until_killed(3)
    with Journal(place.folder) as journal:
        left = [item.path for item in journal.items(journal.jobs()[0].id, open_only=True)]
    changed, gone, other = left[-1], left[-2], left[-3]
    with open(changed, "ab") as file:
        file.write(b"more")
    os.unlink(gone)
    again = other + b".new"
    with open(other, "rb") as old, open(again, "wb") as new:
        new.write(old.read())
    os.rename(again, other)
    code, events, _ = place.run("resume", "--json")
    assert code == 1
    failed = {event["path"]: (event["stage"], event["code"]) for event in events if event["event"] == "failed"}
    assert failed == {
        changed.decode(): ("local", "SOURCE_CHANGED"),
        other.decode(): ("local", "SOURCE_CHANGED"),
        gone.decode(): ("local", "ENOENT"),
    }
    code, events, _ = place.run("push", "--again", str(events[0]["job"]), "--failed", "--json")
    assert (code, events[-1]["done"], events[-1]["failed"]) == (1, 2, 1)
    assert contents(place) == expected(place)


def test_what_changed_is_taken_where_that_is_said(place: Place) -> None:
    place.push_until_killed(3)
    for path in place.files.iterdir():
        path.write_bytes(b"another content")
    code, events, _ = place.run("resume", "--json", "--changed", "upload")
    assert (code, events[-1]["failed"]) == (0, 0)
    fresh = {str(event["key"]) for event in events if event["event"] == "done"}
    assert fresh
    assert {contents(place)[key] for key in fresh} == {b"another content"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_push_that_was_ended_goes_on(place: Place, number: signal.Signals, code: int) -> None:
    slowly = ("--limit-rate", "3K")  # a busy machine is late with the signal
    process = place.start("push", str(place.files), "--json", "--parallel", str(PARALLEL), *slowly)
    assert process.stdout is not None
    while b'"done"' not in process.stdout.readline()[:20]:
        pass
    process.send_signal(number)
    process.communicate(timeout=LONG)
    assert process.returncode == code
    _, jobs, _ = place.run("jobs", "--json")
    assert jobs[0]["state"] == "stopped"
    assert place.run("resume", "--json")[0] == 0
    assert contents(place) == expected(place)
    assert max(place.cloud.cloud.puts.values()) == 1


def test_many_pushes_at_once_write_one_journal(place: Place) -> None:
    processes = [place.start("push", str(place.files), "--json", "--prefix", f"p{n}") for n in range(6)]
    for process in processes:
        out, said = process.communicate(timeout=LONG)
        assert (process.returncode, said) == (0, b"")
        assert json.loads(out.splitlines()[-1])["done"] == COUNT
    _, jobs, _ = place.run("jobs", "--json")
    assert sorted(str(job["prefix"]) for job in jobs) == [f"p{n}" for n in range(6)]
    assert {(job["state"], job["done"], job["waiting"]) for job in jobs} == {("ended", COUNT, 0)}


def test_no_secret_reaches_the_state_folder(place: Place, tmp_path: Path) -> None:
    place.push_until_killed(20, "--header", "x-cos-meta-secret-note: canary-in-a-header", "--prefix", "p")
    code, _, said = place.run("resume", "--json")
    assert code == 2
    assert "x-cos-meta-secret-note" in said
    assert place.run("resume", "--json", "--header", "x-cos-meta-secret-note: canary-in-a-header")[0] == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    for canary in (place.cloud.token, "canary-in-a-header", "q-signature", "q-ak", "Bearer "):
        assert canary.encode() not in kept, canary
    modes = {path: path.stat().st_mode & 0o777 for path in (tmp_path / "state").rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
