"""File to bytes: opens safely, reads in blocks, digests on the way, notices a file that changes meanwhile."""

import errno
import hashlib
import os
import stat
from collections.abc import AsyncIterable, Callable
from typing import Protocol

from tui_uploader.model.failures import Failure, Phase, RetryClass, os_failure
from tui_uploader.protocol import deep_paths
from tui_uploader.protocol.digest import crc64

BLOCK = 256 * 1024
Reader = Callable[[int, int], bytes]
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | _NOFOLLOW
"""How a file that may turn out to be anything is opened: never waiting for a pipe, never through a link."""


class Blocks(Protocol):
    """A request body that is read in blocks as the connection takes them."""

    size: int

    def read(self, limit: int = ...) -> bytes:
        """The next block of at most `limit` bytes; empty at the end. Blocking; may raise what spoils the body."""
        ...


class SourceProblem(Exception):
    """The file cannot be sent as it was announced; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


def changed_meanwhile(before: os.stat_result, now: os.stat_result) -> None:
    """Raise SourceProblem where a name leads to another file than `before`, or that file was written to."""
    _must_be_same(before, now)
    if now.st_size != before.st_size:
        raise _changed("grew" if now.st_size > before.st_size else "shrank")
    _must_be_unwritten(before, now, gone=False)


def _must_be_same(before: os.stat_result, now: os.stat_result) -> None:
    if (now.st_dev, now.st_ino) != (before.st_dev, before.st_ino):
        raise SourceProblem(Failure("SOURCE_REPLACED", Phase.LOCAL))


def _must_be_unwritten(before: os.stat_result, after: os.stat_result, *, gone: bool) -> None:
    # deleting or renaming the name moves ctime too, and says nothing of the bytes
    ctime_moved = after.st_ctime_ns != before.st_ctime_ns and not gone and after.st_nlink == before.st_nlink
    if after.st_mtime_ns != before.st_mtime_ns or ctime_moved:
        raise _changed("was written to")


def _changed(detail: str) -> SourceProblem:
    return SourceProblem(Failure("SOURCE_CHANGED", Phase.LOCAL, detail=detail))


def open_source(path: bytes, inode: int = 0) -> int:
    """A read-only descriptor of a regular file, never waiting for a pipe or a device.

    A link at the end of the path is followed only to the very file (`inode`) that the plan saw behind it.
    Raises SourceProblem.
    """
    return opened(path, inode)[0]


def opened(path: bytes, inode: int) -> tuple[int, os.stat_result]:
    """The same, and what the system says of the open file."""
    try:
        try:
            fd = deep_paths.open_file(path, FLAGS)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.EMLINK) or not inode or deep_paths.stat(path).st_ino != inode:
                raise
            fd = deep_paths.open_file(path, FLAGS & ~_NOFOLLOW)
    except OSError as error:
        raise SourceProblem(os_failure(error, detail=_whose(path) if error.errno == errno.EACCES else "")) from error
    except ValueError as error:
        raise SourceProblem(Failure("ENOENT", Phase.LOCAL, detail="the name holds a zero byte")) from error
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        os.close(fd)
        raise SourceProblem(Failure("NOT_A_FILE", Phase.LOCAL))
    return fd, found


def _whose(path: bytes) -> str:
    """Owner, group and mode of what may not be opened, as numbers: asking for names may wait for a network."""
    try:
        found = deep_paths.stat(path)
    except OSError:
        return ""
    return f"it is {found.st_uid}:{found.st_gid} {stat.S_IMODE(found.st_mode):04o}, and this user is {os.geteuid()}"


class FileBody:
    """The bytes of one open file, `size` of them as announced. Use as a context manager.

    The first block is read at once: nothing is opened towards the network for a file that cannot be read.
    `crc` is the CRC-64 of what has been read so far; `md5` likewise where it was asked for.
    Raises SourceProblem from the constructor and from every method.
    """

    __slots__ = ("_at", "_before", "_fd", "_first", "_md5", "_read", "_want_crc", "crc", "path", "size")

    def __init__(
        self, path: bytes, size: int, *, inode: int = 0, crc: bool = True, md5: bool = False, reader: Reader = os.read
    ) -> None:
        self.path = path
        self.size = size
        self.crc = 0
        self._want_crc = crc
        self._md5 = hashlib.md5() if md5 else None
        self._read = reader
        self._at = 0
        self._fd, self._before = opened(path, inode)
        try:
            if self._before.st_size != size:
                raise _changed("grew" if self._before.st_size > size else "shrank")
            self._first: bytes | None = self._block()
            if size == 0 and self._first:
                raise SourceProblem(Failure("SIZE_UNKNOWN", Phase.LOCAL))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "FileBody":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def mtime_ns(self) -> int:
        """When what is sent was written."""
        return self._before.st_mtime_ns

    @property
    def md5(self) -> str | None:
        """The MD5 of what was read as hex text, where it was asked for."""
        return self._md5.hexdigest() if self._md5 is not None else None

    def read(self, limit: int = BLOCK) -> bytes:
        """The next block of at most `limit` (at most `BLOCK`) bytes, never more than announced; empty at the end."""
        block = self._first
        if block is None:
            block = self._block()
        else:
            self._first = None
        if len(block) > limit:
            block, self._first = block[:limit], block[limit:]
        if len(block) > self.size - self._at:
            block = block[: self.size - self._at]
        if not block:
            if self._at < self.size:
                raise self._ended_early(self._at)
            return b""
        self._count(block)
        return block

    def read_into(self, buffer: memoryview) -> bytes | memoryview:
        """The same, where it can in `buffer`: no new memory for each block of a large file."""
        if self._first is not None or self._read is not os.read:
            return self.read(len(buffer))
        try:
            count = os.readv(self._fd, [buffer[: self.size - self._at + 1]])
        except OSError as error:
            raise SourceProblem(os_failure(error, detail=f"at byte {self._at}")) from error
        block = buffer[: min(count, self.size - self._at)]
        if not block and self._at < self.size:
            raise self._ended_early(self._at)
        self._count(block)
        return block

    def _count(self, block: bytes | memoryview) -> None:
        self._at += len(block)
        if self._want_crc:
            self.crc = crc64(block, self.crc)
        if self._md5 is not None:
            self._md5.update(block)

    def check_unchanged(self) -> bool:
        """Raise SourceProblem if the file is not what it was before the first byte; True where its name is gone.

        Compares size, mtime and ctime of the open file, tries one byte more than was announced, and looks whether
        the name still leads to the same file (FAULTS rows 52-56).
        """
        after, before = os.fstat(self._fd), self._before
        if after.st_size != before.st_size or self._more():
            raise _changed("grew" if after.st_size >= before.st_size else "shrank")
        gone = False
        try:
            now = deep_paths.stat(self.path)
        except OSError:
            gone = True
        else:
            _must_be_same(before, now)
        _must_be_unwritten(before, after, gone=gone)
        return gone

    def second_md5(self) -> str:
        """The MD5 of the file by reading it again; for hosts that name no CRC-64. Blocking: call it in a thread."""
        digest = hashlib.md5()
        at = 0
        while at < self.size:
            try:
                block = os.pread(self._fd, min(4 * BLOCK, self.size - at), at)
            except OSError as error:
                raise SourceProblem(os_failure(error, detail=f"at byte {at}")) from error
            if not block:
                raise self._ended_early(at)
            digest.update(block)
            at += len(block)
        self.check_unchanged()
        return digest.hexdigest()

    def close(self) -> None:
        """Close the descriptor; harmless when done twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _block(self) -> bytes:
        left = (
            self.size - self._at + 1
        )  # one more: a file that grew shows itself, and a small one needs no large buffer
        try:
            return self._read(self._fd, left if left < BLOCK else BLOCK)
        except OSError as error:
            raise SourceProblem(os_failure(error, detail=f"at byte {self._at}")) from error

    def _ended_early(self, at: int) -> SourceProblem:
        """No byte at `at`: the file became shorter, or it says more than it ever has, which no further try changes."""
        try:
            says = os.fstat(self._fd).st_size
            if says <= at or os.pread(self._fd, 1, at):
                return _changed("shrank")
        except OSError as error:
            return SourceProblem(os_failure(error, detail=f"at byte {at}"))
        detail = f"it says that it has {says} bytes, and ends after {at}"
        return SourceProblem(Failure("SOURCE_CHANGED", Phase.LOCAL, detail=detail, again=RetryClass.NEVER))

    def _more(self) -> bool:
        try:
            return bool(os.pread(self._fd, 1, self.size))
        except OSError:
            return False


class BytesBody:
    """A body that is in memory."""

    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._data = data
        self._at = 0

    def read(self, limit: int = BLOCK) -> bytes:
        """The next block."""
        block = self._data[self._at : self._at + limit]
        self._at += len(block)
        return block

    def rewind(self) -> None:
        """From the start again."""
        self._at = 0


async def collected(stream: AsyncIterable[bytes], *, chunked: bool) -> BytesBody:
    """All that `stream` gives, framed as chunks where it goes out as such."""
    parts = []
    async for part in stream:
        if chunked and part:
            parts.append(b"%x\r\n%s\r\n" % (len(part), part))
        elif part:
            parts.append(part)
    if chunked:
        parts.append(b"0\r\n\r\n")
    return BytesBody(b"".join(parts))
