"""Returning: what the screen says when it joins a job that has run without it, and when a job is taken from it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from tui_uploader.engine.survival import Lasting
from tui_uploader.model import late_events as ev
from tui_uploader.model.rates import clock
from tui_uploader.ui.desk import LeftHooks, Stay
from tui_uploader.ui.language import t
from tui_uploader.ui.pump import Facts
from tui_uploader.ui.words import number

if TYPE_CHECKING:
    from tui_uploader.engine.port import EnginePort
    from tui_uploader.model.jobs import JobItem
    from tui_uploader.ui.screens.main import MainScreen

    Changed = Sequence[tuple[JobItem, str]]
    Feed = Callable[[EnginePort], None]


class Again(Message):
    """A person wants the screen once more: on what a job left, or on a new job that `feed` puts its objects into."""

    def __init__(self, job: str, *, take_changed: bool = False, feed: Feed | None = None) -> None:
        super().__init__()
        self.job, self.take_changed, self.feed = job, take_changed, feed


class Returning:
    """Fed with all facts in their order; tells news from the state so far, and asks what is to be asked."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._pump = screen.pump
        self._quiet = False
        self.begin()

    @property
    def _stay(self) -> Stay:
        return self._screen.desk.stay

    def begin(self) -> None:
        """Where a job was left behind: ask what becomes of it."""
        if self._stay.left is not None:
            self._screen.call_after_refresh(self._ask_left, self._stay.left)

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
        elif self._lost(fact) or (isinstance(fact, ev.RunStopped) and self.stopped_elsewhere):
            self.ask_restart()
        else:
            return False
        return True

    def _lost(self, fact: ev.Event) -> bool:
        return isinstance(fact, ev.RunPaused) and fact.failure is not None and fact.failure.code == "WORKER_LOST"

    @property
    def stopped_elsewhere(self) -> bool:
        """Whether another view, a command or a reboot has ended the job in the worker with something left."""
        stopped = self._pump.state.stopped
        return stopped is not None and stopped.failure is None and self._stay.kept and not self._pump.finishing

    def ask_restart(self) -> None:
        """The worker has died: offer another one."""
        from tui_uploader.ui.screens.confirm import Confirm

        def answered(word: str | None) -> None:
            if word:
                self._go_on(self._stay.job)
            else:
                self._screen.say(t("nothing uploads now: p asks again, q leaves, what was waiting is kept"))

        self._screen.numbers.repaint()
        if self._stay.lasting() is Lasting.LOST:
            question = t("WORKER_LOST: the uploads' process ended: start it again with what is left?")
        else:
            question = t("job {job} was stopped elsewhere: go on with what is left?", job=self._stay.job)
        self._screen.show_page(Confirm(question, glyphs=self._screen.desk.glyphs), answered)

    def _go_on(self, job: str) -> None:
        """Go on with a job, after a look whether its files are as they were."""
        self._screen.say(t("looking whether the files are as they were..."))
        self._screen.run_worker(self._look(job), group="changed", exclusive=True, exit_on_error=False)

    async def _look(self, job: str) -> None:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Changed] = loop.create_future()

        def answer(changed: Changed) -> None:
            if not found.cancelled():
                found.set_result(changed)

        def look() -> None:
            changed = self._stay.changed(job)
            with suppress(RuntimeError):  # the screen has gone meanwhile
                loop.call_soon_threadsafe(answer, changed)

        threading.Thread(target=look, name="changed", daemon=True).start()  # a dead disk must not hold the end
        changed = await found
        if changed:
            self._ask_changed(job, changed)
        else:
            self._screen.post_message(Again(job))

    def _ask_changed(self, job: str, changed: Changed) -> None:
        from tui_uploader.ui.screens.left_behind import ChangedPage, ChangedQuestion

        glyphs = self._screen.desk.glyphs

        def answered(word: str | None) -> None:
            if word in ("take", "leave"):
                self._screen.post_message(Again(job, take_changed=word == "take"))
            elif word == "look":
                page = ChangedPage(job, changed, glyphs=glyphs)
                self._screen.show_page(page, lambda _: self._ask_changed(job, changed))
            else:
                self._screen.say(t("kept: tui-uploader resume {job}", job=job))

        self._screen.show_page(ChangedQuestion(len(changed), glyphs=glyphs), answered)

    def _ask_left(self, left: LeftHooks) -> None:
        from tui_uploader.ui.screens.left_behind import LeftPage, LeftQuestion

        glyphs = self._screen.desk.glyphs

        def answered(word: str | None) -> None:
            if word == "resume":
                self._go_on(left.job.id)
            elif word == "look":
                self._screen.show_page(LeftPage(left, glyphs=glyphs), lambda _: self._ask_left(left))
            elif word == "discard":
                self._screen.say(left.discard())
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
        return t("a logout stops the uploads here: run  loginctl enable-linger  once and start again, or use tmux")
    if lasting is Lasting.UNKNOWN:
        return t("a logout may stop the uploads here: loginctl enable-linger, or tmux, makes sure")
    return ""


def away_words(fact: ev.WhileAway) -> str:
    """``while you were away (2 h 10): 312 done, 2 failed``."""
    return t(
        "while you were away ({time}): {done} done, {failed} failed",
        time=clock(fact.seconds),
        done=number(fact.done),
        failed=number(fact.failed),
    )
