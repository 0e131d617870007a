"""Which paths lie on file systems that may stop answering: networks and user space, not local disks."""

import os
import re
import time
from collections.abc import Callable

from tui_uploader.protocol import deep_paths

_TABLE = "/proc/self/mountinfo"
_LOCAL = frozenset(
    b"bcachefs btrfs cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs erofs exfat ext2 ext3 ext4 "
    b"f2fs hfsplus hugetlbfs iso9660 jfs minix mqueue msdos nilfs2 ntfs3 overlay proc pstore ramfs reiserfs rootfs "
    b"securityfs squashfs sysfs tmpfs tracefs udf vfat xfs zfs".split()
)
_EVERY = 2.0  # seconds between two looks at the table
_HOPS = 40
_OCTAL = re.compile(rb"\\([0-7]{3})")  # how the table writes spaces and the like


class Mounts:
    """Answers without ever touching a file system that may hang. Where there is no table, nothing is careful."""

    def __init__(self, table: str = _TABLE, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = table
        self._clock = clock
        self._text = b""
        self._points: dict[bytes, bytes] = {}
        self._any = False
        self._folders: dict[bytes, bool] = {}
        self._next_look = float("-inf")

    def careful(self, path: bytes) -> bool:
        """Whether reading the file at `path` may wait for ever."""
        if not self._some():
            return False
        folder, _, _ = path.rpartition(b"/")
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self._leads_away(folder or b".")
        return known or (deep_paths.is_link(path) and self._leads_away(path))

    def leads_away(self, path: bytes) -> bool:
        """Whether looking at `path` itself, be it a folder or a link, may wait for ever."""
        return self._some() and self._leads_away(path)

    def _some(self) -> bool:
        """Whether any file system is not local, after a fresh look at the table where one is due."""
        now = self._clock()
        if now >= self._next_look:
            self._next_look = now + _EVERY
            self._look()
        return self._any

    def _look(self) -> None:
        try:
            with open(self._file, "rb") as file:
                text = file.read()
        except OSError:
            text = b""
        if text != self._text:
            self._text = text
            self._points = dict(_entries(text))
            self._any = not _LOCAL.issuperset(self._points.values())
            self._folders.clear()

    def _kind(self, path: bytes) -> bytes:
        while path not in self._points and path not in (b"/", b""):
            path = path.rpartition(b"/")[0] or b"/"
        return self._points.get(path, b"rootfs")

    def _leads_away(self, path: bytes) -> bool:
        """Whether the path, links and all, comes to a file system that is not local; stops before it touches one."""
        done, hops = b"/", 0
        todo = os.path.join(os.getcwdb(), path).split(b"/")[::-1]
        while todo:
            part = todo.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                done = done.rpartition(b"/")[0] or b"/"
                continue
            here = done.rstrip(b"/") + b"/" + part
            if self._kind(here) not in _LOCAL:
                return True
            try:
                target = deep_paths.link_target(here)
            except OSError:
                done = here
                continue
            hops += 1
            if hops > _HOPS:
                return False
            done = b"/" if target.startswith(b"/") else done
            todo.extend(target.split(b"/")[::-1])
        return False


def _entries(text: bytes) -> "list[tuple[bytes, bytes]]":
    """Mount points and their kinds, in the order of the table: of two on one point the last is seen."""
    found = []
    for line in text.splitlines():
        left, _, right = line.partition(b" - ")
        words, kind = left.split(), right.split()
        if len(words) > 4 and kind:
            found.append((_OCTAL.sub(lambda found: bytes([int(found[1], 8)]), words[4]), kind[0]))
    return found
