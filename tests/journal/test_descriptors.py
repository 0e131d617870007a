"""As many uploads at once as there are file handles for: a run never meets EMFILE by its own doing."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journal.test_kill import COUNT, Place
from tui_uploader.engine.descriptors import slots_by_descriptors
from tui_uploader.engine.port import MAX_PARALLEL

ASK = (
    "import resource; from tui_uploader.engine.descriptors import slots_by_descriptors as slots;"
    " print(slots(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
)


@pytest.mark.parametrize(
    ("soft", "hard", "slots", "after"),
    [(100, 100, 24, 100), (40, 40, 1, 40), (100, 400, 174, 400), (256, 4096, MAX_PARALLEL, 2 * MAX_PARALLEL + 52)],
)
def test_the_soft_limit_is_raised_and_the_hard_one_obeyed(soft: int, hard: int, slots: int, after: int) -> None:
    limited = f"ulimit -S -n {soft} && ulimit -H -n {hard} && exec {sys.executable} -c '{ASK}'"
    said = subprocess.run(["sh", "-c", limited], capture_output=True, text=True, check=True).stdout.split()
    assert said == [str(slots), str(after)]


def test_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert slots_by_descriptors() == MAX_PARALLEL


def test_a_push_with_few_handles_never_runs_out_of_them(tmp_path: Path) -> None:
    place = Place(tmp_path)
    try:
        push = f"ulimit -n 80 && exec {sys.executable} -m tui_uploader push --json --parallel 200 {place.files}"
        made = subprocess.run(["sh", "-c", push], capture_output=True, text=True, check=False, env=place.environment)
    finally:
        place.thread.close()
    summary = json.loads(made.stdout.splitlines()[-1])
    assert (summary["done"], made.returncode) == (COUNT, 0), made.stderr
    assert "LOCAL_LIMIT" not in made.stderr + made.stdout
    log = (place.state / "log.jsonl").read_text()
    assert '"reason": "file handles allow no more (ulimit -n)"' in log
