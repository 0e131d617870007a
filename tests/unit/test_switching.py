"""Switching: a look at another profile takes none of this start's words, and nobody else sees a change meanwhile."""

import asyncio
import os
from pathlib import Path

import pytest

from tui_uploader.access import Given, resolve
from tui_uploader.switching import PROFILE, Switch


async def test_while_a_profile_is_checked_the_environment_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe, token = tmp_path / "pipe", tmp_path / "token"
    os.mkfifo(pipe)
    token.touch(0o600)
    token.write_text("tok-start")
    (tmp_path / "settings.toml").write_text(
        f'[profiles.other]\nenv_id = "env-other"\ntoken_command = "cat {pipe}"\n', encoding="utf-8"
    )
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("TUI_UPLOADER_ENV_ID", "env-start")
    monkeypatch.setenv("TUI_UPLOADER_TOKEN_FILE", str(token))
    switch = Switch(resolve(Given()), {}, lambda said: resolve(Given()))
    reaching = asyncio.create_task(switch.reach(PROFILE + "other"))
    writing = await asyncio.to_thread(open, pipe, "w")  # opens when the command reads: the check is under way
    with writing:
        seen = os.environ["TUI_UPLOADER_ENV_ID"], os.environ["TUI_UPLOADER_TOKEN_FILE"]
        writing.write("tok-other")
    assert seen == ("env-start", str(token))
    assert await reaching == ""
    switch.wanted = PROFILE + "other"
    taken = switch.take(resolve(Given()))
    assert taken is not None
    assert (taken[0].env_id, taken[0].token.reveal()) == ("env-other", "tok-other")
    assert "TUI_UPLOADER_ENV_ID" not in os.environ
