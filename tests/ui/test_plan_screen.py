"""From marks to a plan to the queue: nothing moves before it was seen, nothing is queued twice."""

import asyncio
import time

import pytest

from tests.ui.stage import ROOT, Stage, on_stage
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.model.files import Mark
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.ui.review import command_line


def lines(*names: str, size: int = 1000) -> tuple[Planned, ...]:
    """Files that would be uploaded."""
    return tuple(Planned(ROOT + b"/q1/" + name.encode(), f"logs/2026/q1/{name}", size) for name in names)


MIXED = (
    *lines("a.csv", "b.csv"),
    Planned(ROOT + b"/q1/.env", "logs/2026/q1/.env", 10, Verdict.WARN, "SECRET", "looks like a secret"),
    Planned(ROOT + b"/q1/fifo", "", 0, Verdict.SKIP, "NOT_A_FILE", "not-a-file"),
    Planned(ROOT + b"/q1/bad\n[b]", "", 0, Verdict.REFUSE, "NAME_CONTROL", "the name has a control character"),
)


async def opened(stage: Stage, *chunks: tuple[Planned, ...]) -> list[str]:
    """Mark q1 and press u."""
    stage.scout.chunks = list(chunks)
    await stage.press("space")
    return await stage.press("u")


async def test_plan_says_everything_before_anything_moves() -> None:
    async with on_stage() as stage:
        text = "\n".join(await opened(stage, MIXED))
        assert stage.port.items == []
        await stage.press("G")
        end = stage.text
    assert "Plan: 3 objects, 2.0K, to logs/2026/" in text
    for words in ("upload 2 2.0K", "warn 1 10B uploaded, but look", "skip 1 left out", "refuse 1 cannot be uploaded"):
        assert words in " ".join(text.split())
    assert "/srv/reports/q1/a.csv" in text
    assert "-> key    logs/2026/q1/a.csv" in text
    assert "an existing object of the same key is overwritten" in text
    assert "tui-uploader push --prefix logs/2026 /srv/reports/q1" in text
    assert "Enter start" in text
    assert "NAME_CONTROL  the name has a control character" in end
    assert "bad\u240a[b]" in end
    assert "SECRET  looks like a secret" in end
    assert "   not a file\n" in end


@pytest.mark.parametrize("key", ["enter", "u"])
async def test_start_queues_every_line_and_clears_the_marks(key: str) -> None:
    async with on_stage() as stage:
        await opened(stage, MIXED)
        await stage.press(key)
        frame = await stage.tick()
        counts = stage.app.state.counts
        assert (counts.total, counts.waiting, counts.failed, counts.skipped) == (5, 3, 1, 1)
        assert frame[-2].strip() == "3 objects added"
        assert stage.app.main.files.marks() == ()


async def test_escape_keeps_the_marks_and_queues_nothing() -> None:
    async with on_stage() as stage:
        await opened(stage, MIXED)
        frame = await stage.press("escape")
        assert "marked: 1 folder, u to review" in frame[2]
        assert "u review+start" in frame[-1]
        assert stage.port.items == []


async def test_nothing_is_queued_twice() -> None:
    async with on_stage() as stage:
        await opened(stage, lines("a.csv", "b.csv"))
        await stage.press("enter")
        await stage.tick()
        await stage.press("g")
        frame = await opened(stage, lines("a.csv", "b.csv"))
        assert "nothing new: 2 files queued already" in frame[-2]
        text = "\n".join(await _again(stage, lines("a.csv", "b.csv", "c.csv")))
        assert "Plan: 1 object," in text
        assert "known" in text
        await stage.press("enter")
        await stage.tick()
        assert [item.key[-5:] for item in stage.port.items] == ["a.csv", "b.csv", "c.csv"]


async def _again(stage: Stage, *chunks: tuple[Planned, ...]) -> list[str]:
    stage.scout.chunks = list(chunks)
    return await stage.press("u")


async def test_what_failed_is_tried_again_not_added_again() -> None:
    async with on_stage() as stage:
        await opened(stage, lines("a.csv", "b.csv"))
        await stage.press("enter")
        stage.port.fail(0, "SlowDown")
        await stage.tick()
        await stage.press("g")
        text = "\n".join(await opened(stage, lines("a.csv", "b.csv")))
        assert "failed before, tried again" in text
        await stage.press("enter")
        await stage.tick()
        assert stage.port.calls == [("retry", (0,))]
        assert len(stage.port.items) == 2


async def test_plan_fills_while_it_streams_and_starts_when_counted() -> None:
    async with on_stage() as stage:
        stage.scout.gate = asyncio.Event()
        text = "\n".join(await opened(stage, lines("a.csv"), lines("b.csv")))
        assert "Plan: counting... 1 file" in text
        text = "\n".join(await stage.press("enter"))
        assert "still counting" in text
        assert stage.port.items == []
        stage.scout.gate.set()
        await stage.pilot.pause()
        await stage.pilot.pause()
        await stage.tick()
        assert len(stage.port.items) == 2


async def test_empty_plan_opens_nothing() -> None:
    async with on_stage() as stage:
        assert "nothing to upload in what is marked" in (await opened(stage))[-2]


async def test_trouble_of_the_scout_is_a_sentence() -> None:
    async with on_stage() as stage:
        stage.scout.trouble = RuntimeError("the helper died")
        assert "the plan is not whole: the helper died" in (await opened(stage))[-2]


async def test_only_refusals_offer_no_start() -> None:
    async with on_stage() as stage:
        frame = await opened(stage, MIXED[-1:])
        assert "start" not in frame[-1]
        assert "nothing here can be uploaded" in "\n".join(await stage.press("enter"))
        assert stage.port.items == []


async def test_a_hundred_thousand_lines_at_forty_columns() -> None:
    refused = tuple(
        Planned(b"/srv/%06d" % n, "", 1, Verdict.REFUSE, "KEY_INVALID", "cannot be a key") for n in range(100_000)
    )
    async with on_stage((40, 10)) as stage:
        began = time.perf_counter()
        frame = await opened(stage, *(refused[at : at + 1000] for at in range(0, 100_000, 1000)))
        frame = await stage.press("G")
        assert "/srv/099999" in "\n".join(frame)
        assert "Esc back" in frame[-1]
        assert time.perf_counter() - began < 5.0


def test_command_line_quotes_and_keeps_relative_keys() -> None:
    options = PlanOptions(prefix="a b")
    mark = Mark(b"/srv/x y", b"/srv", True)
    assert command_line([mark], (), options) == "tui-uploader push --prefix 'a b' '/srv/x y'"
    deep = Mark(b"/srv/q1/a.csv", b"/srv", False)
    command = command_line([deep], (), PlanOptions())
    assert command == "(cd /srv && printf '%s\\n' q1/a.csv | tui-uploader push --files-from -)"


async def test_a_refusal_that_is_recorded_is_neither_added_nor_retried_again() -> None:
    async with on_stage() as stage:
        await opened(stage, (*lines("a.csv"), MIXED[-1]))
        await stage.press("enter")
        await stage.tick()
        await stage.press("g")
        assert "nothing new: 2 files queued already" in (await opened(stage, (*lines("a.csv"), MIXED[-1])))[-2]
        assert len(stage.port.items) == 2
        assert stage.port.calls == []
