"""Lean frames show what Textual's show, cell by cell and colour by colour, in fewer bytes."""

import re
from collections.abc import Iterator, Sequence

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tui_uploader.ui.driver import erases_in_ground, finds_columns, scrolls
from tui_uploader.ui.lean import Lean, Paper, change, look_of, move
from tui_uploader.ui.shown import PLAIN, Run, Shown

WIDTH, HEIGHT = 24, 6
COLOURS = (None, "red", "bright_blue", "#102030", "#c0ffee", "default")
texts = st.text("ab \u5b63\u2713", min_size=1, max_size=6) | st.sampled_from([" " * 5, " " * 13])
styles = st.builds(
    lambda colour, ground, bold, reverse: Style(
        color=colour and Color.parse(colour), bgcolor=ground and Color.parse(ground), bold=bold, reverse=reverse
    ),
    st.sampled_from(COLOURS),
    st.sampled_from(COLOURS),
    st.sampled_from([None, True]),
    st.sampled_from([None, True]),
)
strips = st.lists(st.tuples(texts, styles).map(lambda one: Segment(*one)), min_size=1, max_size=8).map(
    lambda segments: Strip(segments).adjust_cell_length(WIDTH, Style())
)
frames = st.lists(strips, min_size=HEIGHT, max_size=HEIGHT)


@pytest.fixture(autouse=True, scope="module")
def _however_short() -> Iterator[None]:
    """Lines are looked for that only moved, however short the frame is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui_uploader.ui.lean.WORTH", 0)
        yield


def console(system: str) -> Console:
    """What says how many colours there are."""
    made = Console(color_system="truecolor", force_terminal=True)
    made._color_system = ColorSystem[system]
    return made


def layout(frame: Sequence[Strip]) -> LayoutUpdate:
    """A whole screen."""
    return LayoutUpdate([[strip] for strip in frame], Region(0, 0, WIDTH, HEIGHT))


def lean(
    update: LayoutUpdate | ChopsUpdate,
    system: str,
    known: Shown | None = None,
    *,
    erases: bool = True,
    scrolls: bool = True,
) -> Lean:
    """An update for a terminal of which is known what it shows, or nothing."""
    return Lean(update, ColorSystem[system], known or Shown(), Paper(Size(WIDTH, HEIGHT), erases, scrolls))


def shown(updates: Sequence[CompositorUpdate], system: str) -> list[list[pyte.screens.Char]]:
    """Every cell of a terminal that has got some updates, as it is seen: a blank shows its ground alone."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    for update in updates:
        stream.feed(update.render_segments(console(system)).replace("\n", "\r\n"))
    return [[seen(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    """A cell as a person sees it."""
    return cell if cell.data != " " or cell.reverse else cell._replace(fg="default", bold=False)


@given(
    frames,
    frames,
    st.integers(-3, 3),
    st.lists(st.tuples(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH // 2))),
    st.data(),
)
def test_a_terminal_shows_the_same(
    first: list[Strip], other: list[Strip], by: int, places: list[tuple[int, int]], data: st.DataObject
) -> None:
    second = other if not by else first[by:] + other[:by] if by > 0 else other[by:] + first[:by]  # lines that move
    system = data.draw(st.sampled_from(["STANDARD", "EIGHT_BIT", "TRUECOLOR"]))
    cut = WIDTH // 2  # two widgets beside each other, each changed in one piece from its edge on
    spans = sorted({(y, 0, cut) for y, _ in places} | {(y, cut, WIDTH) for y, at in places if at % 2})
    chops = [{0: strip.crop(0, cut), cut: strip.crop(cut, WIDTH)} for strip in second]
    changes = [ChopsUpdate(chops, spans, [[cut, WIDTH]] * HEIGHT)] if spans else []
    again = [layout(second), layout(second)] if data.draw(st.booleans()) else []
    stock: list[LayoutUpdate | ChopsUpdate] = [layout(first), *changes, *again]
    for segment in (
        segment for strip in (*first, *second, *(s for line in chops for s in line.values())) for segment in strip
    ):
        if segment.style is not None:
            segment.style._ansi = None  # Rich keeps what it made of a style for the colours of another example
    known = Shown()
    erases, scrolls = data.draw(st.booleans()), data.draw(st.booleans())
    ours = [lean(update, system, known, erases=erases, scrolls=scrolls) for update in stock]
    assert shown(ours, system) == shown(stock, system)
    for one, theirs in zip(ours, stock, strict=True):
        assert len(one.text) <= len(theirs.render_segments(console(system)))
    if again:
        assert ours[-1].text == ""  # it is there already


def test_what_the_terminal_shows_is_written_again_only_where_that_is_not_known() -> None:
    known, one = Shown(), layout([Strip([Segment("a line of twenty-four ce")])] * HEIGHT)
    first = lean(one, "STANDARD", known).text
    assert lean(one, "STANDARD", known).text == ""
    other = layout([Strip([Segment("a line of twenty-five ce")]), *[Strip([Segment("a line of twenty-four ce")])] * 3])
    assert lean(other, "STANDARD", known).text == "\x1b[1;19Hive"
    known.forget()
    assert lean(one, "STANDARD", known).text == first
    assert (
        Lean(one, ColorSystem.STANDARD, known, Paper(Size(WIDTH, HEIGHT + 1))).text == first
    )  # the terminal was resized


def test_a_change_in_the_middle_of_a_widget_writes_its_cells_alone() -> None:
    styled = Style(color=Color.parse("#c0ffee"), bgcolor=Color.parse("#102030"))
    chops = [{0: Strip([Segment("part-000.log  62%  0:41", styled)])}] * 2
    update = ChopsUpdate(chops, [(0, 14, 16), (0, 21, 23), (1, 14, 16)], [[23]] * 2)
    assert lean(update, "TRUECOLOR").text == (
        "\x1b[1;15H\x1b[38;2;192;255;238;48;2;16;32;48m62\x1b[22G41\x1b[2;15H62\x1b[0m"
    )


def test_only_what_is_other_is_said() -> None:
    one = look_of(Style(color="red", bold=True), ColorSystem.STANDARD)
    assert change(PLAIN, one) == "\x1b[1;31m"
    assert change(one, one) == ""
    assert change(one, look_of(Style(color="blue", bold=True), ColorSystem.STANDARD)) == "\x1b[34m"
    assert change(one, look_of(Style(color="red"), ColorSystem.STANDARD)) == "\x1b[0;31m"
    assert change(one, look_of(Style(bold=True), ColorSystem.STANDARD)) == "\x1b[39m"
    assert change(one, PLAIN) == "\x1b[0m"
    assert look_of(None, ColorSystem.STANDARD) == PLAIN


LINES = [Strip([Segment("abcdefgh"[number] * WIDTH)]) for number in range(8)]


def test_lines_that_moved_are_moved_by_the_terminal() -> None:
    """The first line, a title, stays; what comes in is written, and no line of the rest."""
    for first, then, sequence, new in (
        (LINES[:6], [LINES[0], *LINES[2:7]], "\x1b[2;6r\x1b[2;1H\x1b[M\x1b[r", "g" * WIDTH),
        ([LINES[0], *LINES[2:7]], LINES[:6], "\x1b[2;6r\x1b[2;1H\x1b[L\x1b[r", "b" * WIDTH),
    ):
        known = Shown()
        ours = [lean(layout(first), "STANDARD", known), lean(layout(then), "STANDARD", known)]
        assert ours[1].text.startswith(sequence)
        assert new in ours[1].text
        assert "dd" not in ours[1].text
        assert shown(ours, "STANDARD") == shown([layout(first), layout(then)], "STANDARD")


def test_a_terminal_without_a_region_is_not_asked_to_scroll(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would pull up all that is below the region, too: terminfo has no csr for `ansi`, no il and dl for a VT100."""
    known = Shown()
    first, then = layout(LINES[:6]), layout([LINES[0], *LINES[2:7]])
    ours = [lean(one, "STANDARD", known, scrolls=False) for one in (first, then)]
    assert not re.search("\x1b\\[[0-9;]*[rLM]", "".join(one.text for one in ours))
    assert shown(ours, "STANDARD") == shown([first, then], "STANDARD")
    for terms, region in (
        (("ansi", "cygwin", "sun", "sun-color", "cons25", "mach", "interix", "vt100", "vt52", "dumb", ""), False),
        (("vt102", "vt220", "vt420", "linux", "xterm-256color", "screen", "tmux-256color", "putty"), True),
    ):
        for term in terms:
            monkeypatch.setenv("TERM", term)
            assert scrolls() is region, term
            assert finds_columns() is not term.startswith("vt"), term


def test_a_wrong_width_stays_in_its_own_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal may draw a sign of an ambiguous width wide; the rows without one are as they are anywhere else."""
    signs = Strip([Segment("\u2713\u2713", Style(bold=True)), Segment("abc")])
    chops = [{2: signs} if y % 2 == 0 else {7: Strip([Segment("de")])} for y in range(HEIGHT)]  # each begins behind one
    update = ChopsUpdate(chops, [(y, *((2, 7) if y % 2 == 0 else (7, 9))) for y in range(HEIGHT)], [[7], [9]] * 3)
    wanted = shown([lean(update, "STANDARD")], "STANDARD")
    monkeypatch.setattr("pyte.screens.wcwidth", lambda char: 1 if char.isascii() else 2)
    found = shown([lean(update, "STANDARD")], "STANDARD")
    assert found[1::2] == wanted[1::2]
    assert found[::2] != wanted[::2]


def test_a_terminal_that_erases_in_black_gets_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    blue = Style(bgcolor=Color.parse("blue"))
    for style, erases, sign in ((blue, True, "\x1b[K"), (blue, False, " " * 23), (Style(), False, "\x1b[K")):
        update = layout([Strip([Segment("a", style), Segment(" " * 23, style)])] * HEIGHT)
        assert sign in lean(update, "STANDARD", erases=erases).text
    inside = {"TMUX": "/tmp/tmux-0/default,1,0"}
    newer, screen = {"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"}, {"STY": "7.pts-0.host"}
    for term, told, erases in (
        ("xterm-256color", {}, True), ("linux", {}, True), ("screen-256color", {}, False), ("vt220", {}, False),
        ("tmux-256color", {}, True), ("screen-256color", inside | newer, True), ("screen", newer, False),
        ("screen-256color", inside, False),  # a tmux before 2.4 knows no better
        ("screen", inside | {"TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": "1.9"}, False),
        ("xterm-256color", screen, False), ("screen-256color", inside | newer | screen, False),
    ):  # fmt: skip
        for name in (*inside, *newer, *screen):
            monkeypatch.setenv(name, told.get(name, ""))
        monkeypatch.setenv("TERM", term)
        assert erases_in_ground() is erases, (term, told)


def test_the_cursor_is_led_by_esc_cr_and_lf_alone() -> None:
    """Whoever looks in what a terminal gets for those that a hostile name would bring must find none."""
    places = [(0, -1), (0, 0), (3, 0), (9, 0), (10, 0), (2, 1), (2, 2), (0, 5), (7, 3), (6, 9), (0, 9)]
    for x, y in places:
        for to_x, to_y in places[1:]:
            for columns, letters in ((True, "HGBD"), (False, "HBD")):  # a VT220 knows no G
                moved = move(x, y, to_x, to_y, Paper(Size(10, 10), columns=columns))
                assert re.fullmatch(rf"(\r\n*)?(\x1b\[[0-9;]*[{letters}])*", moved), (x, y, to_x, to_y, moved)
                assert where(moved, min(x, 9), y) == (to_x, to_y), (x, y, to_x, to_y, moved)


def where(moved: str, x: int, y: int) -> tuple[int, int]:
    """Where a terminal's cursor is after some moves."""
    if moved.startswith("\r"):
        x, y = 0, y + moved.count("\n")
    for numbers, letter in re.findall(r"\x1b\[([0-9;]*)([HGBD])", moved):
        first = int(numbers.partition(";")[0] or 1)
        match letter:
            case "H":
                x, y = int(numbers.partition(";")[2] or 1) - 1, first - 1
            case "G":
                x = first - 1
            case "B":
                y += first
            case _:
                x -= first
    return x, y


def test_a_frame_for_a_wider_terminal_writes_nothing_beside_this_one() -> None:
    known = Shown()
    runs = [Run(0, 0, PLAIN, "ab", 2), Run(7, 0, PLAIN, "cdef", 4), Run(3, 1, PLAIN, "gh", 2), Run(0, 9, PLAIN, "i", 1)]
    assert known.news(runs, 4, 2) == [Run(0, 0, PLAIN, "ab", 2), Run(3, 1, PLAIN, "g", 1)]
    assert [len(row) for row in known.lines()] == [4, 4]
