"""QR codes as lines of text: Unicode half blocks, or two ASCII cells a module; says why where one does not fit."""

from tui_uploader.ui.language import t

BORDER = 2  # modules of quiet ground; readers accept it where the ground around is of the same colour


def qr_lines(text: str, width: int, height: int, *, ascii_only: bool) -> tuple[list[str], str]:
    """The lines of a code for `text` that fit into `width` x `height` cells; else none, and a sentence why.

    Dark modules are blank and the ground is filled, as terminals with a dark ground need it.
    """
    import segno  # the encoder takes long to load: only when a code is asked for

    code = segno.make(text, error="l", micro=False, boost_error=False)
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=BORDER)]
    wide = len(rows[0]) * (2 if ascii_only else 1)
    high = len(rows) if ascii_only else -(-len(rows) // 2)
    if wide > width or high > height:
        sentence = t(
            "enlarge to {wide}x{high} for the code (here are {width}x{height}), or copy the link: y u",
            wide=wide,
            high=high,
            width=width,
            height=height,
        )
        return [], sentence
    if ascii_only:
        return ["".join("  " if dark else "##" for dark in row) for row in rows], ""
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    signs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return [
        "".join(signs[upper, lower] for upper, lower in zip(above, below, strict=True))
        for above, below in zip(rows[::2], rows[1::2], strict=True)
    ], ""
