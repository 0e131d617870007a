"""From marks to a plan on the screen to items in the queue: the main screen's part that plans."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work
from textual.worker import WorkerError

from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.port import OVERWRITE, EnginePort
from tui_uploader.model.text import clean_message
from tui_uploader.ui import course as courses
from tui_uploader.ui.course import Course, Onward
from tui_uploader.ui.desk import Desk
from tui_uploader.ui.language import retold, t
from tui_uploader.ui.screens.panes import Panes
from tui_uploader.ui.widgets.tree_finder import BREATH
from tui_uploader.ui.words import number

if TYPE_CHECKING:
    from tui_uploader.ui.plan_tally import PlanTally
    from tui_uploader.ui.review import Review
    from tui_uploader.ui.screens.plan import PlanScreen

_A_WHILE = 0.05  # seconds
_AT_ONCE = 20  # thousands of lines that go to the queue before the next key is looked at


def _feed(tally: "PlanTally", if_exists: str, port: EnginePort) -> None:
    """Put a plan into the engine of a new job."""
    from tui_uploader.ui.review import start

    if if_exists != OVERWRITE:
        port.set_if_exists(if_exists)
    start(port, tally)


def _why_no_template(text: str) -> str:
    """Why a key template cannot be, or makes no key of any name; empty where it does."""
    from tui_uploader.engine.key_template import KeyTemplate
    from tui_uploader.ui.plan_tally import why_no_key

    try:
        return why_no_key(KeyTemplate(text).key(b"a/b.c").decode("utf-8", "surrogateescape"))
    except ValueError as error:
        return retold(clean_message(str(error)).removeprefix("the key template "))


class Planning(Panes, inherit_bindings=False):
    """Plans what is marked. The options that a person changes in one plan hold for the next one too."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._options = desk.plan_options
        self._if_exists = OVERWRITE

    def workers_of(self, group: str) -> bool:
        """Whether a worker of this screen runs."""
        return any(worker.group == group and worker.node is self and worker.is_running for worker in self.workers)

    def action_review(self) -> None:
        """Plan what is marked and show it."""
        from tui_uploader.ui.plan_tally import PlanTally
        from tui_uploader.ui.review import Review
        from tui_uploader.ui.screens.plan import PlanHooks, PlanScreen

        if self.files.busy():
            return
        if not any(self.files.mark_counts()):
            self.say(t("nothing is marked: go to a file or folder and press Space"))
        elif self.workers_of("plan"):
            self.say(t("still planning, Esc stops"))
        elif self.workers_of("start"):
            self.say(t("the last plan is still being put into the queue"))
        else:
            tally = PlanTally(self.state, self.files.queued)
            screen = PlanScreen(
                tally,
                **self._facts_of_plan(tally),
                hooks=PlanHooks(self._replan, self._check, self._copy_command, self.desk.last_prefix.read),
                glyphs=self.desk.glyphs,
                if_exists=self._if_exists,
            )
            self._screen = screen
            self._plan(
                Review(screen.tally, opened=lambda _: self._open_plan(screen), grown=screen.grown, said=self.say)
            )

    def _facts_of_plan(self, tally: "PlanTally") -> dict[str, Any]:
        from tui_uploader.ui.command_line import MOST
        from tui_uploader.ui.plan_command import PlanCommand

        files = self.files
        few = sum(files.mark_counts()) + files.excluded_count <= MOST  # of more the command is a list
        marks, excluded = (files.marks(), files.excluded()) if few else (None, ())
        command = PlanCommand(tally, marks, excluded, self._options, self.desk.shell)
        return {"prefix": self._options.prefix, "template": self._options.key_template, "command": command}

    @work(group="plan", exclusive=True, exit_on_error=False)
    async def _plan(self, review: "Review") -> None:
        files = self.files
        files.planned = review  # its marks stay as they are: those made meanwhile would be forgotten at the start
        try:
            await review.fill(self.desk.scout.plan(await files.marked_paths(), (), self._options))
        finally:
            if files.planned is review:
                files.planned = None

    def _open_plan(self, screen: "PlanScreen") -> None:
        def closed(wanted: bool | None) -> None:
            self.workers.cancel_group(self, "plan")
            self.workers.cancel_group(self, "check")
            self.workers.cancel_group(self, "copy")
            if screen.if_exists != self._if_exists:
                self._if_exists = screen.if_exists
                self.desk.port.set_if_exists(self._if_exists)
            if wanted:
                self.files.clear_marks()
                self.desk.last_prefix.keep(self._options.prefix)
                self._start(screen.tally)
            else:
                self._let_go(screen.tally)

        self.say("")
        self.show_page(screen, closed)

    def _start(self, tally: "PlanTally") -> None:
        if self.desk.stay.over():
            feed = partial(_feed, tally, self._if_exists)
            self.post_message(Onward(Course(courses.FEED, feed=feed)))
            return
        from tui_uploader.ui.review import started_words, starting

        pieces = starting(self.desk.port, tally)
        for _ in range(_AT_ONCE):
            if next(pieces, None) is None:
                self.say(started_words(tally) + self._if_paused())
                self._let_go(tally)
                return
        self._start_on(pieces, tally)

    @work(group="start", exclusive=True, exit_on_error=False)
    async def _start_on(self, pieces: Any, tally: "PlanTally") -> None:
        from tui_uploader.ui.review import started_words

        for added in pieces:
            self.say(t("adding... {added} of {total}", added=number(added), total=number(len(tally.lines))))
            await asyncio.sleep(0)
        self.say(started_words(tally) + self._if_paused())
        self._let_go(tally)

    @work(group="forget", exit_on_error=False)
    async def _let_go(self, tally: "PlanTally") -> None:
        """Nobody will look at this plan any more: of a million lines it would keep 150 MiB until the next one."""
        screen = self._screen
        for worker in [worker for worker in self.workers if worker.group in ("check", "copy")]:
            with suppress(WorkerError):
                await worker.wait()
        while screen.tally is tally and screen.is_running:  # noqa: ASYNC110 - no event tells that it is painted no more
            await asyncio.sleep(_A_WHILE)
        for _ in tally.lines.let_go():
            await asyncio.sleep(BREATH)

    # --- what the plan's keys ask for

    def _replan(self, prefix: str, template: str) -> str:
        """Plan the same files with another prefix and key template; why that cannot be, empty where it can."""
        from tui_uploader.ui.plan_tally import PlanTally, why_no_key
        from tui_uploader.ui.review import Review

        plain, prefix = "" if template == "{relpath}" else template, prefix.strip("/")
        if why := (prefix and why_no_key(prefix)) or _why_no_template(plain):
            return why
        options: PlanOptions = replace(self._options, prefix=prefix, key_template=plain)
        self._options = options
        screen = self._screen
        before = screen.tally
        tally = PlanTally(self.state, self.files.queued, before.by_hand)
        self._let_go(before)
        screen.take(tally, **self._facts_of_plan(tally))
        self.workers.cancel_group(self, "check")
        self._plan(Review(tally, opened=lambda _: screen.grown(), grown=screen.grown, said=screen.say, announced=False))
        return ""

    def _check(self) -> str:
        if self.desk.check is None:
            return t("permissions cannot be asked for here: push --check does")
        if self.workers_of("check"):
            self.workers.cancel_group(self, "check")
            return t("stopping...")
        if not (self._screen.tally.uploads or self._screen.tally.lines.denied):
            return t("nothing here would be uploaded: there is nothing to ask for")
        self._checking(self._screen)
        return t("asking for permission, no data is sent; c stops")

    @work(group="check", exclusive=True, exit_on_error=False)
    async def _checking(self, screen: "PlanScreen") -> None:
        from tui_uploader.ui.plan_check import PlanCheck

        assert self.desk.check is not None
        await PlanCheck(screen.tally, screen).ask(self.desk.check, screen.if_exists)

    def _copy_command(self) -> str:
        if self.workers_of("copy"):
            return t("still copying...")
        self._copying(self._screen)
        return t("copying...")

    @work(group="copy", exclusive=True, exit_on_error=False)
    async def _copying(self, screen: "PlanScreen") -> None:
        from tui_uploader.ui.clipboard import copy

        try:
            command = await screen.command.whole(screen.if_exists, screen.say)
        except OSError as error:
            why = clean_message(error.strerror or str(error))
            screen.say(t("the list for the command cannot be written: {why}: make room or rights, then y", why=why))
            return
        screen.say(await copy(command, self._write) if command else t("the plan changed meanwhile: y again"))
