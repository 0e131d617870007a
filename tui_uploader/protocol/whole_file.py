"""A small file as a request body: read whole before anything is sent, so that nothing of it stays open meanwhile."""

import hashlib
import os

from tui_uploader.protocol import deep_paths
from tui_uploader.protocol.body import BLOCK, FileBody, changed_meanwhile, opened
from tui_uploader.protocol.digest import crc64

MOST = 64 * 1024  # bytes


class WholeFile:
    """The bytes of one small file. Made by `body_of`; a body like FileBody's otherwise.

    Its descriptor is closed when the last byte is here: a slot that waits for an answer holds its connection alone.
    """

    __slots__ = ("_before", "_data", "_md5", "_sent", "crc", "path", "size")

    def __init__(self, path: bytes, data: bytes, before: os.stat_result, *, crc: bool, md5: bool) -> None:
        self.path = path
        self.size = len(data)
        self.crc = crc64(data, 0) if crc else 0
        self._md5 = hashlib.md5(data).hexdigest() if md5 else None
        self._data, self._sent = data, 0
        self._before = before

    def __enter__(self) -> "WholeFile":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @property
    def mtime_ns(self) -> int:
        """When what was read was written."""
        return self._before.st_mtime_ns

    @property
    def md5(self) -> str | None:
        """Its MD5 as hex text, where it was asked for."""
        return self._md5

    def read(self, limit: int = BLOCK) -> bytes:
        """The next block of at most `limit` bytes; empty at the end."""
        if not self._sent and limit >= self.size:
            self._sent = self.size
            return self._data
        block = self._data[self._sent : self._sent + limit]
        self._sent += len(block)
        return block

    def check_unchanged(self) -> bool:
        """Raise SourceProblem if the file is not what was read; True where its name is gone (FAULTS rows 52-56).

        What was read is whole and of one state: `body_of` saw that. What has become of it since its name tells.
        """
        try:
            now = deep_paths.stat(self.path)
        except OSError:
            return True
        changed_meanwhile(self._before, now)
        return False

    def second_md5(self) -> str:
        """The MD5, for hosts that name no CRC-64."""
        return hashlib.md5(self._data).hexdigest()


def body_of(path: bytes, size: int, *, inode: int = 0, crc: bool = True, md5: bool = False) -> "WholeFile | FileBody":
    """The body for a file that was announced with `size` bytes. Raises SourceProblem.

    A small one is read at once, between two looks at the open file that must agree in size, mtime and ctime, with one
    byte more than was announced asked for. Where anything is odd FileBody says what.
    """
    if 0 < size <= MOST:
        fd, before = opened(path, inode)
        try:
            data = os.read(fd, size + 1)
            after = os.fstat(fd)
        except OSError:
            data, after = b"", before
        finally:
            os.close(fd)
        same = after.st_mtime_ns == before.st_mtime_ns and after.st_ctime_ns == before.st_ctime_ns
        if same and before.st_size == after.st_size == size == len(data):
            return WholeFile(path, data, before, crc=crc, md5=md5)
    return FileBody(path, size, inode=inode, crc=crc, md5=md5)
