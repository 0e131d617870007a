"""With lingering the worker is started as a service of the user's own manager: a stand-in for systemd runs it here."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.conftest import environment
from tests.terminal.ground import ENV_ID, Ground, ground_at
from tui_uploader.engine.home import Home
from tui_uploader.engine.starting import find_or_start, systemd_command

__all__ = ["environment"]
STAND_IN = """#!/bin/sh
echo "$@" > {seen}
while [ "${{1#-}}" != "$1" ]; do shift; done
exec 3<&0
setsid "$@" <&3 3<&- &
wait
"""


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """A machine with a user's manager and lingering, as far as a program can see."""
    with ground_at(tmp_path, environment) as made:
        for name, value in made.environment.items():
            if name.startswith("TUI_"):
                monkeypatch.setenv(name, value)
        programs, runtime = tmp_path / "programs", tmp_path / "runtime"
        (runtime / "systemd").mkdir(parents=True)
        (runtime / "systemd" / "private").touch()
        programs.mkdir()
        for name, text in (
            ("systemd-run", STAND_IN.format(seen=tmp_path / "seen")),
            ("loginctl", "#!/bin/sh\necho yes\n"),
        ):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        yield made


def test_with_lingering_the_service_manager_starts_it(ground: Ground) -> None:
    contact = find_or_start(Home.make(ENV_ID))
    seen = (ground.folder / "seen").read_text()
    assert "--user --unit=tui-uploader-" in seen
    assert "--collect" in seen
    assert "--stay" in seen
    assert "canary" not in seen
    assert contact.same
    contact.line.close()
    assert ground.all_gone()


def test_without_lingering_or_when_it_fails_a_fork_does_it(ground: Ground) -> None:
    programs = ground.folder / "programs"
    (programs / "systemd-run").write_text("#!/bin/sh\nexit 1\n")
    contact = find_or_start(Home.make(ENV_ID))
    (worker,) = ground.processes()
    assert os.getpriority(os.PRIO_PROCESS, worker) == os.getpriority(os.PRIO_PROCESS, 0) + 8  # keys come first
    assert not hasattr(os, "SCHED_BATCH") or os.sched_getscheduler(worker) == os.SCHED_BATCH
    group = Path(f"/proc/{worker}/autogroup")
    if group.exists():  # where sessions share the processors, its own place counts for nobody outside
        assert group.read_text().split()[-1] == str(os.getpriority(os.PRIO_PROCESS, worker))
    contact.line.close()
    assert ground.all_gone()
    (programs / "loginctl").write_text("#!/bin/sh\necho no\n")
    assert systemd_command(Home.make(ENV_ID)) is None
