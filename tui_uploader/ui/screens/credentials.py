"""Credentials: where each field comes from, a form for what is missing, a test, and what the service's answer means."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, work
from textual.binding import BindingType

from tui_uploader.model.secret import Secret
from tui_uploader.model.text import printable
from tui_uploader.ui.desk import AccessHooks, Answer, Form
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import CREDENTIALS, Key, bindings
from tui_uploader.ui.language import retold, t
from tui_uploader.ui.screens.rows import RowsPage

FIELDS = ("environment ID", "user name", "password", "token or key")
SECRET = ("password", "token or key")
TEST, SAVE = "[ Test ]", "[ Keep and go on ]"


class Credentials(RowsPage, inherit_bindings=False):
    """Closes with ``go on`` once the service has accepted the form; `answer` holds what it gave then.

    What is typed is kept here and never in an input widget: those repaint for their cursor, and a secret is shown
    as stars by its length alone.
    """

    KEYS: ClassVar[tuple[Key, ...]] = CREDENTIALS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CREDENTIALS)]

    def __init__(self, hooks: AccessHooks, *, glyphs: Glyphs, why: str = "", only_token: bool = False) -> None:
        super().__init__(glyphs=glyphs)
        self._hooks = hooks
        self._only_token = only_token
        self._typed = dict.fromkeys(FIELDS, "")
        self._sources = hooks.sources()
        known = {label: value for label, value, _ in self._sources}
        self._typed["environment ID"] = known.get("environment ID", "")
        self._typed["user name"] = known.get("user name", "")
        self.answer: Answer | None = None
        self._names: list[str] = [*(("token or key",) if only_token else FIELDS), TEST, SAVE]
        self.at = 0 if only_token or not self._typed["environment ID"] else self._names.index("token or key")
        self.said = retold(why)

    @property
    def heading(self) -> str:
        """The title."""
        return t("The service wants another token") if self._only_token else t("Credentials: who uploads, and where")

    def rows(self) -> Sequence[tuple[str, str, str]]:
        """The fields with their sources, the two buttons, and what is known beside them."""
        found = {label: retold(where) for label, _, where in self._sources}
        made: list[tuple[str, str, str]] = []
        for at, name in enumerate(self._names):
            value = self._typed.get(name, "")
            shown = "*" * min(len(value), 32) if name in SECRET else printable(value)
            made.append((name, shown + ("_" if at == self.at and name in FIELDS else ""), found.get(name, "")))
        others = [(label, value, retold(where)) for label, value, where in self._sources if label not in FIELDS]
        return [*made, *others]

    def action_move(self, by: int) -> None:
        """Another field or button."""
        self.at = (self.at + by) % len(self._names)
        self.repaint()

    def on_key(self, event: events.Key) -> None:
        """Letters go into the field, Backspace takes one back."""
        name = self._names[self.at]
        if name not in FIELDS:
            return
        if event.key == "backspace":
            self._typed[name] = self._typed[name][:-1]
        elif event.key == "ctrl+u":
            self._typed[name] = ""
        elif event.is_printable and event.character:
            self._add(name, event.character)
        else:
            return
        event.stop()
        event.prevent_default()
        self.repaint()

    def _add(self, name: str, text: str) -> None:
        """Type; of the two secrets the one that was typed last counts, so the other one goes."""
        self._typed[name] += text
        for other in SECRET:
            if name in SECRET and other != name:
                self._typed[other] = ""

    def on_paste(self, event: events.Paste) -> None:
        """A pasted token goes in whole."""
        name = self._names[self.at]
        if name in FIELDS:
            self._add(name, event.text.strip())
            event.stop()
            self.repaint()

    def action_enter(self) -> None:
        """In a field: the next one; on a button: press it."""
        name = self._names[self.at]
        if name in (TEST, SAVE):
            self._try(name == SAVE)
        elif name == "token or key" and self._typed[name]:
            self._try(True)
        else:
            self.action_move(1)

    def action_test(self) -> None:
        """Ask the service without keeping anything."""
        self._try(False)

    def _form(self) -> Form:
        typed = self._typed
        return Form(
            typed["environment ID"].strip(),
            typed["user name"].strip(),
            Secret(typed["password"]),
            Secret(typed["token or key"].strip()),
        )

    @work(group="credentials", exclusive=True, exit_on_error=False)
    async def _try(self, keep: bool) -> None:
        form = self._form()
        if not form.token and not (form.user and form.password):
            self.say(t("type a token or key, or a user name with its password"))
            return
        self.say(t("asking the service..."))
        answer = await self._hooks.sign_in(form, keep)
        self.answer = answer
        self.say(retold(answer.words))
        if keep and answer.accepted:
            self.dismiss("go on")
