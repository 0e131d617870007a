"""Choices made on the screen (theme, language, mouse...): kept in a file of the program's own."""

import os
from contextlib import suppress
from typing import Any

from tui_uploader import keep, places
from tui_uploader.model.text import has_controls
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


def last_prefix(env_id: str) -> str:
    """The prefix that a plan of this environment was started with last; empty where none is kept."""
    table = keep.read(path()).get("prefixes", {})
    found = table.get(env_id, "") if isinstance(table, dict) else ""
    return found if isinstance(found, str) and not has_controls(found) else ""


def remember_prefix(env_id: str, prefix: str) -> None:
    """Keep the prefix of a plan that is started; where that cannot be, nothing is lost but a convenience."""
    if prefix and prefix != last_prefix(env_id):
        with suppress(OSError, ValueError):  # ValueError: bytes of a command line that are no UTF-8
            remember(f"prefixes.{env_id}", prefix)


def chosen(settings: Settings, name: str, option: Any = None) -> Any:
    """What counts for ``screen.theme`` and the like: option, settings.toml, kept choice, default."""
    section, _, key = name.partition(".")
    if option not in (None, False):
        return option
    usual = getattr(getattr(settings, section), key)
    return usual if name in settings.told else kept().get(name, usual)
