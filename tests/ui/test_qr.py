"""A link's code is read by a reader from the cells that are shown, in every theme and set of signs, and uncoloured."""

from collections.abc import Sequence

import pytest
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import MONOKAI
from textual.strip import Strip

from tests.ui.stage import Stage, on_stage
from tui_uploader.ui.glyphs import ASCII, UNICODE, Glyphs
from tui_uploader.ui.screens.qr_page import QrPage
from tui_uploader.ui.taste import Taste

zxingcpp = pytest.importorskip("zxingcpp")

LINK = "https://6465-prod.tcb.qcloud.la/logs/2026/app.log?t=1764161234&sign="
WIDE, HIGH = 4, 8  # pixels of a cell
GROUND, FRONT = (20, 20, 20), (220, 220, 220)  # of a terminal that is asked for no colour


def link(length: int) -> str:
    """A link of so many signs."""
    return (LINK + "0f343b0931126a20f133d67c2b018a3b" * 100)[:length]


def grey(colour: Color | None, front: bool) -> int:
    """How light a colour is; the terminal's own are those of a dark one."""
    if colour is None or colour.is_default:
        return sum(FRONT if front else GROUND) // 3
    return sum(colour.get_truecolor(MONOKAI, foreground=front)) // 3


def picture(strips: Sequence[Strip]) -> memoryview:
    """The screen as a grey picture, each cell drawn as a terminal draws it."""
    rows: list[bytes] = []
    for strip in strips:
        halves = [bytearray(), bytearray()]
        for text, style, _ in strip:
            style = style or Style()
            front, ground = grey(style.color, True), grey(style.bgcolor, False)
            if style.reverse:
                front, ground = ground, front
            for sign in text:
                above, below = {"█": (front, front), "▀": (front, ground), "▄": (ground, front)}.get(
                    sign, (ground, ground)
                )
                halves[0] += bytes([above]) * WIDE
                halves[1] += bytes([below]) * WIDE
        rows += [bytes(half) for half in halves for _ in range(HIGH // 2)]
    return memoryview(b"".join(rows)).cast("B", (len(rows), len(rows[0])))


async def shown(stage: Stage, text: str) -> list[str]:
    """Open the page and read what is on the screen; not inverted, as every phone can."""
    await stage.app.push_screen(QrPage("logs/app.log", text, glyphs=stage.app.desk.glyphs))
    await stage.pilot.pause()
    return read(stage)


def read(stage: Stage) -> list[str]:
    """What a reader finds on the screen."""
    strips = [Strip(line) for line in stage.app.screen._compositor.render_strips()]
    found = zxingcpp.read_barcodes(picture(strips), formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False)
    return [code.text for code in found]


@pytest.mark.parametrize("theme", ["slate", "dusk", "paper", "mist", "contrast"])
@pytest.mark.parametrize(("length", "size"), [(60, (80, 24)), (134, (80, 24)), (154, (80, 24)), (300, (120, 40))])
async def test_a_reader_reads_it_in_every_theme(theme: str, length: int, size: tuple[int, int]) -> None:
    async with on_stage(size, glyphs=UNICODE, theme=theme) as stage:
        assert await shown(stage, link(length)) == [link(length)]


@pytest.mark.parametrize(
    ("glyphs", "length", "size"),
    [(UNICODE, 1000, (130, 60)), (UNICODE, 2000, (160, 80)), (ASCII, 60, (80, 40)), (ASCII, 300, (140, 70))],
)
async def test_long_links_and_ascii(glyphs: Glyphs, length: int, size: tuple[int, int]) -> None:
    async with on_stage(size, glyphs=glyphs) as stage:
        assert await shown(stage, link(length)) == [link(length)]
        if glyphs == ASCII:
            assert stage.text.isascii()


@pytest.mark.parametrize("glyphs", [ASCII, UNICODE])
@pytest.mark.parametrize("theme", ["mono", "terminal"])
async def test_without_colours_and_swapped_for_a_light_terminal(
    theme: str, glyphs: Glyphs, monkeypatch: pytest.MonkeyPatch
) -> None:
    if theme == "mono":
        monkeypatch.setenv("NO_COLOR", "1")
    async with on_stage((90, 50), glyphs=glyphs, taste=Taste(theme=theme, lang="en")) as stage:
        assert await shown(stage, link(100)) == [link(100)]
        await stage.press("i")
        assert read(stage) == []  # dark and light are the other way round here
        monkeypatch.setattr("tests.ui.test_qr.GROUND", FRONT)
        monkeypatch.setattr("tests.ui.test_qr.FRONT", (20, 20, 20))
        assert read(stage) == [link(100)]


@pytest.mark.parametrize(
    ("size", "length", "words"),
    [
        ((80, 24), 300, "The code needs 63x34 cells, here are 80x24: enlarge the window, or y copies the link."),
        ((40, 10), 100, "The code needs 39x22 cells, here are 40x10: enlarge the window, or y copies the link."),
        ((80, 24), 3000, "No QR code holds a link of 3,000 signs: y copies it."),
    ],
)
async def test_where_it_does_not_fit_it_says_why_and_shows_the_link(
    size: tuple[int, int], length: int, words: str
) -> None:
    async with on_stage(size, glyphs=UNICODE) as stage:
        assert await shown(stage, link(length)) == []
        text = " ".join(line.strip() for line in stage.frame())
        assert words in text
        assert link(30) in text
        assert "y copy link" in text
        assert "swap" not in text
        end = "\n".join(await stage.press("G")).replace("\n", "").replace(" ", "")
        assert link(length)[-20:] in end
        assert "no code here" in "\n".join(await stage.press("i"))
        if length < 1000:
            await stage.pilot.resize_terminal(120, 50)
            assert read(stage) == [link(length)]


async def test_y_copies_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with on_stage(prefix="") as stage:
        stage.port.seed(1)
        stage.port.done(0)
        await stage.tick()
        await stage.press("2", "Q", "y")
        await stage.tick()
        assert isinstance(stage.app.screen, QrPage)
        await stage.press("y")
        await stage.app.main.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "sent to your terminal's clipboard" in stage.text
        assert "https://links.example/" in stage.text
