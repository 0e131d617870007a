"""The queue's pane: order, cursor on its item, calm after a key, codes in full, a hundred thousand rows."""

import time

import pytest

from tests.ui.stage import Stage, on_stage
from tui_uploader.model.codes import CATALOGUE
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.items import Stage as At
from tui_uploader.model.order import Order
from tui_uploader.ui.widgets.queue_rows import QueueRows, Shape
from tui_uploader.ui.widgets.queue_ticks import QueueTicks


def queue(frame: list[str]) -> list[str]:
    """The pane's lines at 80x24."""
    return [line[39:] for line in frame[2:17]]


def row(stage: Stage) -> str:
    """The key under the cursor."""
    item_id = stage.app.main.queue.cursor
    assert item_id is not None
    return stage.app.state.key(item_id)


async def test_order_is_failed_active_waiting_skipped_done() -> None:
    async with on_stage(prefix="") as stage:
        stage.port.add([Planned(b"/a", "a.fifo", 0, Verdict.SKIP, "not-a-file", "a pipe")])
        stage.port.seed(5)
        stage.port.done(1)
        stage.port.stage(2, At.UPLOADING)
        stage.port.stage(3, At.CANCELLED)
        stage.port.fail(5, "SlowDown")
        lines = queue(await stage.tick())
    assert [line.split()[0] for line in lines if line] == ["!fail", "SlowDown", "0%", "wait", "skip", "cancl", "done"]
    assert lines[4] == " skip  a.fifo                      a pipe"


async def test_cursor_stays_on_its_item_and_screen_line() -> None:
    async with on_stage() as stage:
        stage.port.seed(30)
        await stage.tick()
        await stage.press("2", *"jjjjj")
        assert row(stage) == "logs/f000005.log"
        stage.port.fail(20, "SlowDown")
        stage.port.fail(21, "SlowDown")
        frame = await stage.tick()
        assert row(stage) == "logs/f000005.log"
        assert queue(frame)[5].startswith("> wait") or queue(frame)[5].startswith(">wait")
        stage.port.done(5)
        await stage.tick()
        assert row(stage) == "logs/f000005.log"
        assert any(line.startswith(">done") for line in queue(stage.frame()))


async def test_before_a_key_the_cursor_stays_on_the_first_row() -> None:
    async with on_stage() as stage:
        stage.port.seed(30)
        await stage.tick()
        stage.port.done(0)
        stage.port.fail(29, "SlowDown")
        await stage.tick()
        assert row(stage) == "logs/f000029.log"
        await stage.press("2", "G", "g")
        stage.port.fail(3, "SlowDown")
        await stage.tick()
        assert row(stage) == "logs/f000003.log"


async def test_no_row_moves_within_a_second_of_a_key() -> None:
    async with on_stage() as stage:
        stage.port.seed(4)
        await stage.tick()
        await stage.press("2", "j")
        stage.port.fail(3, "SlowDown")
        lines = queue(await stage.tick(0.25))
        assert [line[1:6].strip() for line in lines[:4]] == ["wait", "wait", "wait", "!fail"]
        lines = queue(await stage.tick(0.8))
        assert [line[1:6].strip() for line in lines[:2]] == ["!fail", "SlowD"[:0] or "Slo"]


@pytest.mark.parametrize("code", sorted(CATALOGUE, key=len)[-3:])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10), (160, 50)])
async def test_a_code_is_never_cut(code: str, size: tuple[int, int]) -> None:
    async with on_stage(size) as stage:
        stage.port.seed(2)
        stage.port.fail(0, code)
        stage.port.retrying(1, code, after=9.0)
        frame = "\n".join(await stage.tick() + await stage.press("2"))
        assert frame.count(code) >= 2
        log = "\n".join(await stage.press("3"))
        assert code in log


async def test_percent_is_never_100_before_the_answer() -> None:
    async with on_stage() as stage:
        stage.port.seed(1)
        stage.port.stage(0, At.UPLOADING)
        stage.port.bytes(0, 2_000_000)
        frame = await stage.tick()
        assert queue(frame)[0].startswith("  99%")
        assert "[#" in frame[-3]
        assert "-]" in frame[-3]
        stage.port.stage(0, At.CHECKING)
        assert queue(await stage.tick())[0].startswith(" check")
        stage.port.done(0)
        frame = await stage.tick()
        assert queue(frame)[0].startswith(" done")
        assert "all done" in frame[-3]


async def test_long_keys_keep_their_first_folder_and_their_end() -> None:
    async with on_stage(prefix="") as stage:
        key = "backup/2026/november/a-very-long-folder/week-47/report-final.pdf"
        stage.port.add([Planned(b"/x", key, 5)])
        line = queue(await stage.tick())[0]
    assert line.startswith(" wait  ba")
    assert "final.pdf" in line


async def test_a_hundred_thousand_rows() -> None:
    async with on_stage() as stage:
        stage.port.seed(100_000)
        began = time.perf_counter()
        await stage.tick()
        opened = time.perf_counter() - began
        await stage.press("2")
        began = time.perf_counter()
        await stage.press("G")
        frame = await stage.press("k")
        moved = time.perf_counter() - began
        assert row(stage) == "logs/f099998.log"
        assert "100,000" in frame[1]
        for item_id in range(0, 100_000, 1000):
            stage.port.fail(item_id, "SlowDown")
        began = time.perf_counter()
        await stage.tick()
        sorted_in = time.perf_counter() - began
        assert row(stage) == "logs/f099998.log"
    assert opened < 2.5
    assert moved < 1.0
    assert sorted_in < 1.5


async def test_scrolling_reaches_every_row_in_both_layouts() -> None:
    for size in ((80, 24), (120, 40), (40, 10)):
        async with on_stage(size) as stage:
            stage.port.seed(60)
            for item_id in range(0, 60, 2):
                stage.port.fail(item_id, "SlowDown")
            await stage.tick()
            await stage.press("2")
            seen = {row(stage)}
            for _ in range(59):
                frame = await stage.press("j")
                assert sum(line[at:].startswith(">") for line in frame for at in (0, 39, 49) if line[at:]) >= 1
                seen.add(row(stage))
            assert len(seen) == 60
            await stage.press("pageup", "ctrl+u", "ctrl+d", "pagedown", "G")
            assert row(stage) == "logs/f000059.log"


async def test_a_closed_group_shows_what_is_ticked_of_it() -> None:
    async with on_stage() as stage:
        stage.port.seed(5)
        for one, code in enumerate(("SlowDown", "SlowDown", "SlowDown", "NET_RESET", "NET_RESET")):
            stage.port.fail(one, code)
        await stage.tick()
        await stage.press("2", "s", "c", "g", "enter", "j", "space")
        opened = [line[:3] for line in queue(stage.frame()) if " x " in line]
        frame = await stage.press("g", "enter")
        assert [opened, [line[:3] for line in queue(frame) if " x " in line]] == [[" --", "  +"], [">-+", "  +"]]
        frame = await stage.press("space")
        assert [line[:3] for line in queue(frame) if " x " in line] == [" *+", "> +"]
        stage.port.stage(1, At.WAITING)  # a ticked row goes where it belongs, and its sign goes with it
        frame = await stage.tick()
        assert [line[:3] for line in queue(frame) if " x " in line] == [" *+", "> +", " *+"]
        frame = await stage.press("escape")
        assert [line[:3] for line in queue(frame) if " x " in line] == ["  +", "> +", "  +"]


async def test_ticks_of_a_group_are_those_of_its_items_wherever_they_were_moved() -> None:
    rows, ticks = QueueRows(order := Order()), QueueTicks()
    rows.arrange([Shape(1, 0), Shape(1, 0)], bytes((0, 1, 0, 1)))
    order.move([3], None)
    order.move([0], 1)
    rows.arrange([Shape(1, 0), Shape(1, 0)], bytes(item_id % 2 for item_id in map(order.item, range(4))))
    ticks.turn(0, rows)
    assert rows.groups_of(ticks.picked.mask).count(0) == ticks.count(0, rows) == 1
    ticks.turn(3, rows)
    assert [rows.groups_of(ticks.picked.mask).count(group) for group in (0, 1)] == [1, 1]
    assert [ticks.count(group, rows) for group in (0, 1)] == [1, 1]
