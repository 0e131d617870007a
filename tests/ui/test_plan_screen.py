"""From marks to a plan to the queue: nothing moves before it was seen, nothing is queued twice."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from tests.ui.stage import ROOT, Stage, on_stage
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.files import Mark
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.ui.command_line import command_line
from tui_uploader.ui.desk import LastPrefix, Shell


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
    assert "> not a file\n" in end


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


async def test_marks_stay_as_they_are_while_they_are_planned() -> None:
    """A mark made before the plan opened was not in it, and the start forgot it with the others."""
    async with on_stage() as stage:
        stage.scout.gate = asyncio.Event()
        await opened(stage, (), lines("a.csv"))  # nothing to open with so far
        before = stage.app.main.files.marks()
        for key in ("space", "a", "asterisk", "U"):
            assert "still planning, Esc stops" in (await stage.press(key))[-2]
        assert stage.app.main.files.marks() == before
        await stage.press("escape")
        await stage.press("space")
        assert stage.app.main.files.marks() != before


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_a_plan_that_nobody_looks_at_keeps_no_lines(key: str) -> None:
    """One of a million lines kept 150 MiB until the next plan was made."""
    async with on_stage() as stage:
        await opened(stage, MIXED)
        lines = stage.app.main._screen.tally.lines
        await stage.press(key)
        for worker in [worker for worker in stage.app.main.workers if worker.group == "forget"]:
            await worker.wait()
        assert lines._keys == []
        assert lines._whys == {}
        await stage.tick()
        assert len(stage.port.items) == (0 if key == "escape" else len(MIXED))


async def test_the_example_is_the_first_line_as_it_would_go_now() -> None:
    """It went on showing the key that the line had before it was renamed, and a line that was left out."""
    async with on_stage() as stage:
        await opened(stage, lines("a.csv", "b.csv"))
        await stage.press("f", "e", *["backspace"] * 40, *"new", "enter")
        assert any(line.split() == ["->", "key", "new"] for line in stage.text.splitlines())
        await stage.press("x")
        assert any(line.startswith(" example") and "b.csv" in line for line in stage.text.splitlines())
        await stage.press("j", "x")
        assert " example" not in stage.text
        assert "nothing is left: x takes a line in again" in (await stage.press("enter"))[-2]


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
        await opened(stage, *(refused[at : at + 1000] for at in range(0, 100_000, 1000)))
        await stage.app.main.workers.wait_for_complete()
        frame = await stage.press("G")
        assert "/srv/099999" in "\n".join(frame)
        assert "Esc back" in frame[-1]
        assert time.perf_counter() - began < 5.0


def test_command_line_quotes_and_keeps_relative_keys() -> None:
    options = PlanOptions(prefix="a b")
    mark = Mark(b"/srv/x y", b"/srv", True)
    assert command_line([mark], (), options, Shell()) == "tui-uploader push --prefix 'a b' '/srv/x y'"
    deep = Mark(b"/srv/q1/a.csv", b"/srv", False)
    command = command_line([deep], (), PlanOptions(), Shell())
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


async def test_lines_are_shown_by_verdict_and_left_out_one_by_one() -> None:
    async with on_stage() as stage:
        await opened(stage, MIXED)
        text = "\n".join(await stage.press("f"))
        assert "shown: all lines" in text
        text = "\n".join(await stage.press("f"))
        assert "shown: upload" in text
        assert "/srv/reports/q1/a.csv -> logs/2026/q1/a.csv" in text
        frame = await stage.press("j", "x")
        assert "Plan: 2 objects, 1010B" in frame[0]
        text = "\n".join(frame)
        assert "left out by you" in text
        await stage.press("enter")
        await stage.tick()
        assert [item.path[-5:] for item in stage.port.items] == [b"a.csv", b"/.env", b"/fifo", b"d\n[b]"]


async def test_one_key_is_renamed_and_cannot_clash() -> None:
    async with on_stage() as stage:
        await opened(stage, MIXED)
        await stage.press("f", "f", "e", *["backspace"] * 5, *"b.csv", "enter")
        assert "another file of this plan has this key" in stage.text
        await stage.press("backspace", "slash", "enter")
        assert "no / at its ends" in stage.text
        await stage.press("backspace", "backspace", "x", "enter")
        assert "-> logs/2026/q1/b.cx" in stage.text
        await stage.press("enter")
        await stage.tick()
        assert stage.port.items[0].key == "logs/2026/q1/b.cx"


async def test_prefix_and_template_plan_anew_and_stand_in_the_command() -> None:
    async with on_stage() as stage:
        await opened(stage, MIXED)
        await stage.press("p", *["backspace"] * 4, *"2027", "enter")
        await stage.pilot.pause()
        assert stage.scout.planned_with[-1].prefix == "logs/2027"
        assert "to logs/2027/" in stage.frame()[0]
        text = "\n".join(await stage.press("t", *["backspace"] * 9, *"{nam}", "enter"))
        assert "has no {nam}: there are {host}" in text
        assert "{ext}" in text
        await stage.press("backspace", *"e}", "enter")
        await stage.pilot.pause()
        assert stage.scout.planned_with[-1].key_template == "{name}"
        assert "--prefix logs/2027 --key '{name}'" in " ".join(stage.text.split())


async def test_the_prompt_offers_the_prefix_of_last_time_and_a_start_keeps_it() -> None:
    kept = ["logs/2025"]
    last = LastPrefix(lambda: kept[-1], kept.append)
    async with on_stage(prefix="", last_prefix=last) as stage:
        await opened(stage, MIXED)
        text = "\n".join(await stage.press("p"))
        assert "logs/2025" in text
        assert "the prefix of last time: ^u clears it" in text
        await stage.press("ctrl+u", *"new/", "enter")
        await stage.pilot.pause()
        assert stage.scout.planned_with[-1].prefix == "new"
        assert kept == ["logs/2025"]  # nothing was started with it yet
        assert "last time" not in "\n".join(await stage.press("p"))  # the plan's own stands there now
        await stage.press("escape", "enter")
        await stage.tick()
        assert kept == ["logs/2025", "new"]


async def test_the_conflict_policy_goes_to_the_engine_and_into_the_command() -> None:
    async with on_stage() as stage:
        await opened(stage, MIXED)
        text = "\n".join(await stage.press("w"))
        assert "stays, the file is skipped" in text
        assert "--if-exists skip" in " ".join(text.split())
        await stage.press("enter")
        assert stage.port.if_exists == "skip"


async def test_permissions_are_asked_for_all_and_refusals_stand_in_the_rows() -> None:
    async with on_stage() as stage:

        async def check(objects: Sequence[tuple[str, int]], policy: str) -> AsyncIterator[tuple[int, Failure | None]]:
            assert policy == "overwrite"
            for place, (key, size) in enumerate(objects):
                assert size in (10, 1000)
                yield place, Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO, "no \x1b[31m") if "b.csv" in key else None

        stage.app.main.desk = replace(stage.app.main.desk, check=check)
        await opened(stage, MIXED)
        text = "\n".join(await stage.press("c"))
        assert "1 of 3 would be refused" in text
        assert "Plan: 2 objects" in text
        await stage.press("G")
        assert "STORAGE_EXCEED_AUTHORITY" in stage.text
        assert "\x1b" not in stage.text
        await stage.press("enter")
        await stage.tick()
        assert stage.app.state.counts.failed == 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10)])
async def test_without_a_service_to_ask_the_key_says_so(size: tuple[int, int]) -> None:
    async with on_stage(size) as stage:
        await opened(stage, MIXED)
        assert "permissions cannot be asked" in "\n".join(await stage.press("c"))


async def test_a_plan_of_many_lines_goes_to_the_queue_in_pieces() -> None:
    async with on_stage() as stage:
        many = lines(*(f"f{n}" for n in range(30_000)))
        await opened(stage, *(many[at : at + 1000] for at in range(0, 30_000, 1000)))
        await stage.press("enter")
        await stage.app.main.workers.wait_for_complete()
        assert len(stage.port.items) == 30_000


async def test_a_filter_shows_no_verdict_that_the_plan_has_not_and_moving_answers_at_both_ends() -> None:
    async with on_stage() as stage:
        await opened(stage, lines("a.csv", "b.csv"))
        said = [(await stage.press("f"))[-2].strip() for _ in range(4)]
        assert said == [
            "shown: all lines", "shown: upload", "nothing needs a look: f shows all lines", "shown: all lines",
        ]  # fmt: skip
        assert (await stage.press("j"))[-2].strip() == ""
        assert (await stage.press("j"))[-2].strip() == "this is the last line"
        assert (await stage.press("pagedown"))[-2].strip() == "this is the last line"
        await stage.press("k", "k")
        assert (await stage.press("k"))[-2].strip() == "this is the first line"


async def test_pages_of_the_plan_take_the_chosen_line_along() -> None:
    async with on_stage() as stage:
        await opened(stage, lines(*(f"{n:03d}.csv" for n in range(200))))
        await stage.press("f", "pagedown", "pagedown")
        assert any(line.startswith(" >") for line in stage.frame())
        await stage.press("x")
        dropped = stage.app.main._screen.tally.lines.dropped
        text = stage.text
        assert f"/q1/{min(dropped):03d}.csv" in text  # what is left out is what is seen
        await stage.press("G")
        assert "199.csv" in stage.text
        await stage.press("pageup", "pageup")
        assert any(line.startswith(" >") for line in stage.frame())


async def test_the_totals_are_read_to_their_end_before_a_line_is_chosen() -> None:
    async with on_stage((40, 10)) as stage:
        await opened(stage, MIXED)
        seen = stage.text
        for _ in range(40):
            frame = await stage.press("j")
            seen += "\n".join(frame)
            if any(line.startswith(" >") for line in frame):
                break
        for words in ("refuse", "example", "as a command", "skipped", "Refused (1)"):
            assert words in seen


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_the_plan_has_a_help_of_its_own(size: tuple[int, int]) -> None:
    async with on_stage(size) as stage:
        frame = await opened(stage, MIXED)
        assert "? help" in frame[-1]
        text = "\n".join(await stage.press("question_mark"))
        assert "Keys in Plan: 3 objects" in text
        for _ in range(20):
            text += "\n".join(await stage.press("pagedown"))
        for words in ("Another key template", "The same as a push command", "Ask for permission for all"):
            assert words in " ".join(text.split())
        text = "\n".join(await stage.press("question_mark"))
        assert "these are the keys: Esc closes this" in text
        await stage.press("escape")
        assert "Plan: 3 objects" in stage.frame()[0]


async def test_a_key_that_is_given_up_goes_to_the_file_that_was_refused_for_it() -> None:
    twin = Planned(ROOT + b"/raw/a.csv", "logs/2026/q1/a.csv", 7, Verdict.REFUSE, "KEY_CLASH")
    async with on_stage() as stage:
        await opened(stage, (*lines("a.csv", "b.csv"), twin))
        assert "Plan: 2 objects, 2.0K" in stage.frame()[0]
        await stage.press("f", "f", "x")  # uploads alone: a.csv is left out
        assert "Plan: 2 objects, 1007B" in stage.frame()[0]
        assert "refuse          0" in stage.text
        text = "\n".join(await stage.press("x"))
        assert "another file of this plan has this key" in text
        assert any(line.startswith(" > left out by you") for line in stage.frame())  # the cursor stays on its line
        await stage.press("e", "backspace", "x", "enter", "x")  # under another key it goes with the others
        assert "Plan: 3 objects" in stage.frame()[0]
        await stage.press("enter")
        await stage.tick()
        assert sorted((item.path[-9:], item.key) for item in stage.port.items) == [
            (b"/q1/a.csv"[-9:], "logs/2026/q1/a.csx"), (b"/q1/b.csv", "logs/2026/q1/b.csv"),
            (b"raw/a.csv", "logs/2026/q1/a.csv"),
        ]  # fmt: skip


async def test_another_prefix_keeps_what_was_changed_by_hand_and_says_so() -> None:
    async with on_stage() as stage:
        await opened(stage, lines("a.csv", "b.csv", "c.csv"))
        await stage.press("f", "x", "j", "e", "ctrl+u", *"mine", "enter")
        assert "renamed" in stage.text
        stage.scout.chunks = [
            tuple(replace(line, key=line.key.replace("2026", "2027")) for line in lines("b.csv", "a.csv"))
        ]
        await stage.press("p", "ctrl+u", *"logs/2027", "enter")
        await stage.app.main.workers.wait_for_complete()
        frame = await stage.press()
        assert "changed by hand and kept: 2" in frame[-2]
        assert "Plan: 1 object, 1000B, to logs/2027/" in frame[0]
        stage.scout.chunks = [lines("a.csv"), (Planned(ROOT + b"/q1/z", "mine", 3),)]
        tally = stage.app.main._screen.tally
        assert [tally.lines[at].key for at in sorted(tally.lines.renamed)] == ["mine"]
        await stage.press("p", "ctrl+u", *"x", "enter")
        await stage.app.main.workers.wait_for_complete()
        assert "changed by hand and kept: 1, not fitting here: 1" in "\n".join(await stage.press())
        await stage.press("enter")
        await stage.tick()
        assert [item.key for item in stage.port.items] == ["mine"]


async def test_what_was_left_out_and_renamed_is_taken_back_in_turn() -> None:
    twin = Planned(ROOT + b"/raw/a.csv", "logs/2026/q1/a.csv", 7, Verdict.REFUSE, "KEY_CLASH")
    async with on_stage() as stage:
        await opened(stage, lines("a.csv", "b.csv"))
        assert "nothing to undo: U takes back x and e" in "\n".join(await stage.press("f", "U"))
        await stage.press("x", "j", "e", "ctrl+u", *"mine", "enter", "x")
        assert "Plan: 0 objects" in stage.frame()[0]
        assert "Plan: 1 object, 1000B" in (await stage.press("U"))[0]
        assert "-> logs/2026/q1/b.csv" in "\n".join(await stage.press("U"))
        assert "Plan: 2 objects, 2.0K" in (await stage.press("U"))[0]
        assert "nothing to undo" in "\n".join(await stage.press("U"))
        await stage.press("escape")
        await _again(stage, (*lines("a.csv"), twin))
        await stage.press("f", "f", "x")
        assert "another file of this plan has this key" in "\n".join(await stage.press("U"))
