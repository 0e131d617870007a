"""U takes back what was done last, marks of the tree among it, and says so when there is nothing."""

from tests.ui.stage import ROOT, on_stage
from tui_uploader.ui.undo import Undo


async def test_u_takes_back_marks_one_after_the_other() -> None:
    async with on_stage() as stage:
        assert "nothing to undo" in (await stage.press("U"))[-2]
        await stage.press("space", "space")
        assert len(stage.app.main.files.marks()) == 2
        frame = await stage.press("U")
        assert [mark.path for mark in stage.app.main.files.marks()] == [ROOT + b"/q1"]
        assert "taken back" in frame[-2]
        assert "marked: 1 folder" in frame[2]
        await stage.press("U")
        assert stage.app.main.files.marks() == ()


async def test_an_unmarked_folder_comes_back_with_its_exclusions() -> None:
    async with on_stage() as stage:
        await stage.press("a", "space")
        before = (stage.app.main.files.marks(), stage.app.main.files.excluded())
        assert before[1] == {ROOT + b"/q1"}
        await stage.press("a", "U")
        assert (stage.app.main.files.marks(), stage.app.main.files.excluded()) == before


async def test_marks_that_were_uploaded_since_are_not_brought_back() -> None:
    async with on_stage() as stage:
        await stage.press("space")
        stage.app.main.files.clear_marks()
        assert "nothing to undo" in (await stage.press("U"))[-2]


def test_a_step_that_cannot_be_taken_back_is_passed_over() -> None:
    undo, taken = Undo(), [0]
    undo.push("first", lambda: bool(taken.pop() == 0))
    undo.push("second", lambda: False)
    assert undo.undo() == "first"
    assert taken == []
    assert "nothing to undo" in undo.undo()
