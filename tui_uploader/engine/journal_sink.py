"""Batches into SQLite: few large statements, since each one that runs gives the interpreter to the uploads once."""

import errno
import os
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import chain, islice

from tui_uploader.engine.disk_trouble import held_up
from tui_uploader.engine.journal_file import JobLock, is_busy
from tui_uploader.engine.journal_rows import Batch, done_rows, outcome_row, planned_row
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Stage

_ITEM = "INSERT OR REPLACE INTO item(job, id, path, key, size, mtime_ns, inode) VALUES "
_OUTCOME = (
    "INSERT OR REPLACE INTO outcome(job, id, stage, at, attempts, seconds, code, phase, http_status, message, detail,"
    " request_id, etag, crc64, cloud_object_id, verified, reason) VALUES "
)
_DONE = (
    "INSERT OR REPLACE INTO outcome(job, id, stage, at, attempts, seconds, request_id, etag, crc64, cloud_object_id,"
    " verified, reason) VALUES "
)
_MARK = "INSERT INTO outcome(job, id, stage, at) VALUES "
_MARKED = " ON CONFLICT(job, id) DO UPDATE SET stage=excluded.stage, at=excluded.at"


def _is_there(path: str, inode: int) -> bool:
    """Whether the file has its name still; a disk that fails is no answer: the commit says how."""
    try:
        return os.stat(path).st_ino == inode
    except OSError as error:
        return error.errno not in (errno.ENOENT, errno.ENOTDIR)


class SqliteSink:
    """One job's way into the file. Belongs to the record's writer thread; the connection and the lock are its own."""

    def __init__(
        self, connection: sqlite3.Connection, number: int, lock: JobLock | None, clean: Callable[[str], str],
        damaged: Callable[[], None] = lambda: None, path: str = "",
    ) -> None:  # fmt: skip
        self.failure: Failure | None = None
        self._path, self._inode = path, os.stat(path).st_ino if path else 0
        self._connection = connection
        self._number = number
        self._lock = lock
        self._clean = clean
        self._damaged = damaged
        self._variables = connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)

    def write(self, batch: Batch, ids: "array[int]") -> str:
        """See `Sink`."""
        if self._path and not _is_there(self._path, self._inode):  # a commit would go to a file without a name
            self._connection.close()
            return "lost"
        try:
            self._commit(batch, ids)
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            self.failure = held_up(error, self._path)
            if self.failure is not None:
                return "full"
            if is_busy(error):
                return "busy"
            with suppress(sqlite3.Error, OSError):
                self._connection.close()
                self._damaged()
            return "lost"
        return ""

    def _commit(self, batch: Batch, ids: "array[int]") -> None:
        number, clean, run = self._number, self._clean, self._connection.execute
        now = time.time()
        run("BEGIN IMMEDIATE")
        self._insert(_ITEM, f"({number:d},?,?,?,?,?,?)", "", 6, batch.items)
        row = f"({number:d}" + ",?" * 16 + ")"
        self._insert(_OUTCOME, row, "", 16, (planned_row(one, clean) for one in batch.planned))
        self._insert(_OUTCOME, row, "", 16, (outcome_row(one, e, clean) for one, e in batch.outcomes.items()))
        marks = ((one, int(stage), now) for one, stage in batch.marks.items())
        self._insert(_MARK, f"({number:d},?,?,?)", _MARKED, 3, marks)
        done = f"({number:d},?,{Stage.DONE:d},?,?,?,?,?,?,?,?,?)"
        self._insert(_DONE, done, "", 10, done_rows(batch.done, ids))
        for item_id, size in batch.sizes.items():
            run("UPDATE item SET size=? WHERE job=? AND id=?", (size, number, item_id))
        for item_id, mtime_ns in batch.times.items():
            run("UPDATE item SET mtime_ns=? WHERE job=? AND id=?", (mtime_ns, number, item_id))
        for item_id, key in batch.keys.items():
            run("UPDATE item SET key=? WHERE job=? AND id=?", (key, number, item_id))
        values = asdict(batch.tally) | batch.job
        columns = ", ".join(f"{name}=?" for name in values)
        run(f"UPDATE job SET {columns} WHERE number=?", (*values.values(), number))  # noqa: S608 - names of our own
        run("COMMIT")

    def _insert(self, head: str, one: str, tail: str, width: int, rows: Iterable[Sequence[object]]) -> None:
        most = max(1, min(self._variables // width, 256))
        source = iter(rows)
        while group := list(islice(source, most)):
            while group:
                count = len(group) if len(group) == most else 1 << (len(group).bit_length() - 1)
                now, group = group[:count], group[count:]
                text = head + ",".join([one] * count) + tail
                self._connection.execute(text, list(chain.from_iterable(now)))

    def close(self) -> None:
        """See `Sink`."""
        with suppress(sqlite3.Error):
            self._connection.close()
        if self._lock is not None:
            self._lock.release()
