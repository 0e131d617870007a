"""Inks: which colours of the theme each meaning is drawn in. No colour is written here, and none carries a meaning."""

from typing import NamedTuple

from rich.style import Style
from textual.color import Color
from textual.theme import Theme
from textual.widget import Widget


class Ink(NamedTuple):
    """Fields of the theme; empty where what lies beneath shows. A theme of the terminal's own colours has no shades:

    there `style` says in its place what stands out, and a background is none.
    """

    color: str = ""
    background: str = ""
    style: str = ""
    own: str | None = None  # the style under the terminal's own colours, where it is another one


INKS = {
    "plain": Ink("foreground", "background"),
    "dim": Ink("secondary"),
    "strong": Ink(style="bold"),
    "folder": Ink("primary"),
    "failed": Ink("error", own="bold"),
    "bad": Ink("error", style="bold"),
    "done": Ink("success"),
    "active": Ink("accent"),
    "waiting": Ink("secondary"),
    "warning": Ink("warning"),
    "key": Ink("primary", style="bold"),
    "title": Ink("foreground", "panel", own="reverse"),
    "cursor": Ink("", "panel", style="bold", own="reverse"),
    "rest": Ink("", "surface"),
    "code": Ink(style="reverse"),
}


def style_of(theme: Theme, name: str) -> Style:
    """What an ink is in a theme."""
    ink = INKS[name]
    plain = name == "plain"
    attributes = (ink.style if not theme.ansi or ink.own is None else ink.own).split()
    background = ink.background if plain or not theme.ansi else ""
    return Style(
        color=Color.parse(getattr(theme, ink.color)).rich_color if ink.color else None,
        bgcolor=Color.parse(getattr(theme, background)).rich_color if background else None,
        **dict.fromkeys(attributes, True),  # type: ignore[arg-type]
    )


_worn: Theme | None = None
_made: dict[tuple[str, str], Style] = {}


def ink_of(theme: Theme, name: str, under: str) -> Style:
    """An ink over the plain one, and over the ink `under` where a row is highlighted; made once for all widgets."""
    global _worn
    if theme is not _worn:
        _worn = theme
        _made.clear()
    known = _made.get((name, under))
    if known is None:
        known = style_of(theme, "plain")
        if name != "plain":
            known += style_of(theme, name)
        if under:
            known += style_of(theme, under)
        _made[name, under] = known
    return known


class Inked(Widget, inherit_css=False):
    """A widget that draws in inks, and whose look no style sheet says."""

    ALLOW_SELECT = False
    _theme_name = ""

    def ink(self, name: str, under: str = "") -> Style:
        """The style of an ink, over the ink `under` where a row is highlighted."""
        if self._theme_name != self.app.theme:
            self._theme_name, self._inks = self.app.theme, dict[tuple[str, str], Style]()
        known = self._inks.get((name, under))
        if known is None:
            known = self._inks[name, under] = ink_of(self.app.current_theme, name, under)
        return known

    def notify_style_update(self) -> None:
        """The theme may have changed, even under its old name."""
        self._theme_name = ""
        super().notify_style_update()
