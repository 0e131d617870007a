"""Choices made on the screen (theme, language, mouse...): kept in a file of the program's own."""

import os
from typing import Any

from tui_uploader import keep, places
from tui_uploader.settings import Settings, SettingsError, check_value


def path() -> str:
    """Where they lie."""
    return os.path.join(places.config_dir(), "choices.toml")


def kept() -> dict[str, Any]:
    """The choices by name (``screen.theme``); a value that settings.toml could not hold either is left aside."""
    found = {}
    for section, table in keep.read(path()).items():
        for key, value in table.items() if isinstance(table, dict) else ():
            try:
                check_value(section, key, value)
            except SettingsError:
                continue
            found[f"{section}.{key}"] = value
    return found


def remember(name: str, value: object) -> None:
    """Keep one choice. Raises OSError."""
    places.make_private(places.config_dir())
    section, _, key = name.partition(".")
    with keep.alone(path()):
        data = keep.read(path())
        table = data.setdefault(section, {})
        table[key] = value
        keep.write(path(), data)


def chosen(settings: Settings, name: str, option: Any = None) -> Any:
    """What counts for ``screen.theme`` and the like: option, settings.toml, kept choice, default."""
    section, _, key = name.partition(".")
    if option not in (None, False):
        return option
    usual = getattr(getattr(settings, section), key)
    return usual if name in settings.told else kept().get(name, usual)
