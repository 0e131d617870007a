"""Switching: another profile for a screen that is open: what there is, can it be reached, and how it is taken."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

from tui_uploader.access import Access, CannotStart, Given, NoToken, UsageProblem, resolve

START = "start"
PROFILE = "profile:"
_NAMES = tuple(f"TUI_UPLOADER_{name}" for name in ("PROFILE", "ENV_ID", "GATEWAY", "TOKEN_FILE", "CA_FILE"))
_SAID = ("profile", "env_id", "gateway", "intl", "token_file", "ca_file")


class Switch:
    """The environments of one start. `wanted` is where a person wants to go; a profile's own words count there,

    not those of the command line and the environment with which the program was started.
    """

    def __init__(self, access: Access, options: dict[str, Any], form: Callable[[dict[str, Any]], Access]) -> None:
        self.wanted = ""
        self._start, self._options, self._form = access, options, form
        self._said = {name: os.environ[name] for name in _NAMES if name in os.environ}
        self._reached: dict[str, Access] = {}
        self._here = PROFILE + access.name if access.name in access.settings.profiles else START

    def places(self) -> tuple[tuple[str, str, str, bool], ...]:
        """For each: what it is called here, its name for people, its environment, and whether it is the present one."""
        profiles = self._start.settings.profiles
        made = [(PROFILE + name, name, profiles[name].env_id or profiles[name].gateway) for name in sorted(profiles)]
        if self._start.name not in profiles:
            made.insert(0, (START, "", self._start.env_id))
        return tuple((*one, one[0] == self._here) for one in made)

    async def reach(self, place: str) -> str:
        """Whether it can be gone to: empty, or why not. Without a token it can: the form asks for one."""
        if place == START:
            return ""
        try:
            plain = {name: value for name, value in os.environ.items() if name not in _NAMES}
            self._reached[place] = await asyncio.to_thread(resolve, self._given(place), environment=plain)
        except NoToken:
            self._reached.pop(place, None)
        except (UsageProblem, CannotStart) as problem:
            return str(problem)
        return ""

    def take(self, before: Access) -> tuple[Access, dict[str, Any]] | None:
        """Who and where now, and the options that say so; None where nobody wants to go.

        Where the form for a missing token is closed, it is `before` again.
        """
        place, self.wanted = self.wanted, ""
        if not place:
            return None
        options = self.options(place)
        self._environ(place)
        try:
            access = self._start if place == START else self._reached.get(place) or self._form(options)
        except BaseException as problem:
            self._environ(self._here)
            if isinstance(problem, UsageProblem | CannotStart):
                return before, self.options(self._here)
            raise
        self._here = place
        return access, options

    def options(self, place: str) -> dict[str, Any]:
        """The options as if the program had been started there."""
        if place == START:
            return self._options
        return {
            **self._options,
            **dict.fromkeys(_SAID),
            "intl": False,
            "prefix": None,
            "profile": place[len(PROFILE) :],
        }

    def _given(self, place: str) -> Given:
        return Given(profile=place[len(PROFILE) :])

    def _environ(self, place: str) -> None:
        for name in _NAMES:
            os.environ.pop(name, None)
        if place == START:
            os.environ.update(self._said)
