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
    """The commands that hold every typed word, in the name first and then in the sentence."""
    words = typed.lower().split()
    by_name = [command for command in commands if all(word in command.name.lower() for word in words)]
    names = {command.name for command in by_name}
    rest = [
        command
        for command in commands
        if command.name not in names and all(word in f"{command.name} {command.words}".lower() for word in words)
    ]
    return by_name + rest
