"""Themes: shipped ones load, readable, and a bad file is refused by name, field and the nearest right one."""

from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color

import tui_uploader.ui
from tests.ui.stage import on_stage
from tui_uploader.ui.taste import first_theme
from tui_uploader.ui.theme_files import COLORS, ThemeError, load_file, load_folder, theme_folder
from tui_uploader.ui.themes import available, style_sources

NAMES = sorted(path.stem for path in theme_folder().glob("*.toml"))
GOOD = (theme_folder() / "slate.toml").read_text("utf-8")


def luminance(color: Color) -> float:
    """Relative luminance as WCAG has it."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_shipped_themes_load() -> None:
    loaded = load_folder(theme_folder(), style_sources())
    assert set(loaded.themes) >= {"slate", "dusk", "paper", "mist", "contrast", "terminal", "mono"}
    assert sum(not theme.dark for theme in loaded.themes.values()) >= 2
    assert loaded.problems == ()


@pytest.mark.parametrize("name", ["slate", "dusk", "paper", "mist", "contrast"])
def test_every_ink_is_readable_on_every_ground(name: str) -> None:
    least = 7 if name == "contrast" else 4.5
    theme = load_file(theme_folder() / f"{name}.toml")
    inks = (theme.foreground, theme.primary, theme.secondary, theme.warning, theme.error, theme.success, theme.accent)
    for ink in inks:
        for ground in (theme.background, theme.surface, theme.panel):
            assert ink
            assert ground
            light, dark = sorted((luminance(Color.parse(ink)), luminance(Color.parse(ground))), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= least, (ink, ground)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('error = "#ff7b72"', 'eror = "#ff7b72"'), "unknown field colors.eror; did you mean colors.error?"),
        (('error = "#ff7b72"', ""), "colors.error is missing"),
        (('error = "#ff7b72"', 'error = "#ff7b7g"'), "colors.error is no colour: '#ff7b7g'"),
        (("dark = true", "drak = true"), "unknown field drak; did you mean dark?"),
        (("dark = true", "dark = 1"), "dark must be true or false, not 1"),
        (('name = "slate"', ""), "name is missing"),
        (("[colors]", "[colors"), "odd.toml: "),
    ],
)
def test_a_bad_theme_is_refused_by_name(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(GOOD.replace(*change), "utf-8")
    with pytest.raises(ThemeError, match=r"odd\.toml") as caught:
        load_file(path)
    assert words in str(caught.value)


def test_a_theme_that_would_break_the_styles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(GOOD, "utf-8")
    with pytest.raises(ThemeError, match="the styles do not work with it"):
        load_file(path, ["Screen { color: $no-such-colour; }"])


@pytest.mark.parametrize("theme", NAMES)
async def test_the_screen_runs_in_every_theme(theme: str) -> None:
    async with on_stage(theme=theme) as stage:
        stage.port.seed(1)
        stage.port.fail(0, "SlowDown")
        assert "SlowDown" in "\n".join(await stage.tick())
        assert stage.app.theme == theme


async def test_no_color_selects_mono(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    async with on_stage() as stage:
        assert stage.app.theme == "mono"
        styles = [segment.style for y in range(24) for segment in stage.app.main.queue.render_line(0) if y >= 0]
        assert all(style is None or style.color is None or style.color.is_default for style in styles)


def test_no_colour_is_written_outside_the_themes() -> None:
    for path in Path(tui_uploader.ui.__path__[0]).rglob("*.py"):
        text = path.read_text("utf-8")
        assert "#fff" not in text.lower()
        assert "rgb(" not in text


def shown_as(value: str, system: ColorSystem) -> int:
    """The number of the colour that a terminal of that many colours shows."""
    number = RichColor.from_rgb(*Color.parse(value).rgb).downgrade(system).number
    assert number is not None
    return number


def test_all_themes_are_distinct_at_256_colours() -> None:
    looks: dict[tuple[object, ...], str] = {}
    for name in NAMES:
        theme = load_file(theme_folder() / f"{name}.toml")
        colors = [getattr(theme, field) for field in COLORS]
        look = tuple(color if color.startswith("ansi") else shown_as(color, ColorSystem.EIGHT_BIT) for color in colors)
        assert looks.setdefault(look, name) == name
        if not theme.ansi:
            grounds = [shown_as(getattr(theme, field), ColorSystem.EIGHT_BIT) for field in ("background", "panel")]
            assert len(set(grounds)) == 2, f"{name}: the cursor's row cannot be seen"
            inks = [shown_as(getattr(theme, field), ColorSystem.EIGHT_BIT) for field in ("error", "success", "warning")]
            assert len(set(inks)) == 3, name


# what 16 colours look like where they are real: xterm's default resources, and the Linux console's
XTERM = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
CONSOLE = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
    (255, 255, 255),
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_theme_is_readable_in_16_colours(name: str) -> None:
    theme = load_file(theme_folder() / f"{name}.toml")
    if theme.ansi:  # the terminal's own: text on its own background, and nothing else for a background
        assert {theme.background, theme.surface, theme.panel, theme.foreground} == {"ansi_default"}
        return
    for ink in ("foreground", "primary", "secondary", "warning", "error", "success", "accent"):
        for ground in ("background", "surface", "panel"):
            pair = [shown_as(getattr(theme, field), ColorSystem.STANDARD) for field in (ink, ground)]
            for palette in (XTERM, CONSOLE):
                tones = sorted(luminance(Color(*palette[number])) for number in pair)
                assert (tones[1] + 0.05) / (tones[0] + 0.05) >= 3.0, (name, ink, ground, pair)


def test_a_theme_of_ones_own_is_found_and_a_bad_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path))
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "mine.toml").write_text(GOOD.replace('"slate"', '"mine"'), "utf-8")
    (tmp_path / "themes" / "bad.toml").write_text(GOOD.replace("error", "eror"), "utf-8")
    found = available()
    assert {"mine", "slate"} <= set(found.themes)
    assert len(found.problems) == 1
    assert str(tmp_path / "themes" / "bad.toml") in found.problems[0]
    assert "colors.eror; did you mean colors.error?" in found.problems[0]
    assert found.near("slat") == "; did you mean 'slate'?"
    with pytest.raises(ThemeError) as bad:
        first_theme("bad")
    assert str(bad.value) == found.problems[0]
    with pytest.raises(ThemeError) as none:
        first_theme("minne")
    said = "no theme minne; did you mean 'mine'?; what is wrong in other files, tui-uploader settings --check says"
    assert str(none.value) == said
    assert first_theme("mine").name == "mine"
