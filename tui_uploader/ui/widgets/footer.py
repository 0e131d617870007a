"""Footer: the keys that do something in the focused pane now. Whole words only: the least important go first."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from tui_uploader.ui.keys import Key
from tui_uploader.ui.language import said
from tui_uploader.ui.widgets.painted import Painted, Span

KEPT = frozenset({"app.help", "sheet.help", "sheet.back"})


class Footer(Painted):
    """Derived from the keymap: `offer` takes the keys that work, with the words for them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._offered: list[tuple[Key, str]] = []

    def offer(self, keys: Iterable[tuple[Key, str]]) -> None:
        """The keys to list with their labels; they are ordered by their place in the footer."""
        self._offered = sorted(
            ((key, said(label)) for key, label in keys if key.footer), key=lambda pair: pair[0].footer
        )
        self.repaint()

    @property
    def offered(self) -> list[str]:
        """The ids of the keys that are offered now, whether there is room or not."""
        return [key.id for key, _ in self._offered]

    def lines(self, width: int, height: int) -> Iterable[Sequence[Span]]:
        """One line; more where there is room for more, and then nothing is left out."""
        rows = self.rows(width) if height > 1 else [chosen(self._offered, width)]
        return [_spans(row) for row in rows]

    def rows(self, width: int) -> list[list[tuple[Key, str]]]:
        """All offered keys in as many lines as they need."""
        rows: list[list[tuple[Key, str]]] = [[]]
        for pair in self._offered:
            if rows[-1] and _width([*rows[-1], pair]) > width:
                rows.append([])
            rows[-1].append(pair)
        return rows


def _spans(shown: Sequence[tuple[Key, str]]) -> list[Span]:
    spans: list[Span] = [(" ", "plain")]
    for place, (key, label) in enumerate(shown):
        spans += [("  " if place else "", "plain"), (key.text, "key"), (f" {label}", "plain")]
    return [span for span in spans if span[0]]


def chosen(offered: Sequence[tuple[Key, str]], width: int) -> list[tuple[Key, str]]:
    """What fits into `width` cells: from the end, all but the kept ones may go."""
    shown = list(offered)
    while shown and _width(shown) > width:
        droppable = [pair for pair in shown if pair[0].id not in KEPT]
        if not droppable:
            break
        shown.remove(droppable[-1])
    return shown


def _width(shown: Sequence[tuple[Key, str]]) -> int:
    return 1 + sum(cell_len(key.text) + 1 + cell_len(label) + 2 for key, label in shown) - 2
