"""The bell: once at the first failure, once at the end, and not at all where a person wants none."""

import pytest
from textual.app import App

from tests.ui.stage import Stage, on_stage
from tui_uploader.ui.taste import Taste


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Textual is asked to ring."""
    found: list[str] = []
    monkeypatch.setattr(App, "bell", lambda app: found.append("ring"))
    return found


async def fails(stage: Stage) -> None:
    """Two fail, one after the other, and then all has ended."""
    stage.port.seed(3)
    await stage.tick()
    for one in range(2):
        stage.port.fail(one, "SlowDown")
        await stage.tick()
    stage.port.done(2)
    await stage.tick()


async def test_it_rings_at_the_first_failure_and_at_the_end(rings: list[str]) -> None:
    async with on_stage() as stage:
        await fails(stage)
    assert rings == ["ring", "ring"]


async def test_it_is_silent_where_a_person_wants_that(rings: list[str]) -> None:
    kept: list[tuple[str, object]] = []
    taste = Taste(lang="en", bell=False, keep=lambda name, value: kept.append((name, value)))
    async with on_stage(taste=taste) as stage:
        await fails(stage)
        assert rings == []
        await stage.press("comma", "j", "j", "j", "j", "l")
        assert kept == [("screen.bell", True)]
        assert "bell" in "\n".join(stage.frame())
