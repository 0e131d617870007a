"""The signs of the screen in two sets: ASCII, and Unicode signs that are narrow in every terminal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set. No sign has two meanings on a screen; `focus` in column 0 is the cursor's row and nothing else."""

    focus: str
    collapsed: str
    expanded: str
    marked: str
    unmarked: str
    partly: str
    divider: str
    rule: str
    bar_full: str
    bar_empty: str
    more: str


ASCII = Glyphs(">", "+", "-", "[*]", "[ ]", "[-]", "|", "-", "#", "-", "~")
UNICODE = Glyphs(">", "▸", "▾", "[✓]", "[ ]", "[-]", "|", "-", "#", "-", "⋯")
