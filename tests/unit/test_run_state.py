"""Whether the run may start things: one pause with one cause, probes, patience, and what a person says."""

import asyncio
from dataclasses import dataclass, field

import pytest

from tests.unit.test_pacing import JumpingLoop
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.run_state import RunState
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.secret import Secret

DOWN = Failure("NET_REFUSED", Phase.PUT)
NO_GATEWAY = Failure("NET_REFUSED", Phase.INFO)
EXPIRED = Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO, http_status=401, whole=True)


@dataclass
class Stage:
    """A run state on a loop whose time jumps."""

    patience: float | None = None
    told: list[ev.Event] = field(default_factory=list)
    kicks: int = 0

    def __post_init__(self) -> None:
        self.loop = JumpingLoop()
        options = EngineOptions("https://x", "e", Secret("t"), patience=self.patience)
        self.run = RunState(options, self.told.append, self.loop, self.kick)

    def kick(self) -> None:
        self.kicks += 1

    def wait(self, seconds: float) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def words(self) -> list[str]:
        return [type(event).__name__ for event in self.told]

    def close(self) -> None:
        self.run.close()
        self.loop.close()


def test_a_person_pauses_once_and_resumes() -> None:
    stage = Stage()
    stage.run.pause(None)
    stage.run.pause(None)
    assert stage.words() == ["RunPaused"]
    assert (stage.run.may_start(), stage.run.allowance(0), stage.run.paused, stage.run.troubled) == (
        False,
        0,
        True,
        False,
    )
    stage.run.resume()
    assert stage.words() == ["RunPaused", "RunResumed"]
    assert (stage.run.allowance(5), stage.kicks) == (None, 2)
    stage.close()


def test_a_cause_pauses_once_and_a_probe_ends_it() -> None:
    stage = Stage()
    stage.run.trouble(DOWN)
    stage.run.trouble(DOWN)
    assert stage.words() == ["RunPaused"]
    assert not stage.run.may_start()
    stage.wait(14)
    assert (stage.run.allowance(0), stage.kicks) == (0, 1)
    stage.wait(2)
    assert (stage.run.allowance(0), stage.run.allowance(1), stage.kicks) == (1, 0, 2)
    stage.run.trouble(DOWN)  # the probe failed
    assert stage.run.allowance(0) == 0
    stage.wait(16)
    assert stage.run.allowance(0) == 1
    stage.run.succeeded()
    assert stage.run.allowance(0) is None
    assert isinstance(stage.told[-1], ev.RunResumed)
    assert stage.told[-1].by_probe
    assert stage.words() == ["RunPaused", "RunResumed"]
    stage.close()


@pytest.mark.parametrize(("cause", "over"), [(NO_GATEWAY, True), (DOWN, False)])
def test_an_answer_of_the_gateway_ends_only_the_gateways_trouble(cause: Failure, over: bool) -> None:
    stage = Stage()
    stage.run.trouble(cause)
    stage.run.answered()  # of a call that was under way before
    assert stage.run.troubled
    stage.wait(16)
    stage.run.answered()
    assert stage.run.troubled is not over
    stage.close()


def test_a_persons_pause_outlives_the_causes_end() -> None:
    stage = Stage()
    stage.run.pause(None)
    stage.run.trouble(DOWN)
    stage.run.succeeded()
    assert (stage.run.paused, stage.run.troubled) == (True, False)
    assert "RunResumed" not in stage.words()
    stage.close()


def test_without_a_screen_a_refusal_ends_the_run_at_once() -> None:
    stage = Stage(patience=60.0)
    stage.run.trouble(EXPIRED)
    assert stage.words() == ["RunStopped"]
    assert stage.run.stopped
    stage.run.trouble(DOWN)
    stage.run.stop(None)
    assert stage.words() == ["RunStopped"]
    stage.close()


def test_without_a_screen_the_network_has_its_patience_and_no_more() -> None:
    stage = Stage(patience=40.0)
    stage.run.trouble(DOWN)
    began = stage.loop.time()
    while not stage.run.stopped:
        stage.wait(0.5)
        if stage.run.allowance(0):
            stage.run.trouble(DOWN)
    assert 39 <= stage.loop.time() - began <= 42
    assert stage.words() == ["RunPaused", "RunStopped"]
    stage.close()


def test_with_a_screen_a_refusal_waits_for_a_person() -> None:
    stage = Stage()
    stage.run.trouble(EXPIRED)
    assert (stage.words(), stage.run.stopped) == (["RunPaused"], False)
    stage.run.resume()
    assert stage.run.may_start()
    stage.close()


def test_holding_asks_nothing_for_a_while() -> None:
    stage = Stage()
    stage.run.hold(5)
    stage.run.hold(2)
    assert (stage.run.allowance(0), stage.run.may_start()) == (0, True)
    stage.wait(4.9)
    assert (stage.run.allowance(0), stage.kicks) == (0, 0)
    stage.wait(0.2)
    assert (stage.run.allowance(0), stage.kicks) == (None, 1)
    stage.close()


def test_finishing_and_a_bug_start_nothing_any_more() -> None:
    stage = Stage()
    stage.run.finish()
    assert not stage.run.may_start()
    stage.run.crashed(RuntimeError("text with a secret"))
    (stopped,) = stage.told
    assert isinstance(stopped, ev.RunStopped)
    assert stopped.failure is not None
    assert stopped.failure.code == "INTERNAL"
    assert "secret" not in repr(stopped)
    stage.close()
