"""JobsPage: the jobs of an environment, newest first, and what can be done with each; nothing goes on by itself."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from tui_uploader.model.jobs import RUNNING, JobInfo
from tui_uploader.model.text import printable
from tui_uploader.places import state_dir
from tui_uploader.ui import course as courses
from tui_uploader.ui.aside import aside
from tui_uploader.ui.course import Course, What
from tui_uploader.ui.desk import JobsHooks
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.job_words import asked_words, count_words, course_words, short_counts, state_words, when
from tui_uploader.ui.keys import JOBS, Key, bindings
from tui_uploader.ui.language import retold, t
from tui_uploader.ui.screens.rows import RowsPage
from tui_uploader.ui.widgets.footer import Footer
from tui_uploader.ui.widgets.painted import Span
from tui_uploader.ui.widgets.titles import Rows
from tui_uploader.ui.words import fit, number, padded, plural, wrapped

EVERY = 3.0  # seconds after which running jobs are counted anew
_BROAD = 70
_FOOTER = 2  # lines at most
_KEPT = frozenset({"jobs.objects", "jobs.help", "jobs.back"})


class JobsPage(RowsPage, inherit_bindings=False):
    """Closes with ``go`` where `course` says what is wanted next. `here` is the job of the screen behind it."""

    KEYS: ClassVar[tuple[Key, ...]] = JOBS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(JOBS)]

    def __init__(self, hooks: JobsHooks, *, here: str, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self.course: Course | None = None
        self._hooks, self._here = hooks, here
        self._jobs: Sequence[JobInfo] | None = None  # not known yet
        self._trouble = ""

    def on_mount(self) -> None:
        """Read the journal."""
        super().on_mount()
        self.read()
        self.set_interval(EVERY, self._again)

    def _again(self) -> None:
        if any(job.state == RUNNING for job in self._jobs or ()):
            self.read()

    @work(group="read", exclusive=True, exit_on_error=False)
    async def read(self) -> None:
        """Read the jobs, with the cursor on the one where it was."""
        now = self.job
        jobs, self._trouble = await aside(self._hooks.listed)
        self._jobs = jobs
        at = [place for place, job in enumerate(jobs) if now is not None and job.id == now.id]
        self.at = at[0] if at else min(self.at, max(len(jobs) - 1, 0))
        self.repaint()

    @property
    def job(self) -> JobInfo | None:
        """The job under the cursor."""
        return self._jobs[self.at] if self._jobs else None

    @property
    def heading(self) -> str:
        """The title."""
        count = len(self._jobs or ())
        return t("Jobs, newest first: {count}", count=number(count)) if count else t("Jobs")

    def rows(self) -> Sequence[tuple[str, str, str]]:
        """For moving: one for each job."""
        return [("", "", "")] * max(len(self._jobs or ()), 1)

    # --- drawing

    def repaint(self) -> None:
        """Paint what changed; footer and answer are as high as their words need."""
        if not self.children:
            return
        width = self.app.size.width
        footer, answer = self.query_one(Footer), self.query_one("#rows-said", Rows)
        super().repaint()
        offered = [(key, label) for key in self.KEYS if (label := self._label(key))]
        footer.offer(offered)
        while len(footer.rows(width)) > _FOOTER:
            droppable = [pair for pair in offered if pair[0].footer and pair[0].id not in _KEPT]
            offered.remove(max(droppable, key=lambda pair: pair[0].footer))
            footer.offer(offered)
        footer.styles.height = len(footer.rows(width))
        answer.styles.height = min(len(wrapped(self.said, width - 2)), 3) if self.said else 0

    def on_resize(self) -> None:
        """Another width."""
        self.repaint()

    def _label(self, key: Key) -> str:
        job = self.job
        if job is None:
            return key.label if key.id in ("jobs.back", "jobs.help") else ""
        running = job.state == RUNNING
        works = {
            "jobs.resume": job.resumable,
            "jobs.stop": running,
            "jobs.open": job.id != self._here,
            "jobs.again": not running,
            "jobs.failed": not running and job.failed > 0,
            "jobs.changed": not running,
            "jobs.discard": not running,
            "jobs.down": len(self._jobs or ()) > 1,
        }
        return key.label if works.get(key.id, True) else ""

    def _rows(self, width: int, height: int) -> list[list[Span]]:
        if self._jobs is None:
            return [[(" " + t("reading the journal..."), "dim")]]
        if not self._jobs:
            words = t("no job yet in this environment: Esc, then Space marks files and u uploads them")
            words = t("{why}: Esc, then H tries again", why=self._trouble) if self._trouble else words
            return [[(" " + line, "dim")] for line in wrapped(words, width - 2)]
        below = self._below(width)
        room = height - len(below) if height >= len(below) + 3 else height
        top = max(0, min(self.at - room // 2, len(self._jobs) - room))
        lines = [self._line(at, width) for at in range(top, min(top + room, len(self._jobs)))]
        if room == height:
            return lines
        return lines + [[] for _ in range(room - len(lines))] + below

    def _line(self, at: int, width: int) -> list[Span]:
        assert self._jobs is not None
        job = self._jobs[at]
        lead = f"{self.glyphs.focus if at == self.at else ' '} {printable(job.id)}"
        ink = "warning" if job.resumable else "active" if job.state == RUNNING else "dim"
        if width < _BROAD:
            spans: list[Span] = [(lead, "plain"), (" " + padded(state_words(job), 11, self.glyphs.more), ink)]
            spans.append((" " + short_counts(job), "failed" if job.failed else "plain"))
        else:
            spans = [(f"{lead}  ", "plain"), (padded(state_words(job), 13, self.glyphs.more), ink)]
            spans += [(padded(when(job.started), 13), "dim"), (count_words(job), "failed" if job.failed else "plain")]
        return [("", "cursor"), *spans] if at == self.at else spans

    def _below(self, width: int) -> list[list[Span]]:
        job = self.job
        assert job is not None
        here = t("the job of this screen") + ": " if job.id == self._here else ""
        lines = [here + asked_words(job), course_words(job) if width >= _BROAD else count_words(job)]
        return [[], *([(" " + fit(line, width - 2, self.glyphs.more), "dim")] for line in lines)]

    # --- moving

    def action_end(self, row: int) -> None:
        """The newest or the oldest."""
        self.move_to(len(self.rows()) - 1 if row else 0, 1 if row else -1)

    def action_page(self, by: int) -> None:
        """A page further."""
        step = by * max(self.query_one("#page").size.height - 4, 1)
        self.move_to(min(max(self.at + step, 0), len(self.rows()) - 1), by)

    def action_help(self) -> None:
        """The keys of this page."""
        from tui_uploader.ui.screens.help import Help

        self.app.push_screen(Help.of_pane("jobs", glyphs=self.glyphs))

    # --- what can be done

    def action_objects(self) -> None:
        """What became of each object."""
        from tui_uploader.ui.screens.job_objects import JobObjects

        if (job := self.job) is not None:
            self.app.push_screen(JobObjects(job, partial(self._hooks.rows, job.id), glyphs=self.glyphs))

    def action_open(self) -> None:
        """The screen on this job."""
        job = self.job
        if job is not None and job.id == self._here:
            self.say(t("this job is on the screen behind this page: Esc goes there"))
        elif job is not None:
            self._go(Course(courses.OPEN, job.id))

    def action_resume(self) -> None:
        """Go on with what it left."""
        job = self.job
        if job is None:
            return
        if job.state == RUNNING:
            self.say(t("job {job} is running: a opens the screen on it", job=job.id))
        elif not job.resumable:
            self.say(t("job {job} left nothing to go on with: A uploads it again", job=job.id))
        else:
            self._make_ready(Course(courses.RESUME, job.id))

    def action_again(self, how: What) -> None:
        """Once more, as a new job."""
        job = self.job
        if job is None:
            return
        if job.state == RUNNING:
            self.say(t("job {job} is running: a opens the screen on it", job=job.id))
        elif how == courses.FAILED and not job.failed:
            self.say(t("nothing failed in job {job}", job=job.id))
        else:
            questions = {
                "all": t("upload the selection of job {job} again ({objects})?", job=job.id, objects=_objects(job)),
                "failed": t("upload again what failed in job {job} ({n})?", job=job.id, n=number(job.failed)),
                "changed": t("upload what is new or changed since job {job}?", job=job.id),
            }
            self._ask(questions[how], lambda: self._make_ready(Course(how, job.id)))

    @work(group="ready", exclusive=True, exit_on_error=False)
    async def _make_ready(self, course: Course) -> None:
        why = await aside(partial(self._hooks.ready, course.job, course.what))
        if why:
            self.say(retold(why))
        else:
            self._go(course)

    def _go(self, course: Course) -> None:
        self.course = course
        self.dismiss("go")

    def action_stop(self) -> None:
        """Stop one that runs."""
        from tui_uploader.ui.screens.menu import StopMenu

        job = self.job
        if job is None:
            return
        if job.state != RUNNING:
            self.say(t("job {job} does not run: there is nothing to stop", job=job.id))
        elif job.id == self._here:
            self.say(t("this is the job of this screen: Esc, then q asks how to stop it"))
        else:
            menu = StopMenu(t("stop job {job}? what is left can be resumed", job=job.id), glyphs=self.glyphs)
            self.app.push_screen(menu, partial(self._stop, job.id))

    def _stop(self, job: str, how: str | None) -> None:
        if how:
            self.say(t("stopping job {job}...", job=job))
            self._do(partial(self._hooks.stop, job, how == "finish"))

    def action_report(self) -> None:
        """A report as a file."""
        from tui_uploader.ui.screens.writing import report_prompt

        job = self.job
        if job is not None:
            path = os.path.join(state_dir(), f"report-{job.id}.csv")
            self.app.push_screen(report_prompt(path, self.glyphs), partial(self._report, job.id))

    def _report(self, job: str, path: str | None) -> None:
        from tui_uploader.ui.screens.writing import ask_replacing

        if path:
            path = os.path.expanduser(path)
            ask_replacing(self, path, self.glyphs, partial(self._write, job, path))

    def _write(self, job: str, path: str) -> None:
        self._do(partial(self._hooks.report, job, path))

    def action_discard(self) -> None:
        """Forget one that does not run."""
        job = self.job
        if job is None:
            return
        if job.state == RUNNING:
            self.say(t("job {job} is running: s stops it first", job=job.id))
        else:
            words = t("forget job {job} ({objects})? the cloud keeps what it has", job=job.id, objects=_objects(job))
            self._ask(words, lambda: self._do(partial(self._hooks.discard, job.id)))

    def _ask(self, question: str, then: Callable[[], object]) -> None:
        from tui_uploader.ui.screens.confirm import Confirm

        def answered(answer: str | None) -> None:
            if answer == "yes":
                then()

        self.app.push_screen(Confirm(question, glyphs=self.glyphs), answered)

    @work(group="do", exit_on_error=False)
    async def _do(self, call: Callable[[], str]) -> None:
        self.say(retold(await aside(call)))
        self.read()


def _objects(job: JobInfo) -> str:
    return plural(job.total, "object")
