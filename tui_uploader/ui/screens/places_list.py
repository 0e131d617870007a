"""PlacesList: folders to go to, one a line; Enter goes there."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType

from tui_uploader.model.text import shown_path
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import PLACES, SHEET, Key, bindings
from tui_uploader.ui.screens.sheet import Drawn, Page, Section, Sheet
from tui_uploader.ui.words import fit_path


class PlacesList(Sheet[bytes]):
    """Closes with the chosen folder."""

    KEYS: ClassVar[tuple[Key, ...]] = PLACES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PLACES)]

    def __init__(self, title: str, folders: Sequence[bytes], *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._words, self._folders = title, list(folders)
        self._at = 0

    @property
    def heading(self) -> str:
        """What these are."""
        return self._words

    def head(self, width: int) -> list[Drawn]:
        """Nothing above the list."""
        return []

    def sections(self) -> Sequence[Section]:
        """The folders."""
        return [Section("", list(range(len(self._folders))), self._draw)]

    def _draw(self, at: int, width: int) -> Sequence[Drawn]:
        sign, here = (self.glyphs.focus, "strong") if at == self._at else (" ", "plain")
        return [[(f" {sign} ", here), (fit_path(shown_path(self._folders[at]), width - 5, self.glyphs.more), here)]]

    def offered_keys(self) -> Iterable[tuple[Key, str]]:
        """Going there comes first."""
        return [(key, key.label) for key in (*self.KEYS, *SHEET) if key.id != "sheet.down"]

    def action_page_cursor(self, by: int) -> None:
        """Another folder."""
        self._move(self._at + by)

    def action_page_end(self, row: int) -> None:
        """The first or the last folder."""
        self._move(0 if row == 0 else len(self._folders) - 1)

    def action_page_page(self, by: int) -> None:
        """A page further."""
        self._move(self._at + by * max(self.query_one(Page).size.height - 3, 1))

    def _move(self, to: int) -> None:
        self._at = min(max(to, 0), len(self._folders) - 1)
        page = self.query_one(Page)
        page.top = min(max(page.top, self._at + 3 - page.size.height), self._at)
        self.repaint()

    def action_go(self) -> None:
        """Close with the chosen folder."""
        self.dismiss(self._folders[self._at])
