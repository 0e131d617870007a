"""What the keys of the queue do with its rows: states, groups, ticks, order, keys, undo, copying, links."""

import os
from pathlib import Path

import pytest

from tests.ui.stage import Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage as At
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.screens.showing import Copied, PlainText

SIZES = [(80, 24), (120, 40), (40, 10)]


async def mixed(stage: Stage) -> list[str]:
    """Two folders: failures of two codes, one done, one uploading, the rest waiting; the queue has the focus."""
    stage.port.seed(4, folder="a", size=1000)
    stage.port.seed(4, folder="b", size=1000)
    for item_id in (0, 1, 4):
        stage.port.fail(item_id, "STORAGE_EXCEED_AUTHORITY", http_status=200, request_id=f"req-{item_id}")
    stage.port.fail(5, "KEY_INVALID")
    stage.port.done(2)
    stage.port.stage(6, At.UPLOADING)
    await stage.tick()
    return await stage.press("2")


def open_text(path: Path) -> str:
    """What a file holds that nobody else may read."""
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text()


def rows(stage: Stage) -> list[str]:
    """The keys and headings that are shown, from the top."""
    queue = stage.app.main.queue
    return [
        stage.app.state.key(row) if row >= 0 else f"[{queue.rows.total(-1 - row)}]" for row in queue.rows.walk(0)
    ]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_groups_by_code_name_the_code_its_number_and_what_to_do(size: tuple[int, int]) -> None:
    async with on_stage(size, prefix="") as stage:
        await mixed(stage)
        frame = "\n".join(await stage.press("s", "c", "G", "g"))
        assert "STORAGE_EXCEED_AUTHORITY x 3" in frame
        words = " ".join(frame.split())
        assert "ask for a rule on this prefix" in words  # what to do is not cut off where what it means is long
        assert ("a storage permission" if size[0] >= 120 else "rule denies: ") in frame
        assert rows(stage) == ["[3]", "[1]", "[1]", "[2]", "[1]"]
        frame = "\n".join(await stage.press("enter"))
        assert frame.count("STORAGE_EXCEED_AUTHORITY") >= 2
        assert rows(stage)[1:4] == ["a/f000000.log", "a/f000001.log", "b/f000000.log"]
        await stage.press("enter")
        assert rows(stage)[0:2] == ["[3]", "[1]"]


async def test_retry_of_a_group_is_asked_for_all_of_it_and_of_nothing_else() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("s", "c", "g", "R")
        assert stage.port.calls == [("retry", (0, 1, 4))]
        await stage.tick()
        assert "STORAGE_EXCEED_AUTHORITY" not in stage.app.state.by_code


async def test_retry_all_says_what_it_left_out_and_can_be_forced() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        assert "3 objects retried, 1 left out: KEY_INVALID" in "\n".join(await stage.press("R"))
        await stage.tick()
        assert "Retry all the same?" in "\n".join(await stage.press("R"))
        await stage.press("y")
        assert stage.port.calls[-1] == ("retry", (5,))


@pytest.mark.parametrize("size", SIZES)
async def test_folders_are_rows_that_open_and_are_done_only_at_all_of_them(size: tuple[int, int]) -> None:
    async with on_stage(size, prefix="") as stage:
        await mixed(stage)
        frame = "\n".join(await stage.press("s", "f", "g"))
        assert "!2 1/4" in frame
        assert "!2 0/4" in frame
        await stage.press("enter")
        assert rows(stage)[:5] == ["[4]", *(f"a/f00000{n}.log" for n in range(4))]
        for item_id in (0, 1, 3):
            stage.port.done(item_id)
        assert "done 4/4" in "\n".join(await stage.tick())


@pytest.mark.parametrize(("letter", "shown"), [("i", 1), ("w", 2), ("f", 4), ("d", 1), ("s", 0), ("c", 0), ("a", 8)])
async def test_one_state_alone(letter: str, shown: int) -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        frame = "\n".join(await stage.press("f", letter))
        assert len(rows(stage)) == shown
        assert shown or "no row is" in frame
        assert stage.app.state.counts.total == 8


async def test_the_cursor_stays_on_its_item_through_groups_states_and_size() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        queue = stage.app.main.queue
        await stage.press(*"jj")
        here = queue.cursor
        assert here is not None
        await stage.press("f", "f")
        assert queue.cursor == here
        await stage.press("s", "o")
        assert queue.cursor == here
        await stage.pilot.resize_terminal(120, 40)
        assert queue.cursor == here
        await stage.press("f", "a", "s", "s")
        assert queue.cursor == here


async def test_many_rows_ask_first_and_undo_takes_the_cancelling_back() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.seed(3)
        await stage.tick()
        await stage.press("2", "space", "space")
        frame = "\n".join(await stage.press("x"))
        assert "cancel 2 objects?" in frame
        await stage.press("n")
        assert stage.port.calls == []
        await stage.press("x", "y")
        assert stage.port.calls == [("cancel", (0, 1))]
        await stage.tick()
        assert "2 objects waiting again" in (await stage.press("U"))[-2]
        assert stage.port.calls[-1] == ("retry", (0, 1))


async def test_retry_and_pause_of_many_rows_are_asked_for_with_the_number() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("g", "s", "c", "g")
        assert "retry 3 objects?" in "\n".join(await stage.press("r"))
        await stage.press("n")
        assert stage.port.calls == []
        await stage.press("r", "y")
        assert stage.port.calls == [("retry", (0, 1, 4))]
    async with on_stage(prefix="") as stage:
        stage.port.seed(3)
        await stage.tick()
        assert "pause 2 objects?" in "\n".join(await stage.press("2", "space", "space", "P"))
        await stage.press("y")
        assert stage.port.calls == [("pause_items", (0, 1))]
        await stage.tick()
        assert "let 2 objects go on?" in "\n".join(await stage.press("g", "space", "space", "P"))
        await stage.press("n")
        assert len(stage.port.calls) == 1


async def test_clearing_takes_done_rows_away_and_never_failed_ones_and_counts_go_on() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("c")
        assert len(rows(stage)) == 7
        assert stage.app.state.counts.done == 1
        await stage.press("U")
        assert len(rows(stage)) == 8


async def test_order_by_hand_is_shown_and_asked_of_the_engine() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.seed(4)
        await stage.tick()
        await stage.press("2", "j", "j", "K")
        await stage.tick(0.1)
        assert [name[-5] for name in rows(stage)] == ["0", "2", "1", "3"]
        await stage.press("G", "t")
        await stage.tick(0.1)
        assert [name[-5] for name in rows(stage)] == ["3", "0", "2", "1"]
        assert stage.port.calls == [("move", (2, 1)), ("move", (3, -1))]
        assert stage.app.main.queue.cursor == 3


async def test_one_row_is_paused_and_let_go_on() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.seed(2)
        await stage.tick()
        await stage.press("2", "P")
        frame = await stage.tick()
        assert any("pause" in line for line in frame[2:5])
        assert stage.app.state.counts.waiting == 2
        await stage.press("P")
        assert stage.port.calls == [("pause_items", (0,)), ("resume_items", (0,))]


async def test_a_key_is_edited_checked_and_tried_again() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("g", "e")
        await stage.press(*["backspace"] * 20, "slash")
        assert "KEY_INVALID" in "\n".join(await stage.press("enter"))
        await stage.press("backspace", *"new", "enter")
        await stage.tick()
        assert stage.app.state.key(0) == "new"
        assert stage.port.calls == [("set_key", (0,)), ("retry", (0,))]


async def test_find_goes_round_and_opens_a_closed_group() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("s", "f", "g")
        await stage.press("slash", *"B/F000002", "enter")
        await stage.tick()
        assert stage.app.main.queue.cursor == 6
        await stage.press("slash", *"nowhere", "enter")
        assert "no key here has nowhere" in (await stage.press())[-2]


async def test_copying_shows_the_text_and_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        sent: list[str] = []
        monkeypatch.setattr(stage.app._driver, "write", sent.append)
        await stage.press("g", "y", "k")
        await stage.app.main.workers.wait_for_complete()
        await stage.pilot.pause()
        assert isinstance(stage.app.screen, Copied)
        assert "sent to your terminal's clipboard" in stage.text
        assert "a/f000000.log" in stage.text
        assert "\x1b]52;c;YS9mMDAwMDAwLmxvZw==\x07" in sent


async def test_a_link_comes_after_a_yes_alone_and_is_kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("f", "d", "y", "u")
        assert "temporary" in stage.text
        await stage.press("n")
        assert stage.port.calls == []
        await stage.press("Y", "y")
        await stage.tick()
        await stage.app.main.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "https://links.example/" in stage.text
        await stage.press("escape")
        main = stage.app.main
        assert "s3cret" not in "".join(map(str, (vars(main), vars(main.state), list(main.log_view.book.lines))))


async def test_speed_limit_is_typed_and_checked() -> None:
    async with on_stage() as stage:
        await stage.press("b", *"fast")
        assert "as 500K, 10M or 1G" in "\n".join(await stage.press("enter"))
        await stage.press(*["backspace"] * 4, *"10M", "enter")
        assert stage.port.limit == 10 * 1024 * 1024
        await stage.tick()
        await stage.press("b", *["backspace"] * 12, "enter")
        assert stage.port.limit is None


async def test_plain_text_lists_failed_keys_with_their_codes() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("1", "T")
        assert isinstance(stage.app.screen, PlainText)
        assert "STORAGE_EXCEED_AUTHORITY  a/f000000.log" in stage.text
        await stage.press("x")
        assert not isinstance(stage.app.screen, PlainText)


async def test_a_report_is_written_where_its_name_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_STATE_DIR", str(tmp_path))
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("E", "enter")
        await stage.app.main.workers.wait_for_complete()
        await stage.pilot.pause()
        names = [name for name in os.listdir(tmp_path) if name.startswith("report-")]
        assert len(names) == 1
        assert names[0].endswith(".csv")
        text = open_text(tmp_path / names[0])
    assert "STORAGE_EXCEED_AUTHORITY" in text


async def test_a_report_never_takes_the_place_of_a_file_unasked(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("mine")
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("E", "ctrl+u", *str(notes), "enter")
        assert "is there already: replace it?" in stage.text.replace("\n", "")
        await stage.press("n")
        assert notes.read_text() == "mine"
        await stage.press("E", "ctrl+u", *str(notes), "enter", "y")
        await stage.app.main.workers.wait_for_complete()
        assert "STORAGE" in notes.read_text()


async def test_ten_thousand_keys_and_links_are_copied_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with on_stage(prefix="") as stage:
        stage.port.seed(10_000)
        for item_id in range(10_000):
            stage.port.done(item_id)
        while stage.port.events or stage.app.pump.behind:
            await stage.tick()
        await stage.press("2", "s", "f", "G", "g", "y", "k")
        await stage.app.main.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "too long for a terminal's clipboard" in stage.text
        assert "f000000.log" in stage.text
        assert "f009999.log" in "\n".join(await stage.press("G"))
        await stage.press("escape", "Y", "y")
        await stage.tick()
        await stage.app.main.workers.wait_for_complete()
        await stage.pilot.pause()
        assert stage.port.calls[-1] == ("request_links", tuple(range(10_000)))
        assert "https://links.example/" in stage.text


async def test_detail_goes_to_the_log_lines_of_its_object_and_back() -> None:
    async with on_stage(prefix="") as stage:
        await mixed(stage)
        await stage.press("g", "enter", "l")
        log = stage.app.main.log_view
        assert [line.word for line in log.shown] == ["fail"]
        await stage.press("enter")
        assert stage.app.main.pane == "queue"
        assert stage.app.main.queue.cursor == 0


async def test_levels_wrap_and_finding_in_the_log() -> None:
    async with on_stage((40, 10), prefix="") as stage:
        await mixed(stage)
        await stage.press("3")
        log = stage.app.main.log_view
        everything = len(log.shown)
        await stage.press("f")
        await stage.press("f")
        assert {line.word for line in log.shown} == {"fail"}
        assert len(log.shown) == 4 < everything
        await stage.press("f", "slash", *"invalid", "enter")
        assert not log.following
        await stage.press("w")
        assert "KEY_INVALID" in stage.text


def test_attempts_are_bounded_and_counted() -> None:
    from tests.unit.test_queue_state import REFUSED, queue

    state: QueueState = queue(1)
    for number in range(100):
        state.apply(ev.ItemRetrying(0, REFUSED, number, 1.0, float(number)))
    assert len(state.attempts(0)) == 20
    assert state.row(0).attempts == 100


@pytest.mark.parametrize("mode", ["c", "f", "o"])
async def test_a_hundred_thousand_rows_change_their_groups_at_once(mode: str) -> None:
    import time

    async with on_stage(prefix="") as stage:
        stage.port.seed(100_000)
        for item_id in range(0, 100_000, 10):
            stage.port.fail(item_id, "STORAGE_EXCEED_AUTHORITY")
        await stage.tick()
        await stage.press("2", "s")
        queue = stage.app.main.queue
        began = time.perf_counter()
        queue.show_rows(mode={"c": "code", "f": "folder", "o": "order"}[mode])
        queue.repaint()
        assert time.perf_counter() - began < 0.2


async def test_what_was_said_stays_when_its_row_goes_from_under_the_cursor() -> None:
    async with on_stage() as stage:
        stage.port.seed(5)
        await stage.tick()
        await stage.press("2", "f", "w", "j", "x")
        said = "cancelled; r on its row takes it back"
        assert said in stage.text
        before = stage.app.main.queue.cursor
        await stage.tick()
        await stage.tick()
        assert stage.app.main.queue.cursor != before
        assert said in stage.text
        assert said not in "\n".join(await stage.press("j"))


async def test_each_key_counts_though_the_engine_has_not_answered_the_one_before() -> None:
    async with on_stage() as stage:
        stage.port.seed(3)
        stage.port.set_parallel(4)
        await stage.tick()
        await stage.press(">", ">", ">")
        assert stage.port.parallel == 7
        await stage.tick()
        stage.port.set_parallel(7)  # told again: no line of the log says that 7 became 7
        frame = "\n".join(await stage.tick())
        assert "parallel 6 -> 7" in frame
        assert "7 -> 7" not in frame
        await stage.press("<")
        assert stage.port.parallel == 6


async def test_a_frame_after_a_key_shows_all_that_is_known() -> None:
    """The engine is heard four times a second and painted once: a key in between paints rows, and their sums too."""
    async with on_stage((120, 40), prefix="") as stage:
        stage.port.seed(5)
        await stage.tick()
        await stage.press("2", "s", "c")
        await stage.tick()
        for item_id in range(2):
            stage.port.done(item_id)
        stage.clock.now += 0.3
        stage.app.pump.tick()  # heard, and too soon to be painted
        frame = "\n".join(await stage.press("G"))
        assert "done x 2" in frame
        assert "waiting x 3" in frame
        assert "2 of 5" in frame
