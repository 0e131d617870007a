"""The words of the screen in the language that was chosen: the English template is the key of the translation."""

from collections.abc import Mapping

_translations: dict[str, str] = {}


def t(template: str, /, **values: object) -> str:
    """`template` in the chosen language with `values` put in by name; English where no translation is known."""
    text = _translations.get(template, template)
    return text.format(**values) if values else text


def speak(translations: Mapping[str, str]) -> None:
    """Take `translations` (English template to the chosen language) for everything said from now on; empty: English."""
    _translations.clear()
    _translations.update(translations)
