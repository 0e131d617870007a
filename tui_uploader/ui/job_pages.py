"""JobsApp: an app that shows the environment's jobs, and that closes to come back on another course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tui_uploader.engine.survival import Lasting
from tui_uploader.ui import course as courses
from tui_uploader.ui.course import Course, Onward
from tui_uploader.ui.identity import IdentityApp
from tui_uploader.ui.language import t
from tui_uploader.ui.words import number

if TYPE_CHECKING:
    from tui_uploader.ui.screens.main import MainScreen


class JobsApp(IdentityApp, inherit_bindings=False):
    """`course` says where the screen goes on after it has closed; None: nowhere."""

    main: MainScreen
    course: Course | None = None

    def action_jobs(self) -> None:
        """The page of jobs."""
        from tui_uploader.ui.screens.jobs import JobsPage

        if self.desk.jobs is None:
            self.answer(t("this screen keeps no jobs"))
            return
        page = JobsPage(self.desk.jobs, here=self.desk.stay.job or self.desk.stay.here(), glyphs=self.desk.glyphs)

        def closed(_word: str | None) -> None:
            course = page.course
            if course is not None and course.what == courses.RESUME:
                self.main.go_on(course.job)
            elif course is not None:
                self.post_message(Onward(course))

        self.main.jobs_seen()
        self.desk.hold()
        self.push_screen(page, closed)

    @on(Onward)
    def onward(self, message: Onward) -> None:
        """Leave, and come back on a course; where that ends uploads of this process, only after a yes."""
        from tui_uploader.ui.screens.confirm import Confirm

        def go() -> None:
            self.course = message.course
            self.exit()

        stay, unfinished = self.desk.stay, self.desk.pump.unfinished
        if not unfinished or stay.lasting() is not Lasting.HERE:  # elsewhere they go on, or have ended
            go()
            return
        question = t("{n} uploads of this screen stop by that; resume goes on with them. Do it?", n=number(unfinished))
        self.push_screen(Confirm(question, glyphs=self.desk.glyphs), lambda word: go() if word == "yes" else None)
