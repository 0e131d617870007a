"""Clipboard: OSC 52 to the terminal and, inside tmux, tmux's own buffer; says which way a text went."""

import asyncio
import base64
import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from tui_uploader.ui.language import t

TMUX_PATIENCE = 2.0  # seconds
OSC_LIMIT = 74_994  # bytes of text; common terminals drop more than 100,000 characters of base64


async def copy(text: str, write: Callable[[str], None], environment: Mapping[str, str] = os.environ) -> str:
    """Send `text` on its way; a sentence about the way. `write` takes what goes to the terminal.

    Nothing answers an OSC 52, so the sentence never says that the text has arrived.
    """
    data = text.encode("utf-8", "surrogateescape")
    if environment.get("TMUX"):
        if await _tmux(data):
            return t("in tmux's buffer and, where tmux may, in your terminal's clipboard")
        return t("tmux did not take it: E writes it to a file, or select it here by hand")
    if len(data) > OSC_LIMIT:
        return t("too long for a terminal's clipboard: E writes it to a file, or select it here by hand")
    write(osc52(data))
    return t("sent to your terminal's clipboard, if it takes texts (OSC 52)")


def osc52(data: bytes) -> str:
    """The control sequence that sets a terminal's clipboard."""
    return f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"


async def _tmux(data: bytes) -> bool:
    """Hand `data` to tmux; ``-w`` (3.2 and later) passes it on to the terminal as well."""
    return await _load(data, "-w") or await _load(data)


async def _load(data: bytes, *options: str) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux", "load-buffer", *options, "-",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(data), TMUX_PATIENCE)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return False
    return process.returncode == 0
