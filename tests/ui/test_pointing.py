"""The hardware cursor sits on the focused row of every pane, page, menu and input, and is back there after it."""

import pytest

from tests.ui.stage import Stage, on_stage
from tests.ui.test_frames_queue_and_log import every_stage
from tui_uploader.ui.glyphs import ASCII
from tui_uploader.ui.pointing import TOP
from tui_uploader.ui.pointing import pointed as where
from tui_uploader.ui.screens.confirm import Confirm

pytestmark = pytest.mark.usefixtures("one_moment")


def pointed(stage: Stage) -> str:
    """The screen from the hardware cursor on, in its line."""
    x, y = stage.app.cursor_position
    return stage.frame()[y][x:]


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_it_sits_on_the_focused_row_of_all_that_opens(size: tuple[int, int]) -> None:
    async with on_stage(size, prefix="") as stage:
        await every_stage(stage)
        last = size[1] - 2
        log = " 01:46:40 retry  b/f000003.log" if size[0] > 40 else " retry SlowDown in 9 s"
        for pane, first, second, command, prompt in (
            ("1", "> + [ ] q1/", "> + [ ] raw/", "> Files: collapse ", " go to /srv/reports//"),
            ("2", ">!fail a/f000000.log", ">!fail a/f000001.log", "> Queue: retry ", " find in the keys "),
            ("3", log, log, "> Log: to object ", " find in the log "),
        ):
            for opens, begins in (
                ((), first), (("j",), second), (("colon", "down"), command), (("comma", "j"), "> language "),
            ):  # fmt: skip
                await stage.press(pane, *opens)
                assert pointed(stage).startswith(begins), (pane, opens, pointed(stage))
                await back(stage, pane)
                assert pointed(stage).startswith(second if opens == ("j",) else first), (pane, opens, "closed")
                await stage.press("g" if pane != "3" else "G")
            for opens, place in (
                (("question_mark",), (0, 1)),
                (("b", "5"), (len(" limit: 10M, 500K, empty none 5"), last)),
                (("o", "slash"), (len(prompt), last)),
            ):
                frame = await stage.press(pane, *opens)
                assert stage.app.cursor_position == place, (pane, opens)
                if opens == ("o", "slash"):
                    assert f"{frame[last]:<{len(prompt)}}" == prompt
                await back(stage, pane)
                assert pointed(stage).startswith(first), (pane, opens, "closed", pointed(stage))


async def back(stage: Stage, pane: str) -> None:
    """Close all that is open."""
    while stage.app.screen is not stage.app.main:
        await stage.press("escape")


def test_a_question_that_is_not_there_yet_breaks_no_frame() -> None:
    question = Confirm("leave?", glyphs=ASCII)
    assert question.cursor_screen_offset is None
    assert where(question, ">") == TOP


async def test_menus_inputs_and_the_plan() -> None:
    async with on_stage(prefix="") as stage:
        await every_stage(stage)
        for keys, begins in ((("f",), " show which rows?"), (("escape", "s"), " group the queue how?")):
            await stage.press("2", *keys)
            assert pointed(stage).startswith(begins)
        await stage.press("escape", "b", *"12")
        x, y = stage.app.cursor_position
        assert (x, stage.frame()[y]) == (len(" limit: 10M, 500K, empty none 12"), " limit: 10M, 500K, empty none 12")
        await stage.press("escape", "m", "1", "m", "apostrophe")
        assert pointed(stage).lstrip().startswith("> /srv/reports")
