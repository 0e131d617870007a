"""Bookmarks: folders that a person keeps, in a file of the program's own beside the settings."""

import os

from tui_uploader import keep, places

LIMIT = 200


def bookmarks_file() -> str:
    """The path of the file, whether it is there or not."""
    return os.path.join(places.config_dir(), "bookmarks.toml")


def load() -> list[bytes]:
    """The folders, in the order they were kept; none where the file is missing or damaged."""
    found = keep.read(bookmarks_file()).get("folders", [])
    texts = [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
    return [_bytes(text) for text in texts if text.startswith("/")][:LIMIT]


def toggle(folder: bytes) -> bool:
    """Keep a folder, or drop it where it is kept; whether it is kept now. Raises OSError where it cannot be written."""
    folders = load()
    kept = folder not in folders
    folders = [*folders, folder][-LIMIT:] if kept else [one for one in folders if one != folder]
    places.make_private(places.config_dir())
    keep.write(bookmarks_file(), {"folders": [_text(one) for one in folders]})
    return kept


def _text(path: bytes) -> str:
    """A path as TOML can hold it: what is not UTF-8, and the sign that says so, as ``%XX``."""
    text = path.replace(b"%", b"%25").decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(char) - 0xDC00:02X}" if 0xDC80 <= ord(char) <= 0xDCFF else char for char in text)


def _bytes(text: str) -> bytes:
    first, *rest = text.split("%")
    made = first.encode()
    for part in rest:
        try:
            made += bytes((int(part[:2], 16),)) + part[2:].encode()
        except ValueError:
            made += b"%" + part.encode()  # written by hand
    return made
