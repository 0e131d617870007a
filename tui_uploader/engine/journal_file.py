"""The journal's file: opened safely, checked, its schema, its locks, and moved aside where it cannot be used."""

import fcntl
import os
import sqlite3
import threading
import time
from contextlib import suppress

from tui_uploader.model.failures import Failure, Phase

SCHEMA = 1
NAME = "journal.db"
BUSY = 10.0  # seconds for which another process may hold the file
_CHECK_FOR = 0.3  # seconds for the check at opening; what it does not reach is checked by being read
_LARGE = 16 * 1024 * 1024  # bytes: from here on the check is a wait that a start feels
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "fuse.sshfs", "glusterfs"})

_TABLES = (
    """CREATE TABLE job(
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, started REAL NOT NULL, ended REAL,
        state TEXT NOT NULL, env_id TEXT NOT NULL, gateway TEXT NOT NULL, starts BLOB NOT NULL, options TEXT NOT NULL,
        walked INTEGER NOT NULL, cause TEXT NOT NULL, items INTEGER NOT NULL, done INTEGER NOT NULL,
        failed INTEGER NOT NULL, skipped INTEGER NOT NULL, cancelled INTEGER NOT NULL, waiting INTEGER NOT NULL,
        bytes_wanted INTEGER NOT NULL, bytes_done INTEGER NOT NULL)""",
    """CREATE TABLE item(
        job INTEGER NOT NULL, id INTEGER NOT NULL, path BLOB NOT NULL, key BLOB NOT NULL, size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, PRIMARY KEY(job, id)) WITHOUT ROWID""",
    """CREATE TABLE outcome(
        job INTEGER NOT NULL, id INTEGER NOT NULL, stage INTEGER NOT NULL, at REAL NOT NULL, attempts INTEGER,
        seconds REAL, code TEXT, phase TEXT, http_status INTEGER, message TEXT, detail TEXT, request_id TEXT,
        etag TEXT, crc64 TEXT, cloud_object_id TEXT, verified INTEGER, reason TEXT,
        PRIMARY KEY(job, id)) WITHOUT ROWID""",
    "CREATE INDEX item_path ON item(path)",  # what became of a file is asked for by its path (`history`)
)


class JournalError(Exception):
    """The journal cannot be used; `failure` says why in catalogued words."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


def connect(path: str) -> sqlite3.Connection:
    """A connection to a journal that is known to be one. Raises sqlite3.Error."""
    connection = _raw(path)
    try:
        _modes(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _raw(path: str) -> sqlite3.Connection:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    return sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)


def _modes(connection: sqlite3.Connection, path: str) -> None:
    """The modes that the promises need: what is committed is on disk, and readers and the writer do not meet."""
    if _on_network(path) or connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode=TRUNCATE")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA journal_size_limit=16777216")


def open_journal(folder: str) -> tuple[sqlite3.Connection, list[Failure]]:
    """The journal of a folder, made where it was missing, and what was found: a journal moved aside.

    Raises JournalError (``NO_STATE``, ``JOURNAL_FULL``) where none can be had.
    """
    path, found = os.path.join(folder, NAME), list[Failure]()
    try:
        if os.path.islink(path):
            raise PermissionError(13, "the journal is a link", path)
        with _Gate(folder):
            for _ in range(3):
                trouble, connection = _try(path)
                if trouble is None and connection is not None:
                    return connection, found
                if trouble is not None:
                    found.append(trouble)
                    set_aside(path, trouble)
    except (OSError, sqlite3.Error) as error:
        raise JournalError(failure_of(error)) from None
    raise JournalError(Failure("NO_STATE", Phase.LOCAL, detail="the journal cannot be made"))


def _try(path: str) -> tuple[Failure | None, sqlite3.Connection | None]:
    """The journal opened, or what is wrong with its content. Raises for what is wrong around it."""
    connection, look = None, _worth_a_look(path)
    try:
        connection = _raw(path)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            connection.close()
            return Failure(
                "JOURNAL_VERSION", Phase.LOCAL, detail=f"schema {version}, this version knows {SCHEMA}"
            ), None
        if version == 0:
            _modes(connection, path)
            _make(connection)
        elif not _sound(connection, look=look):
            connection.close()
            return Failure("JOURNAL_DAMAGED", Phase.LOCAL), None
        else:
            _modes(connection, path)
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        if is_damage(error):
            return Failure("JOURNAL_DAMAGED", Phase.LOCAL, detail=str(error)), None
        raise
    return None, connection


def _make(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for table in _TABLES:
                connection.execute(table)
            connection.execute(f"PRAGMA user_version={SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _worth_a_look(path: str) -> bool:
    """Whether the pages are looked through: a large file is when its last writer did not end well, or still writes."""
    with suppress(OSError):
        return os.path.getsize(path) < _LARGE or os.path.getsize(path + "-wal") > 0
    return False


def _sound(connection: sqlite3.Connection, *, look: bool) -> bool:
    """Whether the file holds our tables and, with `look`, no damage that a short one finds."""
    until = time.monotonic() + _CHECK_FOR
    connection.execute("SELECT number, id, bytes_done FROM job LIMIT 1").fetchall()
    connection.execute("SELECT inode FROM item LIMIT 1").fetchall()
    connection.execute("SELECT reason FROM outcome LIMIT 1").fetchall()
    if not look:
        return True
    connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.OperationalError as error:
        if _code(error) == sqlite3.SQLITE_INTERRUPT:
            return True  # a large file: so far it was sound
        raise
    finally:
        connection.set_progress_handler(None, 0)


def set_aside(path: str, why: Failure) -> str:
    """Move a journal out of the way under a name that says when and why; its new path. Raises OSError."""
    word = "newer" if why.code == "JOURNAL_VERSION" else "damaged"
    base = f"{path}.{word}-{time.strftime('%Y%m%d-%H%M%S')}"
    aside, number = base, 1
    while os.path.lexists(aside):
        aside, number = f"{base}-{number}", number + 1
    os.rename(path, aside)
    for end in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            os.rename(path + end, aside + end)
    return aside


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the content of the file is what is wrong."""
    if _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT):
        return True
    text = str(error)  # another program's tables
    return _code(error) == sqlite3.SQLITE_ERROR and ("no such" in text or "already exists" in text)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the file."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def failure_of(error: OSError | sqlite3.Error) -> Failure:
    """Why there can be no journal at all."""
    if isinstance(error, sqlite3.Error) and _code(error) == sqlite3.SQLITE_FULL:
        return Failure("JOURNAL_FULL", Phase.LOCAL)
    detail = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return Failure("NO_STATE", Phase.LOCAL, detail=detail)


def broken(path: str, inode: int, error: sqlite3.Error) -> Failure:
    """A journal that broke while it was read, and has been moved aside: no look at its next opening might find that."""
    failure = Failure("JOURNAL_DAMAGED", Phase.LOCAL, detail=str(error))
    with suppress(OSError), _Gate(os.path.dirname(path)):
        if os.stat(path).st_ino == inode:  # else somebody did it first
            set_aside(path, failure)
    return failure


class _Gate:
    """One process at a time opens, checks and moves aside."""

    def __init__(self, folder: str) -> None:
        self._path = os.path.join(folder, "journal.lock")

    def __enter__(self) -> None:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


class JobLock:
    """Held as long as the process lives that runs a job: what is open and not held was left behind."""

    def __init__(self, folder: str, job: str) -> None:
        self._path = os.path.join(folder, f"job-{job}.lock")
        self._descriptor = -1

    def take(self) -> bool:
        """Whether the job is ours now. Raises OSError where there can be no lock file."""
        for _ in range(20):  # somebody who only looks lets go at once
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                threading.Event().wait(0.01)
                continue
            except OSError:
                pass  # a file system without locks: nobody can be asked
            if os.fstat(descriptor).st_nlink:
                self._descriptor = descriptor
                return True
            os.close(descriptor)  # its holder took it away meanwhile
        return False

    def held(self) -> bool:
        """Whether a living process runs the job."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return False

    def release(self) -> None:
        """The job is nobody's any more."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.unlink(self._path)
            os.close(self._descriptor)
            self._descriptor = -1


def _on_network(path: str) -> bool:
    """Whether the file lies on a network file system, where shared memory is none: WAL does not work there."""
    real, best, kind = os.path.realpath(path), "", ""
    with suppress(OSError), open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
        for line in mounts:
            left, _, right = line.partition(" - ")
            place = left.split(" ")[4].replace("\\040", " ")
            inside = real == place or real.startswith(place.rstrip("/") + "/")
            if inside and len(place) >= len(best):
                best, kind = place, right.split(" ", 1)[0]
    return kind in _NETWORK
