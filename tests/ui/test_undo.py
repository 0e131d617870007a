"""U takes back what was done last, marks of the tree among it, and says so when there is nothing."""

from tests.ui.stage import ROOT, on_stage
from tui_uploader.model.items import Stage as At
from tui_uploader.ui.undo import HEAVY, KEPT, Undo


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


def test_steps_that_keep_very_much_do_not_pile_up() -> None:
    """Fifty inversions of a million marks kept each name fifty times."""
    undo, gone = Undo(), list[int]()

    def push(number: int, weight: int) -> None:
        undo.push(f"step {number}", lambda: True, weight, lambda: gone.append(number))

    for number in range(5):
        push(number, HEAVY // 2)
    assert (len(undo), gone) == (2, [0, 1, 2])
    push(5, 2 * HEAVY)
    assert (len(undo), gone) == (1, [0, 1, 2, 3, 4])  # the last one can always be taken back
    assert undo.undo() == "step 5"
    for number in range(KEPT + 1):
        push(number, 0)
    assert (len(undo), gone[-1]) == (KEPT, 0)


async def test_what_nobody_can_take_back_any_more_is_let_go() -> None:
    async with on_stage() as stage:
        await stage.press("space")
        gone: list[bool] = []
        stage.app.main.desk.undo.push("never", lambda: False, 1, lambda: gone.append(True))
        await stage.press("U")
        assert gone == [True]
        assert stage.app.main.files.marks() == ()


async def test_a_cancel_is_taken_back_before_the_engine_has_said_that_it_happened() -> None:
    async with on_stage() as stage:
        stage.port.seed(3)
        await stage.tick()
        await stage.press("2", "x", "U")  # a worker with a million rows answers seconds later
        assert [call for call in stage.port.calls if call[0] in ("cancel", "retry")] == [
            ("cancel", (0,)),
            ("retry", (0,)),
        ]
        assert "1 object waiting again" in (await stage.tick())[-2]
        assert stage.app.state.counts.cancelled == 0


async def test_a_cancel_that_was_taken_back_by_hand_is_no_step_any_more() -> None:
    async with on_stage() as stage:
        stage.port.seed(3)
        await stage.tick()
        await stage.press("1", "space", "2", "x")
        await stage.tick()
        stage.port.retry([0])
        await stage.tick()
        assert stage.app.state.counts.waiting == 3
        calls = list(stage.port.calls)
        frame = await stage.press("U")
        assert "waiting again" not in "\n".join(frame)
        assert stage.app.main.files.marks() == ()
        assert stage.port.calls == calls


async def test_an_answer_that_did_not_come_before_a_row_went_on_comes_no_more() -> None:
    async with on_stage() as stage:
        stage.port.seed(3)
        await stage.tick()
        await stage.press("2", "e", "ctrl+u", *"logs/f000001.log", "enter")
        stage.port.events.clear()  # as a view that was behind: it is never told what was refused
        stage.port.stage(0, At.UPLOADING)
        await stage.tick()
        stage.port.stage(0, At.WAITING)
        stage.port.set_key(0, "logs/other.log")  # by another screen
        assert "key changed" not in "\n".join(await stage.tick())
        await stage.press("e")
        stage.port.stage(0, At.UPLOADING)
        await stage.tick()
        frame = await stage.press(*"2", "enter")
        assert "only the key of what waits, failed or was cancelled" in "\n".join(frame)
        assert stage.port.calls[-1] == ("set_key", (0,))
        assert len(stage.port.calls) == 2


async def test_a_key_that_another_screen_changed_is_no_answer_to_this_one() -> None:
    async with on_stage() as stage:
        stage.port.seed(3)
        await stage.tick()
        stage.port.set_key(1, "logs/other.log")
        frame = await stage.tick()
        assert stage.app.state.key(1) == "logs/other.log"
        assert "key changed" not in "\n".join(frame)


async def test_a_key_that_another_file_has_is_refused_with_what_to_do() -> None:
    async with on_stage((120, 24)) as stage:
        stage.port.seed(2)
        await stage.tick()
        await stage.press("2", "e", "ctrl+u", *"logs/f000001.log", "enter")
        assert "KEY_CLASH: another file of this job has the same key; e names another key" in "\n".join(
            await stage.tick()
        )
