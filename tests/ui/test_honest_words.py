"""What the screen must not claim: numbers that stand still, keys that cannot help, rows that look alike."""

import time

import pytest

from tests.ui.stage import ROOT, Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.codes import ROWS
from tui_uploader.model.failures import Failure, Phase, info_of
from tui_uploader.model.files import Entry, Kind
from tui_uploader.model.items import Planned, QueueItem, Verdict
from tui_uploader.model.items import Stage as At
from tui_uploader.model.queue import QueueState
from tui_uploader.ui import farewell
from tui_uploader.ui.language import choose, said
from tui_uploader.ui.words import fit_path, skip_words, told, ways


def left(stage: Stage) -> bool:
    """Whether the app is leaving."""
    return not stage.app.is_running or stage.app._exit


async def held(stage: Stage) -> None:
    """One is being sent, one has its upload info and does not start, one waits."""
    stage.port.seed(3)
    stage.port.stage(0, At.UPLOADING)
    stage.port.stage(1, At.GETTING_INFO)
    await stage.tick()


async def test_finish_does_not_wait_for_what_never_starts() -> None:
    async with on_stage() as stage:
        await held(stage)
        await stage.press("q", "f")
        assert "leaves when 1 are finished" in (await stage.tick())[-3]
        stage.port.done(0)
        await stage.tick()
        assert left(stage)


async def test_a_pause_comes_to_its_end() -> None:
    async with on_stage() as stage:
        await held(stage)
        await stage.press("p")
        assert "pausing, 1 still up" in (await stage.tick())[-3]
        stage.port.done(0)
        frame = await stage.tick()
        assert "paused: p" in frame[-3]
        assert " 0 up" in frame[0]
        assert (await stage.press("q"))[-2].strip() == "0 uploading, 2 waiting: leave?"
        assert stage.frame()[-1] == " s stop  Esc stay"
        assert "nothing is being sent" in (await stage.press("f"))[-2]
        assert not stage.port.finishing


async def test_the_question_counts_on_and_knows_that_it_is_finishing() -> None:
    async with on_stage() as stage:
        stage.port.seed(3)
        stage.port.stage(0, At.UPLOADING)
        stage.port.stage(1, At.UPLOADING)
        await stage.tick()
        assert (await stage.press("q"))[-2].strip() == "2 uploading, 1 waiting: leave?"
        stage.port.done(0)
        assert (await stage.tick())[-2].strip() == "1 uploading, 1 waiting: leave?"
        await stage.press("f")
        frame = await stage.press("q")
        assert frame[-2].strip() == "finishing 1, then leaving; 1 stay undone: stop now?"
        assert frame[-1] == " s stop  Esc go on finishing"


async def test_retry_is_offered_only_where_it_helps() -> None:
    async with on_stage() as stage:
        stage.port.seed(1)
        stage.port.fail(0, "NAME_CONTROL", phase=Phase.LOCAL)
        frame = await stage.tick()
        assert "R retry" not in frame[-1]
        assert frame[-3].endswith("ended")


async def test_cancelled_is_not_done() -> None:
    async with on_stage() as stage:
        stage.port.seed(1)
        stage.port.cancel([0])
        line = (await stage.tick())[-3]
        assert "all done" not in line
        assert "#" not in line


async def test_empty_files_that_are_done_are_no_stall() -> None:
    async with on_stage() as stage:
        stage.port.seed(20)
        stage.port.stage(19, At.UPLOADING)
        await stage.tick()
        for item_id in range(8):
            stage.port.stage(item_id, At.UPLOADING)
            stage.port.done(item_id)
            assert "stalled" not in (await stage.tick())[-3]


async def test_rows_of_twins_differ() -> None:
    async with on_stage() as stage:
        keys = [f"logs/2026/{month:02d}/very/deep/down/access.log" for month in range(1, 13)]
        stage.port.add([Planned(b"/" + key.encode(), key, 1) for key in keys])
        frame = await stage.tick()
        rows = [line[39:] for line in frame if "access.log" in line[39:]]
        assert len(rows) == 12
        assert len(set(rows)) == 12


async def test_the_log_says_at_once_that_it_stands_still() -> None:
    async with on_stage() as stage:
        stage.port.seed(1)
        await stage.tick()
        text = "\n".join(await stage.press("3", "F"))
        assert "[3 Log]" in text
        assert "F follows" in text
        assert "following" not in text


async def test_progress_between_two_does_not_part_what_is_done() -> None:
    async with on_stage((120, 40)) as stage:
        stage.port.seed(9)
        for item_id in range(8):
            stage.port.stage(item_id, At.UPLOADING)
            stage.port.done(item_id)
            stage.port.stage(8, At.UPLOADING)
            stage.port.bytes(8, item_id + 1)
        assert "done   x8 " in "\n".join(await stage.tick())


async def test_the_cause_of_a_pause_and_what_to_do_are_not_cut() -> None:
    async with on_stage() as stage:
        stage.port.seed(1)
        cause = Failure("INVALID_CREDENTIALS", Phase.INFO)
        stage.port.events.append(ev.RunPaused(cause, time.time()))
        text = "\n".join(await stage.tick())
        assert f"INVALID_CREDENTIALS {cause.info.meaning}" in text
        assert f"pause  {cause.info.check}" in text
        detail = " ".join("\n".join(await stage.press("2", "enter")).split())
        assert cause.sentence in detail


async def test_a_refusal_without_words_of_its_own_has_the_catalogue_s() -> None:
    async with on_stage() as stage:
        stage.scout.chunks = [
            (
                Planned(ROOT + b"/a", "a", 1),
                Planned(ROOT + b"/b", "b", 1, Verdict.REFUSE, "NAME_CONTROL"),
                Planned(ROOT + b"/c", "c", 1, Verdict.SKIP, None, "symlink"),
            )
        ]
        await stage.press("space", "u")
        text = "\n".join(await stage.press("G"))
        assert "NAME_CONTROL  the name has a control character" in text
        assert "> link\n" in text


async def test_a_bug_in_the_plan_is_a_sentence() -> None:
    async with on_stage() as stage:
        stage.scout.trouble = KeyError("SECRET")
        await stage.press("space", "u")
        text = stage.text
        assert "internal error (KeyError" in text
        assert "SECRET" not in text


def test_farewell_names_the_cause_of_a_pause() -> None:
    state = QueueState()
    state.apply(ev.ItemsAdded((QueueItem(0, b"/a", "a", 1),)))
    state.apply(ev.RunPaused(Failure("INVALID_CREDENTIALS", Phase.INFO), 0.0))
    assert farewell.lines(state)[1].startswith("paused: INVALID_CREDENTIALS: ")


def test_words() -> None:
    assert fit_path("/srv/reports/q1/exports/", 20, "~").endswith("/exports/")
    assert skip_words("link-broken") == "broken link"
    assert skip_words("a\x1b") == "a\u241b"


@pytest.mark.parametrize("code", ["en", "zh"])
def test_what_to_do_is_never_cut(code: str) -> None:
    """Of every failure in the catalogue, and of codes that nobody wrote down: at the sizes where people work."""
    strange = [info_of("Odd", status) for status in (None, 200, 403, 429, 451, 500)] + [info_of("ENXIO")]
    choose(code)
    try:
        for info in (*ROWS, *strange):
            failure = Failure(info.code, Phase.PUT, detail="connection reset at 43 % of it " * 3)
            check = said(failure.info.check).replace(" ", "")
            assert check, info.code
            for width, lines in ((78, 1), (68, 1), (38, 2), (36, 2)):  # path line, second line of a row, 40x10, a group
                text = "".join(told(ways(failure), width, lines)).replace(" ", "")
                assert text.endswith(check), (info.code, width, text)
    finally:
        choose("en")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10)])
@pytest.mark.parametrize("code", ["STORAGE_EXCEED_AUTHORITY", "BadDigest", "CHECKSUM", "STORAGE_NOT_EXIST"])
async def test_the_focused_row_says_what_to_do_in_both_panes(size: tuple[int, int], code: str) -> None:
    wanted = info_of(code).check.replace(" ", "")
    async with on_stage(size, prefix="") as stage:
        stage.scout.folders[ROOT] = (Entry(b"a-rather-long-name-of-a-file-that-failed.tar.gz", Kind.FILE, 9),)
        stage.port.add([Planned(ROOT + b"/a-rather-long-name-of-a-file-that-failed.tar.gz", "a/long.tar.gz", 9)])
        stage.port.fail(0, code)
        await stage.tick()
        await stage.press("ctrl+l")
        for pane in ("2", "1"):
            frame = await stage.press(pane)
            assert wanted in "".join(frame[-4:-1]).replace(" ", ""), "\n".join(frame)
            assert "failed.tar.gz" in "".join(frame[-4:-1]), "\n".join(frame)
