"""A file system in user space, spoken by hand over /dev/fuse: files that fail, hang or shrink when they are read."""

import ctypes
import errno
import os
import stat
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

_HEAD = struct.Struct("<IIQQIIII")  # length, opcode, unique, node, uid, gid, pid, padding
_OUT = struct.Struct("<IiQ")
_LOOKUP, _FORGET, _GETATTR, _OPEN, _READ, _RELEASE, _INIT, _OPENDIR, _READDIR = 1, 2, 3, 14, 15, 18, 26, 27, 28
_RELEASEDIR, _BATCH_FORGET, _FLUSH, _DESTROY, _INTERRUPT = 29, 42, 25, 38, 36
_MNT_DETACH = 2

Read = Callable[[int, int], bytes]
"""Offset and size to bytes; may raise OSError, and may take its time."""


def available() -> bool:
    """Whether a file system can be mounted here."""
    return os.geteuid() == 0 and os.access("/dev/fuse", os.R_OK | os.W_OK)


class Fuse:
    """``with Fuse(folder, {name: (size, read)})``: mounted while the block lasts. `hang` holds every read."""

    def __init__(
        self, folder: str, files: dict[str, tuple[int, Read]], *, entries: Callable[[], object] = lambda: None
    ) -> None:
        self._before_entries = entries
        self.folder = folder
        self._files = files
        self._names = sorted(files)
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = -1
        self.reads = 0
        self._over = False

    def __enter__(self) -> "Fuse":
        os.makedirs(self.folder, exist_ok=True)
        self._fd = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self._fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
        if self._libc.mount(b"faults", self.folder.encode(), b"fuse.faults", 6, options) != 0:
            raise OSError(ctypes.get_errno(), "mount")
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True  # the number of a closed descriptor may be another file's at once
        self._libc.umount2(self.folder.encode(), _MNT_DETACH)
        with suppress(OSError):
            os.close(self._fd)  # what still waits for an answer gets ENOTCONN

    def _serve(self) -> None:
        while True:
            try:
                request = os.read(self._fd, 1 << 17)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
                    continue
                return
            if self._over or len(request) < _HEAD.size:
                return
            _, opcode, unique, node, *_ = _HEAD.unpack_from(request)
            body = request[_HEAD.size :]
            if opcode in (_FORGET, _BATCH_FORGET, _INTERRUPT):
                continue
            if opcode in (_READ, _READDIR):
                threading.Thread(target=self._answer, args=(opcode, unique, node, body), daemon=True).start()
            else:
                self._answer(opcode, unique, node, body)

    def _answer(self, opcode: int, unique: int, node: int, body: bytes) -> None:
        try:
            data, code = self._do(opcode, node, body), 0
        except OSError as error:
            data, code = b"", -(error.errno or errno.EIO)
        with suppress(OSError):
            os.write(self._fd, _OUT.pack(_OUT.size + len(data), code, unique) + data)

    def _do(self, opcode: int, node: int, body: bytes) -> bytes:
        match opcode:
            case 26:  # INIT
                _, minor, ahead, _ = struct.unpack_from("<IIII", body)
                return struct.pack("<IIIIHHIIHHI7I", 7, min(minor, 31), ahead, 0, 16, 12, 1 << 16, 1, 16, 0, *[0] * 8)
            case 1:  # LOOKUP
                name = body.rstrip(b"\0").decode()
                if name not in self._files:
                    raise OSError(errno.ENOENT, "")
                number = self._names.index(name) + 2
                return struct.pack("<QQQQII", number, 0, 1, 1, 0, 0) + self._attributes(number)
            case 3:  # GETATTR
                return struct.pack("<QII", 1, 0, 0) + self._attributes(node)
            case 14 | 27:  # OPEN (direct: no read ahead of what is asked for), OPENDIR
                return struct.pack("<QII", node, 1 if opcode == _OPEN else 0, 0)
            case 15:
                _, offset, size = struct.unpack_from("<QQI", body)
                self.reads += 1
                return self._files[self._names[node - 2]][1](offset, size)
            case 28:  # READDIR
                _, offset, _ = struct.unpack_from("<QQI", body)
                self._before_entries()
                return b"" if offset else self._entries()
            case 18 | 29 | 25 | 38:
                return b""
            case _:
                raise OSError(errno.ENOSYS, "")

    def _attributes(self, node: int) -> bytes:
        size = 0 if node == 1 else self._files[self._names[node - 2]][0]
        mode = stat.S_IFDIR | 0o755 if node == 1 else stat.S_IFREG | 0o644
        return struct.pack("<QQQQQQIIIIIIIIII", node, size, 1, 1, 1, 1, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def _entries(self) -> bytes:
        data = b""
        for at, name in enumerate(self._names):
            raw = name.encode()
            data += (struct.pack("<QQII", at + 2, at + 1, len(raw), 8) + raw).ljust((24 + len(raw) + 7) // 8 * 8, b"\0")
        return data
