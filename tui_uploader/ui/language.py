"""The words of the screen in the language that was chosen: the English template is the key of the translation."""

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_LONGEST = 500  # characters: others' words are in it, and each colon of theirs is a place where a sentence may begin
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


def retold(text: str) -> str:
    """A sentence of ours that was made in English elsewhere, as it came: exactly known, by a template of the phrases,

    or a code with the catalogue's words; else as it is, as everything is that is longer than any sentence of ours.
    """
    if not text or not _translations or len(text) > _LONGEST:
        return text
    known = _translations.get(text)
    if known is not None:
        return known
    for shape, words in _shapes():
        if found := shape.fullmatch(text):
            return words.format(**{name: retold(value) for name, value in found.groupdict().items()})
    code, colon, rest = text.partition(": ")
    if colon and re.fullmatch(r"[A-Z][A-Za-z0-9_]+", code):
        return f"{code}：{retold(rest)}"
    words, colon, check = text.rpartition(": ")
    meaning, bracket, detail = words.partition(" (")
    if colon and check in _translations and meaning in _translations:
        return f"{_translations[meaning]}{bracket}{detail}：{_translations[check]}"
    return text


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The phrases that others put together, as patterns: the table `told`."""
    table = _tables(_current).get("told", {})
    return tuple(
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(english)), re.DOTALL), words)
        for english, words in table.items()
    )


def speak(translations: Mapping[str, str]) -> None:
    """Take `translations` (English template to the chosen language) for everything said from now on; empty: English."""
    _translations.clear()
    _translations.update(translations)
    _shapes.cache_clear()


def language() -> str:
    """The code of the language spoken now: a key of LANGUAGES."""
    return _current


def choose(code: str) -> None:
    """Speak another language from now on. Raises KeyError for one that there is not."""
    global _current
    LANGUAGES[code]
    _current = code
    speak(dictionary(code))


def dictionary(code: str) -> dict[str, str]:
    """The translations of a language by English template; none for English."""
    if code == "en":
        return {}
    return {english: words for table in _tables(code).values() for english, words in table.items()}


def _tables(code: str) -> dict[str, dict[str, str]]:
    import tomllib  # English needs none

    with (FOLDER / f"{code}.toml").open("rb") as file:
        return tomllib.load(file)


def from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """``zh`` where LC_ALL, LC_MESSAGES or LANG asks for Chinese, the first that is set deciding; else ``en``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
