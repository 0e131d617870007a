"""The scout's helper process: answers list and plan requests on its standard streams, and ends with its parent."""

import errno
import marshal
import os
import struct
import sys
from collections.abc import Iterable
from typing import Any, BinaryIO

from tui_uploader.engine.planner import Planner, PlanOptions, chunks, kind_of_mode, starts_of
from tui_uploader.model.files import Kind, Mark
from tui_uploader.model.items import Planned

_HEAD = struct.Struct("!I")
Row = tuple[bytes, int, int, float, bytes, str]


def list_folder(folder: bytes) -> tuple[str | None, list[Row]]:
    """The entries of a folder as plain rows (name, kind, size, mtime, target, link), and the code of an error."""
    rows: list[Row] = []
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                rows.append(_row(entry))
    except FileNotFoundError:
        return "DIR_GONE", rows
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "EIO"), rows
    return None, rows


def _row(entry: "os.DirEntry[bytes]") -> Row:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return entry.name, int(Kind.OTHER), -1, 0.0, b"", ""
    kind = kind_of_mode(found.st_mode)
    if kind is not Kind.LINK:
        return entry.name, int(kind), found.st_size, found.st_mtime, b"", ""
    try:
        target = os.readlink(entry.path)
    except OSError:
        target = b""
    size, ending = -1, "broken"
    try:
        behind = os.stat(entry.path)
        ending = "folder" if kind_of_mode(behind.st_mode) is Kind.FOLDER else "file"
        if ending == "file" and kind_of_mode(behind.st_mode) is not Kind.FILE:
            ending = "other"
        size = behind.st_size if ending == "file" else -1
        if ending == "folder":
            above = os.path.realpath(os.path.dirname(entry.path))
            real = os.path.realpath(entry.path).rstrip(b"/")
            ending = "loop" if above == real or above.startswith(real + b"/") else "folder"
    except OSError as error:
        ending = "loop" if error.errno == errno.ELOOP else "broken"
    return entry.name, int(kind), size, found.st_mtime, target, ending


def _send(out: BinaryIO, *answer: Any) -> None:
    body = marshal.dumps(answer)
    out.write(_HEAD.pack(len(body)) + body)
    out.flush()


def _plain(lines: Iterable[Planned]) -> list[tuple[object, ...]]:
    return [
        (p.path, p.key, p.size, p.verdict.value, p.code, p.reason, p.mtime_ns, p.inode)
        for p in lines
    ]  # fmt: skip


def serve(source: BinaryIO, out: BinaryIO) -> None:
    """Answer requests until the parent closes its end."""
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        request = marshal.loads(source.read(_HEAD.unpack(head)[0]))
        if request[0] == "list":
            _send(out, *list_folder(request[1]))
            continue
        _, marks, excluded, options = request
        try:
            planner = Planner(PlanOptions(*options), excluded=frozenset(excluded))
        except ValueError as error:
            _send(out, "bad", str(error))
            continue
        starts = starts_of([Mark(*mark) for mark in marks])
        for chunk in chunks(planner.plan(starts)):
            _send(out, "lines", _plain(chunk))
        _send(out, "end", None)


if __name__ == "__main__":
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:  # the parent is gone: nobody is left to answer
        os._exit(0)
