"""Taste: how a person wants the screen: theme, language, mouse, keymap, and the choices that are kept."""

import os
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from rich.color import ColorSystem
from textual.theme import Theme

from tui_uploader.model.value import value
from tui_uploader.ui import language
from tui_uploader.ui.driver import QuietDriver
from tui_uploader.ui.keys import remap
from tui_uploader.ui.language import said, t
from tui_uploader.ui.lean import LeanApp
from tui_uploader.ui.theme_files import ThemeError, load_file, theme_folder
from tui_uploader.ui.themes import PLAIN, SIXTEEN, USUAL, available, user_folder

Keep = Callable[[str, object], None]


def _nowhere(_name: str, _value: object) -> None:
    """Where nothing is kept: in tests, and where the folder cannot be written."""


@value
class Taste:
    """What command line, settings.toml and kept choices came to. `keep` writes a choice to a file of the program's own;

    `told` names what settings.toml says itself (``screen.theme``): there a choice lasts until the screen is left.
    """

    theme: str | None = None
    lang: str = ""
    mouse: bool = False
    low_bandwidth: bool = False
    hidden: bool = True
    kitty: bool = False
    bell: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    keep: Keep = _nowhere


class TasteApp(LeanApp, inherit_bindings=False, inherit_css=False):
    """An app that can change theme, language and mouse while it runs."""

    taste = Taste()
    mouse = False
    rings = True
    _all_colours: ColorSystem | None = None
    _settled = False

    def get_css_variables(self) -> dict[str, str]:
        """None before a theme is worn: Textual would work out those of a theme of its own, for nothing."""
        return super().get_css_variables() if self._settled else {}

    def refresh_css(self, animate: bool = True) -> None:
        """The first theme is worn before any style sheet is read: Textual would parse them twice."""
        if self._driver is not None:
            super().refresh_css(animate)

    def settle(self, taste: Taste) -> None:
        """Take a taste at the start. Raises ThemeError for a theme that there is not."""
        self.taste, self.mouse, self.rings = taste, taste.mouse, taste.bell
        self._disable_notifications = self._disable_tooltips = True  # neither is used: two widgets less on each screen
        self._all_colours = self.console._color_system
        self.use_few_colours(taste.low_bandwidth)
        QuietDriver.kitty = taste.kitty
        language.choose(taste.lang or language.from_environment(os.environ))
        remap(taste.keys)
        self.set_keymap(dict(taste.keys))
        for builtin in self.available_themes:
            self.unregister_theme(builtin)
        low_theme = SIXTEEN if taste.low_bandwidth and "NO_COLOR" not in os.environ else None
        self.register_theme(first_theme(taste.theme or low_theme))
        self.theme = next(iter(self.available_themes))
        self._settled = True
        self.stylesheet.set_variables(self.get_css_variables())

    def themes(self) -> Mapping[str, Theme]:
        """All themes, registered: read when somebody wants to choose, not at the start."""
        found = available().themes
        for theme in found.values():
            self.register_theme(theme)
        return found

    def keep(self, name: str, value: object) -> str:
        """Keep a choice (``screen.theme``); what is to be said of it."""
        if name in self.taste.told:
            return t("settings.toml says otherwise: this lasts until you leave")
        try:
            self.taste.keep(name, value)
        except OSError as error:
            return t("this cannot be kept: {why}", why=os.strerror(error.errno or 0))
        return ""

    def use_theme(self, name: str) -> None:
        """Wear a theme now; of those that there are."""
        if name not in self.available_themes:
            self.themes()
        self.theme = name

    def use_language(self, code: str) -> None:
        """Speak a language now, on every screen that is open."""
        language.choose(code)
        for screen in self.screen_stack:
            self.call_later(_say_anew, screen)

    def use_few_colours(self, on: bool) -> None:
        """Write 16 colours, whose codes are short, or all that the terminal has; what is open is drawn anew."""
        few = ColorSystem.STANDARD if self._all_colours is not None else None
        self.console._color_system = few if on else self._all_colours
        if self.is_running:
            self.refresh(layout=True)

    def bell(self) -> None:
        """Ring, where a person wants that."""
        if self.rings:
            super().bell()

    def use_signs(self, name: str) -> None:
        """Draw in ``ascii`` or ``unicode``; an app without a screen of signs has nothing to do."""

    def use_mouse(self, on: bool) -> None:
        """Ask the terminal for the mouse, or give it back."""
        self.mouse = on
        if isinstance(self._driver, QuietDriver):
            self._driver.use_mouse(on)

    def action_mouse(self) -> None:
        """The mouse on or off."""
        self.use_mouse(not self.mouse)
        words = (
            t("the mouse works: hold Shift to select text; M switches it off")
            if self.mouse
            else t("the mouse is the terminal's again: select text as usual")
        )
        self.answer(words, self.keep("screen.mouse", self.mouse))

    def action_language(self) -> None:
        """The next language."""
        codes = list(language.LANGUAGES)
        code = codes[(codes.index(language.language()) + 1) % len(codes)]
        self.use_language(code)
        self.answer(t("language: {name}", name=language.LANGUAGES[code]), self.keep("screen.lang", code))

    def answer(self, words: str, more: str = "") -> None:
        """Say something where the open screen says things."""
        say: Any = getattr(self.screen, "say", None)
        if say is not None:
            say(f"{words}; {more}" if more else words)


def _say_anew(screen: Any) -> None:
    anew = getattr(screen, "say_anew", None)
    if anew is not None:
        anew()
    screen.refresh(layout=True)


def first_theme(name: str | None) -> Theme:
    """The theme of the start: a shipped one is read alone and untried, for tests have tried it.

    Raises ThemeError naming the nearest where there is none of that name.
    """
    wanted = name or (PLAIN if "NO_COLOR" in os.environ else USUAL)
    shipped = theme_folder() / f"{wanted}.toml"
    if wanted.isidentifier() and shipped.is_file() and not _own():
        return load_file(shipped)
    found = available()
    if wanted not in found.themes:
        for problem in found.problems:
            if f"{os.sep}{wanted}.toml: " in problem:
                raise ThemeError(problem)
        more = t("; what is wrong in other files, tui-uploader settings --check says") if found.problems else ""
        raise ThemeError(t("no theme {name}", name=wanted) + said(found.near(wanted)) + more)
    return found.themes[wanted]


def _own() -> bool:
    return any(user_folder().glob("*.toml"))
