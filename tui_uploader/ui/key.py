"""Key: one binding of the keymap, and how bindings are made of it."""

from collections.abc import Mapping
from typing import NamedTuple

from textual.binding import Binding

_given: dict[str, str] = {}
_NAMES = {
    "question_mark": "?", "colon": ":", "less_than_sign": "<", "greater_than_sign": ">", "full_stop": ".",
    "tilde": "~", "enter": "Enter", "escape": "Esc", "space": "Space", "insert": "Ins", "backspace": "Backspace",
    "delete": "Del", "pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End", "left": "Left",
    "right": "Right", "up": "Up", "down": "Down", "tab": "Tab", "shift+tab": "Shift+Tab", "f1": "F1", "comma": ",",
    "slash": "/", "asterisk": "*", "plus": "+", "minus": "-", "equals_sign": "=", "apostrophe": "'",
}  # fmt: skip


class Key(NamedTuple):
    """One binding. `keys` are Textual's names, comma-separated; `label` is the footer's verb, `tooltip` a sentence.

    `footer` is the place in the footer, 0 is not there; a key is shown only where it works now.
    """

    id: str
    keys: str
    action: str
    label: str
    tooltip: str
    footer: int = 0
    shown: str = ""  # how the footer and the help write the key
    priority: bool = False  # works on every screen, also while something is typed

    @property
    def text(self) -> str:
        """The key as people read it."""
        return key_name(self.now.split(",")[0]) if self.id in _given else self.shown or self.keys.split(",")[0]

    @property
    def now(self) -> str:
        """The keys that work now: a person's own, else those of the keymap."""
        return _given.get(self.id, self.keys)

    def binding(self) -> Binding:
        """The Textual binding."""
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=False,
            key_display=self.text,
            priority=self.priority,
            id=self.id,
            tooltip=self.tooltip,
        )


def bindings(*groups: tuple[Key, ...]) -> list[Binding]:
    """The Textual bindings of some groups, in order."""
    return [key.binding() for group in groups for key in group]


def remap(given: Mapping[str, str]) -> None:
    """Show a person's own keys, by binding id, from now on; an empty mapping shows the keymap's again."""
    _given.clear()
    _given.update(given)


def key_name(key: str) -> str:
    """One key as people read it: ``Down``, ``^l``."""
    return _NAMES.get(key, key.replace("ctrl+", "^"))
