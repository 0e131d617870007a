"""Themes from TOML files: colours only, and nothing that could crash the screen later gets through."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from textual.color import Color, ColorParseError
from textual.css.errors import StylesheetError
from textual.css.stylesheet import Stylesheet, StylesheetParseError
from textual.css.tokenizer import TokenError
from textual.theme import Theme

from tui_uploader.model.value import value

COLORS = (
    "primary", "secondary", "warning", "error", "success", "accent", "foreground", "background", "surface", "panel",
)  # fmt: skip
FIELDS = ("name", "dark", "ansi", "colors")


class ThemeError(ValueError):
    """A theme file that cannot be used; the text names the file, the field and the nearest right one."""


@value
class LoadedThemes:
    """What a folder gave: themes by name, and a sentence for each file that cannot be used."""

    themes: Mapping[str, Theme]
    problems: tuple[str, ...] = ()


def theme_folder() -> Path:
    """Where the shipped themes lie: in the package of a wheel, beside it in a working copy."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def load_folder(folder: Path, sources: Sequence[str] = ()) -> LoadedThemes:
    """All themes of a folder, each tried against the style sheets `sources`."""
    themes: dict[str, Theme] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            theme = load_file(path, sources)
        except ThemeError as problem:
            problems.append(str(problem))
        else:
            themes[theme.name] = theme
    return LoadedThemes(themes, tuple(problems))


def load_file(path: Path, sources: Sequence[str] = ()) -> Theme:
    """One theme; raises `ThemeError` where anything in it is unknown, missing or no colour."""
    import tomllib  # not before a file is there

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ThemeError(f"{path.name}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{path.name}: is not TOML: {error}") from error
    _known(path, data, FIELDS, "")
    name, colors = data.get("name"), data.get("colors")
    if not isinstance(name, str) or not name:
        raise ThemeError(f"{path.name}: name is missing")
    if not isinstance(colors, dict):
        raise ThemeError(f"{path.name}: the table [colors] is missing")
    _known(path, colors, COLORS, "colors.")
    for field in COLORS:
        if field not in colors:
            raise ThemeError(f"{path.name}: colors.{field} is missing")
        try:
            Color.parse(str(colors[field]))
        except ColorParseError as error:
            raise ThemeError(f"{path.name}: colors.{field} is no colour: {colors[field]!r}") from error
    ansi = _flag(path, data, "ansi", default=False)
    values: dict[str, str] = {field: str(colors[field]) for field in COLORS}
    dark = _flag(path, data, "dark", default=True)
    theme = Theme(name=name, dark=dark, ansi=ansi, variables=_variables(values), **values)  # type: ignore[arg-type]
    if sources:
        _trial(path, theme, sources)
    return theme


def _variables(colors: Mapping[str, str]) -> dict[str, str]:
    """What Textual's own style sheets want to know beside the colours."""
    return {
        "ansi-background": colors["background"],
        "ansi-foreground": colors["foreground"],
    }


def _flag(path: Path, data: Mapping[str, object], field: str, *, default: bool) -> bool:
    value = data.get(field, default)
    if not isinstance(value, bool):
        raise ThemeError(f"{path.name}: {field} must be true or false, not {value!r}")
    return value


def _known(path: Path, table: Mapping[str, object], fields: Iterable[str], prefix: str) -> None:
    fields = tuple(fields)
    for field in table:
        if field not in fields:
            near = difflib.get_close_matches(field, fields, 1, 0.3)
            hint = f"; did you mean {prefix}{near[0]}?" if near else ""
            raise ThemeError(f"{path.name}: unknown field {prefix}{field}{hint}")


def _trial(path: Path, theme: Theme, sources: Iterable[str]) -> None:
    """Parse the app's own style sheets with this theme's variables: what would crash later is refused now."""
    variables = {**theme.to_color_system().generate(), **theme.variables}
    sheet = Stylesheet(variables=variables)
    for number, source in enumerate(sources):
        sheet.add_source(source, read_from=(f"sheet {number}", ""))
    try:
        sheet.parse()
    except (StylesheetError, StylesheetParseError, TokenError) as error:
        raise ThemeError(f"{path.name}: the styles do not work with it: {error}") from error
