"""What is found on disk: the entries of a folder, as a browser shows them. Names are bytes."""

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """The kind of a directory entry, not followed through links."""

    FILE = 0
    FOLDER = 1
    LINK = 2
    FIFO = 3
    SOCKET = 4
    CHAR_DEVICE = 5
    BLOCK_DEVICE = 6
    OTHER = 7

    @property
    def words(self) -> str:
        """The kind in words: ``a pipe``, ``a socket``..."""
        return _WORDS[self]


_WORDS = ("a file", "a folder", "a link", "a pipe", "a socket", "a device", "a device", "no file")


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder. `size` is in bytes, -1 where it is not known; `mtime` in seconds since the epoch.

    For a link `target` is what it says, and `link` how it ends: "file", "folder", "loop", "broken", "" otherwise.
    """

    name: bytes
    kind: Kind
    size: int = -1
    mtime: float = 0.0
    target: bytes = b""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder's entries, unsorted. `error` is a code (``EACCES``, ``DIR_GONE``, ``DIR_STALLED``, ``EIO``) or None.

    `complete` is False for a first page while the rest is still being read.
    """

    folder: bytes
    entries: tuple[Entry, ...]
    error: str | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A path that a person chose, and the folder its key is relative to (fixed when it was marked)."""

    path: bytes
    root: bytes
    folder: bool
