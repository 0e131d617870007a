"""No key is met with silence and none ends the program: whatever a terminal sends, in every pane and on pages."""

import string

import pytest
from textual.keys import _character_to_key

from tests.ui.stage import Stage, on_stage
from tests.ui.test_frames_queue_and_log import every_stage, nothing
from tests.ui.test_jobs_page import OVER, Journaled, until

NAMED = (
    "enter", "tab", "shift+tab", "delete", "insert", "f1", "f5", "f12", "ctrl+a", "ctrl+b", "ctrl+d", "ctrl+q",
    "ctrl+r", "ctrl+s", "ctrl+u", "ctrl+z", "pageup", "pagedown", "home", "end", "backspace", "left", "right", "up",
)  # fmt: skip
KEYS = [*map(_character_to_key, filter(str.isprintable, string.printable)), "é", "中", *NAMED]

ELSEWHERE = ("q", "L", "tilde", "backspace")  # they leave, speak Chinese, or show folders that this disk has not


async def back(stage: Stage, pane: str) -> None:
    """Out of whatever a key has opened, into a pane, with nothing said."""
    while stage.app.screen is not stage.app.main:
        await stage.press("escape")
    stage.app.main.action_show({"1": "files", "2": "queue", "3": "log"}[pane])
    stage.app.main.say("")
    await stage.pilot.pause()


@pytest.mark.parametrize("state", [nothing, every_stage])
@pytest.mark.parametrize("pane", ["1", "2", "3"])
async def test_every_key_does_something_or_says_why_not(pane: str, state: object) -> None:
    silent = []
    async with on_stage(prefix="") as stage:
        assert callable(state)
        await state(stage)
        for key in KEYS:
            if key in ELSEWHERE:
                continue
            await back(stage, pane)
            screen, before = stage.app.screen, stage.frame()
            if before == await stage.press(key) and stage.app.screen is screen:
                silent.append(key)
            assert stage.app.is_running, key
    assert silent == []


async def test_a_key_of_another_pane_names_that_pane_and_the_way_there() -> None:
    async with on_stage() as stage:
        assert "y works in Queue, not here: 2 goes there" in (await stage.press("3", "y"))[-2]
        assert "Space works in Files, not here: 1 goes there" in (await stage.press("3", "space"))[-2]
        assert "@ does nothing here: ? lists the keys" in (await stage.press("2", "at"))[-2]


async def test_pages_and_questions_answer_to_keys_they_do_not_know() -> None:
    async with on_stage(prefix="") as stage:
        await every_stage(stage)
        for opens in ("question_mark", "enter", "comma", "Y", "y"):
            await stage.press("2", "G", opens)
            assert stage.app.screen is not stage.app.main, opens
            assert "@ does nothing here: the last line has the keys" in "\n".join(await stage.press("at")), opens
            await stage.press("escape")


async def test_the_palette_and_a_list_of_one_row_answer_every_key() -> None:
    async with on_stage(prefix="", jobs=Journaled(OVER).hooks()) as stage:
        for key in ("f5", "left", "tab", "ctrl+t"):
            assert "does nothing here: the last line has the keys" in (await stage.press("colon", key))[-2], key
            await stage.press("escape")
        assert "this is the first row" in (await stage.press("colon", "up"))[-2]
        assert "this is the first row" not in "".join(await stage.press("down"))
        await stage.press("escape", "H")
        await until(stage, OVER.id)
        for key, words in (("g", "first"), ("k", "first"), ("j", "last"), ("G", "last"), ("pagedown", "last")):
            assert f"this is the {words} row" in "\n".join(await stage.press(key)), key
