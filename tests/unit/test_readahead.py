"""Reading ahead, on real files that the system is made to forget."""

import ctypes
import mmap
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_uploader.protocol.readahead import Readahead

Files = Callable[[str, int], list[bytes]]


def in_memory(path: bytes) -> bool:
    """Whether the first page of a file lies in memory. A read that would not wait could have it fetched."""
    found = ctypes.c_ubyte()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 4096, access=mmap.ACCESS_COPY) as pages:
        first = ctypes.c_char.from_buffer(pages)
        answer = ctypes.CDLL(None).mincore(ctypes.c_void_p(ctypes.addressof(first)), 4096, ctypes.byref(found))
        del first
    assert answer == 0
    return bool(found.value & 1)


def forget(path: bytes) -> None:
    """Have the system drop what it holds of a file."""
    fd = os.open(path, os.O_RDWR)
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)


def comes(path: bytes) -> bool:
    """Whether a file is in memory within ten seconds."""
    end = time.monotonic() + 10
    while not in_memory(path):
        if time.monotonic() > end:
            return False
        os.sched_yield()
    return True


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """``files(name, count)``: so many files that are on disk and not in memory."""

    def make(name: str, count: int) -> list[bytes]:
        paths = [os.fsencode(tmp_path / f"{name}-{number}") for number in range(count)]
        for path in paths:
            Path(os.fsdecode(path)).write_bytes(b"x" * 4096)
            forget(path)
        if in_memory(paths[0]):
            pytest.skip("this file system lives in memory")
        return paths

    return make


def test_a_group_that_nobody_read_lately_is_fetched(files: Files) -> None:
    paths = files("a", 20)
    Readahead().soon(paths)
    assert all(map(comes, paths))


def test_where_the_first_is_in_memory_the_others_are_left_alone(files: Files) -> None:
    """A look at each costs more than it brings where all of a tree was read lately."""
    paths = files("a", 3)
    Path(os.fsdecode(paths[0])).read_bytes()
    Readahead().soon(paths)
    assert not in_memory(paths[1])
    assert not in_memory(paths[2])


def test_behind_a_group_that_was_fetched_each_file_of_the_next_is_looked_at(files: Files) -> None:
    first, second = files("a", 2), files("b", 3)
    Path(os.fsdecode(second[0])).read_bytes()
    readahead = Readahead()
    readahead.soon(first)
    readahead.soon(second)
    assert all(map(comes, second))


def test_what_was_cold_after_much_that_was_warm_is_found_soon(files: Files) -> None:
    warm = files("w", 1)
    Path(os.fsdecode(warm[0])).read_bytes()
    readahead = Readahead()
    for _ in range(100):
        readahead.soon(warm)
    groups = [files(f"c{number}", 1) for number in range(8)]
    for group in groups:
        readahead.soon(group)
    assert any(comes(group[0]) for group in groups[-1:]), "one look in eight groups at least"


def test_what_cannot_be_opened_is_left_to_whoever_sends_it(tmp_path: Path, files: Files) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    odd = [os.fsencode(tmp_path / name) for name in ("pipe", "link", "missing")] + [b"a\0b", b"x" * 70_000]
    cold = files("a", 1)
    readahead = Readahead()
    readahead.soon(cold)
    readahead.soon(odd)
    readahead.soon([])
    assert comes(cold[0])
