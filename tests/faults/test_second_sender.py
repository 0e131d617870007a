"""`push` with its second process: it sends what is small, and whatever becomes of either, nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.faults.ground import CLOCKS, Ground
from tui_uploader.emulator.script import Fault
from tui_uploader.protocol.whole_file import MOST

COUNT = 300
LONG = 20.0
CALM = replace(CLOCKS, connect=LONG, stalled=LONG, answer=LONG, whole_answer=LONG, busy=0.0)
HELPED = ("--clocks", ",".join(f"{name}={value}" for name, value in asdict(CALM).items()))
"""No clock of the service ends on a busy machine, and the second process helps however little the first has to do."""
AT_ONCE = ("--parallel", "32", *HELPED)
SLOW = Fault("latency", delay=30)


def child_of(pid: int) -> int | None:
    """The process that `pid` has forked to send, if it has one: the one that walks has no socket."""
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        with suppress(FileNotFoundError, ProcessLookupError):
            if opened(child)["socket"]:
                return child
    return None


def opened(pid: int) -> Counter[str]:
    """How many handles of each kind a process has: ``socket``, ``pipe``, ``anon_inode``, or a path."""
    kinds: Counter[str] = Counter()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            kinds[os.readlink(entry.path).partition(":")[0]] += 1
        except FileNotFoundError:
            continue  # closed since
    return kinds


def is_there(pid: int) -> bool:
    """Whether a process runs still; one that has ended and was not asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(pid: int) -> bool:
    """Whether it is gone, or goes within seconds."""
    until = time.monotonic() + LONG
    while is_there(pid):
        if time.monotonic() > until:
            return False
        os.sched_yield()
    return True


class Look:
    """Looks at the second process of a run when so many objects are done."""

    def __init__(self, done: int, ends: bool = False) -> None:
        self.pid = 0
        self.kinds: Counter[str] = Counter()
        self._left, self._ends = done, ends

    def __call__(self, process: "subprocess.Popen[bytes]", line: bytes) -> None:
        self._left -= b'"event": "done"' in line or b'"event":"done"' in line
        if self._left == 0 and not self.pid:
            self.pid = child_of(process.pid) or -1
            assert self.pid > 0, "there is no second process"
            self.kinds = opened(self.pid)
            if self._ends:
                os.kill(self.pid, signal.SIGKILL)


def test_small_objects_go_by_a_process_that_holds_nothing_but_their_connections(ground: Ground) -> None:
    ground.fill(COUNT)
    ground.cloud(SLOW)
    look = Look(60)
    ended = ground.command(*AT_ONCE, clock=LONG, watched=look)
    assert (ended.code, ended.summary["done"]) == (0, COUNT)
    assert 8 < look.kinds["socket"] <= 32 + 3, "more at once than was said"  # beside its loop's two, and its parent's
    allowed = {"socket", "anon_inode", "/dev/null", "pipe"}  # a loop has an epoll, and a pipe to itself
    assert not [kind for kind in look.kinds if kind not in allowed and not kind.startswith(str(ground.files))]
    assert gone(look.pid)


@pytest.mark.parametrize("more", [("--parallel", "4", *HELPED), (*AT_ONCE, "--limit-rate", "100M")])
def test_few_at_once_and_a_speed_limit_are_the_first_process_own(ground: Ground, more: tuple[str, ...]) -> None:
    ground.fill(COUNT // 3)
    ground.cloud(SLOW)
    look = Look(40)
    assert ground.command(*more, clock=LONG, watched=look).code == 0
    assert look.kinds["socket"] <= 3, look.kinds  # to its parent, and what its loop has


def test_where_the_network_is_the_limit_the_second_process_helps_no_more_and_gives_its_connections_back(
    ground: Ground,
) -> None:
    ground.fill(COUNT)
    ground.cloud(Fault("latency", delay=300))
    look = Look(COUNT - 60)  # a run begins with both, and a turn of slots lies between the looks
    assert ground.command("--parallel", "32", "--clocks", "busy=0.9", clock=LONG, watched=look).code == 0
    assert look.kinds["socket"] <= 3, look.kinds


def test_large_objects_are_the_first_process_own(ground: Ground) -> None:
    ground.fill(COUNT // 3, MOST + 1)
    ground.cloud(SLOW)
    look = Look(40)
    assert ground.command(*AT_ONCE, clock=LONG, watched=look).code == 0
    assert look.kinds["socket"] <= 3, look.kinds


def test_a_second_process_that_is_killed_costs_another_try_and_no_object(ground: Ground) -> None:
    ground.fill(COUNT)
    ground.cloud(SLOW)
    look = Look(60, ends=True)
    ended = ground.command(*AT_ONCE, clock=LONG, watched=look)
    assert (ended.code, ended.summary["done"]) == (0, COUNT)
    assert ended.retried
    assert {code for _, code in ended.retried} == {"NET_RESET"}


def test_what_a_file_is_refused_for_is_said_by_either_process(ground: Ground) -> None:
    ground.fill(COUNT)
    ground.cloud(SLOW)

    def vanish(process: "subprocess.Popen[bytes]", line: bytes) -> None:
        if b'"done"' in line:
            for number in range(COUNT - 8, COUNT):
                (ground.files / f"f{number:03d}.txt").unlink(missing_ok=True)

    ended = ground.command(*AT_ONCE, clock=LONG, watched=vanish)
    assert (ended.code, ended.summary["done"]) == (1, COUNT - 8)
    assert set(ended.failed.values()) == {"ENOENT"}


def test_objects_without_a_crc_are_judged_by_their_md5_there_too(ground: Ground) -> None:
    ground.fill(COUNT)
    ground.cloud(Fault("no_crc"), SLOW)
    ended = ground.command(*AT_ONCE, clock=LONG)
    assert (ended.code, ended.summary["done"]) == (0, COUNT)


class Started:
    """A `push` of many small files in a session of its own, and the second process that it has."""

    def __init__(self, ground: Ground) -> None:
        cloud = ground.cloud(SLOW)
        ground.fill(COUNT)
        token = ground.folder / "token"
        token.touch(mode=0o600)
        token.write_text(cloud.token)
        service = ["--gateway", cloud.gateway, "--env-id", cloud.env_id, "--token-file", str(token), *AT_ONCE]
        command = [sys.executable, "-m", "tui_uploader", "push", "--json", f"{ground.files}/", *service]
        self.process = subprocess.Popen(
            command, env=ground.environment(), stdout=subprocess.PIPE, start_new_session=True
        )
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline()]
        while b'"done"' not in self.lines[-1]:
            self.lines.append(self.process.stdout.readline())
        self.child = child_of(self.process.pid)


def test_it_ends_with_a_parent_that_is_killed(ground: Ground) -> None:
    run = Started(ground)
    assert run.child is not None
    assert is_there(run.child)
    run.process.kill()
    run.process.communicate(timeout=LONG)
    assert gone(run.child)
    assert ground.command(*AT_ONCE, clock=LONG).summary["done"] == COUNT


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_to_both_ends_the_run_as_one_to_the_first_alone(
    ground: Ground, number: signal.Signals, code: int
) -> None:
    run = Started(ground)
    assert run.child is not None
    os.killpg(run.process.pid, number)
    out, _ = run.process.communicate(timeout=LONG)
    assert run.process.returncode == code
    lines = out.splitlines()
    assert b'"summary"' in lines[-1]
    assert b"NET_RESET" not in out, "what was being sent had its time"
    assert gone(run.child)
    assert ground.command(*AT_ONCE, clock=LONG).summary["done"] == COUNT
