"""Help: the keys of the focused pane and those that work everywhere, or of a page, from the keymap."""

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
    """The keys of one pane, or of one page."""

    def __init__(self, pane: str, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._pane, self._keys = (PANES | PAGES)[pane]
        self._everywhere = pane in PANES

    @property
    def heading(self) -> str:
        """Whose keys these are."""
        return t("Keys in {name}", name=said(self._pane))

    def head(self, width: int) -> list[Drawn]:
        """All keys in groups."""
        lines: list[Drawn] = []
        everywhere = (("Moving", MOVING), ("Everywhere", EVERYWHERE)) if self._everywhere else ()
        for heading, keys in ((self._pane, self._keys), *everywhere):
            lines += [[], [(f" {said(heading)}", "strong")]]
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
