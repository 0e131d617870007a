"""The themes that there are: the shipped ones, and those of the user's folder, which may replace a shipped one."""

import difflib
import os
from pathlib import Path

from textual.theme import Theme

from tui_uploader import places
from tui_uploader.model.value import value
from tui_uploader.ui.theme_files import load_folder, theme_folder

USUAL, PLAIN, SIXTEEN = "slate", "mono", "terminal"


@value
class Themes:
    """Themes by name, and a sentence for each file that cannot be used."""

    themes: dict[str, Theme]
    problems: tuple[str, ...]

    def near(self, name: str) -> str:
        """What is said of a name that is none: the nearest one, or all."""
        near = difflib.get_close_matches(name, self.themes, 1, 0.4)
        return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(self.themes)}"


def user_folder() -> Path:
    """Where people keep themes of their own: ``themes/`` beside settings.toml."""
    return Path(places.config_dir()) / "themes"


def style_sources() -> list[str]:
    """The style sheets that a theme must be able to fill: those of our screens, and of the widgets in them."""
    from textual.widgets import Input  # here and below: not at the start, when no theme is tried

    from tui_uploader.ui.screens.confirm import Confirm
    from tui_uploader.ui.screens.palette import Palette
    from tui_uploader.ui.screens.panes import Panes
    from tui_uploader.ui.screens.prompt import Prompt
    from tui_uploader.ui.screens.rows import RowsPage
    from tui_uploader.ui.screens.sheet import Sheet

    own = (Panes, Sheet, RowsPage, Palette, Confirm, Prompt, Input)
    kinds = dict.fromkeys(kind for one in own for kind in one._css_bases(one))
    return [kind.DEFAULT_CSS for kind in kinds if kind.__dict__.get("DEFAULT_CSS")]


def available() -> Themes:
    """All of them; every one has been tried against the program's own style sheets."""
    sources = style_sources()
    shipped, own = load_folder(theme_folder(), sources), load_folder(user_folder(), sources)
    problems = (*shipped.problems, *(f"{user_folder()}{os.sep}{words}" for words in own.problems))
    return Themes({**shipped.themes, **own.themes}, problems)
