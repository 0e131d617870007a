"""Frames of text that a person has reviewed: `same_as` compares the screen with one, or writes it anew.

After a change of the screen run the tests once with ``FRAMES=write`` and read the difference that git shows.
"""

import difflib
import os
from pathlib import Path

FOLDER = Path(__file__).parent / "frames"
NOON = 1.0e9  # the moment of every frame
SIZES = ((80, 24), (120, 40), (40, 10))


def same_as(name: str, frame: list[str]) -> None:
    """Fails with the difference where the screen is not as it was when `name` was reviewed."""
    path = FOLDER / f"{name}.txt"
    text = "\n".join(frame) + "\n"
    if os.environ.get("FRAMES") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return
    wanted = path.read_text("utf-8") if path.exists() else ""
    if text != wanted:
        lines = difflib.unified_diff(wanted.splitlines(), frame, f"{name}, reviewed", "now", lineterm="", n=1)
        raise AssertionError("\n".join(["the screen has changed: FRAMES=write takes it as it is now", *lines]))
