"""The helper process that looks at folders of file systems that may hang: one answer after the other, then its end."""

import marshal
import os
import signal
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from tui_uploader.engine.children import LEFT, end_with_parent
from tui_uploader.protocol import deep_paths

HEAD = struct.Struct("!I")
Row = tuple[bytes, bool, Any]
"""A name, whether it is a folder, and its stat in numbers, or the errno of that."""
READ_LIMIT = 1024 * 1024  # bytes of an ignore file
_BLOCK = 256 * 1024  # bytes of a file in one answer
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
    here = plain(deep_paths.stat(folder))
    _send(out, "some", [])
    held: list[Row] = []
    said = time.monotonic()
    with deep_paths.listing(folder) as listing:
        for row in rows_of(listing):
            held.append(row)
            if len(held) >= _PART or time.monotonic() - said >= _SIGN:
                _send(out, "some", held)
                held, said = [], time.monotonic()
    _send(out, "some", held)
    return here


def rows_of(listing: Iterable[deep_paths.Named]) -> Iterator[Row]:
    """What is to be known of each entry, while its folder is open."""
    for entry in listing:
        inside = False
        found: tuple[int, ...] | int | None = None
        try:
            inside = entry.is_dir(follow_symlinks=False)
            found = None if inside else plain(entry.stat(follow_symlinks=False))
        except OSError as error:
            found = error.errno
        yield entry.name, inside, found


def first_bytes(path: bytes, limit: int) -> bytes:
    """The beginning of a small file."""
    with open(deep_paths.open_file(path, os.O_RDONLY | os.O_CLOEXEC), "rb") as file:
        return file.read(limit)


def _answer(out: BinaryIO, word: str, path: bytes) -> Any:
    match word:
        case "list":
            return _list(out, path)
        case "whole":
            with open(path, "rb") as file:
                while block := file.read(_BLOCK):
                    _send(out, "some", block)
            return None
        case "stat":
            return plain(deep_paths.stat(path))
        case "real":
            return deep_paths.real(path)
        case "link":
            return deep_paths.is_link(path)
        case _:
            return first_bytes(path, READ_LIMIT)


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
    end_with_parent(os.getppid())  # also in a dead file system, where its closed end is never seen
    for number in LEFT:  # whoever started us may leave them to somebody else
        signal.signal(number, signal.SIG_DFL)
    try:
        serve(socket.socket(fileno=0))
    except OSError:  # the parent is gone: nobody is left to answer
        os._exit(0)
