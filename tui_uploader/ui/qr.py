"""QR codes as lines of spans: which frame of quiet ground fits where, and cells that a reader of codes can read."""

from collections.abc import Sequence
from itertools import groupby

from tui_uploader.ui.widgets.painted import Span

BORDERS = (
    4,
    2,
    1,
)  # modules of quiet ground: what the standard asks for, and what readers take where there is less room
_SIGNS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}

Modules = Sequence[Sequence[bool]]  # True is dark


def modules_of(text: str) -> Modules | None:
    """The modules of a code for `text` without quiet ground; None where no code holds so much."""
    import segno  # the encoder takes long to load: only when a code is asked for

    try:
        code = segno.make(text, error="l", micro=False, boost_error=False)
    except segno.DataOverflowError:
        return None
    return [[bool(module) for module in row] for row in code.matrix_iter(border=0)]


def cells(modules: Modules, border: int, *, ascii_only: bool) -> tuple[int, int]:
    """Columns and lines that a code takes: half blocks, or in ASCII two blanks for a module."""
    size = len(modules) + 2 * border
    return (2 * size, size) if ascii_only else (size, -(-size // 2))


def drawn(modules: Modules, border: int, *, ascii_only: bool, filled_dark: bool) -> list[list[Span]]:
    """The lines of a code. `filled_dark`: what is filled stands for dark, as on light ground.

    In ASCII a module is two blanks, reversed where it is filled: a sign such as ``#`` is too full of holes to be read.
    """
    blank = [False] * (len(modules) + 2 * border)
    side = [False] * border
    rows = [blank] * border + [[*side, *row, *side] for row in modules] + [blank] * border
    filled = [[module == filled_dark for module in row] for row in rows]
    if ascii_only:
        return [
            [("  " * len(list(same)), "code" if full else "plain") for full, same in groupby(row)] for row in filled
        ]
    if len(filled) % 2:
        filled.append([not filled_dark] * len(blank))
    return [
        [("".join(_SIGNS[pair] for pair in zip(above, below, strict=True)), "plain")]
        for above, below in zip(filled[::2], filled[1::2], strict=True)
    ]
