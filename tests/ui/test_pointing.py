"""The hardware cursor sits on the focused row of every pane, page, menu and input, and is back there after it."""

import pytest

from tests.ui.stage import Stage, on_stage
from tests.ui.test_frames_queue_and_log import every_stage

pytestmark = pytest.mark.usefixtures("one_moment")


def pointed(stage: Stage) -> str:
    """The screen from the hardware cursor on, in its line."""
    x, y = stage.app.cursor_position
    return stage.frame()[y][x:]


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_it_sits_on_the_focused_row_of_all_that_opens(size: tuple[int, int]) -> None:
    async with on_stage(size, prefix="") as stage:
        await every_stage(stage)
        for pane, sign in (("1", ">"), ("2", ">"), ("3", " ")):
            for opens, begins in (
                ((), sign), (("j",), sign), (("colon", "down"), "> "), (("comma", "j"), "> "),
                (("question_mark",), ""), (("b", "5"), ""), (("o", "slash"), ""),
            ):  # fmt: skip
                await stage.press(pane, *opens)
                assert pointed(stage).startswith(begins), (pane, opens, pointed(stage))
                while stage.app.screen is not stage.app.main:
                    await stage.press("escape")
                assert pointed(stage).startswith(sign), (pane, opens, "closed", pointed(stage))


async def test_menus_inputs_and_the_plan() -> None:
    async with on_stage(prefix="") as stage:
        await every_stage(stage)
        for keys, begins in ((("f",), " show which rows?"), (("escape", "s"), " group the queue how?")):
            await stage.press("2", *keys)
            assert pointed(stage).startswith(begins)
        await stage.press("escape", "b", *"12")
        x, y = stage.app.cursor_position
        assert stage.frame()[y][:x].endswith("12")
        await stage.press("escape", "m", "1", "m", "apostrophe")
        assert pointed(stage).lstrip().startswith("> /srv/reports")
