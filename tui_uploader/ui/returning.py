"""Returning: what the screen says when it joins a job that has run without it, and when a job is taken from it."""

from collections.abc import Iterator

from tui_uploader.engine.survival import Lasting
from tui_uploader.model import events as ev
from tui_uploader.model.rates import clock
from tui_uploader.ui.language import t
from tui_uploader.ui.pump import Facts, Pump
from tui_uploader.ui.words import number


class Returning:
    """Fed with all facts in their order; tells news from the state so far."""

    def __init__(self, pump: Pump, greeting: str = "") -> None:
        self._pump = pump
        self._greeting = greeting
        self._quiet = False

    def news(self, facts: Facts) -> Iterator[ev.Event]:
        """The facts that are news; the others are how things stood when the screen joined."""
        for fact in facts:
            if isinstance(fact, ev.Attached | ev.CaughtUp):
                self._quiet = isinstance(fact, ev.Attached)
            if not self._quiet:
                yield fact

    def joined(self, lasting: Lasting) -> str:
        """What to say when the state so far is whole; empty where there is nothing to say."""
        counts = self._pump.counts
        if self._greeting:
            return self._greeting
        if counts.total and self._pump.unfinished:
            return t(
                "running: {done} of {total}, this screen is attached",
                done=number(counts.done),
                total=number(counts.total),
            )
        return remedy(lasting)

    def away(self, fact: ev.WhileAway) -> str:
        """What ended meanwhile, and how far the job is where it still runs."""
        counts = self._pump.counts
        words = away_words(fact)
        if self._pump.unfinished:
            words += t("; running: {done} of {total}", done=number(counts.done), total=number(counts.total))
        return words


def remedy(lasting: Lasting) -> str:
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


def lost_question(fact: ev.Event) -> str:
    """What is asked when the job was taken from the screen by this fact; empty where it was not."""
    if isinstance(fact, ev.RunPaused) and fact.failure is not None and fact.failure.code == "WORKER_LOST":
        return t("WORKER_LOST: the process that uploads has ended. Start it again with what is left?")
    return ""
