"""A worker that was started again without a token: it keeps the queue, asks nobody, and says what it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import plan
from tests.terminal.conftest import environment
from tests.terminal.ground import ENV_ID, FILES, PROGRAM, Ground, ground_at
from tests.terminal.pty_screen import Terminal
from tests.terminal.test_jobs_page import killed_push
from tests.worker.test_worker import View, all_done
from tui_uploader.engine.home import Home
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.remote import open_job
from tui_uploader.model import events as ev
from tui_uploader.model.secret import Secret

__all__ = ["environment"]


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """A machine; this process is one of its programs."""
    with ground_at(tmp_path, environment) as made:
        for name, value in made.environment.items():
            if name.startswith("TUI_"):
                monkeypatch.setenv(name, value)
        yield made


def needs_token(view: View) -> bool:
    """Whether the newest pause is for want of a token."""
    paused = view.state.paused
    return paused is not None and paused.failure is not None and paused.failure.code == "NEEDS_TOKEN"


def test_without_a_token_nobody_is_asked_and_the_queue_is_kept(ground: Ground) -> None:
    view = View(open_job(Home.make(ENV_ID), EngineOptions(ground.cloud.emulator.gateway, ENV_ID, Secret(""))))
    view.port.add(plan(ground.files))
    view.until(lambda view: needs_token(view) and len(view.state) == FILES)
    view.port.resume()  # a wish is no token
    view.until(lambda view: sum(isinstance(event, ev.RunPaused) for event in view.events) == 2)
    assert needs_token(view)
    paused = [event.failure for event in view.events if isinstance(event, ev.RunPaused)]
    assert {failure.code for failure in paused if failure is not None} == {"NEEDS_TOKEN"}  # nobody was asked
    assert "paused: NEEDS_TOKEN" in ground.run("jobs")
    assert '"paused": "NEEDS_TOKEN"' in ground.run("jobs", "--json")
    with pytest.raises(ValueError, match="empty"):
        view.port.set_token(Secret(""))
    view.port.set_token(Secret("canary-token"))
    view.until(all_done)
    view.port.close()
    assert ground.all_right()
    assert ground.all_gone()


def test_the_screen_asks_for_it_once_and_goes_on(ground: Ground) -> None:
    job = killed_push(ground)
    del ground.environment["TUI_UPLOADER_TOKEN_FILE"]
    with Terminal([*PROGRAM, "attach", job], ground.environment) as terminal:
        terminal.wait("looking at job")
        terminal.press("p")
        terminal.wait("Enter resume")
        terminal.press("r")
        terminal.wait("NEEDS_TOKEN: type a token")
        terminal.press("escape")
        terminal.wait(lambda text: "type a token" not in text and "paused: p" in text)
        assert ground.worker() is not None
        terminal.press("p")
        terminal.wait("NEEDS_TOKEN: type a token")
        terminal.press("canary-token", "enter", "enter")
        terminal.wait("all done")
        assert b"canary-token" not in terminal.raw
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert ground.all_right()
    assert ground.all_gone()
