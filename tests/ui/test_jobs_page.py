"""The page of jobs: what it lists, what each key does, and that nothing goes on by itself."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.stage import Stage, on_stage
from tui_uploader import places
from tui_uploader.engine.job_rows import JobRows
from tui_uploader.engine.journal import Journal
from tui_uploader.engine.mailbox import Mailbox
from tui_uploader.engine.recorded import RecordedPort
from tui_uploader.engine.survival import Lasting
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, QueueItem, Receipt
from tui_uploader.model.jobs import ENDED, LEFT_BEHIND, RUNNING, Asked, JobInfo
from tui_uploader.model.queue import QueueState
from tui_uploader.ui import keys, language
from tui_uploader.ui.course import Course
from tui_uploader.ui.desk import JobsHooks, LeftHooks, Stay
from tui_uploader.ui.screens.help import key_names
from tui_uploader.ui.screens.jobs import JobsPage
from tui_uploader.ui.taste import Taste

ASKED = Asked("prod-1a2b", "gateway", ((b"/srv/reports\x1b", b"reports"),), {"prefix": "logs/2026"})
RUNS = JobInfo("aaaa0001", ASKED, RUNNING, 1.0e9, None, True, 312, 1, 0, 0, 500, bytes_wanted=1000, bytes_done=312)
LEFT = replace(RUNS, id="bbbb0002", state=LEFT_BEHIND, failed=2)
OVER = replace(RUNS, id="cccc0003", state=ENDED, waiting=0, ended=1.0e9 + 740, cause="")
CLEAN = replace(OVER, id="dddd0004", failed=0)


class Journaled:
    """Hooks over jobs in memory that note what was asked; each call must come from a thread."""

    def __init__(self, *jobs: JobInfo) -> None:
        self.jobs = list(jobs)
        self.asked: list[tuple[object, ...]] = []
        self.why = ""

    def hooks(self) -> JobsHooks:
        """For a desk."""
        return JobsHooks(self._listed, self._rows, self._ready, self._report, self._stop, self._discard)

    def _note(self, *what: object) -> None:
        assert threading.current_thread() is not threading.main_thread()
        self.asked.append(what)

    def _listed(self) -> tuple[Sequence[JobInfo], str]:
        assert threading.current_thread() is not threading.main_thread()
        return tuple(self.jobs), ""

    def _rows(self, job: str) -> JobRows | str:
        self._note("rows", job)
        return "job has gone"

    def _ready(self, job: str, what: str) -> str:
        self._note("ready", job, what)
        return self.why

    def _report(self, job: str, path: str) -> str:
        self._note("report", job, path)
        return f"written: {path}"

    def _stop(self, job: str, finish: bool) -> str:
        self._note("stop", job, finish)
        return f"job {job} is stopped"

    def _discard(self, job: str) -> str:
        self._note("discard", job)
        self.jobs = [one for one in self.jobs if one.id != job]
        return f"job {job} is forgotten; nothing in the cloud was changed"


def staying(lasting: Lasting = Lasting.YES) -> Stay:
    """The screen's own job is the one that runs."""
    return Stay(lambda: lasting, job=RUNS.id)


async def until(stage: Stage, words: str) -> list[str]:
    """The frame with these words in it."""
    for _ in range(300):
        await stage.pilot.pause(0.01)
        if words in stage.text:
            return stage.frame()
    raise AssertionError(f"{words}\n{stage.text}")


async def opened(stage: Stage) -> list[str]:
    """The page with its rows."""
    await stage.press("H")
    return await until(stage, "Jobs, newest first")


async def test_all_jobs_with_state_counts_and_what_they_upload() -> None:
    journal = Journaled(RUNS, LEFT, OVER)
    async with on_stage(stay=staying(), jobs=journal.hooks()) as stage:
        frame = await opened(stage)
        assert frame[0] == " Jobs, newest first: 3"
        assert "aaaa0001  running" in frame[1]
        assert "312 of 813 done, 1 failed, 500 waiting" in frame[1]
        assert "left behind" in frame[2]
        assert "ended" in frame[3]
        assert "the job of this screen: /srv/reports" in stage.text
        assert "to logs/2026/" in stage.text
        assert "\x1b" not in stage.text
        assert "ended after 12:20" in "\n".join(await stage.press("G"))
        assert journal.asked == []  # it only reads


async def test_a_job_of_this_process_is_known_as_this_screens_too() -> None:
    """Its id is known when the first object is queued, and no worker has it."""
    kept = [""]
    journal = Journaled(RUNS)
    async with on_stage(stay=Stay(here=lambda: kept[0]), jobs=journal.hooks()) as stage:
        kept[0] = RUNS.id
        await opened(stage)
        assert "the job of this screen: /srv/reports" in stage.text
        assert "a attach" not in stage.text
        await stage.press("s")
        assert "this is the job of this screen: Esc, then q" in stage.text
        assert journal.asked == []


async def test_a_job_that_is_forgotten_is_told_in_chinese() -> None:
    async with on_stage(stay=staying(), jobs=Journaled(OVER).hooks()) as stage:
        await opened(stage)
        language.choose("zh")
        try:
            await stage.press("d", "y")
            await until(stage, f"任务 {OVER.id} 已删除")
        finally:
            language.choose("en")


async def test_the_palette_leads_there_too() -> None:
    async with on_stage(jobs=Journaled().hooks()) as stage:
        await stage.press("colon", *"jobs of this", "enter")
        assert "no job yet in this environment: Esc, then Space marks" in "\n".join(await until(stage, "no job yet"))
        assert stage.frame()[-1] == " Esc back  ? help"
        assert "Files" in (await stage.press("escape"))[1]


@pytest.mark.parametrize(
    ("job", "offered", "withheld"),
    [
        (RUNS, {"s", "Enter", "E"}, {"r", "a", "d", "A"}),
        (LEFT, {"r", "a", "A", "F", "C", "E", "d"}, {"s"}),
        (CLEAN, {"a", "A", "C", "E", "d"}, {"r", "s", "F"}),
    ],
)
async def test_the_footer_has_what_works_with_this_job(job: JobInfo, offered: set[str], withheld: set[str]) -> None:
    async with on_stage((120, 30), stay=staying(), jobs=Journaled(job).hooks()) as stage:
        frame = await opened(stage)
        words = set(" ".join(frame[-2:]).split())
        assert offered <= words
        assert not withheld & words


async def test_the_help_is_the_keymap() -> None:
    async with on_stage((80, 40), jobs=Journaled(LEFT).hooks()) as stage:
        await opened(stage)
        frame = await stage.press("question_mark")
        for key in keys.JOBS:
            assert any(line.startswith(f"  {key_names(key)}") and key.tooltip in line for line in frame), key.id
        await stage.press("escape")
        assert isinstance(stage.app.screen, JobsPage)


async def test_forty_by_ten_keeps_rows_help_and_the_way_back() -> None:
    async with on_stage((40, 10), stay=staying(), jobs=Journaled(RUNS, LEFT, OVER).hooks()) as stage:
        frame = await opened(stage)
        assert "aaaa0001 running     312/813 !1" in frame[1]
        assert "bbbb0002 left behind 312/814 !2" in frame[2]
        for press in ("j", "j"):
            assert "? help" in "\n".join(frame[-2:])
            assert "Esc back" in "\n".join(frame[-2:])
            assert all(len(line) <= 40 for line in frame)
            frame = await stage.press(press)


async def test_chinese() -> None:
    taste = Taste(lang="zh")
    async with on_stage(taste=taste, stay=staying(), jobs=Journaled(LEFT, OVER).hooks()) as stage:
        await stage.press("H")
        frame = await until(stage, "任务，新的在前：2")
        assert "未完成" in frame[1]
        assert "已结束" in frame[2]


async def test_resume_looks_at_the_files_first_and_then_goes_on() -> None:
    journal = Journaled(RUNS, LEFT)
    asked: list[str] = []
    stay = Stay(lambda: Lasting.YES, job=RUNS.id, changed=lambda job: asked.append(job) or ())  # type: ignore[func-returns-value]
    async with on_stage(stay=stay, jobs=journal.hooks()) as stage:
        await opened(stage)
        assert "is running: a opens" in "\n".join(await stage.press("r"))
        assert stage.app.course is None
        await stage.press("j", "r")
        await gone(stage)
        assert asked == [LEFT.id]
        assert journal.asked == [("ready", LEFT.id, "resume")]
        assert stage.app.course == Course("resume", LEFT.id)


async def gone(stage: Stage) -> None:
    """Wait until the screen has closed."""
    for _ in range(300):
        if stage.app.return_code is not None:
            return
        await stage.pilot.pause(0.01)
    raise AssertionError(stage.text)


async def test_a_course_that_cannot_be_taken_is_said_on_the_page() -> None:
    journal = Journaled(LEFT)
    journal.why = "the job sent a header whose value is not kept"
    async with on_stage(stay=staying(), jobs=journal.hooks()) as stage:
        await opened(stage)
        await stage.press("r")
        await until(stage, "a header whose value is not kept")
        assert stage.app.course is None


@pytest.mark.parametrize(("key", "what"), [("A", "all"), ("F", "failed"), ("C", "changed")])
async def test_again_is_asked_and_becomes_a_new_job(key: str, what: str) -> None:
    journal = Journaled(OVER)
    async with on_stage(stay=staying(), jobs=journal.hooks()) as stage:
        await opened(stage)
        assert "y yes  n no" in "\n".join(await stage.press(key))
        await stage.press("n")
        assert journal.asked == []
        await stage.press(key, "y")
        await gone(stage)
        assert journal.asked == [("ready", OVER.id, what)]
        assert stage.app.course == Course(what, OVER.id)  # type: ignore[arg-type]


async def test_where_nothing_failed_nothing_is_tried_again() -> None:
    async with on_stage(stay=staying(), jobs=Journaled(CLEAN).hooks()) as stage:
        await opened(stage)
        assert "nothing failed in job dddd0004" in "\n".join(await stage.press("F"))


async def test_open_goes_to_the_job_and_not_to_the_one_behind_the_page() -> None:
    async with on_stage(stay=staying(), jobs=Journaled(RUNS, LEFT).hooks()) as stage:
        await opened(stage)
        assert "behind this page" in "\n".join(await stage.press("a"))
        await stage.press("j", "a")
        await gone(stage)
        assert stage.app.course == Course("open", LEFT.id)


async def test_uploads_of_this_process_end_only_after_a_yes() -> None:
    async with on_stage(jobs=Journaled(LEFT).hooks()) as stage:
        stage.port.seed(3)
        await stage.tick()
        await opened(stage)
        await stage.press("a")
        assert "3 uploads of this screen stop by that" in "\n".join(await until(stage, "stop by that"))
        await stage.press("n")
        assert stage.app.course is None
        assert stage.app.return_code is None


@pytest.mark.parametrize(("key", "finish"), [("f", True), ("s", False)])
async def test_stop_asks_how(key: str, finish: bool) -> None:
    journal = Journaled(replace(RUNS, id="eeee0005"), LEFT)
    async with on_stage(stay=staying(), jobs=journal.hooks()) as stage:
        await opened(stage)
        frame = await stage.press("s")
        assert frame[-1] == " f finish  s stop now  Esc let it run"
        await stage.press(key)
        await until(stage, "job eeee0005 is stopped")
        assert journal.asked == [("stop", "eeee0005", finish)]
        assert "does not run" in "\n".join(await stage.press("j", "s"))


async def test_who_looks_at_the_jobs_is_not_asked_about_one_of_them() -> None:
    left = LeftHooks(LEFT, lambda: "", lambda: "")
    async with on_stage(jobs=Journaled(LEFT).hooks()) as stage:
        await opened(stage)
        stage.app.desk.stay = Stay(lambda: Lasting.YES, left=left)  # found while the page is open
        stage.app.main.joined()
        await stage.pilot.pause()
        await stage.press("escape")
        await stage.pilot.pause(0.05)
        assert "left behind" not in stage.text


async def test_discard_asks_and_the_row_goes() -> None:
    journal = Journaled(RUNS, OVER)
    async with on_stage(stay=staying(), jobs=journal.hooks()) as stage:
        await opened(stage)
        assert "s stops it first" in "\n".join(await stage.press("d"))
        await stage.press("j", "d", "n")
        assert journal.asked == []
        await stage.press("d", "y")
        frame = await until(stage, "newest first: 1")
        assert OVER.id not in "\n".join(frame[1:3])
        assert "is forgotten" in stage.text


async def test_a_report_is_written_where_one_says() -> None:
    places.make_private(places.state_dir())
    journal = Journaled(OVER)
    async with on_stage(stay=staying(), jobs=journal.hooks()) as stage:
        await opened(stage)
        assert "how it is written: .csv .json .md .txt" in "\n".join(await stage.press("E"))
        await stage.press("enter")
        await until(stage, "written:")
        assert journal.asked[0][:2] == ("report", OVER.id)
        assert str(journal.asked[0][2]).endswith("report-cccc0003.csv")


# --- the objects of one job, from a real journal


def recorded(folder: Path, done: int) -> JobInfo:
    """A job with one failure, one that waits and many that are done."""
    folder.mkdir(mode=0o700)
    with Journal(str(folder)) as journal:
        record = journal.begin(ASKED)
        record.attach(Mailbox(), lambda failure: None)
        lines = [Planned(b"/srv/\xff%06d" % n, f"k{n:06d}", 10) for n in range(done + 2)]
        items = tuple(QueueItem(n, line.path, line.key, line.size) for n, line in enumerate(lines))
        record.added(lines, items, lambda: None)
        failure = Failure("SlowDown", Phase.PUT, "too \x1b[1m many", 503, "req-9")
        record.post(ev.ItemFailed(0, failure, 2, 1.0e9))
        for n in range(2, done + 2):
            record.post(ev.ItemDone(n, Receipt('"e"', "1", "r", "cloud://x", True, 1, 0.1), 1.0e9))
        record.close()
        (job,) = journal.jobs()
    return job


class OfDisk(Journaled):
    """Rows from a real journal."""

    def __init__(self, folder: Path, done: int) -> None:
        super().__init__(recorded(folder, done))
        self._folder = str(folder)

    def _rows(self, job: str) -> JobRows | str:
        return JobRows(self._folder, job)


async def test_what_became_of_every_object_is_there_failed_ones_first(tmp_path: Path) -> None:
    journal = OfDisk(tmp_path / "state", 3000)
    async with on_stage(stay=staying(), jobs=journal.hooks()) as stage:
        await opened(stage)
        await stage.press("enter")
        text = "\n".join(await until(stage, "1 failed"))
        assert "SlowDown  k000000" in text
        assert "too" in text
        assert "request ID req-9" in text
        assert "\x1b" not in text
        assert text.index("1 failed") < text.index("1 waiting") < text.index("3,000 done")
        assert "done  k003001" in "\n".join(await stage.press("G"))
        assert "waiting  k000001" in "\n".join(await stage.press("f", "f"))
        assert "k000002" not in stage.text
        await stage.press("slash", *"k00299", "enter")
        await until(stage, "10 done")
        assert "only keys that hold k00299" in stage.text
        assert "failed" not in "\n".join(stage.frame()[5:])
        await stage.press("slash", *["backspace"] * 6, *"zz", "enter")
        await until(stage, "no key holds zz")
        await stage.press("escape")
        assert isinstance(stage.app.screen, JobsPage)


async def test_a_job_that_has_gone_says_so() -> None:
    async with on_stage(stay=staying(), jobs=Journaled(LEFT).hooks()) as stage:
        await opened(stage)
        await stage.press("enter")
        await until(stage, "job has gone")


def test_rows_are_read_as_they_are_looked_at(tmp_path: Path) -> None:
    job = recorded(tmp_path / "state", 5000)
    rows = JobRows(str(tmp_path / "state"), job.id)
    done = rows.groups[-1]
    assert [done[0].key, done[-1].key, done[2500].key] == ["k000002", "k005001", "k002502"]
    assert done[0].path == b"/srv/\xff000002"
    assert [item.key for item in done[126:130]] == ["k000128", "k000129", "k000130", "k000131"]
    assert sum(len(page) for page in done._pages.values()) <= 8 * 128
    with Journal(str(tmp_path / "state")) as journal:
        journal.discard(job.id)
    assert done[4000].key == "?"  # it has gone meanwhile: no crash
    rows.close()


# --- a screen that only looks


async def test_a_job_that_is_looked_at_changes_by_no_key_and_goes_on_with_p(tmp_path: Path) -> None:
    journal = OfDisk(tmp_path / "state", 3)
    (job,) = journal.jobs
    left = LeftHooks(replace(job, state=LEFT_BEHIND), lambda: journal._rows(job.id), lambda: "forgotten")
    stay = Stay(lambda: Lasting.LOOK, "looking at it", left, job.id, over=lambda: True)
    async with on_stage(stay=stay, jobs=journal.hooks()) as stage:
        port = RecordedPort(str(tmp_path / "state"), job)
        while not any(isinstance(event, ev.CaughtUp) for event in stage.port.events):
            stage.port.events += port.drain()
            await stage.pilot.pause(0.01)
        frame = await stage.tick()
        assert "only looking" in frame[0]
        assert "3 of 5   1 failed" in stage.text
        assert "looking at it" in stage.text
        assert "stopped by you" not in stage.text  # how it stands is no news
        assert "go on?" not in stage.text
        for press in ("R", "<", "b"):
            assert "nothing runs here: p goes on" in "\n".join(await stage.press(press))
        await stage.press("2", "g")
        for press in ("r", "t", "e"):
            await stage.press(press)
            assert stage.port.calls == []
        assert "left behind: 1+ waiting, 1 failed" in "\n".join(await stage.press("p"))
        await stage.press("escape", "q")
        assert stage.app.return_code == 0  # no question: nothing is lost


def test_what_a_recorded_job_tells_is_what_became_of_it(tmp_path: Path) -> None:
    job = recorded(tmp_path / "state", 1200)
    port, state, seen = RecordedPort(str(tmp_path / "state"), job), QueueState(), list[ev.Event]()
    while not any(isinstance(event, ev.CaughtUp) for event in seen[-1:]):
        for event in port.drain():
            seen.append(event)
            state.apply(event)
    port.retry([0])
    port.set_limit(1)
    assert port.drain() == []
    counts = state.counts
    assert (counts.done, counts.failed, counts.waiting) == (1200, 1, 1)
    assert state.path(5) == b"/srv/\xff000005"
    failure = state.failure(0)
    assert failure is not None
    assert (failure.code, failure.http_status, failure.request_id) == ("SlowDown", 503, "req-9")
    assert state.stopped is not None
    port.close()
