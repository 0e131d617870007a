"""The signs of the screen in two sets: ASCII, and Unicode signs that are narrow in every terminal."""

from dataclasses import fields

from tui_uploader.model.value import record


@record
class Glyphs:
    """One set; the screen's own copy may become another one while it is open.

    No sign has two meanings on a screen; `focus` in column 0 is the cursor's row and nothing else.
    """

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

    def become(self, other: "Glyphs") -> None:
        """Be another set from now on, for everybody who holds this one."""
        for field in fields(other):
            setattr(self, field.name, getattr(other, field.name))


ASCII = Glyphs(">", "+", "-", "[*]", "[ ]", "[-]", "|", "-", "#", "-", "~")
UNICODE = Glyphs(">", "▸", "▾", "[✓]", "[ ]", "[-]", "|", "-", "#", "-", "⋯")
