"""Small files of the program's own: read whole, written atomically and for nobody else's eyes, one writer at a time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from typing import Any

from tui_uploader import whole_file


def read(path: str) -> dict[str, Any]:
    """The file's content; nothing where it is not there or is no TOML: what is kept is never indispensable."""
    try:
        with open(path, "rb") as file:
            import tomllib  # most starts find no file

            return tomllib.load(file)
    except (OSError, ValueError, ImportError):  # where no file can be opened a module cannot, either
        return {}


def write(path: str, data: Mapping[str, Any]) -> None:
    """Replace the file's content in one step, mode 0600, on disk before this returns. Raises OSError."""
    import tomli_w  # a start without a change must not pay for it

    whole_file.write(path, [tomli_w.dumps(dict(data))])
    opened = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextlib.contextmanager
def alone(path: str) -> Iterator[None]:
    """Hold the only right to change `path`, over all processes of this machine; waits for its turn. Raises OSError."""
    number = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
