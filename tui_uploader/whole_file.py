"""Writes a file whole or not at all, for nobody else's eyes: what stood there before stays until all of it is there."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterable


def write(path: str, pieces: Iterable[str]) -> None:
    """Replace the file's content in one step, mode 0600. Raises OSError, and then nothing has changed.

    Only a regular file (or a link, which itself is replaced) gives way: a device or a pipe of that name stays.
    """
    with contextlib.suppress(FileNotFoundError):
        kind = os.lstat(path).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not (stat.S_ISREG(kind) or stat.S_ISLNK(kind)):
            raise OSError(errno.EINVAL, "Not a regular file", path)
    folder = os.path.dirname(path) or "."
    beside = os.path.join(folder, f".{os.path.basename(path)[:100]}.{os.urandom(4).hex()}")
    number = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(number, "wb") as file:
            for piece in pieces:
                file.write(piece.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        os.rename(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
