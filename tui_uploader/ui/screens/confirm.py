"""Confirm: one question at the foot of the screen with the keys that answer it; the progress above goes on."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Offset
from textual.screen import ModalScreen

from tui_uploader.model.queue import Counts
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import CONFIRM, LEAVING, Key, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.widgets.footer import Footer
from tui_uploader.ui.widgets.titles import Rows
from tui_uploader.ui.words import fit, number, wrapped

MOST = 4  # lines of a question


class Confirm(ModalScreen[str], inherit_bindings=False):
    """A yes-or-no question; the result is the word of the answer, empty for no."""

    DEFAULT_CSS = """
    Confirm {
        background: transparent;
        align: left bottom;
        overflow: hidden hidden;
        #question { dock: bottom; offset: 0 -1; }
        #answers { dock: bottom; }
    }
    """
    KEYS: ClassVar[tuple[Key, ...]] = CONFIRM
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CONFIRM)]
    AUTO_FOCUS = ""

    def __init__(self, question: str, *, glyphs: Glyphs) -> None:
        super().__init__()
        self.question, self._glyphs = question, glyphs
        self._said = ""

    def compose(self) -> ComposeResult:
        """The question over its keys."""
        yield Rows(lambda width, _: [[(" " + line, "warning")] for line in self._all(width)], id="question")
        yield Footer(id="answers")

    @property
    def cursor_screen_offset(self) -> Offset | None:
        """The question is what has the focus, from when it is there: a frame may come before."""
        question = next(iter(self.query("#question")), None)
        return question.region.offset if question is not None else None

    def on_mount(self) -> None:
        """List the answers."""
        self.query_one(Footer).offer(self.offered())
        self._settle()

    def on_resize(self) -> None:
        """Another width may need more lines."""
        self._settle()

    def _words(self, width: int) -> list[str]:
        lines = wrapped(self.question, width - 2)
        return lines if len(lines) <= MOST else [*lines[: MOST - 1], fit(lines[MOST - 1] + " ...", width - 2)]

    def _all(self, width: int) -> list[str]:
        return self._words(width) + (wrapped(self._said, width - 2) if self._said else [])

    def _settle(self) -> None:
        """As many lines as question and answers need: nothing of either is cut."""
        width = self.app.size.width
        question, answers = self.query_one("#question", Rows), self.query_one(Footer)
        keys = len(answers.rows(width))
        question.styles.height, question.styles.offset = len(self._all(width)), (0, -keys)
        answers.styles.height = keys

    def offered(self) -> Iterable[tuple[Key, str]]:
        """The answers that work now, with their words."""
        return [(key, key.label) for key in self.KEYS]

    def say(self, text: str) -> None:
        """An answer to a key that is none to the question."""
        self._said = text
        self.ask(self.question)

    def ask(self, question: str) -> None:
        """Another wording, where the numbers have changed."""
        self.question = question
        if self.is_mounted:
            self.query_one("#question", Rows).repaint()
            self.query_one(Footer).offer(self.offered())
            self._settle()

    def action_answer(self, word: str) -> None:
        """Close with an answer."""
        self.dismiss(word)


class LeaveQuestion(Confirm, inherit_bindings=False):
    """Keep, finish, stop or stay. `ask` keeps its numbers true.

    Finish is offered only while something is being sent, keep only where the uploads do not end with the screen.
    """

    KEYS: ClassVar[tuple[Key, ...]] = LEAVING
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LEAVING)]

    def __init__(self, counts: Counts, *, finishing: bool, kept: bool, glyphs: Glyphs) -> None:
        super().__init__(_leave_words(counts, finishing), glyphs=glyphs)
        self._counts, self._finishing, self._kept = counts, finishing, kept and not finishing

    def count(self, counts: Counts) -> None:
        """The numbers now."""
        self._counts = counts
        self.ask(_leave_words(counts, self._finishing))

    def offered(self) -> Iterable[tuple[Key, str]]:
        """Stay is no way back from finishing: what waits is not started any more."""
        for key in self.KEYS:
            if key.id == "leave.stay" and self._finishing:
                yield key, t("go on finishing")
            elif key.id == "leave.keep":
                if self._kept:
                    yield key, key.label
            elif key.id != "leave.finish" or (self._counts.active and not self._finishing):
                yield key, key.label

    def action_answer(self, word: str) -> None:
        """Close with an answer that is offered."""
        if word == "keep" and not self._kept:
            if not self._finishing:
                self.ask(t("the uploads end with this screen: f finishes, s stops, Esc stays"))
        elif word != "finish" or (self._counts.active and not self._finishing):
            self.dismiss(word)
        elif not self._finishing:
            self.ask(t("nothing is being sent now: s stops, Esc stays"))


def _leave_words(counts: Counts, finishing: bool) -> str:
    if finishing:
        return t(
            "finishing {active}, then leaving; {waiting} stay undone: stop now?",
            active=number(counts.active),
            waiting=number(counts.waiting),
        )
    return t(
        "{active} uploading, {waiting} waiting: leave?", active=number(counts.active), waiting=number(counts.waiting)
    )
