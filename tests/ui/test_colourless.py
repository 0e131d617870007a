"""A capture without colours: focus, marks, stages and choices are readable in the text alone, Unicode and ASCII."""

import pytest

from tests.ui.stage import Stage, on_stage
from tui_uploader.model.items import Stage as ItemStage
from tui_uploader.ui.glyphs import ASCII, UNICODE, Glyphs

BOTH = pytest.mark.parametrize("glyphs", [ASCII, UNICODE], ids=["ascii", "unicode"])


def check_ascii(stage: Stage, glyphs: Glyphs) -> None:
    """No sign of ours beyond ASCII in ASCII mode; names excepted, of which the stage has one with a picture."""
    if glyphs is ASCII:
        assert {char for char in stage.text if ord(char) > 0x7F} <= {"␛"}, stage.text


@BOTH
async def test_the_focus_is_a_sign_and_brackets(glyphs: Glyphs) -> None:
    async with on_stage(glyphs=glyphs) as stage:
        frame = stage.frame()
        assert "[1 Files]" in frame[1]
        assert [line[0] for line in frame[2:8]].count(">") == 1
        frame = await stage.press("j")
        assert frame[3][0] == ">"
        frame = await stage.press("2")
        assert "[2 Queue]" in frame[1]
        assert "[1 Files]" not in frame[1]
        assert not [line for line in frame[2:8] if line.startswith(">")]
        check_ascii(stage, glyphs)


@BOTH
async def test_marks_of_files_and_folders(glyphs: Glyphs) -> None:
    async with on_stage(glyphs=glyphs) as stage:
        await stage.press("j", "j", "space")
        assert len([line for line in stage.frame() if glyphs.marked in line]) == 1
        assert [line for line in stage.frame() if glyphs.unmarked in line]
        check_ascii(stage, glyphs)


@BOTH
async def test_every_stage_has_a_word(glyphs: Glyphs) -> None:
    async with on_stage((120, 40), glyphs=glyphs) as stage:
        stage.port.seed(8)
        for item_id, its in enumerate(
            (ItemStage.WAITING, ItemStage.GETTING_INFO, ItemStage.UPLOADING, ItemStage.CHECKING)
        ):
            stage.port.stage(item_id, its)
        stage.port.done(4)
        stage.port.fail(5, "EACCES")
        stage.port.stage(6, ItemStage.CANCELLED)
        await stage.tick()
        for word in ("wait", "info", "0%", "check", "done", "!fail", "EACCES", "cancl"):
            assert word in stage.text, (word, stage.text)
        check_ascii(stage, glyphs)


@BOTH
async def test_choices_on_pages_have_a_sign(glyphs: Glyphs) -> None:
    async with on_stage(glyphs=glyphs) as stage:
        frame = await stage.press("comma")
        assert frame[1].startswith("> theme")
        frame = await stage.press("j")
        assert frame[2].startswith("> language")
        check_ascii(stage, glyphs)
        await stage.press("escape")
        frame = await stage.press("colon")
        assert len([line for line in frame if line.startswith(">")]) == 1
        check_ascii(stage, glyphs)
        await stage.press("escape")
        await stage.press("question_mark")
        check_ascii(stage, glyphs)


async def test_the_theme_is_worn_while_it_is_chosen() -> None:
    async with on_stage() as stage:
        before = stage.app.theme
        frame = await stage.press("comma", "l")
        assert stage.app.theme != before
        assert stage.app.theme in frame[1]
        await stage.press("h")
        assert stage.app.theme == before


@pytest.mark.parametrize("size", [(40, 10), (300, 100)])
async def test_the_smallest_and_the_largest(size: tuple[int, int]) -> None:
    async with on_stage(size) as stage:
        stage.port.seed(40)
        frame = await stage.tick()
        assert "Files" in stage.text
        assert max(map(len, frame)) <= size[0]
        for key in ("comma", "question_mark", "colon"):
            frame = await stage.press(key)
            assert frame[-1].strip(), key
            await stage.press("escape")


async def test_under_the_smallest_one_line_says_so_and_uploads_go_on() -> None:
    async with on_stage((39, 9)) as stage:
        stage.port.seed(2)
        stage.port.done(0)
        await stage.tick()
        assert "enlarge to 40x10" in stage.text
        assert "1/2" in stage.text
