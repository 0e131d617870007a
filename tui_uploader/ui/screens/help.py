"""Help: the keys of the focused pane and those that work everywhere, from the keymap."""

from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import EVERYWHERE, FILES, LOG, MOVING, QUEUE, Key, key_name
from tui_uploader.ui.language import said, t
from tui_uploader.ui.screens.sheet import Drawn, Sheet
from tui_uploader.ui.words import padded, wrapped

PANES: dict[str, tuple[str, tuple[Key, ...]]] = {
    "files": ("Files", FILES),
    "queue": ("Queue", QUEUE),
    "log": ("Log", LOG),
}


class Help(Sheet[None]):
    """The keys of one pane."""

    def __init__(self, pane: str, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._pane, self._keys = PANES[pane]

    @property
    def heading(self) -> str:
        """Whose keys these are."""
        return t("Keys in {name}", name=said(self._pane))

    def head(self, width: int) -> list[Drawn]:
        """All keys in groups."""
        lines: list[Drawn] = []
        for heading, keys in ((self._pane, self._keys), ("Moving", MOVING), ("Everywhere", EVERYWHERE)):
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
