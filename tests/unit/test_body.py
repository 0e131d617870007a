"""File to bytes: real files that grow, shrink, vanish or are no files at all."""

import errno
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_uploader.model.failures import Failure, Phase, RetryClass
from tui_uploader.protocol.body import BLOCK, BytesBody, FileBody, SourceProblem, open_source
from tui_uploader.protocol.digest import slow_crc64


@pytest.fixture
def source(tmp_path: Path) -> bytes:
    path = tmp_path / "source"
    path.write_bytes(b"0123456789" * 60_000)  # over two blocks
    return os.fsencode(path)


SIZE = 600_000


def problem(act: Callable[[], object]) -> Failure:
    with pytest.raises(SourceProblem) as raised:
        act()
    assert raised.value.failure.phase is Phase.LOCAL
    return raised.value.failure


def drain(body: FileBody, limit: int = BLOCK) -> bytes:
    return b"".join(iter(lambda: body.read(limit), b""))


def open_fds() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_all_bytes_and_both_digests(source: bytes) -> None:
    with open(source, "rb") as file:
        data = file.read()
    with FileBody(source, SIZE, md5=True) as body:
        assert drain(body) == data
        assert body.read() == b""
        assert body.crc == slow_crc64(data)
        assert body.md5 == body.second_md5() == hashlib.md5(data).hexdigest()
        assert body.check_unchanged() is False


def test_digests_are_computed_only_where_asked_for(source: bytes) -> None:
    with FileBody(source, SIZE, crc=False) as body:
        drain(body)
        assert (body.crc, body.md5) == (0, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.binary(max_size=3000), st.integers(1, 4000))
def test_blocks_never_exceed_the_limit(tmp_path: Path, data: bytes, limit: int) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with FileBody(os.fsencode(path), len(data)) as body:
        blocks = list(iter(lambda: body.read(limit), b""))
        assert b"".join(blocks) == data
        assert all(0 < len(block) <= limit for block in blocks)
        assert body.crc == slow_crc64(data)


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with FileBody(os.fsencode(path), 0, md5=True) as body:
        assert body.read() == b""
        assert (body.crc, body.md5) == (0, hashlib.md5(b"").hexdigest())
        assert body.second_md5() == body.md5
        assert body.check_unchanged() is False


@pytest.mark.parametrize(("announced", "detail"), [(SIZE - 1, "grew"), (SIZE + 1, "shrank"), (0, "grew")])
def test_another_size_than_announced_is_seen_at_once(source: bytes, announced: int, detail: str) -> None:
    before = open_fds()
    failure = problem(lambda: FileBody(source, announced))
    assert (failure.code, failure.detail) == ("SOURCE_CHANGED", detail)
    assert open_fds() == before


def test_a_file_that_grows_gives_what_was_announced_and_is_found_out(source: bytes) -> None:
    with FileBody(source, SIZE) as body:
        with open(source, "ab") as file:
            file.write(b"more" * 200_000)
        assert len(drain(body)) == SIZE
        failure = problem(body.check_unchanged)
        assert (failure.code, failure.detail) == ("SOURCE_CHANGED", "grew")


def test_a_file_that_shrinks_ends_the_reading(source: bytes) -> None:
    with FileBody(source, SIZE) as body:
        os.truncate(source, 300_000)
        failure = problem(lambda: drain(body))
        assert (failure.code, failure.detail) == ("SOURCE_CHANGED", "shrank")
        assert problem(body.check_unchanged).detail == "shrank"
        assert problem(body.second_md5).detail == "shrank"


def test_a_file_written_in_place_is_found_out_though_its_mtime_is_put_back(source: bytes) -> None:
    kept = os.stat(source)
    with FileBody(source, SIZE) as body:
        with open(source, "r+b") as file:
            file.write(b"X")
        os.utime(source, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        drain(body)
        failure = problem(body.check_unchanged)
        assert (failure.code, failure.detail) == ("SOURCE_CHANGED", "was written to")


def test_a_file_replaced_by_another_is_found_out(source: bytes) -> None:
    with FileBody(source, SIZE) as body:
        with open(source + b".new", "wb") as file:
            file.write(b"x" * SIZE)
        os.replace(source + b".new", source)
        assert drain(body).startswith(b"0123")
        assert problem(body.check_unchanged).code == "SOURCE_REPLACED"


def test_a_deleted_file_is_sent_whole_and_said_to_be_gone(source: bytes) -> None:
    with FileBody(source, SIZE) as body:
        os.unlink(source)
        assert len(drain(body)) == SIZE
        assert body.check_unchanged() is True


def test_a_new_hard_link_is_no_change(source: bytes) -> None:
    with FileBody(source, SIZE) as body:
        os.link(source, source + b".link")
        drain(body)
        assert body.check_unchanged() is False


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
def test_a_file_that_says_empty_but_has_content() -> None:
    before = open_fds()
    assert problem(lambda: FileBody(b"/proc/self/status", 0)).code == "SIZE_UNKNOWN"
    assert problem(lambda: FileBody(b"/proc/self/status", 100)).code == "SOURCE_CHANGED"
    assert open_fds() == before


LYING = "/sys/kernel/mm/transparent_hugepage/enabled"


@pytest.mark.skipif(not os.path.exists(LYING), reason="needs a file in /sys that says 4096 and has less")
def test_a_file_that_lies_about_its_size() -> None:
    with FileBody(LYING.encode(), os.stat(LYING).st_size) as body:
        failure = problem(lambda: drain(body))
        assert (failure.code, failure.retry) == ("SOURCE_CHANGED", RetryClass.NEVER)
        assert failure.detail.startswith("it says that it has 4096 bytes, and ends after ")


def test_a_pipe_never_blocks(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path / "pipe")
    os.mkfifo(path)
    found: list[Failure] = []
    thread = threading.Thread(target=lambda: found.append(problem(lambda: FileBody(path, 0))), daemon=True)
    thread.start()
    thread.join(5)
    assert [failure.code for failure in found] == ["NOT_A_FILE"]


@pytest.mark.parametrize("path", [b"/dev/null", b"/tmp", b"/"])
def test_devices_and_folders_are_no_files(path: bytes) -> None:
    before = open_fds()
    assert problem(lambda: open_source(path)).code == "NOT_A_FILE"
    assert open_fds() == before


def test_what_cannot_be_opened_has_its_errno(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    assert problem(lambda: open_source(root + b"/none")).code == "ENOENT"
    assert problem(lambda: open_source(root + b"/a\0b")).code == "ENOENT"
    assert problem(lambda: open_source(root + b"/" + b"x" * 300)).code == "ENAMETOOLONG"


def test_a_link_is_followed_only_to_the_file_that_was_planned(source: bytes, tmp_path: Path) -> None:
    link, other = source + b".l", os.fsencode(tmp_path / "other")
    os.symlink(source, link)
    assert problem(lambda: open_source(link)).code == "ELOOP"
    os.close(open_source(link, os.stat(source).st_ino))
    with open(other, "wb") as file:
        file.write(b"secret")
    planned = os.stat(source).st_ino
    os.unlink(link)
    os.symlink(other, link)
    assert problem(lambda: open_source(link, planned)).code == "ELOOP"


def failing_after(calls: int, number: int) -> Callable[[int, int], bytes]:
    def read(fd: int, size: int) -> bytes:
        nonlocal calls
        calls -= 1
        if calls < 0:
            raise OSError(number, os.strerror(number))
        return os.read(fd, size)

    return read


def test_a_disk_error_at_the_first_block_opens_nothing(source: bytes) -> None:
    before = open_fds()
    failure = problem(lambda: FileBody(source, SIZE, reader=failing_after(0, errno.EIO)))
    assert (failure.code, failure.detail) == ("EIO", "at byte 0")
    assert open_fds() == before


@pytest.mark.parametrize(("number", "code"), [(errno.EIO, "EIO"), (errno.ESTALE, "ESTALE")])
def test_a_disk_error_in_the_middle_says_where(source: bytes, number: int, code: str) -> None:
    with FileBody(source, SIZE, reader=failing_after(1, number)) as body:
        failure = problem(lambda: drain(body))
        assert (failure.code, failure.detail) == (code, f"at byte {BLOCK}")


def test_short_reads_and_readers_that_give_too_much(source: bytes) -> None:
    with FileBody(source, SIZE, reader=lambda fd, size: os.read(fd, 777)) as body:
        assert len(drain(body)) == SIZE
    with FileBody(source, SIZE, reader=lambda fd, size: b"x" * BLOCK) as body:
        assert len(drain(body)) == SIZE
    with FileBody(source, SIZE, reader=lambda fd, size: b"") as body:
        assert problem(body.read).code == "SOURCE_CHANGED"


def test_closing_twice_is_harmless_and_gives_back_the_descriptor(source: bytes) -> None:
    before = open_fds()
    body = FileBody(source, SIZE)
    body.close()
    body.close()
    assert open_fds() == before


def test_bytes_as_a_body() -> None:
    body = BytesBody(b"abcdef")
    assert [body.read(4), body.read(4), body.read(4)] == [b"abcd", b"ef", b""]
    body.rewind()
    assert (body.size, body.read()) == (6, b"abcdef")
