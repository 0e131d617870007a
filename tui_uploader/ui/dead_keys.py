"""Dead keys: a key that nothing on the screen takes says where it works, or which key lists those that do."""

import string

from textual.keys import _character_to_key, key_to_character

from tui_uploader.ui.job_pages import JobsApp
from tui_uploader.ui.key import Key, key_name
from tui_uploader.ui.keys import EVERYWHERE, FILES, LOG, MOVING, QUEUE
from tui_uploader.ui.language import said, t

_ELSEWHERE = frozenset({"ctrl+z", "ctrl+q", "ctrl+s"})  # they end, suspend or freeze other programs (FAULTS row 103)
_SIGNS = {_character_to_key(sign): sign for sign in string.punctuation}
_PANES: tuple[tuple[str, str, tuple[Key, ...]], ...] = (
    ("Files", "pane.files", FILES), ("Queue", "pane.queue", QUEUE), ("Log", "pane.log", LOG),
)  # fmt: skip


def shown_key(key: str) -> str:
    """A key as people read it, whether it is bound or not."""
    named = key_name(key)
    if named != key or len(key) == 1 or "+" in key:
        return named
    return _SIGNS.get(key) or key_to_character(key) or key.capitalize()


def in_a_pane(key: str) -> str:
    """What a pane answers to a key that it does not know: the pane that does, else where the keys are listed."""
    name = shown_key(key)
    for pane, way, keys in _PANES:
        if any(key in bound.now.split(",") for bound in keys):
            there = next(bound.text for bound in EVERYWHERE if bound.id == way)
            return t("{key} works in {pane}, not here: {there} goes there", key=name, pane=said(pane), there=there)
    if any(key in bound.now.split(",") for bound in MOVING):
        return t("there is nothing to move in here")
    return t("{key} does nothing here: ? lists the keys", key=name)


class DeadKeysApp(JobsApp, inherit_bindings=False):
    """An app in which no key is met with silence."""

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:  # noqa: FBT001, FBT002 - Textual's
        """Textual's look-up of what a key does, once from above and once from the focused widget up."""
        found = await super()._check_bindings(key, priority)
        if not found and not priority and key != "ctrl+c":
            self._dead(key)
        return found

    def _dead(self, key: str) -> None:
        if self.screen is not self.main:
            self.answer(t("{key} does nothing here: the last line has the keys", key=shown_key(key)))
        elif key not in _ELSEWHERE:
            self.answer(in_a_pane(key))
        elif self.desk.stay.kept:
            self.answer(t("{key} does nothing here: q leaves, and the uploads go on", key=key_name(key)))
        else:
            self.answer(t("{key} does nothing here: q leaves", key=key_name(key)))
