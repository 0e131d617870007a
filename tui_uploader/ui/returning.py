"""Returning: what the screen says when it joins a job that has run without it, and when a job is taken from it."""

from __future__ import annotations

from collections.abc import Iterator
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
    from tui_uploader.ui.screens.main import MainScreen


class Again(Message):
    """A person wants the screen once more, on what a job left."""

    def __init__(self, job: str) -> None:
        super().__init__()
        self.job = job


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
        elif isinstance(fact, ev.RunPaused) and fact.failure is not None and fact.failure.code == "WORKER_LOST":
            self.ask_restart()
        else:
            return False
        return True

    def ask_restart(self) -> None:
        """The worker has died: offer another one."""
        from tui_uploader.ui.screens.confirm import Confirm

        def answered(word: str | None) -> None:
            if word:
                self._screen.post_message(Again(self._stay.job))
            else:
                self._screen.say(t("nothing uploads now: p asks again, q leaves, what was waiting is kept"))

        self._screen.numbers.repaint()
        question = t("WORKER_LOST: the uploads' process ended: start it again with what is left?")
        self._screen.show_page(Confirm(question, glyphs=self._screen.desk.glyphs), answered)

    def _ask_left(self, left: LeftHooks) -> None:
        from tui_uploader.ui.screens.left_behind import LeftPage, LeftQuestion

        glyphs = self._screen.desk.glyphs

        def answered(word: str | None) -> None:
            if word == "resume":
                self._screen.post_message(Again(left.job.id))
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
