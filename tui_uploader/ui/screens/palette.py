"""Palette: every command by name, narrowed while one types. No animation, no sign that a console lacks."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tui_uploader.model.text import printable
from tui_uploader.ui.commands import Command, matching
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import PALETTE, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.footer import Footer
from tui_uploader.ui.widgets.painted import Painted, Span
from tui_uploader.ui.widgets.titles import Rows
from tui_uploader.ui.words import fit, padded, wrapped

NAME, KEY = 30, 9  # cells of a command's name and of its key
MOST = 2  # lines of the chosen command's sentence


class Palette(Screen[Command], inherit_bindings=False, inherit_css=False):
    """Closes with the chosen command. What is typed is kept here: an input widget would repaint for its cursor."""

    DEFAULT_CSS = "Palette { layout: vertical; background: $background; color: $foreground; }"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PALETTE)]
    AUTO_FOCUS = ""

    def __init__(self, commands: Sequence[Command], *, glyphs: Glyphs) -> None:
        super().__init__()
        self._all, self._glyphs = tuple(commands), glyphs
        self._found: Sequence[Command] = self._all
        self._typed = ""
        self._at = 0
        self._top = 0
        self._said = ""

    def compose(self) -> ComposeResult:
        """What is typed, what matches, the keys."""
        yield Rows(self._prompt, id="palette-prompt")
        yield Rows(self._list, id="palette-list").grown()
        yield Rows(self._sentence, id="palette-words")
        yield Footer(id="palette-footer")

    def on_mount(self) -> None:
        """List the keys."""
        self.query_one(Footer).offer((key, key.label) for key in PALETTE)
        self.on_resize()

    def on_resize(self) -> None:
        """Sentences beside the names or, where that is too narrow for the longest, the chosen one's below."""
        self.query_one("#palette-words").styles.height = self._below(self.app.size.width)
        self._repaint()

    def _beside(self, width: int) -> int:
        """The cells for sentences beside the names; 0 where one of them would be cut."""
        room = width - min(NAME, width - KEY - 3) - KEY - 5
        return room if all(cell_len(command.words) <= room for command in self._all) else 0

    def _below(self, width: int) -> int:
        lines = 0 if self._beside(width) else max(len(wrapped(one.words, width - 2)) for one in self._all)
        return max(min(lines, MOST), 1 if self._said else 0)

    def _sentence(self, width: int, height: int) -> list[list[Span]]:
        words = self._said or ("" if self._beside(width) or not self._found else self._found[self._at].words)
        return [[(" " + line, "warning" if self._said else "dim")] for line in wrapped(words, width - 2)[:height]]

    def on_key(self, event: events.Key) -> None:
        """Letters narrow the list, Backspace takes one back."""
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.is_printable and event.character:
            self._typed += event.character
        else:
            return
        event.stop()
        self._said = ""
        self._found, self._at, self._top = matching(self._all, self._typed), 0, 0
        self._repaint()

    def action_move(self, by: int) -> None:
        """Another command."""
        before, self._at = self._at, max(min(self._at + by, len(self._found) - 1), 0)
        self.say("" if self._at != before else t("this is the first row") if by < 0 else t("this is the last row"))

    def say(self, text: str) -> None:
        """An answer to a key that is none here, in place of the sentence."""
        self._said = text
        self.on_resize()

    def action_run(self) -> None:
        """Close with the chosen one."""
        if self._found:
            self.dismiss(self._found[self._at])

    def action_back(self) -> None:
        """Close without one."""
        self.dismiss(None)

    def _repaint(self) -> None:
        for widget in self.query(Painted):
            widget.repaint()

    def _prompt(self, width: int, _height: int) -> list[list[Span]]:
        typed = fit(printable(self._typed), width - 14, self._glyphs.more)
        return [[(" " + t("Command:") + " ", "title"), (f"{typed}_", "title"), (" " * width, "title")]]

    def _list(self, width: int, height: int) -> list[list[Span]]:
        if not self._found:
            words = t("no command has these letters; Backspace takes one back")
            return [[(" " + line, "dim")] for line in wrapped(words, width - 2)]
        if self._at < self._top:
            self._top = self._at
        elif self._at >= self._top + height:
            self._top = self._at - height + 1
        return [self._line(at, width) for at in range(self._top, min(self._top + height, len(self._found)))]

    def _line(self, at: int, width: int) -> list[Span]:
        command = self._found[at]
        here = at == self._at
        room = min(NAME, width - KEY - 3)
        spans: list[Span] = [
            (self._glyphs.focus if here else " ", "strong"),
            (" " + padded(command.name, room, self._glyphs.more), "plain"),
            (" " + padded(command.key, KEY), "key"),
        ]
        if self._beside(width):
            spans.append((" " + command.words, "dim"))
        return [("", "cursor"), *spans] if here else spans
