"""Themes: shipped ones load, readable, and a bad file is refused by name, field and the nearest right one."""

from pathlib import Path

import pytest
from textual.color import Color

from tests.ui.stage import on_stage
from tui_uploader.ui.app import STYLES, style_sources
from tui_uploader.ui.theme_files import ThemeError, load_file, load_folder, theme_folder

GOOD = (theme_folder() / "slate.toml").read_text("utf-8")


def luminance(color: Color) -> float:
    """Relative luminance as WCAG has it."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_shipped_themes_load() -> None:
    loaded = load_folder(theme_folder(), style_sources())
    assert set(loaded.themes) >= {"slate", "paper", "mono"}
    assert loaded.problems == ()


@pytest.mark.parametrize("name", ["slate", "paper"])
def test_every_ink_is_readable_on_every_ground(name: str) -> None:
    theme = load_file(theme_folder() / f"{name}.toml")
    inks = (theme.foreground, theme.primary, theme.secondary, theme.warning, theme.error, theme.success, theme.accent)
    for ink in inks:
        for ground in (theme.background, theme.surface, theme.panel):
            assert ink
            assert ground
            light, dark = sorted((luminance(Color.parse(ink)), luminance(Color.parse(ground))), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


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


@pytest.mark.parametrize("theme", ["slate", "paper", "mono"])
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
    package = Path(STYLES).parent
    for path in [*package.rglob("*.tcss"), *package.rglob("*.py")]:
        text = path.read_text("utf-8")
        assert "#fff" not in text.lower()
        assert "rgb(" not in text
