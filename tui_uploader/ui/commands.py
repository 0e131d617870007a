"""The commands of the palette: each key of the keymap by name, and what only the palette offers."""

from collections.abc import Awaitable, Callable, Sequence

from tui_uploader.model.value import value
from tui_uploader.ui.keys import EVERYWHERE, FILES, LOG, MOVING, QUEUE
from tui_uploader.ui.language import said

_PANES = (("Files", FILES), ("Queue", QUEUE), ("Log", LOG), ("Everywhere", EVERYWHERE), ("Move", MOVING))


@value
class Command:
    """One entry: `action` is run where it is a Textual action, `call` where it is a function."""

    name: str
    key: str
    words: str
    pane: str = ""
    action: str = ""
    call: Callable[[], Awaitable[None]] | None = None


def keymap_commands(pane: str) -> list[Command]:
    """Every binding that works in `pane` (``files``, ``queue``, ``log``), this pane's first."""
    commands = []
    for heading, keys in _PANES:
        own = heading.lower() == pane
        if heading in ("Files", "Queue", "Log") and not own:
            continue
        for key in keys:
            label = said(key.label)
            name = f"{said(heading)}: {label}" if heading != "Everywhere" else label.capitalize()
            target = pane if own or heading == "Move" else ""
            commands.append(Command(name, key.text, said(key.tooltip), target, key.action))
    return commands


def matching(commands: Sequence[Command], typed: str) -> list[Command]:
    """The commands that hold every typed word: those whose own names begin with it, then in the name, in the sentence.

    ``fi`` finds `find` and `filter` before all else that can be done in Files, ``re`` finds `retry`, not `previous`.
    """
    words = typed.lower().split()

    def place(command: Command) -> int:
        name = command.name.lower()
        own = name.rpartition(": ")[2]
        if own.startswith(typed.lower().strip()):
            return 0
        texts = ("", own, name, f"{name} {command.words.lower()}")
        return next((at for at, text in enumerate(texts) if text and all(word in text for word in words)), -1)

    places = [place(command) for command in commands]
    return [command for at in range(4) for command, found in zip(commands, places, strict=True) if found == at]
