"""Every other page and question in its states and sizes: jobs, objects, what was left behind, plain text, lists."""

import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.ui.frames import NOON, SIZES, same_as
from tests.ui.stage import ROOT, Stage, on_stage
from tests.ui.test_frames_queue_and_log import every_stage, hostile, many
from tests.ui.test_jobs_page import LEFT, OVER, RUNS, Journaled, OfDisk, until
from tui_uploader.engine.job_rows import JobRows
from tui_uploader.engine.survival import Lasting
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage as At
from tui_uploader.model.jobs import LEFT_BEHIND, JobInfo, JobItem
from tui_uploader.ui import bookmarks
from tui_uploader.ui.desk import AccessHooks, Answer, Form, LeftHooks, Stay
from tui_uploader.ui.screens.link_question import LinkQuestion

pytestmark = pytest.mark.usefixtures("one_moment")
ID = "0f3a0f3a"
Go = Callable[[Stage], Awaitable[object]]


class Jobs(Journaled):
    """Jobs in memory; `rows` is what the page of one job's objects gets."""

    def __init__(self, *jobs: JobInfo, trouble: str = "", rows: Callable[[], JobRows | str] = lambda: "") -> None:
        super().__init__(*jobs)
        self._trouble, self._given = trouble, rows
        self.read = threading.Event()  # a disk that has answered
        self.read.set()

    def _listed(self) -> tuple[Sequence[JobInfo], str]:
        self.read.wait()
        return tuple(self.jobs), self._trouble

    def _rows(self, job: str) -> JobRows | str:
        self.read.wait()
        return self._given()

    def slow(self) -> "Jobs":
        """A disk that does not answer."""
        self.read.clear()
        return self


def of_disk(folder: Path, done: int) -> Jobs:
    """A journal with one job of so many done objects, under a name that is always the same."""
    disk = OfDisk(folder, done)
    (job,) = disk.jobs
    return Jobs(replace(job, id=ID, started=NOON, ended=None), rows=partial(JobRows, str(folder), job.id))


def left_by(job: JobInfo, lasting: Lasting = Lasting.YES, *, changed: int = 0, greeting: str = "") -> Stay:
    """A screen that finds a job that was left behind."""
    items = [
        (JobItem(n, b"/srv/reports/changed-%d.log" % n, f"k{n}", 10, 1, 1, At.WAITING), "larger: 1.0K, was 10B")
        for n in range(changed)
    ]
    hooks = LeftHooks(job, lambda: "the journal cannot be read: disk I/O error", lambda: "job is forgotten")
    return Stay(lambda: lasting, greeting, hooks, ID, changed=lambda _: items, over=lambda: lasting is Lasting.LOOK)


async def _never(form: Form, keep: bool) -> Answer:
    return Answer(False, "ACCESS_TOKEN_EXPIRED: the access token is over: sign in again")


async def _renewed() -> Answer:
    return Answer(False, "no way to renew")


ACCESS = AccessHooks(
    lambda: (("environment", "prod-1a2b", "from --env-id"), ("token", "***", "from settings.toml")), _never, _renewed,
    lambda: (("a", "prod", "prod-1a2b", True), ("b", "a name \x1b[31m longer than its column", "test-9", False)),
)  # fmt: skip


def pressing(*keys: str, before: Go | None = None) -> Go:
    """A state, and then some keys."""

    async def go(stage: Stage) -> None:
        if before is not None:
            await before(stage)
        await stage.press(*keys)
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()

    return go


def opening(words: str, *more: str) -> Go:
    """The page of jobs once it shows some words, and then some keys."""

    async def go(stage: Stage) -> None:
        await stage.press("H")
        await until(stage, words)
        await pressing(*more)(stage)

    return go


async def still_reading(stage: Stage) -> None:
    """The page of jobs before it knows any."""
    await stage.press("H")


async def lost(stage: Stage) -> None:
    """The process of the uploads is gone in the middle of the work."""
    await every_stage(stage)
    stage.port.events.append(ev.RunPaused(Failure("WORKER_LOST", Phase.LOCAL), NOON))
    await stage.tick()


async def bookmarked(stage: Stage) -> None:
    """Some folders are kept, one of a name that no screen may print as it is."""
    for folder in (b"/srv/reports", b"/var/log/\x1b[31mred", b"/home/" + b"long/" * 30 + b"end"):
        bookmarks.toggle(folder)
    await stage.press("apostrophe", "j")


async def _all_done(stage: Stage, count: int = 10_000) -> None:
    stage.port.seed(count)
    for item_id in range(count):
        stage.port.done(item_id)
    while stage.port.events or stage.app.pump.behind:
        await stage.tick()
    await stage.press("2", "s", "f", "G", "g")


async def reading(stage: Stage) -> None:
    """The page of one job's objects before the disk has answered."""
    READING.read.set()
    await stage.press("H")
    await until(stage, "newest first")
    READING.read.clear()
    await stage.press("enter")


def linked(count: int) -> Go:
    """Some links lead out of the tree."""

    async def go(stage: Stage) -> None:
        links = {ROOT + b"/link-%d" % n: b"/etc/secrets/of-\x1b[31m-%d" % n for n in range(count)}
        stage.app.main.show_page(LinkQuestion(links, ROOT, glyphs=stage.app.desk.glyphs))
        await stage.pilot.pause()

    return go


SEVERAL = (RUNS, LEFT, OVER)
MANY = tuple(replace(OVER, id=f"{n:08x}", started=NOON - n * 3600) for n in range(2000))
READING = Jobs(*SEVERAL)
WAITING = replace(LEFT, id=ID, state=LEFT_BEHIND)

# name: what the screen is opened with (hooks of jobs, stay, access), and what is done then
STATES: dict[str, tuple[dict[str, object], Go]] = {
    "plain-one": ({}, pressing("T", before=every_stage)),
    "plain-all": ({}, pressing("1", "T", before=every_stage)),
    "plain-huge": ({}, pressing("1", "T", before=many)),
    "plain-hostile": ({}, pressing("T", before=hostile)),
    "plain-empty": ({}, pressing("T")),
    "palette": ({}, pressing("colon")),
    "palette-typed": ({}, pressing("colon", *"ret")),
    "palette-nothing": ({}, pressing("colon", *"zzz")),
    "preferences": ({}, pressing("comma")),
    "preferences-changed": ({}, pressing("comma", "j", "j", "j", "l")),
    "profiles": ({"access": ACCESS}, pressing("S")),
    "profiles-this-one": ({"access": ACCESS}, pressing("S", "enter")),
    "credentials": ({"access": ACCESS}, pressing("A")),
    "credentials-typed": ({"access": ACCESS}, pressing("A", *"prod-2", "tab", "tab", *"hush")),
    "credentials-refused": ({"access": ACCESS}, pressing("A", "tab", "tab", "tab", *"hush", "enter", "enter")),
    "information-gone": ({}, pressing("j", "j", "j", "enter")),
    "links-question": ({}, linked(2)),
    "links-question-huge": ({}, linked(300)),
    "places": ({}, bookmarked),
    "places-none": ({}, pressing("apostrophe")),
    "help-files": ({}, pressing("question_mark")),
    "help-files-end": ({}, pressing("question_mark", "G")),
    "copied-huge": ({}, pressing("y", "k", before=_all_done)),
    "copied-huge-end": ({}, pressing("y", "k", "G", before=_all_done)),
    "jobs-loading": ({"jobs": Jobs().slow().hooks()}, still_reading),
    "jobs-empty": ({"jobs": Jobs().hooks()}, opening("no job yet")),
    "jobs-error": (
        {"jobs": Jobs(trouble="the journal cannot be read: disk I/O error").hooks()},
        opening("disk I/O"),
    ),
    "jobs-several": (
        {"jobs": Jobs(*SEVERAL).hooks(), "stay": Stay(lambda: Lasting.YES, job=RUNS.id)},
        opening("newest first"),
    ),
    "jobs-left-behind": ({"jobs": Jobs(*SEVERAL).hooks()}, opening("newest first", "j")),
    "jobs-ended": ({"jobs": Jobs(*SEVERAL).hooks()}, opening("newest first", "G")),
    "jobs-nothing-failed": ({"jobs": Jobs(replace(OVER, failed=0)).hooks()}, opening("newest first", "F")),
    "jobs-huge": ({"jobs": Jobs(*MANY).hooks()}, opening("newest first", "G")),
    "jobs-report": ({"jobs": Jobs(*SEVERAL).hooks()}, opening("newest first", "E")),
    "jobs-report-wrong": ({"jobs": Jobs(*SEVERAL).hooks()}, opening("newest first", "E", "x", "enter")),
    "jobs-stop": ({"jobs": Jobs(*SEVERAL).hooks()}, opening("newest first", "s")),
    "jobs-discard": ({"jobs": Jobs(*SEVERAL).hooks()}, opening("newest first", "G", "d")),
    "jobs-help": ({"jobs": Jobs(*SEVERAL).hooks()}, opening("newest first", "question_mark")),
    "objects-loading": ({"jobs": READING.hooks()}, reading),
    "objects-error": (
        {"jobs": Jobs(*SEVERAL, rows=lambda: "the journal cannot be read: disk I/O error").hooks()},
        opening("newest first", "enter"),
    ),
    "left-question": ({"stay": left_by(WAITING)}, pressing()),
    "left-question-looking": ({"stay": left_by(WAITING, Lasting.LOOK)}, pressing("p")),
    "left-later": ({"stay": left_by(WAITING)}, pressing("escape")),
    "left-look-error": ({"stay": left_by(WAITING)}, pressing("l")),
    "left-discarded": ({"stay": left_by(WAITING)}, pressing("d")),
    "left-changed": ({"stay": left_by(WAITING, changed=3)}, pressing("enter")),
    "left-changed-page": ({"stay": left_by(WAITING, changed=3)}, pressing("enter", "l")),
    "left-changed-huge": ({"stay": left_by(WAITING, changed=5000)}, pressing("enter", "l", "G")),
    "worker-lost": ({"stay": Stay(lambda: Lasting.LOST, job=ID)}, lost),
    "worker-lost-later": ({"stay": Stay(lambda: Lasting.LOST, job=ID)}, pressing("n", before=lost)),
}
OF_DISK: dict[str, tuple[int, Go]] = {
    "objects": (3, opening("newest first", "enter")),
    "objects-end": (3, opening("newest first", "enter", "G")),
    "objects-failed": (3, opening("newest first", "enter", "f")),
    "objects-found-nothing": (3, opening("newest first", "enter", "slash", *"zzz", "enter")),
    "objects-huge": (3000, opening("newest first", "enter", "G")),
}


async def compared(name: str, size: tuple[int, int], with_: dict[str, object], go: Go) -> None:
    """The frame of a state as it was reviewed; no control sign is in it."""
    async with on_stage(size, prefix="", **with_) as stage:  # type: ignore[arg-type]
        await stage.pilot.pause()
        await go(stage)
        frame = stage.frame()
    assert not [line for line in frame if any(ord(sign) < 32 or ord(sign) == 0x9B for sign in line)]
    same_as(f"{name}-{size[0]}x{size[1]}", frame)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", STATES)
async def test_a_frame_is_as_it_was_reviewed(name: str, size: tuple[int, int]) -> None:
    await compared(name, size, *STATES[name])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", OF_DISK)
async def test_a_frame_of_a_journal_is_as_it_was_reviewed(name: str, size: tuple[int, int], tmp_path: Path) -> None:
    done, go = OF_DISK[name]
    await compared(name, size, {"jobs": of_disk(tmp_path / "journal", done).hooks()}, go)
