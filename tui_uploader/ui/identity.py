"""Identity: the credentials page, and a token refused in mid-run: renewed where that can be, else asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from tui_uploader.model import late_events as ev
from tui_uploader.model.text import printable
from tui_uploader.model.token_life import NEEDS_TOKEN, REFUSED
from tui_uploader.ui.desk import Answer, Desk
from tui_uploader.ui.language import t
from tui_uploader.ui.pump import Facts
from tui_uploader.ui.taste import TasteApp

if TYPE_CHECKING:
    from tui_uploader.ui.screens.credentials import Credentials


class IdentityApp(TasteApp, inherit_bindings=False):
    """An app that can change who uploads while it runs."""

    desk: Desk
    switch_to = ""  # the place to open after leaving this one
    _asking = False  # one question for one refusal

    def watch_identity(self, facts: Facts) -> None:
        """Look for a pause that a token caused, and for its end."""
        for fact in facts:
            if isinstance(fact, ev.RunResumed):
                self._asking = False
            elif isinstance(fact, ev.RunPaused) and fact.failure is not None:
                if fact.failure.code not in REFUSED or self._asking or self.desk.access is None:
                    continue
                self._asking = True
                self._renew(fact.failure.code)

    @work(group="identity", exclusive=True, exit_on_error=False)
    async def _renew(self, code: str) -> None:
        assert self.desk.access is not None
        answer = await self.desk.access.renew()
        if answer.token is not None:
            self._go_on(answer)
        else:
            lacking = t("{code}: type a token, Enter goes on, Esc leaves the run paused", code=code)
            why = (
                lacking
                if code == NEEDS_TOKEN
                else t("{code}: type another token, Enter goes on, Esc leaves the run paused", code=printable(code))
            )
            self._ask(f"{why}. {answer.words}" if answer.words else why)

    def _ask(self, why: str) -> None:
        from tui_uploader.ui.screens.credentials import Credentials

        assert self.desk.access is not None
        if isinstance(self.screen, Credentials):
            return
        page = Credentials(self.desk.access, glyphs=self.desk.glyphs, why=why, only_token=True)
        self.desk.hold()
        self.push_screen(page, lambda word: self._page_closed(page, word))

    def _page_closed(self, page: Credentials, word: str | None) -> None:
        self._asking = False
        if word and page.answer is not None and page.answer.token is not None:
            self._go_on(page.answer)

    def _go_on(self, answer: Answer) -> None:
        assert answer.token is not None
        try:
            self.desk.port.set_token(answer.token, answer.renewal)
        except ValueError as problem:
            self.answer(str(problem))
            return
        if self.desk.state.paused is not None:
            self.desk.port.resume()
        self.answer(answer.words or t("signed in again, the run goes on"))

    def action_credentials(self) -> None:
        """Who uploads: sources, test, another token."""
        from tui_uploader.ui.screens.credentials import Credentials

        if self.desk.access is None:
            self.answer(t("the practice cloud needs no other credentials"))
            return
        page = Credentials(self.desk.access, glyphs=self.desk.glyphs)
        self.desk.hold()
        self.push_screen(page, lambda word: self._page_closed(page, word))

    def leave(self) -> None:
        """Leave, after a question where something is unfinished."""
        raise NotImplementedError

    def action_profile(self) -> None:
        """Another environment."""
        if self.desk.access is None or len(self.desk.access.places()) < 2:
            self.answer(t("no other profile is set up: see  tui-uploader settings --example"))
            return
        from tui_uploader.ui.screens.profiles import Profiles

        self.desk.hold()
        self.push_screen(Profiles(self.desk.access, glyphs=self.desk.glyphs), self._switch)

    def _switch(self, place: str | None) -> None:
        if place:
            self.switch_to = place
            self.leave()

    def action_preferences(self) -> None:
        """What can be chosen."""
        from tui_uploader.ui.screens.preferences import Preferences

        tree = getattr(self, "main").files  # noqa: B009 - the main screen is the subclass's
        page = Preferences(self.desk, hidden=tree.rows.show_hidden, set_hidden=lambda _: tree.action_hidden())
        self.desk.hold()
        self.push_screen(page)
