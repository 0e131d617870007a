"""The log: JSON lines in the state folder, 0600, rotated, redacted; a full disk turns it off, and nothing else."""

import contextlib
import fcntl
import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable

from tui_uploader import places
from tui_uploader.model.redact import redacted
from tui_uploader.model.secret import Secret

NAME = "log.jsonl"
MOST = 5 * 1024 * 1024  # bytes of one file
KEPT = 3  # older files beside the newest one


class LogFile:
    """Lines for whoever looks into a trouble afterwards. Never raises: what cannot be written is not.

    `folder` is the state folder, None where there is none. The first time a line cannot be written `on_off` is
    called, once, with a sentence for people, and the log stays off.
    """

    def __init__(
        self, folder: str | None, on_off: Callable[[str], None] = lambda sentence: None, *, most: int = MOST
    ) -> None:
        self.path = os.path.join(folder, NAME) if folder is not None else None
        self._on_off = on_off
        self._most = most
        self._known: list[str] = []
        self._lock = threading.Lock()
        self._fd = -1
        self._size = 0
        self.off: str | None = None if folder is not None else "there is no state folder"

    def keep_out(self, secret: Secret) -> None:
        """A value that must not be in any line."""
        if secret:
            self._known.append(secret.reveal())

    def line(self, event: str, **values: object) -> None:
        """One line: the time, the word and what belongs to it."""
        import json  # here: a start that has nothing to write does without

        self.lines([json.dumps({"t": round(time.time(), 3), "event": event, **values}, default=str)])

    def lines(self, made: Iterable[str]) -> None:
        """Some lines, each a JSON object as text without its line end."""
        text = redacted("".join(line + "\n" for line in made), self._known)
        if not text or self.off is not None:
            return
        with self._lock:
            try:
                self._write(text.encode("utf-8", "backslashreplace"))
            except OSError as error:
                self.off = error.strerror or str(error)
        if self.off is not None:
            self.close()
            self._on_off(f"LOG_OFF: the log {self.path} cannot be written: {self.off}; uploads go on without it")

    def close(self) -> None:
        """Close the file; a later line opens it again."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    def _write(self, data: bytes) -> None:
        if self._fd < 0:
            self._open()
        elif self._size + len(data) > self._most:
            self._rotate()
        at = os.lseek(self._fd, 0, os.SEEK_END)
        written = os.write(self._fd, data)
        self._size = at + written
        if written < len(data):  # the disk is full: half a line would spoil the next one
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, at)
            raise OSError(28, os.strerror(28))

    def _open(self) -> None:
        assert self.path is not None
        places.make_private(os.path.dirname(self.path))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        fd = os.open(self.path, flags, 0o600)
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            os.close(fd)
            raise OSError(1, "it is no file of ours")
        os.fchmod(fd, 0o600)
        self._fd, self._size = fd, found.st_size

    def _rotate(self) -> None:
        """Move the file aside if it is still the one that is open: another process may have done it already."""
        assert self.path is not None
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        try:
            with contextlib.suppress(FileNotFoundError):
                if os.fstat(self._fd).st_ino == os.stat(self.path).st_ino:
                    for number in range(KEPT, 1, -1):
                        with contextlib.suppress(FileNotFoundError):
                            os.replace(f"{self.path}.{number - 1}", f"{self.path}.{number}")
                    os.replace(self.path, f"{self.path}.1")
        finally:
            os.close(self._fd)  # gives the lock back as well
            self._fd = -1
        self._open()


class _ToLog(logging.Handler):
    """What libraries log, as lines of ours: without tracebacks, whose texts nobody has looked through."""

    def __init__(self, log: LogFile) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        self._log.line("library", name=record.name, level=record.levelname, text=record.getMessage(), error=kind)


def take_over_logging(log: LogFile) -> None:
    """Every logger's words go to `log` alone; those that would name URLs and headers speak from WARNING on."""
    root = logging.getLogger()
    root.handlers[:] = [_ToLog(log)]
    root.setLevel(logging.WARNING)
    for name in ("httpx", "httpcore", "asyncio", "aiohttp", "hpack"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False


def open_log(on_off: Callable[[str], None]) -> LogFile:
    """The log in the state folder, with every library's words going to it."""
    log = LogFile(places.state_dir(), on_off)
    take_over_logging(log)
    return log
