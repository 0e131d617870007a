"""Paths of any length: one that is longer than the system takes is reached through the folders on its way."""

import errno
import os
import stat as modes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

LONG = 3800  # bytes: a name of 255 more still fits below a folder whose path is shorter
DEEPEST = 64 * 1024  # bytes: whoever nests folders further does it to wear a reader down
_THROUGH = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def _near(path: bytes) -> Iterator[tuple[int, bytes]]:
    """A folder's descriptor, and the rest of the path from there. Raises OSError."""
    if len(path) > DEEPEST:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    here = os.open(b"/" if path.startswith(b"/") else b".", _THROUGH)
    try:
        rest = path.lstrip(b"/")
        while len(rest) > LONG and (cut := rest.rfind(b"/", 0, LONG)) > 0:
            below = os.open(rest[:cut], _THROUGH, dir_fd=here)
            os.close(here)
            here, rest = below, rest[cut + 1 :].lstrip(b"/")
        yield here, rest or b"."
    finally:
        os.close(here)


def stat(path: bytes, *, follow: bool = True) -> os.stat_result:
    """As os.stat."""
    if len(path) <= LONG:
        return os.stat(path, follow_symlinks=follow)
    with _near(path) as (folder, rest):
        return os.stat(rest, dir_fd=folder, follow_symlinks=follow)


def open_file(path: bytes, flags: int) -> int:
    """As os.open, of what is there."""
    if len(path) <= LONG:
        return os.open(path, flags)
    with _near(path) as (folder, rest):
        return os.open(rest, flags, dir_fd=folder)


def link_target(path: bytes) -> bytes:
    """As os.readlink."""
    if len(path) <= LONG:
        return os.readlink(path)
    with _near(path) as (folder, rest):
        return os.readlink(rest, dir_fd=folder)


def is_link(path: bytes) -> bool:
    """As os.path.islink."""
    try:
        return modes.S_ISLNK(stat(path, follow=False).st_mode)
    except (OSError, ValueError):
        return False


def real(path: bytes) -> bytes:
    """As os.path.realpath; where the path is long, and so is what it comes to, the system's error."""
    if len(path) <= LONG:
        return os.path.realpath(path)
    number = open_file(path, _THROUGH & ~os.O_DIRECTORY)
    try:
        return os.readlink(b"/proc/self/fd/%d" % number)
    finally:
        os.close(number)


class Named(Protocol):
    """What a listing gives: of an entry what it says of itself, while its folder is open."""

    @property
    def name(self) -> bytes: ...

    def is_dir(self, *, follow_symlinks: bool = ...) -> bool: ...

    def is_file(self, *, follow_symlinks: bool = ...) -> bool: ...

    def is_symlink(self) -> bool: ...

    def stat(self, *, follow_symlinks: bool = ...) -> os.stat_result: ...


class _OfDescriptor:
    """An entry of a folder that was listed by its descriptor, with its name in bytes like any other's."""

    __slots__ = ("is_dir", "is_file", "is_symlink", "name", "stat")

    def __init__(self, entry: "os.DirEntry[str]") -> None:
        self.name = os.fsencode(entry.name)
        self.is_dir, self.is_file, self.is_symlink = entry.is_dir, entry.is_file, entry.is_symlink
        self.stat = entry.stat


@contextmanager
def listing(folder: bytes) -> "Iterator[Iterator[Named]]":
    """As os.scandir, to be used up inside the block."""
    if len(folder) <= LONG:
        with os.scandir(folder) as found:
            yield found
        return
    number = open_file(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with os.scandir(number) as numbered:
            yield map(_OfDescriptor, numbered)
    finally:
        os.close(number)
