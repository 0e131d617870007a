"""The journal: what survives a crash of one user's jobs in one environment, in one SQLite file."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.journal_file import (
    NAME,
    JobLock,
    JournalError,
    broken,
    connect,
    failure_of,
    is_damage,
    open_journal,
    set_aside,
)
from tui_uploader.engine.journal_rows import Tally, cleaner
from tui_uploader.engine.journal_sink import SqliteSink
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import ENDED, LEFT_BEHIND, RUNNING, STOPPED, Asked, JobInfo, JobItem
from tui_uploader.model.whole import whole

__all__ = ["JobRunning", "Journal", "JournalError", "new_job", "there_is_one"]
_COUNTS = "done, failed, skipped, cancelled, waiting, bytes_wanted, bytes_done"
_JOB = f"SELECT number, id, started, ended, state, env_id, gateway, starts, options, walked, cause, {_COUNTS} FROM job"  # noqa: S608 - names of our own, here and below
_NEW = (
    "INSERT INTO job(id, started, ended, state, env_id, gateway, starts, options, walked, cause, items, "  # noqa: S608
    f"{_COUNTS}) VALUES (?, ?, NULL, '', ?, ?, ?, ?, 0, '', 0, 0, 0, 0, 0, 0, 0, 0)"
)
_ITEMS = (
    "SELECT i.id, i.path, i.key, i.size, i.mtime_ns, i.inode, o.stage, o.at, o.attempts, o.seconds, o.code, o.phase,"
    " o.http_status, o.message, o.detail, o.request_id, o.etag, o.crc64, o.cloud_object_id, o.verified, o.reason"
    " FROM item i LEFT JOIN outcome o ON o.job=i.job AND o.id=i.id WHERE i.job=?"
)
_PAGE = 5000
_LEFT = (
    "SELECT i.id, i.path, i.key, COALESCE(o.stage, 0) FROM item i LEFT JOIN outcome o ON o.job=i.job AND o.id=i.id"  # noqa: S608
    f" WHERE i.job=? AND (o.stage IS NULL OR o.stage<{Stage.DONE:d})"
)
_OPEN = f" AND (o.stage IS NULL OR o.stage<{Stage.DONE:d})"


class JobRunning(Exception):
    """A living process runs this job."""


def new_job() -> str:
    """A job id: eight hexadecimal digits."""
    return os.urandom(4).hex()


def there_is_one(folder: str) -> bool:
    """Whether a folder holds a journal."""
    return os.path.isfile(os.path.join(folder, NAME))


class Journal:
    """The journal of one environment's `folder` (0700, ours). Use it from one thread; `close` gives the file back.

    Raises JournalError where there can be none. `found` says what had to be moved aside. Its other methods raise
    JournalError where the file turns out to be damaged, which moves it aside, and sqlite3.Error for other trouble.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._path = os.path.join(folder, NAME)
        self._connection, self.found = open_journal(folder)
        with suppress(OSError):
            self._inode = os.stat(self._path).st_ino

    _inode = -1

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            raise JournalError(broken(self._path, self._inode, error)) from None

    def close(self) -> None:
        """Give the file back; records go on."""
        self._connection.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- recording

    def begin(self, asked: Asked, *, job: str | None = None, secret: Sequence[str] = ()) -> JobRecord:
        """A new job, ours until its record is closed. `secret` texts are struck out of what the service says.

        Raises JournalError where it cannot be written.
        """
        job = job or new_job()
        lock = JobLock(self.folder, job)
        try:
            lock.take()
            options = json.dumps(asked.options | {"lost": list(asked.lost)})
            number = self._connection.execute(
                _NEW,
                (job, time.time(), asked.env_id, asked.gateway, _pack(asked.starts), options),
            ).lastrowid
        except (OSError, sqlite3.Error) as error:
            lock.release()
            raise JournalError(failure_of(error)) from None
        return JobRecord(job, self._sink(number or 0, lock, secret), Tally())

    def resume(self, job: str, *, secret: Sequence[str] = ()) -> JobRecord:
        """The record of an old job that goes on: items that are added again keep their place in it.

        Raises JobRunning where a living process has it, KeyError where there is none, JournalError as `begin`.
        """
        number = self._number(job)
        lock = JobLock(self.folder, job)
        try:
            if not lock.take():
                raise JobRunning(job)
            with self._reading():
                self._connection.execute("UPDATE job SET state='', ended=NULL, cause='' WHERE number=?", (number,))
                row = self._connection.execute(f"SELECT items, {_COUNTS} FROM job WHERE number=?", (number,)).fetchone()  # noqa: S608
                left = self._connection.execute(_LEFT, (number,))
                again = {hash((whole(b"/", path), key)): item_id * 8 + stage for item_id, path, key, stage in left}
        except JournalError:
            lock.release()
            raise
        except (OSError, sqlite3.Error) as error:
            lock.release()
            raise JournalError(failure_of(error)) from None
        return JobRecord(job, self._sink(number, lock, secret), Tally(*row), again)

    def _sink(self, number: int, lock: JobLock, secret: Sequence[str]) -> SqliteSink:
        def damaged() -> None:
            set_aside(self._path, Failure("JOURNAL_DAMAGED", Phase.LOCAL))

        return SqliteSink(connect(self._path), number, lock, cleaner(secret), damaged, self._path)

    # -- looking

    def jobs(self) -> list[JobInfo]:
        """All jobs, newest first."""
        with self._reading():
            rows = self._connection.execute(_JOB + " ORDER BY started DESC, number DESC").fetchall()
        return [self._info(row) for row in rows]

    def job(self, job: str) -> JobInfo:
        """One job by its whole id. Raises KeyError."""
        row = self._connection.execute(_JOB + " WHERE id=?", (job,)).fetchone()
        if row is None:
            raise KeyError(job)
        return self._info(row)

    def _info(self, row: Sequence[Any]) -> JobInfo:
        _, job, started, ended, state, env_id, gateway, starts, options, walked, cause, *counts = row
        values = json.loads(str(options))
        lost = tuple(values.pop("lost", ()))
        asked = Asked(str(env_id), str(gateway), _unpack(starts), values, lost)
        named = dict(zip(_COUNTS.split(", "), counts, strict=True))
        over = walked and not named["waiting"] and not cause and any(named.values())
        if JobLock(self.folder, str(job)).held():  # perhaps kept open for views that may come
            state, ended = ENDED if over else RUNNING, None
        elif state not in (STOPPED, ENDED):  # its process went without a word: perhaps after the last object
            state = ENDED if over else LEFT_BEHIND
        return JobInfo(str(job), asked, str(state), started, ended, bool(walked), cause=cause, **named)

    def items(self, job: str, *, open_only: bool = False, failed_only: bool = False) -> Iterator[JobItem]:
        """What became of each object of a job, in the order they were found. Raises KeyError."""
        more = _OPEN if open_only else f" AND o.stage={Stage.FAILED:d}" if failed_only else ""
        return self._items(self._number(job), more)

    def _items(self, number: int, more: str) -> Iterator[JobItem]:
        """In pages, so that no reader keeps a writer waiting for long."""
        last = -1
        while True:
            with self._reading():
                page = self._connection.execute(
                    f"{_ITEMS}{more} AND i.id>? ORDER BY i.id LIMIT {_PAGE}", (number, last)
                ).fetchall()
            yield from map(_item, page)
            if len(page) < _PAGE:
                return
            last = page[-1][0]

    def stages(self, job: str, text: str = "") -> Iterator[tuple[int, Stage]]:
        """The number of each object of a job and where it is; of those whose key holds `text`. Raises KeyError."""
        return self._stages(self._number(job), text.encode("utf-8", "surrogatepass"))

    def _stages(self, number: int, text: bytes) -> Iterator[tuple[int, Stage]]:
        with self._reading():
            found = self._connection.execute(
                "SELECT i.id, COALESCE(o.stage, 0) FROM item i LEFT JOIN outcome o ON o.job=i.job AND o.id=i.id"
                " WHERE i.job=? AND instr(i.key, ?) ORDER BY i.id",
                (number, text),
            )
            yield from ((item_id, Stage(stage)) for item_id, stage in found)

    def some(self, job: str, ids: Sequence[int]) -> list[JobItem]:
        """What became of a few objects, by their numbers. Raises KeyError."""
        marks = ",".join("?" * len(ids))
        with self._reading():
            rows = self._connection.execute(f"{_ITEMS} AND i.id IN ({marks}) ORDER BY i.id", (self._number(job), *ids))
            return [_item(row) for row in rows]

    def _number(self, job: str) -> int:
        row = self._connection.execute("SELECT number FROM job WHERE id=?", (job,)).fetchone()
        if row is None:
            raise KeyError(job)
        return int(row[0])

    def discard(self, job: str) -> None:
        """Forget a job. Raises JobRunning where a living process has it, and KeyError."""
        number = self._number(job)
        lock = JobLock(self.folder, job)
        if not lock.take():
            raise JobRunning(job)
        try:
            with self._reading():
                self._connection.execute("BEGIN IMMEDIATE")
                for table in ("outcome", "item"):
                    self._connection.execute(f"DELETE FROM {table} WHERE job=?", (number,))  # noqa: S608 - our own names
                self._connection.execute("DELETE FROM job WHERE number=?", (number,))
                self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise
        finally:
            lock.release()

    def uploaded(self, gateway: str) -> dict[int, int]:
        """What the gateway's bucket is known to hold: hash of the key to hash of the file (see `file_mark`).

        What was tried later and may have left something else under the key is not in it.
        """
        known: dict[int, int] = {}
        with self._reading():
            self._take_known(gateway, known)
        return known

    def _take_known(self, gateway: str, known: dict[int, int]) -> None:
        rows = self._connection.execute(
            "SELECT i.key, i.path, i.size, i.mtime_ns, i.inode, o.stage FROM item i JOIN job j ON j.number=i.job"
            " LEFT JOIN outcome o ON o.job=i.job AND o.id=i.id WHERE j.gateway=? AND NOT (o.stage IS ? OR (o.stage IS ?"
            " AND o.phase IN ('local', 'info'))) ORDER BY COALESCE(o.at, j.started), j.number",
            (gateway, int(Stage.SKIPPED), int(Stage.FAILED)),
        )
        for key, path, size, mtime_ns, inode, stage in rows:
            if stage == Stage.DONE:
                known[hash(key)] = file_mark(path, size, mtime_ns, inode % (1 << 64))
            else:
                known.pop(hash(key), None)


def _item(row: Sequence[Any]) -> JobItem:
    item_id, path, key, size, mtime_ns, inode, stage, at, attempts, seconds, *texts = row
    code, phase, status, message, detail, request_id, etag, crc64, cloud, verified, reason = texts
    return JobItem(
        item_id, path, key.decode("utf-8", "surrogatepass"), size, mtime_ns, inode % (1 << 64),
        Stage(stage or 0), at or 0.0, attempts or 0, seconds or 0.0, code or "", phase or "", status,
        message or "", detail or "", request_id or "", etag or "", crc64, cloud or "", bool(verified),
        reason or "",
    )  # fmt: skip


def file_mark(path: bytes, size: int, mtime_ns: int, inode: int) -> int:
    """A number for a file as it was; another where any of these is another. Of one process: hashes are seeded."""
    return hash((path, size, mtime_ns, inode))


def _pack(starts: Sequence[tuple[bytes, bytes]]) -> bytes:
    return json.dumps([[path.decode("latin-1"), key.decode("latin-1")] for path, key in starts]).encode()


def _unpack(data: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((path.encode("latin-1"), key.encode("latin-1")) for path, key in json.loads(data))
