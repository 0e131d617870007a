"""The helper process that looks at folders of file systems that may hang: one answer after the other, then its end."""

import marshal
import os
import socket
import struct
import time
from typing import Any, BinaryIO

HEAD = struct.Struct("!I")
READ_LIMIT = 1024 * 1024  # bytes of an ignore file
_PART = 1000  # names in one answer
_SIGN = 1.0  # seconds after which a shorter answer goes out: a slow folder is not a silent one


def plain(found: os.stat_result) -> tuple[int, ...]:
    """A stat in numbers: mode, inode, device, size, blocks, mtime in ns."""
    return (found.st_mode, found.st_ino, found.st_dev, found.st_size, found.st_blocks, found.st_mtime_ns)


def _send(out: BinaryIO, word: str, value: Any) -> None:
    body = marshal.dumps((word, value))
    out.write(HEAD.pack(len(body)) + body)
    out.flush()


def _list(out: BinaryIO, folder: bytes) -> tuple[int, ...]:
    here = plain(os.stat(folder))
    _send(out, "some", [])
    held: list[tuple[bytes, bool, Any]] = []
    said = time.monotonic()
    with os.scandir(folder) as listing:
        for entry in listing:
            inside = False
            found: tuple[int, ...] | int | None = None
            try:
                inside = entry.is_dir(follow_symlinks=False)
                found = None if inside else plain(entry.stat(follow_symlinks=False))
            except OSError as error:
                found = error.errno
            held.append((entry.name, inside, found))
            if len(held) >= _PART or time.monotonic() - said >= _SIGN:
                _send(out, "some", held)
                held, said = [], time.monotonic()
    _send(out, "some", held)
    return here


def _read(path: bytes) -> bytes:
    with open(path, "rb") as file:
        return file.read(READ_LIMIT)


def _answer(out: BinaryIO, word: str, path: bytes) -> Any:
    match word:
        case "list":
            return _list(out, path)
        case "stat":
            return plain(os.stat(path))
        case "real":
            return os.path.realpath(path)
        case "link":
            return os.path.islink(path)
        case _:
            return _read(path)


def serve(sock: socket.socket) -> None:
    """Answer until the parent closes its end."""
    with sock.makefile("rb") as source, sock.makefile("wb") as out:
        _send(out, "ok", None)
        while len(head := source.read(HEAD.size)) == HEAD.size:
            word, path = marshal.loads(source.read(HEAD.unpack(head)[0]))
            try:
                answer = _answer(out, word, path)
            except BrokenPipeError:
                raise
            except OSError as error:
                _send(out, "error", error.errno)
            except ValueError:
                _send(out, "error", 2)  # a zero byte in a path: no such file
            else:
                _send(out, "ok", answer)


if __name__ == "__main__":
    try:
        serve(socket.socket(fileno=0))
    except OSError:  # the parent is gone: nobody is left to answer
        os._exit(0)
