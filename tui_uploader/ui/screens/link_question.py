"""LinkQuestion: whether links that lead out of the tree are to be uploaded, with what each leads to."""

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from tui_uploader.model.text import shown_path
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import CONFIRM, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.screens.confirm import Confirm
from tui_uploader.ui.words import fit_path, number, plural, wrapped

_REST = 6  # lines of the screen that stay in sight above the question, and its keys


class LinkQuestion(Confirm, inherit_bindings=False):
    """Yes or no, once for all of them; a target for each line, as many as there is room for."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CONFIRM)]

    def __init__(self, links: Mapping[bytes, bytes], root: bytes, *, glyphs: Glyphs) -> None:
        words = t(
            "{links} out of this folder. Upload what is there?", links=plural(len(links), "link leads", "links lead")
        )
        super().__init__(words, glyphs=glyphs)
        lead = root.rstrip(b"/") + b"/"
        self._pairs = [(shown_path(path.removeprefix(lead)), shown_path(target)) for path, target in links.items()]

    def _words(self, width: int) -> list[str]:
        lines = wrapped(self.question, width - 2)
        room = max(self.app.size.height - _REST - len(lines), 1)
        pairs = self._pairs if len(self._pairs) <= room else self._pairs[: room - 1]
        for name, target in pairs:
            shown = fit_path(name, (width - 8) // 3, self._glyphs.more)
            lines.append(f"  {shown} -> {fit_path(target, width - 8 - cell_len(shown), self._glyphs.more)}")
        if len(pairs) < len(self._pairs):
            lines.append("  " + t("and {more} more", more=number(len(self._pairs) - len(pairs))))
        return lines
