"""The walk by a process of its own: the same plan, whatever becomes of that process. Each without threads."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_uploader.engine.plan_rows import lines_of, rows_of
from tui_uploader.engine.planner import Planner, PlanOptions, start_of_argument

HEAD = """
import os, signal, sys, time
from tui_uploader.engine.planner import Planner, PlanOptions, start_of_argument
from tui_uploader.engine.walk_ahead import WalkAhead
os.sched_getaffinity = lambda pid: {0, 1}
starts = [start_of_argument(os.fsencode(path)) for path in sys.argv[1:]]
options = PlanOptions(prefix="p", exclude=("*.tmp",), symlinks="follow")
usual = list(Planner(options).plan(starts))
ahead = WalkAhead.begin(options, starts)
assert ahead is not None
"""


def gone(pid: int) -> bool:
    """Whether a process is gone, or goes within seconds; one that nobody asked for its end yet is."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        os.sched_yield()
    return False


def run(code: str, *paths: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code, *map(str, paths)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Some thousand files in folders, with a bit of everything that a plan has a verdict for."""
    top = tmp_path / "top"
    for folder in range(8):
        (top / f"f{folder}").mkdir(parents=True)
        for number in range(1500):
            (top / f"f{folder}" / f"file-{number:05}").write_bytes(b"")
    (top / "left.tmp").write_bytes(b"")
    (top / ".env").write_bytes(b"secret")
    (top / "link").symlink_to("f0/file-00000")
    (top / "gone").symlink_to("nowhere")
    os.mkfifo(top / "pipe")
    Path(os.fsdecode(os.fsencode(top) + b"/not-\xff-utf8")).write_bytes(b"")
    return top


def test_rows_say_all_that_lines_say(tree: Path) -> None:
    lines = list(Planner(PlanOptions()).plan([start_of_argument(os.fsencode(tree))]))
    assert len({line.verdict for line in lines}) > 2
    assert list(lines_of(rows_of(lines))) == lines


def test_it_is_the_plan_that_this_process_would_make(tree: Path) -> None:
    """It is more than a pipe holds, so that both wait for each other."""
    said = run("print(list(ahead.plan(starts)) == usual, len(usual)); ahead.close()", tree, tree)
    same, count = said.split()
    assert same == "True"
    assert int(count) > 2 * 8 * 1500


def test_where_the_process_is_killed_at_once_the_plan_is_whole(tree: Path) -> None:
    code = "os.kill(ahead._pid, signal.SIGKILL); os.waitpid(ahead._pid, 0)\n"
    assert run(code + "print(list(ahead.plan(starts)) == usual)", tree) == "True"


def test_where_the_process_is_killed_on_the_way_each_file_still_comes_once(tree: Path) -> None:
    """The same path comes twice here, the second time as refused: the walk goes on behind the right one."""
    code = """
found = []
for line in ahead.plan(starts):
    found.append(line)
    if len(found) == 13_000:
        os.kill(ahead._pid, signal.SIGKILL)
print(found == usual, len(found))
"""
    assert run(code, tree, tree).split()[0] == "True"


def test_closing_ends_a_process_that_nobody_reads_from(tree: Path) -> None:
    code = """
ahead.close()
ahead.close()
try:
    while True:
        os.waitpid(-1, 0)
except ChildProcessError:
    print("none")
"""
    assert run(code, tree) == "none"


def test_it_holds_nothing_open_that_the_parent_had(tree: Path) -> None:
    """Whoever reads our output learns that we have ended, even while it still walks."""
    code = """
next(ahead.plan(starts))
print(sorted(os.readlink(f"/proc/{ahead._pid}/fd/{fd}")[:5] for fd in os.listdir(f"/proc/{ahead._pid}/fd")))
ahead.close()
"""
    assert run(code, tree) == "['/dev/', '/dev/', '/dev/', 'pipe:']"


def test_it_ends_with_its_parent_also_where_it_finds_nothing_to_tell(tmp_path: Path) -> None:
    """Folders without files: nothing is written that would fail."""
    for number in range(400):
        (tmp_path / f"d{number}").mkdir()
    code = """
from tui_uploader.engine.far_disk import Disk
names_in = Disk.names_in
Disk.names_in = lambda self, folder: (time.sleep(0.1), names_in(self, folder))[1]
slow = WalkAhead.begin(options, starts)
print(slow._pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code, str(tmp_path)], stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert gone(int(done.stdout))


def test_closing_leaves_no_helper_that_looks_at_a_dead_file_system(tmp_path: Path) -> None:
    """The helper is stopped here, as one is that waits for a dead mount: it sees no end of what it reads."""
    code = """
from tui_uploader.protocol.mounts import Mounts
Mounts.leads_away = lambda self, path: True
far = WalkAhead.begin(options, starts)
helper = ""
while not helper:
    helper = open(f"/proc/{far._pid}/task/{far._pid}/children").read().strip()
ignored = 1 << signal.SIGTERM - 1  # as the walk does; the helper listens when it is ready
while ignored & int(open(f"/proc/{helper}/status").read().partition("SigIgn:")[2].split()[0], 16):
    pass
os.kill(int(helper), signal.SIGSTOP)
far.close()
print(helper)
"""
    assert gone(int(run(code, tmp_path)))


def test_where_the_last_files_are_gone_it_goes_on_behind_those_that_are_there(tree: Path) -> None:
    code = """
found = []
for line in ahead.plan(starts):
    found.append(line)
    if len(found) == 5064:
        os.kill(ahead._pid, signal.SIGKILL)
        os.waitpid(ahead._pid, 0)
        held = found[-3:]
        for one in held:
            os.unlink(one.path)
paths = [line.path for line in found]
print(len(paths) == len(set(paths)), set(paths) == {line.path for line in usual})
"""
    assert run(code, tree) == "True True"


@pytest.mark.parametrize(
    "system",
    ["os.sched_getaffinity = lambda pid: {0}", "sys.platform = 'darwin'; del os.sched_getaffinity"],
    ids=["one processor", "another system"],
)
def test_where_a_process_brings_nothing_or_cannot_be_there_is_none(system: str) -> None:
    """macOS has no such call, and no pipes of a size."""
    code = (
        f"import os, sys; {system}\n"
        "from tui_uploader.engine.planner import PlanOptions\n"
        "from tui_uploader.engine.walk_ahead import WalkAhead\n"
        "print(WalkAhead.begin(PlanOptions(), []))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "None"
