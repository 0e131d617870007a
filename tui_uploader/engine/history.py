"""History: what the journal says became of some files in earlier jobs. Blocking; never raises; changes no outcome."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from urllib.parse import quote

from tui_uploader.engine.journal_file import NAME, SCHEMA
from tui_uploader.model.items import Stage

_BUSY = 0.5  # seconds for which somebody who writes may hold the file
_FIRST_BUSY = 5.0  # the same for the one time in which the index of an old journal is made
_INDEX = "CREATE INDEX IF NOT EXISTS item_path ON item(path)"
_WHAT = (
    "SELECT o.stage, o.code, o.at, i.key, i.size, i.mtime_ns, i.inode FROM item i JOIN outcome o ON o.job=i.job"  # noqa: S608 - numbers of our own
    " AND o.id=i.id JOIN job j ON j.number=i.job WHERE i.path=? AND j.gateway=?"
    f" AND o.stage IN ({Stage.DONE:d}, {Stage.FAILED:d}) ORDER BY i.job DESC, i.id DESC LIMIT 1"
)
_BENEATH = (
    "SELECT i.path, o.stage FROM item i CROSS JOIN outcome o ON o.job=i.job AND o.id=i.id CROSS JOIN job j"  # noqa: S608
    " ON j.number=i.job WHERE i.path>? AND i.path<? AND j.gateway=?"
    f" AND o.stage IN ({Stage.DONE:d}, {Stage.FAILED:d}) ORDER BY i.path, i.job, i.id"
)
_LOOK = 0.5  # seconds for one folder: what is not counted by then is said to be more
_MANY = 1000
Row = tuple[bytes, int, str, float, str, bool]  # path, stage, code, at, key, whether the file changed since


def history(folder: str, gateway: str, paths: Sequence[bytes]) -> Iterator[list[Row]]:
    """The newest outcome (done or failed) of each path under a gateway; none for a path that was never tried.

    A journal is read as it is: one that is missing, damaged or of another version has nothing to say here.
    """
    found: list[Row] = []
    with suppress(sqlite3.Error, OSError), closing(_reading(folder)) as journal:
        for path in paths:
            row = journal.execute(_WHAT, (path, gateway)).fetchone()
            if row is not None:
                stage, code, at, key, *was = row
                changed = stage == Stage.DONE and _differs(path, was)
                found.append((path, stage, code or "", at, key.decode("utf-8", "surrogatepass"), changed))
    yield found


def beneath(folder: str, gateway: str, paths: Sequence[bytes]) -> Iterator[list[tuple[bytes, int, int, bool]]]:
    """Of each folder: how many files beneath it were done and how many failed in their newest job, and if that is all.

    None of a folder beneath which nothing was tried; what failed and is there no more is not counted.
    """
    with suppress(sqlite3.Error, OSError), closing(_reading(folder)) as journal:
        for path in paths:
            done, failed, whole = _counted(journal, path, gateway)
            if done or failed:
                yield [(path, done, failed, whole)]
    yield []


def _reading(folder: str) -> sqlite3.Connection:
    """The journal of a folder; one without the index gets it. Raises sqlite3.Error, for one of another version too."""
    file = os.path.join(folder, NAME)
    journal = _open(file, "ro")
    try:
        if journal.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
            raise sqlite3.DatabaseError("another version")
        if not journal.execute("SELECT 1 FROM sqlite_schema WHERE name='item_path'").fetchone():
            _make_index(file)
    except BaseException:  # whatever it is goes on to whoever asked; the file does not stay open
        journal.close()
        raise
    return journal


def _counted(journal: sqlite3.Connection, path: bytes, gateway: str) -> tuple[int, int, bool]:
    lead, end = path.rstrip(b"/") + b"/", time.monotonic() + _LOOK
    counts, last, stage = [0, 0], b"", Stage.WAITING

    def count() -> None:
        if stage == Stage.DONE or (stage == Stage.FAILED and os.path.lexists(last)):  # what is gone needs nobody
            counts[stage == Stage.FAILED] += 1

    found = journal.execute(_BENEATH, (lead, lead[:-1] + b"0", gateway))  # 0 follows the slash
    while rows := found.fetchmany(_MANY):
        for inner, now in rows:
            if inner != last:
                count()
            last, stage = inner, now
        if time.monotonic() > end:
            return counts[0], counts[1], False
    count()
    return counts[0], counts[1], True


def _open(file: str, mode: str, busy: float = _BUSY) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(file)}?mode={mode}", uri=True, timeout=busy, isolation_level=None)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _make_index(file: str) -> None:
    """A journal from before there was one: without it each file would cost a walk through all jobs."""
    with closing(_open(file, "rw", _FIRST_BUSY)) as journal:
        journal.execute(_INDEX)


def _differs(path: bytes, was: Sequence[int]) -> bool:
    """Whether a file is not as it was when its job found it; of a link, what it leads to."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return True
    size, mtime_ns, inode = was[0], was[1], was[2] % (1 << 64)
    return size != found.st_size or mtime_ns not in (0, found.st_mtime_ns) or inode not in (0, found.st_ino)
