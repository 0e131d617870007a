"""`push --detach`, `attach --no-screen` and `stop` as a person types them: relative paths, jobs that do not run."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.conftest import environment
from tests.terminal.ground import FILES, PROGRAM, Ground, ground_at

__all__ = ["environment"]


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine."""
    with ground_at(tmp_path, environment, speed=400_000) as made:
        yield made


def typed(ground: Ground, *words: str) -> tuple[int, str, str]:
    """A command typed in the folder above the files; exit code, output, errors."""
    done = subprocess.run(
        [*PROGRAM, *words], env=ground.environment, cwd=ground.folder, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_path_means_the_folder_where_it_was_typed(ground: Ground) -> None:
    code, job, _ = typed(ground, "push", "files/", "--detach")
    assert code == 0
    code, out, _ = typed(ground, "attach", job.strip(), "--no-screen", "--json")
    assert code == 0
    summary = json.loads(out.splitlines()[-1])
    assert (summary["done"], summary["failed"]) == (FILES, 0)
    assert ground.all_right()
    code, out, _ = typed(ground, "report", job.strip(), "--format", "json")
    assert json.loads(out)["objects"][0]["path"].startswith(str(ground.files))
    assert ground.all_gone()


def test_of_a_job_that_does_not_run_it_is_said_how_it_stands(ground: Ground) -> None:
    job = ground.run("push", str(ground.files) + "/", "--json").split('"job": "')[1][:8]
    for command in (["attach", job, "--no-screen"], ["stop", job]):
        code, _, said = typed(ground, *command)
        assert code == 2
        assert f"job {job} does not run, it is ended: tui-uploader report {job}" in said
    code, _, said = typed(ground, "stop", "beef")
    assert "tui-uploader jobs lists all" in said


def test_who_follows_a_job_learns_that_it_was_stopped(ground: Ground) -> None:
    job = typed(ground, "push", "files/", "--parallel", "1", "--detach")[1].strip()
    follower = subprocess.Popen(
        [*PROGRAM, "attach", job, "--no-screen", "--quiet"],
        env=ground.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    ground.until_stored(3)
    code, out, _ = typed(ground, "stop", job, "--finish")
    assert code == 0
    assert f"left: tui-uploader resume {job}" in out
    _, said = follower.communicate(timeout=30)
    assert follower.returncode == 3  # 0 would say that all is done
    assert f"was stopped with {FILES - ground.stored()} left: tui-uploader resume {job}" in said
    assert ground.all_gone()


def test_ctrl_c_before_all_was_found_stops_the_job_and_says_how_to_go_on(ground: Ground) -> None:
    """It went on in the background with what had been found, for ever running, and nobody gave it the rest."""
    for at, one in zip(range(12), ground.files.iterdir(), strict=False):
        folder = ground.folder / f"many/{at}"
        folder.mkdir(parents=True)
        for number in range(5000):
            os.link(one, folder / f"{number}")
    push = subprocess.Popen(
        [*PROGRAM, "push", "--detach", "many"], env=ground.environment, cwd=ground.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not list(ground.state.glob("*/job-*.lock")):
        assert push.poll() is None
        threading.Event().wait(0.002)  # the worker has the job: the walk begins
    push.send_signal(signal.SIGINT)
    out, said = push.communicate(timeout=60)
    assert (push.returncode, out) == (130, "")
    (job,) = (json.loads(line) for line in typed(ground, "jobs", "--json")[1].splitlines())
    assert said == f"tui-uploader: job {job['job']} is stopped before all was found: tui-uploader resume {job['job']}\n"
    assert (job["state"], job["walked"]) == ("stopped", False)
    assert job["total"] < 60_000
