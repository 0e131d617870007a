"""`kill -9` at seeded moments: every object arrives right, nothing done is sent again, and nothing is left over."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.table import rows
from tests.terminal.conftest import environment
from tests.terminal.ground import ENV_ID, FILES, Ground, gone, ground_at
from tests.terminal.pty_screen import Terminal
from tui_uploader.engine.journal import Journal
from tui_uploader.model.items import Stage

__all__ = ["environment"]


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine with a cloud that takes about half a second for everything."""
    with ground_at(tmp_path, environment, speed=2_400_000) as made:
        yield made


def done_in_journal(ground: Ground) -> set[str]:
    """The keys that the only job has done."""
    with Journal(str(ground.state / ENV_ID)) as journal:
        (job,) = journal.jobs()
        return {item.key for item in journal.items(job.id) if item.stage is Stage.DONE}


@rows(95)
@pytest.mark.parametrize("seed", range(10))
def test_the_worker_dies_and_the_job_is_resumed(ground: Ground, seed: int) -> None:
    chance = random.Random(seed)
    job = ground.run("push", "--detach", str(ground.files) + "/").strip()
    ground.until_stored(chance.randrange(FILES))
    gone(os.getpid(), chance.random() * 0.03)  # some moment more
    worker = ground.worker()
    if worker is not None:
        os.kill(worker, signal.SIGKILL)
        assert gone(worker, 5.0)
    done = done_in_journal(ground)
    if len(done) < FILES:
        ground.run("resume", job, "--json")
    assert len(done_in_journal(ground)) == FILES
    assert ground.all_right()
    assert max(ground.puts().values()) <= 2
    assert {key for key, count in ground.puts().items() if count > 1}.isdisjoint(done), "what was done was sent again"
    assert ground.all_gone()


@pytest.mark.parametrize("seed", range(10))
def test_the_screen_dies_and_the_job_goes_on(ground: Ground, seed: int) -> None:
    chance = random.Random(100 + seed)
    with Terminal(ground.screen, ground.environment) as terminal:
        terminal.wait("f0000.txt")
        terminal.press("a", "u")
        terminal.wait(rf"Plan: {FILES} objects")
        terminal.press("enter")
        terminal.wait(rf"of {FILES} ")
        terminal.count(chance.random() * 0.5)
        terminal.signal(signal.SIGKILL)
        terminal.wait_end()
        ground.until_stored(FILES)
    assert ground.all_right()
    assert set(ground.puts().values()) == {1}
    assert ground.all_gone()
    assert len(done_in_journal(ground)) == FILES
