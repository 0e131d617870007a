"""Pages that only show: a text that was copied, a QR code, and plain text outside of the alternate screen."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from tui_uploader.model.text import printable
from tui_uploader.ui.driver import QuietDriver
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import COPIED, PLAIN, Key, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.lean import LeanApp
from tui_uploader.ui.screens.sheet import Drawn, Sheet
from tui_uploader.ui.widgets.titles import Rows
from tui_uploader.ui.words import number, wrapped

MOST = 10_000  # lines that one page shows


class Copied(Sheet[str]):
    """The lines of a text under a sentence about its way to the clipboard, all wrapped; made printable here.

    Closes with ``write`` where it is to be in a file.
    """

    KEYS: ClassVar[tuple[Key, ...]] = COPIED
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COPIED)]

    def __init__(self, title: str, words: str, lines: Sequence[str], *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._title_words, self._words, self._lines = title, words, lines
        self._drawn: tuple[int, list[Drawn]] | None = None

    @property
    def heading(self) -> str:
        """What this is."""
        return self._title_words

    def head(self, width: int) -> list[Drawn]:
        """The lines, made once for a width."""
        if self._drawn is None or self._drawn[0] != width:
            self._drawn = width, self._made(width - 2)
        return self._drawn[1]

    def action_write(self) -> None:
        """Close, and write it."""
        self.dismiss("write")

    def _made(self, room: int) -> list[Drawn]:
        drawn: list[Drawn] = [*([(" " + line, "warning")] for line in wrapped(self._words, room)), []]
        for line in map(printable, self._lines[:MOST]):
            short = line.isascii() and len(line) <= room
            drawn += [[(" " + part, "plain")] for part in ([line] if short else wrapped(line, room))]
        if len(self._lines) > MOST:
            drawn.append(
                [(" " + t("and {n} more: E writes them all to a file", n=number(len(self._lines) - MOST)), "dim")]
            )
        return drawn


class PlainText(ModalScreen[None], inherit_bindings=False):
    """Text where the terminal's own selection and scrollback reach it. Any key goes back to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PLAIN)]
    AUTO_FOCUS = ""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = [printable(line) for line in lines]
        self._outside = False

    def compose(self) -> ComposeResult:
        """Where there is no terminal to leave the screen of, the same lines on it."""
        yield Rows(self._inside, id="plain").grown()

    def _inside(self, width: int, height: int) -> list[Drawn]:
        drawn: list[Drawn] = [[(" " + part, "plain")] for line in self._lines for part in wrapped(line, width - 2)]
        return [*drawn[: height - 2], [], [(" " + t("press any key to go back"), "dim")]]

    def on_mount(self) -> None:
        """Leave the alternate screen and print."""
        driver = self.app._driver
        if isinstance(driver, QuietDriver):
            self._outside = True
            driver.held += 1
            driver.print_outside([*self._lines, "", t("press any key to go back")])

    def on_key(self, event: events.Key) -> None:
        """Back."""
        event.stop()
        self.action_back()

    def action_back(self) -> None:
        """Back to the screen, drawn anew."""
        driver = self.app._driver
        if self._outside and isinstance(driver, QuietDriver):
            self._outside = False
            driver.back_inside()
            if isinstance(self.app, LeanApp):
                self.app.forget_shown()
            driver.held -= 1
        self.dismiss(None)
        self.app.call_later(self.app.refresh, layout=True)
