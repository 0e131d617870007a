"""Help: the keys of the focused pane and those that work everywhere, or of a page, from the keymap."""

from collections.abc import Sequence

from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import EVERYWHERE, FILES, JOBS, LOG, MOVING, QUEUE, Key, key_name
from tui_uploader.ui.language import said, t
from tui_uploader.ui.screens.sheet import Drawn, Sheet
from tui_uploader.ui.words import padded, wrapped

PANES: dict[str, tuple[str, tuple[Key, ...]]] = {
    "files": ("Files", FILES),
    "queue": ("Queue", QUEUE),
    "log": ("Log", LOG),
}
PAGES: dict[str, tuple[str, tuple[Key, ...]]] = {"jobs": ("Jobs", JOBS)}


class Help(Sheet[None]):
    """Some groups of keys, each under its heading."""

    def __init__(self, name: str, groups: Sequence[tuple[str, tuple[Key, ...]]], *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._whose, self._groups = name, groups

    @classmethod
    def of_pane(cls, pane: str, *, glyphs: Glyphs) -> "Help":
        """The keys of one pane and those that work everywhere; or of one page that is no sheet."""
        name, keys = (PANES | PAGES)[pane]
        everywhere = (("Moving", MOVING), ("Everywhere", EVERYWHERE)) if pane in PANES else ()
        return cls(name, ((name, keys), *everywhere), glyphs=glyphs)

    @property
    def heading(self) -> str:
        """Whose keys these are."""
        return t("Keys in {name}", name=said(self._whose))

    def offered_keys(self) -> list[tuple[Key, str]]:
        """All but the key that led here."""
        return [pair for pair in super().offered_keys() if pair[0].id != "sheet.help"]

    def action_keys(self) -> None:
        """Whoever asks for help in the help is told the way out."""
        self.say(t("these are the keys: Esc closes this page"))

    def head(self, width: int) -> list[Drawn]:
        """All keys in groups."""
        lines: list[Drawn] = []
        for heading, keys in self._groups:
            lines += [[], [(f" {said(heading)}", "strong")]] if keys else []
            for key in keys:
                lines += _key_lines(key, width)
        return lines


def _key_lines(key: Key, width: int) -> list[Drawn]:
    names = key_names(key)
    first, *rest = wrapped(said(key.tooltip), width - 17)
    return [
        [("  ", "plain"), (padded(names, 14), "key"), (first, "plain")],
        *([(" " * 16, "plain"), (line, "plain")] for line in rest),
    ]


def key_names(key: Key) -> str:
    """All the keys of a binding as people read them: ``j Down``."""
    names = [key_name(name) for name in key.now.split(",")]
    return " ".join(dict.fromkeys(names))
