"""Credentials on the screen, against the emulator's own auth: the form, a token that ends in mid-run, revocation."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread
from tests.ui.stage import Stage, on_stage
from tui_uploader import credentials
from tui_uploader.access import Access, Given, kept_renewal, locate
from tui_uploader.emulator.server import Options
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.secret import Secret
from tui_uploader.protocol.signin import Tokens
from tui_uploader.ui.screens.credentials import Credentials
from tui_uploader.visitors import access_hooks

PATIENCE = 20.0


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudThread]:
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path))
    thread = CloudThread(Options(users=(("ops", "right-horse"),)))
    yield thread
    thread.close()


def access(cloud: CloudThread) -> Access:
    place = locate(Given(env_id=cloud.emulator.env_id, gateway=cloud.emulator.gateway))
    return replace(place, token=Secret(cloud.emulator.token))


async def until(stage: Stage, words: str) -> str:
    """The screen once it shows some words."""
    end = time.monotonic() + PATIENCE
    while words not in stage.text:
        assert time.monotonic() < end, stage.text
        await stage.app.workers.wait_for_complete()
        await stage.tick()
    return stage.text


def pause(stage: Stage) -> None:
    failure = Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO, http_status=401)
    stage.port.events.append(ev.RunPaused(failure, time.time()))


async def test_the_page_shows_sources_and_hides_what_is_secret(cloud: CloudThread) -> None:
    async with on_stage((100, 24), access=access_hooks(access(cloud), {"gateway": cloud.emulator.gateway})) as stage:
        await stage.press("A")
        assert "from --gateway" in stage.text
        await stage.press(*"hush-hush")
        assert "*********_" in stage.text
        assert "hush" not in stage.text
        await stage.press("enter")
        assert "INVALID_CREDENTIALS" in await until(stage, "INVALID_CREDENTIALS")


async def test_signing_in_on_the_page_tests_keeps_and_gives_the_run_its_token(cloud: CloudThread) -> None:
    async with on_stage((100, 24), access=access_hooks(access(cloud), {})) as stage:
        await stage.press("A", "up", "up", *"ops", "tab", *"wrong", "tab", "tab", "enter")
        await until(stage, "invalid_username_or_password")
        await stage.press("up", "up", "ctrl+u", *"right-horse", "tab", "tab", "tab", "enter")
        await until(stage, "signed in as ops")
        kept = credentials.find(cloud.emulator.env_id)
        assert kept is not None
        assert stage.port.tokens == [kept.access]
        assert not isinstance(stage.app.screen, Credentials)


async def test_a_sign_in_that_ends_in_mid_run_is_renewed_unasked(cloud: CloudThread) -> None:
    place = access(cloud)
    tokens = place.sign_in().with_password("ops", Secret("right-horse"))
    assert isinstance(tokens, Tokens)
    credentials.keep_tokens(place.name, place.sign_in(), "ops", tokens)
    async with on_stage(
        (100, 24), access=access_hooks(replace(place, token=tokens.access, renewal=kept_renewal(place.name)), {})
    ) as stage:
        stage.port.seed(1)
        pause(stage)
        await stage.tick()
        await until(stage, "signed in again, the run goes on")
        assert len(stage.port.tokens) == 1
        assert stage.port.tokens[0] != tokens.access
        await stage.tick()
        assert stage.app.state.paused is None


async def test_a_revoked_sign_in_asks_once_and_goes_on_with_another_token(cloud: CloudThread) -> None:
    place = access(cloud)
    tokens = place.sign_in().with_password("ops", Secret("right-horse"))
    assert isinstance(tokens, Tokens)
    credentials.keep_tokens(place.name, place.sign_in(), "ops", tokens)
    cloud.emulator.cloud.accounts.revoke("ops")
    async with on_stage(
        (100, 24), access=access_hooks(replace(place, token=tokens.access, renewal=kept_renewal(place.name)), {})
    ) as stage:
        stage.port.seed(1)
        pause(stage)
        await stage.tick()
        assert "REFRESH_TOKEN_EXHAUSTED" in await until(stage, "The service wants another token")
        pause(stage)
        await stage.tick()
        assert len([screen for screen in stage.app.screen_stack if isinstance(screen, Credentials)]) == 1
        await stage.press(*cloud.emulator.token, "enter")
        await until(stage, "2 Queue")
        assert stage.port.tokens == [Secret(cloud.emulator.token)]
        await stage.tick()
        assert stage.app.state.paused is None


async def test_a_question_that_is_closed_leaves_the_run_paused(cloud: CloudThread) -> None:
    async with on_stage((100, 24), access=access_hooks(access(cloud), {})) as stage:
        stage.port.seed(1)
        pause(stage)
        await stage.tick()
        await until(stage, "type another token")
        await stage.press("escape")
        await stage.tick()
        assert stage.port.tokens == []
        assert stage.app.state.paused is not None
