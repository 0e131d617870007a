"""A real systemd user manager and real cgroups, in a mount namespace of their own: the worker as its service."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.conftest import environment
from tests.terminal.ground import FILES, PROGRAM, Ground, ground_at
from tests.terminal.pty_screen import Terminal

__all__ = ["environment"]
SYSTEMD = "/lib/systemd/systemd"
# What logind would have made: the user's manager, and a login session beside it.
MACHINE = """
mount -t tmpfs tmpfs /run/systemd 2>/dev/null || {{ mkdir -p /run/systemd; mount -t tmpfs tmpfs /run/systemd; }}
mkdir -p /run/systemd/system /run/systemd/logind.conf.d {runtime} /var/lib/systemd
chmod 700 {runtime}
mount -t cgroup2 none /sys/fs/cgroup || exit 77
mount -t tmpfs tmpfs /var/lib/systemd
mkdir -p /var/lib/systemd/linger
top=/sys/fs/cgroup/{slice}
mkdir -p $top/user@0.service $top/session-4.scope || exit 77
echo $$ > $top/user@0.service/cgroup.procs || exit 77
export XDG_RUNTIME_DIR={runtime}
{manager}
echo $$ > $top/session-4.scope/cgroup.procs
"""
MANAGER = """
{systemd} --user --log-target=console > {runtime}/log 2>&1 &
manager=$!
n=0
until [ -S {runtime}/systemd/private ]; do n=$((n+1)); [ $n -gt 100 ] && exit 77; sleep 0.1; done
touch /var/lib/systemd/linger/root
"""


def _possible() -> bool:
    if os.geteuid() != 0 or not os.path.exists(SYSTEMD) or shutil.which("systemd-run") is None:
        return False
    words = ["unshare", "-m", "sh", "-c", "mount -t cgroup2 none /sys/fs/cgroup && mkdir /sys/fs/cgroup/tui-test-probe"]
    ended = subprocess.run([*words[:-1], words[-1] + " && rmdir /sys/fs/cgroup/tui-test-probe"], capture_output=True)
    return ended.returncode == 0


pytestmark = pytest.mark.skipif(not _possible(), reason="needs root, systemd and cgroups that may be made")


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine."""
    with ground_at(tmp_path, environment, speed=400_000) as made:
        yield made
    groups = f"/sys/fs/cgroup/{slice_of(tmp_path)}"
    gone = f"mount -t cgroup2 none /sys/fs/cgroup; find {groups} -depth -type d -exec rmdir {{}} +"
    subprocess.run(["unshare", "-m", "sh", "-c", gone], check=False)


def slice_of(folder: Path) -> str:
    """A name for the control groups of one test."""
    return f"tui-test-{os.getpid()}-{folder.name}.slice"


def script(ground: Ground, work: str, *, manager: bool) -> Path:
    """The machine, and what is done in a session on it."""
    runtime = ground.folder / "runtime"
    values = {"runtime": runtime, "systemd": SYSTEMD, "slice": slice_of(ground.folder)}
    made = MACHINE.format(**values, manager=MANAGER.format(**values) if manager else "")
    path = ground.folder / "machine.sh"
    path.write_text(made + work)
    return path


def test_with_lingering_the_worker_is_a_service_outside_of_the_session(ground: Ground) -> None:
    program = " ".join(PROGRAM)
    work = f"""
{program} push --detach {ground.files}/ || exit 1
unit=$(systemctl --user list-units 'tui-uploader-*' --no-legend --plain | cut -d' ' -f1)
echo "unit $unit"
systemctl --user show "$unit"
cat /proc/$(systemctl --user show "$unit" -p MainPID --value)/cgroup
{program} attach --no-screen
kill $manager; wait
"""
    done = subprocess.run(
        ["unshare", "-m", "sh", str(script(ground, work, manager=True))],
        env=ground.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "unit tui-uploader-" in done.stdout
    assert "user@0.service/app.slice/tui-uploader-" in done.stdout
    assert "MemoryMax=4294967296" in done.stdout
    assert "canary" not in done.stdout
    assert f"{FILES} done of {FILES}" in done.stdout
    assert "outlives its session: yes" in next(ground.state.glob("*/worker.log")).read_text()
    assert ground.all_right()


def test_where_logind_ends_a_session_whole_the_screen_says_so_in_time(ground: Ground) -> None:
    work = f"""
printf '[Login]\\nKillUserProcesses=yes\\nKillExcludeUsers=nobody\\n' > /run/systemd/logind.conf.d/x.conf
exec {" ".join(ground.screen)}
"""
    command = ["unshare", "-m", "sh", str(script(ground, work, manager=False))]
    with Terminal(command, ground.environment) as terminal:
        terminal.wait("stops if SSH drops")
        text = terminal.wait("loginctl enable-linger")
        assert "or use tmux: a logout stops this" in text
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert ground.all_gone()
