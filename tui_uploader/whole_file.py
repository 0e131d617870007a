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
    number = _nameless(folder)
    named = number is None
    if number is None:
        number = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(number, "wb") as file:
            for piece in pieces:
                file.write(piece.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
            if not named:
                _name(file.fileno(), beside)
                named = True
        os.rename(beside, path)
    except BaseException:
        if named:
            with contextlib.suppress(OSError):
                os.unlink(beside)
        raise


def _name(number: int, path: str) -> None:
    """Give an open file without a name its first one."""
    handles = os.open("/proc/self/fd", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.link(str(number), path, src_dir_fd=handles, follow_symlinks=True)
    finally:
        os.close(handles)


def _nameless(folder: str) -> int | None:
    """A file without a name yet, so that a process that ends meanwhile leaves nothing; None where there is no such."""
    if not os.path.exists("/proc/self/fd"):
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError:  # a file system without them; what is wrong with the folder itself is told by what comes next
        return None
