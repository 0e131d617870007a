"""Prompt: one line of input at the foot of the screen; what is above it goes on, and can follow each letter."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input

from tui_uploader.model.text import has_controls, shown_name
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import PROMPT, Key, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.footer import Footer
from tui_uploader.ui.widgets.titles import Rows
from tui_uploader.ui.words import fit, wrapped

MOST = 3  # lines of an answer
Complete = Callable[[str], Awaitable[Sequence[str]]]


class NoOffers(Exception):
    """Nobody can say what a text may become; the message says why."""


class Prompt(ModalScreen[str | None], inherit_bindings=False):
    """Asks for a text. The result is None after Esc.

    `typed` is called with each change and answers what to say of it; `check` says why a text cannot be taken, empty
    where it can; `complete` gives what Tab makes of the text, empty for what cannot be typed; it may
    raise NoOffers.
    """

    DEFAULT_CSS = """
    Prompt {
        background: transparent;
        align: left bottom;
        overflow: hidden hidden;
        #prompt-said { dock: bottom; offset: 0 -2; }
        #prompt-row { dock: bottom; offset: 0 -1; height: 1; background: $panel; }
        #prompt-input {
            width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground;
        }
        #answers { dock: bottom; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PROMPT)]
    AUTO_FOCUS = "#prompt-input"

    def __init__(
        self,
        label: str,
        *,
        glyphs: Glyphs,
        value: str = "",
        typed: Callable[[str], str] | None = None,
        check: Callable[[str], str] | None = None,
        complete: Complete | None = None,
    ) -> None:
        super().__init__()
        self._label, self._value, self._glyphs = label, value, glyphs
        self._typed, self._check, self._complete = typed, check, complete
        self.said = ""
        self._offers: list[str] = []

    def compose(self) -> ComposeResult:
        """An answer line, the input, the keys."""
        yield Rows(self._answer, id="prompt-said")
        with Horizontal(id="prompt-row"):
            yield Rows(lambda width, _: [[(fit(f" {self._label} ", width), "strong")]], id="prompt-label")
            yield Input(self._value, id="prompt-input", compact=True, select_on_focus=False)
        yield Footer(id="answers")

    def on_mount(self) -> None:
        """Size the label, list the keys."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.cursor_position = len(self._value)
        self.query_one("#prompt-label").styles.width = min(cell_len(self._label) + 2, 30)
        self.query_one(Footer).offer(self._keys())
        self._settle()

    def _keys(self) -> list[tuple[Key, str]]:
        return [(key, key.label) for key in PROMPT if key.id != "prompt.complete" or self._complete is not None]

    def say(self, text: str) -> None:
        """An answer to what was typed."""
        self.said = text
        if self.is_mounted:
            self._settle()

    def _settle(self) -> None:
        """As many lines as the answer needs."""
        said = self.query_one("#prompt-said", Rows)
        said.styles.height = len(self._lines(self.app.size.width))
        said.repaint()

    def on_resize(self) -> None:
        """Another width may need more lines."""
        self._settle()

    def _lines(self, width: int) -> list[str]:
        return wrapped(self.said, width - 2)[:MOST]

    def _answer(self, width: int, _height: int) -> list[list[tuple[str, str]]]:
        return [[(" " + line, "warning")] for line in self._lines(width)]

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        if has_controls(message.value):  # pasted: what is typed cannot have them
            self.query_one(Input).value = "".join(char for char in message.value if not has_controls(char))
            return
        if self._typed is not None and message.value != self._value:
            self._value = message.value
            self.say(self._typed(message.value))

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        why = self._check(message.value) if self._check is not None else ""
        if why:
            self.say(why)
        else:
            self.dismiss(message.value)

    def action_submit(self) -> None:
        """Take what is typed."""
        field = self.query_one(Input)
        field.post_message(Input.Submitted(field, field.value))

    def action_back(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_complete(self) -> None:
        """Complete what is typed as far as it is clear; again: the next of what it may be."""
        if self._complete is None:
            self.say(t("there is nothing to complete here"))
        else:
            self._completing(self.query_one(Input).value)

    @work(group="complete", exclusive=True, exit_on_error=False)
    async def _completing(self, text: str) -> None:
        assert self._complete is not None
        field = self.query_one(Input)
        if text in self._offers:
            self._set(field, self._offers[(self._offers.index(text) + 1) % len(self._offers)])
            return
        try:
            offered = await self._complete(text)
        except NoOffers as why:
            self.say(str(why))
            return
        found = [one for one in offered if one]
        if not self.is_running or field.value != text:
            return
        common = _common(found)
        self._offers = found if len(found) > 1 and common == text else []
        if not found:
            strange = t("that folder's name holds what no key types: go there with the arrows")
            self.say(strange if offered else t("no folder begins like this"))
        elif len(found) == 1 or common != text:
            self._set(field, common)
            self.say(self._several(found) if len(found) > 1 else "")
        else:
            self.say(self._several(found))

    @staticmethod
    def _several(found: Sequence[str]) -> str:
        names = (path.rstrip("/").rpartition("/")[2].encode("utf-8", "surrogateescape") for path in found[:12])
        return f"{len(found)}: " + "  ".join(map(shown_name, names))

    @staticmethod
    def _set(field: Input, text: str) -> None:
        field.value = text
        field.cursor_position = len(text)


def _common(texts: Sequence[str]) -> str:
    if not texts:
        return ""
    low, high = min(texts), max(texts)
    end = next((at for at, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), len(low))
    return low[:end]
