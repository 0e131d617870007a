"""Disk trouble: why SQLite can write nothing for now: no room, or a disk that fails, with the errno that it hides."""

import errno
import os
import sqlite3
from contextlib import suppress

from tui_uploader.model.failures import Failure, Phase

_DISK = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def held_up(error: sqlite3.Error, path: str) -> Failure | None:
    """Why nothing can be written to the file at `path` for now; None for errors that no waiting mends."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return Failure("JOURNAL_FULL", Phase.LOCAL)
    if code not in _DISK:
        return None
    number = _errno_behind(path)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return Failure("JOURNAL_FULL", Phase.LOCAL)
    detail = f"{errno.errorcode.get(number, 'EIO')}, {error.sqlite_errorname}"
    return Failure("JOURNAL_BROKEN", Phase.LOCAL, detail=detail)


def _errno_behind(path: str) -> int:
    """What the system says to a write as SQLite would do it; EIO where this one succeeds."""
    probe = f"{path}.probe-{os.getpid()}"
    try:
        size = max((os.path.getsize(one) for one in (path, path + "-wal") if os.path.exists(one)), default=0)
        descriptor = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.pwrite(descriptor, bytes(4096), size)  # as far behind the beginning as the journal's own end
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error.errno or errno.EIO
    finally:
        with suppress(OSError):
            os.unlink(probe)
    return errno.EIO
