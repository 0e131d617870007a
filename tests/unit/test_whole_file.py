"""A small file as a body: nothing of it stays open, and whatever becomes of it meanwhile is found out."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_uploader.protocol.body import FileBody, SourceProblem
from tui_uploader.protocol.digest import slow_crc64
from tui_uploader.protocol.whole_file import MOST, WholeFile, body_of

DATA = b"0123456789" * 40


@pytest.fixture
def source(tmp_path: Path) -> bytes:
    path = tmp_path / "small"
    path.write_bytes(DATA)
    return os.fsencode(path)


def open_fds() -> int:
    return len(os.listdir("/proc/self/fd"))


def made(source: bytes, **how: bool) -> WholeFile:
    body = body_of(source, len(DATA), **how)
    assert isinstance(body, WholeFile)
    return body


def test_all_bytes_and_both_digests_and_nothing_stays_open(source: bytes) -> None:
    before = open_fds()
    with made(source, md5=True) as body:
        assert open_fds() == before
        assert (body.read(150), body.read(), body.read()) == (DATA[:150], DATA[150:], b"")
        assert (body.size, body.crc) == (len(DATA), slow_crc64(DATA))
        assert body.md5 == body.second_md5() == hashlib.md5(DATA).hexdigest()
        assert body.check_unchanged() is False
    with made(source, crc=False) as body:
        assert (body.crc, body.md5, body.read(), body.read()) == (0, None, DATA, b"")


def grow(path: bytes) -> None:
    with open(path, "ab") as file:
        file.write(b"more")


def shrink(path: bytes) -> None:
    os.truncate(path, 7)


def overwrite(path: bytes) -> None:
    kept = os.stat(path)
    with open(path, "r+b") as file:
        file.write(b"X")
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))


def replace(path: bytes) -> None:
    with open(path + b".new", "wb") as file:
        file.write(DATA)
    os.replace(path + b".new", path)


@pytest.mark.parametrize(
    ("act", "code", "detail"),
    [
        (grow, "SOURCE_CHANGED", "grew"),
        (shrink, "SOURCE_CHANGED", "shrank"),
        (overwrite, "SOURCE_CHANGED", "was written to"),
        (replace, "SOURCE_REPLACED", ""),
    ],
)
def test_what_becomes_of_it_while_it_is_sent(
    source: bytes, act: Callable[[bytes], None], code: str, detail: str
) -> None:
    body = made(source)
    act(source)
    assert body.read() == DATA  # of one state, whatever came later
    with pytest.raises(SourceProblem) as raised:
        body.check_unchanged()
    assert (raised.value.failure.code, raised.value.failure.detail) == (code, detail)


def test_deleted_and_linked_files_are_whole(source: bytes) -> None:
    body = made(source)
    os.link(source, source + b".link")
    assert body.check_unchanged() is False
    os.unlink(source)
    assert body.check_unchanged() is True


@pytest.mark.parametrize("announced", [len(DATA) - 1, len(DATA) + 1])
def test_another_size_than_announced_is_seen_at_once(source: bytes, announced: int) -> None:
    before = open_fds()
    with pytest.raises(SourceProblem):
        body_of(source, announced)
    assert open_fds() == before


def test_large_and_empty_files_and_those_that_lie_are_read_in_blocks(tmp_path: Path) -> None:
    for size in (0, MOST + 1):
        path = tmp_path / str(size)
        path.write_bytes(bytes(size))
        with body_of(os.fsencode(path), size) as body:
            assert isinstance(body, FileBody)
    lying = b"/sys/kernel/mm/transparent_hugepage/enabled"
    if os.path.exists(lying):
        with body_of(lying, 4096) as body, pytest.raises(SourceProblem, match="SOURCE_CHANGED"):
            list(iter(body.read, b""))
