"""What the scout's helper does with a folder or a file: look at, size up, inspect. Blocking; never raises."""

import errno
import grp
import os
import pwd
import stat
import time
from collections.abc import Iterator, Sequence
from typing import Any

from tui_uploader.model.files import SPARSE, Kind
from tui_uploader.model.ordering import name_key
from tui_uploader.protocol import deep_paths

TELL = 0.1  # seconds between two counts
_MADE_UP = (b"/proc/", b"/sys/")  # files that the system makes up while they are read
_LOOK = 64  # names between two looks at the clock
HEAD = 4096  # bytes of a preview
_NOBODY_KNOWS = 1 << 16
_SPARSE = 1024 * 1024  # smaller files may lie in the folder itself, without a block of their own
_KINDS = (
    (stat.S_ISREG, Kind.FILE),
    (stat.S_ISDIR, Kind.FOLDER),
    (stat.S_ISLNK, Kind.LINK),
    (stat.S_ISFIFO, Kind.FIFO),
    (stat.S_ISSOCK, Kind.SOCKET),
    (stat.S_ISCHR, Kind.CHAR_DEVICE),
    (stat.S_ISBLK, Kind.BLOCK_DEVICE),
)
Message = tuple[Any, ...]
Looked = tuple[bytes, int, float, bytes, str, str, int]  # name, and the fields of Facts


def kind_of_mode(mode: int) -> Kind:
    """The kind of a file from its mode bits."""
    for test, kind in _KINDS:
        if test(mode):
            return kind
    return Kind.OTHER


def code_of(error: OSError | ValueError) -> str:
    """The errno name of an error; ``DIR_GONE`` where there is nothing; ``EINVAL`` for a name with a zero byte."""
    if isinstance(error, FileNotFoundError):
        return "DIR_GONE"
    if isinstance(error, ValueError):
        return "EINVAL"
    return errno.errorcode.get(error.errno or 0, "EIO")


def look(folder: bytes, names: Sequence[bytes]) -> Iterator[list[Looked]]:
    """Size, time and where it leads of some names; links come last and one by one, for what they lead to may hang."""
    links, rows = [], []
    for name in names:
        path = os.path.join(folder, name)
        try:
            found = deep_paths.stat(path, follow=False)
        except (OSError, ValueError):
            rows.append((name, -1, 0.0, b"", "", "", 0))
            continue
        if stat.S_ISLNK(found.st_mode):
            links.append((name, path, found.st_mtime))
        else:
            rows.append((name, found.st_size, found.st_mtime, b"", "", SPARSE if is_sparse(found) else "", 0))
    yield rows
    for name, path, mtime in links:
        yield [(name, *_link(path, mtime))]


def is_sparse(found: os.stat_result) -> bool:
    """Whether a file has holes: fewer bytes lie on disk than are sent."""
    return stat.S_ISREG(found.st_mode) and found.st_size >= _SPARSE and found.st_blocks * 512 < found.st_size


def _link(path: bytes, mtime: float) -> tuple[int, float, bytes, str, str, int]:
    try:
        target = deep_paths.link_target(path)
    except OSError:
        target = b""
    size, ending, climbs = -1, "broken", 0
    try:
        behind = deep_paths.stat(path)
        kind = kind_of_mode(behind.st_mode)
        ending = "folder" if kind is Kind.FOLDER else "file" if kind is Kind.FILE else "other"
        size = behind.st_size if ending == "file" else -1
        if ending in ("file", "folder"):
            circle, climbs = _way(path)
            ending = "loop" if circle and ending == "folder" else ending
    except OSError as error:
        ending = "loop" if error.errno == errno.ELOOP else "broken"
    return size, mtime, target, ending, "", climbs


def _way(path: bytes) -> tuple[bool, int]:
    """Whether a link comes to a folder that holds it, and how many folders up the first is that holds both ends.

    Where neither has a name that the system takes, nobody can say that it stays inside.
    """
    try:
        folder, target = deep_paths.real(os.path.dirname(path)), deep_paths.real(path).rstrip(b"/")
    except OSError:
        return False, _NOBODY_KNOWS
    circle, levels = folder == target or folder.startswith(target + b"/"), 0
    while folder != b"/" and not target.startswith(folder + b"/"):
        folder, levels = os.path.dirname(folder), levels + 1
    return circle, levels


def inspect(path: bytes) -> Iterator[Message]:
    """All that the file system says of a path (``facts`` or ``error``), then the head of a file (``head``)."""
    try:
        found = deep_paths.stat(path, follow=False)
    except (OSError, ValueError) as error:
        yield ("error", "ENOENT" if isinstance(error, FileNotFoundError) else code_of(error))
        return
    target = b""
    if stat.S_ISLNK(found.st_mode):
        try:
            target = deep_paths.link_target(path)
        except OSError:
            target = b""
    yield (
        "facts", int(kind_of_mode(found.st_mode)), stat.filemode(found.st_mode), found.st_mode & 0o7777,
        _user(found.st_uid), _group(found.st_gid), found.st_size, found.st_nlink,
        found.st_mtime, found.st_ctime, found.st_atime, target,
    )  # fmt: skip
    if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
        yield ("head", *_head(path))


def _made_up(path: bytes) -> bool:
    """Whether the system makes a file up; none of those lies deeper than a path can name."""
    try:
        return deep_paths.real(path).startswith(_MADE_UP)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        return path.startswith(_MADE_UP)


def _head(path: bytes) -> tuple[bytes, str]:
    """The first bytes of a regular file, and the code of what forbids it; a pipe or device is never read.

    Nor is what the system makes up: of /proc/kmsg and the like each byte is read once, whatever its size is said to be.
    """
    try:
        found = deep_paths.stat(path)
        if not stat.S_ISREG(found.st_mode):
            return b"", "NOT_A_FILE"
        if _made_up(path):
            return b"", "SIZE_UNKNOWN"
        if found.st_size == 0:
            return b"", ""
        file = deep_paths.open_file(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                return b"", "NOT_A_FILE"
            return os.read(file, HEAD), ""
        finally:
            os.close(file)
    except OSError as error:
        return b"", errno.errorcode.get(error.errno or 0, "EIO")


def _user(number: int) -> str:
    try:
        return f"{pwd.getpwuid(number).pw_name} ({number})"
    except (KeyError, OSError):
        return str(number)


def _group(number: int) -> str:
    try:
        return f"{grp.getgrgid(number).gr_name} ({number})"
    except (KeyError, OSError):
        return str(number)


def totals(path: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Files, their bytes, folders and folders not read beneath a path, as they grow. Links are not followed."""
    files = size = folders = unread = 0
    told, waiting, visited = time.monotonic(), [path], set()
    while waiting:
        folder = waiting.pop()
        try:
            with deep_paths.listing(folder) as listing:
                for number, entry in enumerate(listing):
                    if entry.is_dir(follow_symlinks=False):
                        found = entry.stat(follow_symlinks=False)
                        if (found.st_dev, found.st_ino) not in visited:  # a bind mount of what is above it
                            visited.add((found.st_dev, found.st_ino))
                            folders += 1
                            waiting.append(os.path.join(folder, entry.name))
                    elif entry.is_file(follow_symlinks=False):
                        files += 1
                        size += entry.stat(follow_symlinks=False).st_size
                    if not number % _LOOK and time.monotonic() - told > TELL:  # within one that has a million, too
                        told = time.monotonic()
                        yield files, size, folders, unread
        except OSError:
            unread += 1
    yield files, size, folders, unread


def completions(typed: bytes, limit: int = 200) -> list[bytes]:
    """The folders that a path being typed may become, each with its slash, sorted; no more than `limit`.

    Raises OSError or ValueError where their folder cannot be listed.
    """
    above, _, begin = typed.rpartition(b"/")
    found = []
    with deep_paths.listing(above + b"/") as listing:
        for entry in listing:
            if entry.name.startswith(begin) and (begin.startswith(b".") or not entry.name.startswith(b".")):
                try:
                    if entry.is_dir():
                        found.append(above + b"/" + entry.name + b"/")
                except OSError:
                    continue
    return sorted(found, key=lambda path: name_key(path, True))[:limit]
