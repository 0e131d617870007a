"""Profiles: the environments that this program knows; Enter goes to one without leaving the program."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from tui_uploader.model.text import printable
from tui_uploader.ui.desk import AccessHooks
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import PROFILES, Key, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.screens.rows import RowsPage


class Profiles(RowsPage, inherit_bindings=False):
    """Closes with the place that was chosen and can be reached; empty where none was."""

    KEYS: ClassVar[tuple[Key, ...]] = PROFILES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PROFILES)]

    def __init__(self, hooks: AccessHooks, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._hooks = hooks
        self._places = hooks.places()
        self.at = next((at for at, place in enumerate(self._places) if place[3]), 0)

    @property
    def heading(self) -> str:
        """The title."""
        return t("Switch profile: marks stay behind")

    def rows(self) -> Sequence[tuple[str, str, str]]:
        """Name, environment, and which one is open."""
        return [
            (printable(name) if name else "as started", printable(env_id), "open now" if here else "")
            for _, name, env_id, here in self._places
        ]

    def action_take(self) -> None:
        """Go there, where that can be."""
        place, _, _, here = self._places[self.at]
        if here:
            self.say(t("this one is open already"))
        else:
            self.say(t("looking for its credentials..."))
            self._take(place)

    @work(group="profiles", exclusive=True, exit_on_error=False)
    async def _take(self, place: str) -> None:
        trouble = await self._hooks.reach(place)
        if trouble:
            self.say(said(trouble))
        else:
            self.dismiss(place)
