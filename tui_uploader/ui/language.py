"""The words of the screen in the language that was chosen: the English template is the key of the translation."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "中文"}  # each in its own words, so that everybody finds their own
FOLDER = Path(__file__).with_name("languages")

_translations: dict[str, str] = {}
_current = "en"


def t(template: str, /, **values: object) -> str:
    """`template` in the chosen language with `values` put in by name; English where no translation is known."""
    text = _translations.get(template, template)
    return text.format(**values) if values else text


def said(text: str) -> str:
    """`text` that comes from a table (a stage, a key's label, a meaning of the catalogue) in the chosen language."""
    return _translations.get(text, text)


def speak(translations: Mapping[str, str]) -> None:
    """Take `translations` (English template to the chosen language) for everything said from now on; empty: English."""
    _translations.clear()
    _translations.update(translations)


def language() -> str:
    """The code of the language spoken now: a key of LANGUAGES."""
    return _current


def choose(code: str) -> None:
    """Speak another language from now on. Raises KeyError for one that there is not."""
    global _current
    LANGUAGES[code]
    speak(dictionary(code))
    _current = code


def dictionary(code: str) -> dict[str, str]:
    """The translations of a language by English template; none for English."""
    path = FOLDER / f"{code}.toml"
    if code == "en":
        return {}
    with path.open("rb") as file:
        tables = tomllib.load(file)
    return {english: words for table in tables.values() for english, words in table.items()}


def from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """``zh`` where LC_ALL, LC_MESSAGES or LANG asks for Chinese, the first that is set deciding; else ``en``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
