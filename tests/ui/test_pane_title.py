"""A pane's title at any width: the count of a folder that is being read stays, whatever the length of its path."""

import pytest

from tui_uploader.ui.glyphs import UNICODE
from tui_uploader.ui.widgets.titles import PaneTitle

COUNTING = "counting 1,000,000+"


def drawn(title: PaneTitle, width: int) -> str:
    """The title as text."""
    return "".join(text for line in title.lines(width, 1) for text, _ in line)


@pytest.mark.parametrize("width", [38, 46, 80])
@pytest.mark.parametrize(
    "path", ["/srv", "/srv/reports/2026/q1/exports/of/the/day", "/var/lib/季度报告/季度报告/季度报告"]
)
def test_the_count_stays_beside_a_long_path(width: int, path: str) -> None:
    title = PaneTitle("1", "Files", glyphs=UNICODE, path=True)
    title.show(True, path, COUNTING, keep=True)
    line = drawn(title, width)
    assert line.endswith(COUNTING)
    assert len(line) + sum(char > "\u2fff" for char in line) == width


def test_other_words_give_way_to_the_path() -> None:
    title = PaneTitle("1", "Files", glyphs=UNICODE, path=True)
    title.show(True, "/srv/reports/2026/q1/exports", "by name")
    assert "by name" not in drawn(title, 38)
    assert "by name" in drawn(title, 60)
