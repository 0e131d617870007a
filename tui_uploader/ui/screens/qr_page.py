"""QrPage: a link as a code for a phone; where the code has no room, why, and the link itself."""

from typing import ClassVar

from textual.binding import BindingType

from tui_uploader.model.text import printable
from tui_uploader.ui.glyphs import ASCII, Glyphs
from tui_uploader.ui.keys import QR, Key, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.qr import BORDERS, Modules, cells, drawn, modules_of
from tui_uploader.ui.screens.sheet import Drawn, Sheet
from tui_uploader.ui.widgets.painted import Span
from tui_uploader.ui.words import number, wrapped

BESIDE = 22  # columns for words beside a code that needs every line


class QrPage(Sheet[str]):
    """Light and dark are as on paper, whatever the theme; `i` swaps them where the terminal's ground is another one.

    Closes with ``copy`` where the link is to be copied. The link is kept nowhere else.
    """

    KEYS: ClassVar[tuple[Key, ...]] = QR
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(QR)]

    def __init__(self, name: str, link: str, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._name, self._link = name, link
        self._modules: Modules | None = modules_of(link)
        self._swapped = False

    @property
    def heading(self) -> str:
        """Whose link this is."""
        return t("The temporary link of {name}", name=printable(self._name))

    @property
    def _ascii(self) -> bool:
        return self.glyphs == ASCII

    def _placed(self) -> tuple[int, bool] | None:
        """The widest quiet ground that fits, and whether the words stand beside the code; None where nothing fits."""
        width, height = self.app.size
        for border in BORDERS if self._modules is not None else ():
            assert self._modules is not None
            wide, high = cells(self._modules, border, ascii_only=self._ascii)
            if wide <= width and high + 2 <= height:
                return border, False
            if wide + BESIDE <= width and high <= height:
                return border, True
        return None

    def repaint(self) -> None:
        """Paint what changed; where the words stand beside the code it has all lines."""
        placed = self._placed()
        beside = placed is not None and placed[1]
        for name in ("#sheet-title", "#sheet-footer"):
            for widget in self.query(name):
                widget.display = not beside
        for said in self.query("#sheet-said"):
            said.display = placed is None or bool(self.said and not beside)
        super().repaint()

    def on_resize(self) -> None:
        """Another size may have room for the code, or no more."""
        self.repaint()

    def head(self, width: int) -> list[Drawn]:
        """The code, or words and the link."""
        placed = self._placed()
        if placed is None or self._modules is None:
            lines = [*wrapped(self._why(), width - 2), "", *wrapped(printable(self._link), width - 2)]
            return [[(" " + line, "plain")] for line in lines]
        border, beside = placed
        dark = self.app.current_theme.dark == self._swapped
        code = drawn(self._modules, border, ascii_only=self._ascii, filled_dark=dark)
        if not beside:
            return list(code)
        room = width - cells(self._modules, border, ascii_only=self._ascii)[0] - 2
        words = self._words(room)
        return [[*line, *(words[at] if at < len(words) else [])] for at, line in enumerate(code)]

    def _words(self, room: int) -> list[list[Span]]:
        lines: list[list[Span]] = [[], *([("  " + line, "strong")] for line in wrapped(self.heading, room)), []]
        lines += [[("  " + key.text, "key"), (" " + label, "plain")] for key, label in self.offered_keys()]
        return lines + [[], *([("  " + line, "warning")] for line in wrapped(self.said, room) if self.said)]

    def _why(self) -> str:
        if self._modules is None:
            return t("No QR code holds a link of {n} signs: y copies it.", n=number(len(self._link)))
        wide, high = cells(self._modules, BORDERS[-1], ascii_only=self._ascii)
        width, height = self.app.size
        return t(
            "The code needs {wide}x{high} cells, here are {width}x{height}: enlarge the window, or y copies the link.",
            wide=wide, high=high + 2, width=width, height=height,
        )  # fmt: skip

    def offered_keys(self) -> list[tuple[Key, str]]:
        """Swapping only where there is a code; scrolling only where there is not."""
        code = self._placed() is not None
        hidden = {"sheet.down"} if code else {"qr.swap"}
        return [(key, said) for key, said in super().offered_keys() if key.footer and key.id not in hidden]

    def action_swap(self) -> None:
        """Light for dark."""
        if self._placed() is None:
            self.say(t("there is no code here whose colours could be swapped"))
            return
        self._swapped = not self._swapped
        self.repaint()

    def action_copy(self) -> None:
        """Close, and copy the link."""
        self.dismiss("copy")
