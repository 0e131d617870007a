"""What the screen says and asks about uploads that go on without it."""

import pytest

from tests.faults.table import rows
from tests.ui.stage import Stage, on_stage
from tui_uploader.engine.survival import Lasting
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, QueueItem
from tui_uploader.model.items import Stage as At
from tui_uploader.model.jobs import LEFT_BEHIND, Asked, JobInfo, JobItem
from tui_uploader.ui import farewell
from tui_uploader.ui.course import Course
from tui_uploader.ui.desk import LeftHooks, Stay


def staying(lasting: Lasting, **more: object) -> Stay:
    """A job in a worker, which lasts or not."""
    return Stay(lambda: lasting, job="0f3a0f3a", **more)  # type: ignore[arg-type]


def left(discarded: list[str]) -> LeftHooks:
    """A job that was left behind."""
    asked = Asked("prod-1a2b", "gateway")
    job = JobInfo("0f3a0f3a", asked, LEFT_BEHIND, 0.0, None, True, 312, 2, 0, 0, 500, bytes_wanted=1, bytes_done=0)

    def discard() -> str:
        discarded.append(job.id)
        return "forgotten"

    return LeftHooks(job, lambda: "JOURNAL_DAMAGED", discard)


async def busy(stage: Stage) -> None:
    """One uploading, one waiting."""
    stage.port.seed(2)
    stage.port.stage(0, At.UPLOADING)
    await stage.tick()


@pytest.mark.parametrize(
    ("lasting", "words"),
    [
        (Lasting.HERE, "stops if SSH drops"),
        (Lasting.YES, "goes on if SSH drops"),
        (Lasting.NO, "stops if SSH drops"),
        (Lasting.UNKNOWN, "may stop if SSH drops"),
        (Lasting.LOST, "the worker has ended"),
    ],
)
async def test_the_title_promises_what_is_true(lasting: Lasting, words: str) -> None:
    async with on_stage(stay=staying(lasting)) as stage:
        assert words in stage.frame()[0]


async def test_what_was_done_before_stands_beside_the_count_of_the_rest() -> None:
    async with on_stage(stay=staying(Lasting.YES, before=(1312, 0))) as stage:
        await busy(stage)
        progress = next(line for line in stage.frame() if "0 of 2" in line)
        assert "0 of 2   1,312 done before   0 failed" in progress
        stage.port.stage(0, At.CANCELLED)
        await stage.tick()
        assert all(len(line) <= 80 for line in stage.frame())
    async with on_stage((120, 24), stay=staying(Lasting.YES, before=(13, 12))) as stage:
        await busy(stage)
        stage.port.done(0)
        stage.port.done(1)
        text = "\n".join(await stage.tick())
        assert "2 of 2   13 done, 12 failed before   0 failed" in text
        assert "failed before: H" in text
        assert "all done" not in text
    async with on_stage(stay=staying(Lasting.YES)) as stage:
        await busy(stage)
        assert "before" not in stage.text


async def test_the_remedy_is_named_in_time() -> None:
    async with on_stage(stay=staying(Lasting.NO)) as stage:
        stage.port.events += [ev.Attached("0f3a0f3a", 0.0), ev.CaughtUp(0.0)]
        assert "loginctl enable-linger" in (await stage.tick())[-2]


@pytest.mark.parametrize("key", ["enter", "k"])
async def test_keeping_is_offered_first_where_a_worker_does_it(key: str) -> None:
    async with on_stage(stay=staying(Lasting.YES)) as stage:
        await busy(stage)
        frame = await stage.press("q")
        assert frame[-1] == " Enter keep uploading  f finish  s stop  Esc stay"
        await stage.press(key)
        assert stage.app.left_as == "keep"
        assert stage.app.return_code == 0


async def test_without_a_worker_enter_says_that_nothing_is_kept() -> None:
    async with on_stage() as stage:
        await busy(stage)
        await stage.press("q")
        assert "end with this screen" in (await stage.press("enter"))[-2]
        assert stage.app.return_code is None
        await stage.press("s")
        assert stage.app.left_as == "stop"


async def test_twice_ctrl_c_keeps_the_uploads() -> None:
    async with on_stage(stay=staying(Lasting.YES)) as stage:
        await busy(stage)
        await stage.press("ctrl+c", "ctrl+c")
        assert stage.app.return_code == 130
        assert stage.app.left_as == "keep"


def so_far() -> list[ev.Event]:
    """What a worker tells a view that joins: three of four ended, two of them while nobody looked."""
    failure = Failure("SlowDown", Phase.PUT)
    items = tuple(QueueItem(number, b"/srv/%d" % number, f"k{number}", 10) for number in range(4))
    return [
        ev.Attached("0f3a0f3a", 0.0),
        ev.ItemsAdded(items, 1.0),
        ev.ItemFailed(2, failure, 1, 2.0),
        ev.ItemFailed(1, failure, 1, 3.0),
        ev.StageChanged(3, At.UPLOADING),
        ev.WalkEnded(4.0),
        ev.CaughtUp(5.0),
    ]


async def test_coming_back_tells_what_happened_and_stands_on_the_first_new_failure() -> None:
    async with on_stage(stay=staying(Lasting.YES)) as stage:
        stage.port.events += [*so_far(), ev.WhileAway(7800.0, 312, 1, 1)]
        frame = await stage.tick()
        assert "while you were away (2 h 10): 312 done, 1 failed; running: 0 of 4" in frame[-2]
        assert any(line.endswith("failed") or "SlowDown" in line for line in frame)
        assert stage.app.main.queue.cursor == 1
        assert stage.app.main.pane == "queue"
        assert "nothing happened yet" in stage.text  # the log begins now


async def test_joining_says_how_far_it_is() -> None:
    async with on_stage(stay=staying(Lasting.YES)) as stage:
        stage.port.events += so_far()
        assert "running: 0 of 4" in (await stage.tick())[-2]
        stage.port.events.append(ev.ItemFailed(3, Failure("SlowDown", Phase.PUT), 1, 9.0))
        assert "k3" in "\n".join((await stage.tick())[-7:])  # what follows is news


@rows(95)
async def test_a_lost_worker_is_said_and_another_one_offered() -> None:
    async with on_stage(stay=staying(Lasting.LOST)) as stage:
        await busy(stage)
        stage.port.events.append(ev.RunPaused(Failure("WORKER_LOST", Phase.LOCAL), 0.0))
        frame = await stage.tick()
        assert "WORKER_LOST" in frame[-2]
        assert " 0 up" in frame[0]
        assert frame[-1] == " y yes  n no"
        await stage.press("n")
        assert stage.app.return_code is None
        assert "WORKER_LOST" in (await stage.press("p"))[-2]
        await stage.press("y")
        assert stage.app.course == Course("resume", "0f3a0f3a")


async def test_what_was_left_behind_is_asked_about_and_nothing_starts_by_itself() -> None:
    discarded: list[str] = []
    async with on_stage(stay=staying(Lasting.YES, left=left(discarded))) as stage:
        await stage.pilot.pause()
        frame = stage.frame()
        assert "left behind: 500 waiting, 2 failed (job 0f3a0f3a)" in frame[-2]
        assert frame[-1] == " Enter resume  l look  d discard  Esc later"
        frame = await stage.press("l")
        await until(stage, "JOURNAL_DAMAGED")  # the rows themselves: test_jobs_page
        assert "312 of 814 done, 2 failed, 500 waiting" in stage.text
        await stage.press("escape", "d")
        assert discarded == ["0f3a0f3a"]
        assert stage.app.course is None
        assert not stage.port.calls


async def test_no_question_comes_over_a_page_that_is_open() -> None:
    async with on_stage(stay=Stay(lambda: None)) as stage:
        await stage.press("question_mark")
        stage.app.desk.stay = staying(Lasting.YES, left=left([]))  # found while the help is read
        stage.app.main.joined()
        await stage.pilot.pause()
        assert "left behind" not in stage.text
        await stage.press("escape")
        await until(stage, "left behind: 500 waiting")


async def test_resume_asks_for_the_screen_once_more() -> None:
    async with on_stage(stay=staying(Lasting.YES, left=left([]))) as stage:
        await stage.pilot.pause()
        await stage.press("r")
        assert stage.app.course == Course("resume", "0f3a0f3a")
        assert stage.app.return_code == 0


async def test_files_that_changed_are_asked_about_before_a_job_goes_on() -> None:
    item = JobItem(2, b"/srv/b\x1b", "q1/b", 5, 0, 0, At.WAITING)
    stay = staying(Lasting.YES, left=left([]), changed=lambda job: [(item, "5 bytes then, 7 now")])
    for key, taken in (("u", True), ("x", False)):
        async with on_stage(stay=stay, size=(40, 10)) as stage:
            await stage.pilot.pause()
            await stage.press("r")
            frame = await until(stage, "1 file changed")
            assert "Esc later" in "\n".join(frame)
            assert stage.app.course is None
            await stage.press("l")
            assert "5 bytes then, 7 now" in stage.text
            assert "\x1b" not in stage.text
            await stage.press("escape")
            await stage.press(key)
            assert stage.app.course == Course("resume", "0f3a0f3a", take_changed=taken)


async def test_a_job_that_is_stopped_elsewhere_is_said_and_may_go_on_or_another_begins() -> None:
    async with on_stage(stay=staying(Lasting.YES, over=lambda: True)) as stage:
        await busy(stage)
        stage.port.events.append(ev.RunStopped(None, 0.0))
        frame = await stage.tick()
        assert "stopped elsewhere" in frame[-2]
        await stage.press("n", "p")
        assert "stopped elsewhere" in stage.frame()[-2]
        stage.scout.chunks = [(Planned(b"/srv/new", "new", 5),)]
        await stage.press("n", "1", "space", "u")
        await until(stage, "Enter start")
        await stage.press("enter")
        assert stage.app.course is not None
        assert stage.app.course.feed is not None
        assert not [call for call in stage.port.calls if call[0] == "add"]


@pytest.mark.parametrize("width", [40, 80])
async def test_a_question_and_its_answers_are_whole(width: int) -> None:
    async with on_stage(stay=staying(Lasting.YES, left=left([])), size=(width, 10 if width == 40 else 24)) as stage:
        await stage.pilot.pause()
        words = " ".join(line.strip() for line in stage.frame()[-5:])
        for part in (
            "500 waiting, 2 failed",
            "(job 0f3a0f3a): go on?",
            "Enter resume",
            "l look",
            "d discard",
            "Esc later",
        ):
            assert part in words


async def until(stage: Stage, words: str) -> list[str]:
    """The frame with these words in it."""
    for _ in range(200):
        await stage.pilot.pause(0.01)
        if words in stage.text:
            return stage.frame()
    raise AssertionError(stage.text)


async def test_the_last_lines_name_the_way_back() -> None:
    async with on_stage(stay=staying(Lasting.YES)) as stage:
        await busy(stage)
        said = farewell.lines(stage.app.state, kept="0f3a0f3a")
        assert said[0].endswith("2 go on")
        assert said[-1] == "goes on in the background: tui-uploader attach 0f3a0f3a"
