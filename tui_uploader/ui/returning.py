"""Returning: what the screen says when it joins a job that has run without it, and when a job is taken from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui_uploader.engine.survival import Lasting
from tui_uploader.model import late_events as ev
from tui_uploader.model.rates import clock
from tui_uploader.ui import course as courses
from tui_uploader.ui.aside import aside
from tui_uploader.ui.course import Course, Onward
from tui_uploader.ui.desk import LeftHooks, Stay
from tui_uploader.ui.language import retold, t
from tui_uploader.ui.pump import Facts
from tui_uploader.ui.words import number

if TYPE_CHECKING:
    from tui_uploader.model.jobs import JobItem
    from tui_uploader.ui.screens.main import MainScreen

    Changed = Sequence[tuple[JobItem, str]]


class Returning:
    """Fed with all facts in their order; tells news from the state so far, and asks what is to be asked."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._pump = screen.pump
        self._quiet = False
        self._waiting: LeftHooks | None = None  # a question that waits until no page lies on the screen
        self.seen = False  # whether a person has the jobs before their eyes anyway
        self.begin()

    @property
    def _stay(self) -> Stay:
        return self._screen.desk.stay

    def begin(self) -> None:
        """Where a job was left behind: ask what becomes of it; who opened the screen to look at it knows."""
        if self._stay.left is not None and not self._stay.looking:
            self._waiting = self._stay.left
            self._screen.call_after_refresh(self.ask_waiting)
        elif self._stay.greeting and self._stay.lasting() is Lasting.HERE:  # a worker would say when all is told
            self._screen.say(self._stay.greeting)

    def ask_waiting(self) -> None:
        """Ask what waits to be asked, unless a page is open: one question at a time, and none over a page."""
        if self._waiting is not None and self._screen.app.screen is self._screen and not self.seen:
            left, self._waiting = self._waiting, None
            self._ask_left(left)

    def news(self, facts: Facts) -> Iterator[ev.Event]:
        """The facts that are news; the others are how things stood when the screen joined."""
        for fact in facts:
            if isinstance(fact, ev.Attached | ev.CaughtUp):
                self._quiet = isinstance(fact, ev.Attached)
            if not self._quiet or isinstance(fact, ev.Noted):
                yield fact

    def take(self, fact: ev.Event) -> bool:
        """Say or ask what a fact calls for; whether it did."""
        if isinstance(fact, ev.CaughtUp):
            self._screen.path_line.say(self._joined())
        elif isinstance(fact, ev.WhileAway):
            self._back(fact)
        elif self._lost(fact) or (isinstance(fact, ev.RunStopped) and self._stopped_elsewhere):
            self.ask_restart()
        else:
            return False
        return True

    def _lost(self, fact: ev.Event) -> bool:
        return isinstance(fact, ev.RunPaused) and fact.failure is not None and fact.failure.code == "WORKER_LOST"

    @property
    def goes_on_elsewhere(self) -> bool:
        """Whether only another process can go on with the job: this one's worker is lost, ended, or never was."""
        return self._stay.lasting() in (Lasting.LOST, Lasting.LOOK) or self._stopped_elsewhere

    @property
    def _stopped_elsewhere(self) -> bool:
        """Whether another view, a command or a reboot has ended the job in the worker with something left."""
        stopped = self._pump.state.stopped
        return stopped is not None and stopped.failure is None and self._stay.kept and not self._pump.finishing

    def ask_restart(self) -> None:
        """Nothing runs here: offer to go on with what is left."""
        from tui_uploader.ui.screens.confirm import Confirm

        if self._stay.looking:
            self._ask_looked_at()
            return

        def answered(word: str | None) -> None:
            if word:
                self.go_on(self._stay.job)
            else:
                self._screen.say(t("nothing uploads now: p asks again, q leaves, what was waiting is kept"))

        self._screen.numbers.repaint()
        if self._stay.lasting() is Lasting.LOST:
            question = t("WORKER_LOST: the uploads' process ended: start it again with what is left?")
        else:
            question = t("job {job} was stopped elsewhere: go on with what is left?", job=self._stay.job)
        self._screen.show_page(Confirm(question, glyphs=self._screen.desk.glyphs), answered)

    def go_on(self, job: str) -> None:
        """Go on with a job, after a look whether its files are as they were."""
        self._screen.say(t("looking whether the files are as they were..."))
        self._screen.run_worker(self._look(job), group="changed", exclusive=True, exit_on_error=False)

    async def _look(self, job: str) -> None:
        changed = await aside(partial(self._stay.changed, job))
        if changed:
            self._ask_changed(job, changed)
        else:
            self._screen.post_message(Onward(Course(courses.RESUME, job)))

    def _ask_changed(self, job: str, changed: Changed) -> None:
        from tui_uploader.ui.screens.left_behind import ChangedPage, ChangedQuestion

        glyphs = self._screen.desk.glyphs

        def answered(word: str | None) -> None:
            if word in ("take", "leave"):
                course = Course(courses.RESUME, job, take_changed=word == "take")
                self._screen.post_message(Onward(course))
            elif word == "look":
                page = ChangedPage(job, changed, glyphs=glyphs)
                self._screen.show_page(page, lambda _: self._ask_changed(job, changed))
            else:
                self._screen.say(t("kept: tui-uploader resume {job}", job=job))

        self._screen.show_page(ChangedQuestion(len(changed), glyphs=glyphs), answered)

    def _ask_looked_at(self) -> None:
        left = self._stay.left
        if left is None:
            self._screen.say(t("job {job} runs in another process: this is how it stood", job=self._stay.job))
        elif left.job.resumable:
            self._ask_left(left)
        else:
            self._screen.say(t("job {job} left nothing to go on with: H, then A uploads it again", job=left.job.id))

    def _ask_left(self, left: LeftHooks) -> None:
        from tui_uploader.ui.screens.job_objects import JobObjects
        from tui_uploader.ui.screens.left_behind import LeftQuestion

        glyphs = self._screen.desk.glyphs

        def answered(word: str | None) -> None:
            if word == "resume":
                self.go_on(left.job.id)
            elif word == "look":
                page = JobObjects(left.job, left.rows, glyphs=glyphs)
                self._screen.show_page(page, lambda _: self._ask_left(left))
            elif word == "discard":
                self._screen.say(retold(left.discard()))
            else:
                self._screen.say(t("kept: tui-uploader resume {job}", job=left.job.id))

        self._screen.show_page(LeftQuestion(left.job, glyphs=glyphs), answered)

    def _joined(self) -> str:
        counts = self._pump.counts
        if self._stay.greeting:
            return self._stay.greeting
        if counts.total and self._pump.unfinished:
            done, total = number(counts.done), number(counts.total)
            return t("running: {done} of {total}, this screen is attached", done=done, total=total)
        return remedy(self._stay.lasting())

    def _back(self, fact: ev.WhileAway) -> None:
        counts = self._pump.counts
        words = away_words(fact)
        if self._pump.unfinished:
            words += t("; running: {done} of {total}", done=number(counts.done), total=number(counts.total))
        if fact.first_failed is not None:
            self._screen.queue.go_to(fact.first_failed)
            self._screen.action_show("queue")
        self._screen.call_after_refresh(self._screen.say, words)  # another row's path would take its place


def remedy(lasting: Lasting | None) -> str:
    """What to do so that a dropped connection stops nothing; empty where nothing is needed or can be done."""
    if lasting is Lasting.NO:
        return t("run loginctl enable-linger and start again, or use tmux: a logout stops this")
    if lasting is Lasting.UNKNOWN:
        return t("loginctl enable-linger, or tmux, makes sure: a logout may stop the uploads")
    return ""


def away_words(fact: ev.WhileAway) -> str:
    """``while you were away (2 h 10): 312 done, 2 failed``."""
    return t(
        "while you were away ({time}): {done} done, {failed} failed",
        time=clock(fact.seconds),
        done=number(fact.done),
        failed=number(fact.failed),
    )
