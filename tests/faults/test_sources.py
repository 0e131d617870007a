"""Rows 49-63: files that change, vanish, cannot be read or are none, while their neighbours go on."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.ground import Ground
from tests.faults.servers import Raw
from tests.faults.table import AFFECTED, rows
from tests.protocol.hostile import Asked, Peer
from tui_uploader.engine.planner import Planner, PlanOptions, Start
from tui_uploader.model.items import Verdict

BIG = 16_000_000
"""More than the sockets of one connection hold: much of it is still to be read when its head arrives."""


def grows(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"B" * 5000)


def shrinks(path: Path) -> None:
    os.truncate(path, 5_000_000)


def is_replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"C" * BIG)
    other.replace(path)


def is_deleted(path: Path) -> None:
    path.unlink()


def is_overwritten(path: Path) -> None:
    """In place, with the time put back as it was."""
    kept = path.stat()
    with path.open("r+b") as file:
        file.seek(BIG - 1000)
        file.write(b"D" * 1000)
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))


def while_sent(ground: Ground, act: Callable[[Path], None], *, always: bool = False) -> Raw:
    """A cloud; when the head of the affected object arrives something happens to its file."""
    ground.fill(6)
    path = ground.file(AFFECTED, BIG)
    made: list[Raw] = []

    async def behave(peer: Peer, asked: Asked) -> bool:
        act(path)
        return await made[0].store(peer, asked)

    made.append(ground.raw({AFFECTED: [behave]}, receive_buffer=8192, for_ever=always))
    return made[0]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        pytest.param(grows, "SOURCE_CHANGED", marks=rows(52)),
        pytest.param(shrinks, "SOURCE_CHANGED", marks=rows(53)),
        pytest.param(is_replaced, "SOURCE_REPLACED", marks=rows(54)),
        pytest.param(is_overwritten, "SOURCE_CHANGED", marks=rows(55)),
    ],
)
def test_a_file_that_changes_while_it_is_sent_is_sent_again_as_it_is_then(
    ground: Ground, act: Callable[[Path], None], code: str
) -> None:
    cloud = while_sent(ground, act)
    ended = ground.push()
    assert (ended.code, ended.summary["done"]) == (0, 6)
    assert ended.retried == [(AFFECTED, code)]
    assert cloud.puts[AFFECTED] == 2


@rows(52)
def test_a_file_that_never_stops_growing_fails_alone(ground: Ground) -> None:
    cloud = while_sent(ground, grows, always=True)
    ended = ground.push()
    assert ended.failed == {AFFECTED: "SOURCE_CHANGED"}
    assert cloud.puts[AFFECTED] == 3


@rows(54)
def test_a_file_that_is_replaced_each_time_fails_after_one_more_try(ground: Ground) -> None:
    cloud = while_sent(ground, is_replaced, always=True)
    ended = ground.push()
    assert ended.failed == {AFFECTED: "SOURCE_REPLACED"}
    assert cloud.puts[AFFECTED] == 2


@rows(56)
def test_a_file_that_is_deleted_while_it_is_sent_is_done_and_said_to_be_gone(ground: Ground) -> None:
    cloud = while_sent(ground, is_deleted)
    ended = ground.push()
    (done,) = [line for line in ended.of("done") if line["key"] == AFFECTED]
    assert done["source_gone"] is True
    assert len(cloud.held()[AFFECTED]) == BIG
    assert cloud.puts[AFFECTED] == 1


@rows(57)
def test_a_file_that_vanished_before_its_turn(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(3)
    ended = ground.push(ground.files / "none.txt", ground.files / "f000.txt")
    assert ended.failed == {"none.txt": "ENOENT"}
    assert set(cloud.held()) == {"f000.txt"}


@rows(58, 70)
@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may read everything, and there is no setpriv"
)
def test_what_may_not_be_read_sends_nothing_and_says_whose_it_is(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(3)
    ground.fill(2, folder="closed")
    for path in (ground.files / AFFECTED, ground.files / "closed"):
        if not path.exists():
            path.touch()
        path.chmod(0o000)
        if os.geteuid() == 0:
            os.chown(path, 12345, 12346)
    without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    ended = ground.command(before=without)
    assert ended.failed == {AFFECTED: "EACCES", "closed": "EACCES"}
    assert set(cloud.held()) == {"f000.txt", "f001.txt", "f002.txt"}
    said = {line["key"]: line["hint"] for line in ended.of("failed")}
    assert "0000" in said[AFFECTED]
    assert "its contents were not seen" in said["closed"]


@rows(49)
def test_a_file_over_five_gib_is_refused_before_anything_is_sent(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(2)
    os.truncate(ground.file("huge.bin", 1), 5 * 1024**3 + 1)
    ended = ground.push()
    assert ended.failed == {"huge.bin": "TOO_LARGE"}
    assert ended.of("failed")[0]["attempts"] == 0
    assert set(cloud.held()) == {"f000.txt", "f001.txt"}


@rows(50)
def test_an_empty_file_is_an_object_with_the_digest_of_nothing(ground: Ground) -> None:
    ground.cloud()
    ground.file("empty", 0)
    ended = ground.push()
    (done,) = ended.of("done")
    assert (done["size"], done["crc64"], done["verified"]) == (0, "0", True)


@rows(51)
def test_a_sparse_file_is_sent_as_zeros_and_the_plan_says_so(ground: Ground) -> None:
    cloud = ground.cloud()
    os.truncate(ground.file("sparse.img", 100), 20_000_000)
    (line,) = Planner(PlanOptions()).plan([Start(os.fsencode(ground.files) + b"/", b"")])
    assert (line.verdict, line.reason.startswith("sparse: 20000000 bytes")) == (Verdict.WARN, True)
    ended = ground.push()
    assert ended.summary["done"] == 1
    assert cloud.held()["sparse.img"].count(0) > 19_000_000


@rows(61)
def test_pipes_sockets_and_devices_cost_nothing_on_the_way_and_fail_when_they_are_named(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.cloud()
    ground.fill(2)
    os.mkfifo(ground.files / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(ground.files)  # the path of a socket is short
        listening.bind("sock")
        ended = ground.push()
        assert {line["key"]: line["code"] for line in ended.of("skipped")} == dict.fromkeys(
            ("pipe", "sock"), "NOT_A_FILE"
        )
        assert ended.code == 0
        cloud = ground.cloud()
        ended = ground.push(ground.files / "pipe", ground.files / "sock", Path("/dev/zero"), ground.files / "f000.txt")
    assert ended.failed == dict.fromkeys(("pipe", "sock", "zero"), "NOT_A_FILE")
    assert set(cloud.held()) == {"f000.txt"}


@rows(61)
def test_a_file_that_becomes_a_pipe_before_its_turn_holds_nobody_up(ground: Ground) -> None:
    ground.fill(6)
    turned = ground.files / "f005.txt"
    made: list[Raw] = []

    async def turn(peer: Peer, asked: Asked) -> bool:
        if not turned.is_fifo():
            turned.unlink()
            os.mkfifo(turned)
        return await made[0].store(peer, asked)

    made.append(ground.raw({"f000.txt": [turn]}))
    ended = ground.push(parallel=1)
    assert ended.failed == {"f005.txt": "NOT_A_FILE"}
    assert ended.summary["done"] == 5


@rows(62)
def test_a_file_that_says_empty_and_is_not_is_never_stored_empty(ground: Ground) -> None:
    cloud = ground.cloud()
    ended = ground.push(Path("/proc/self/status"))
    assert ended.failed == {"status": "SIZE_UNKNOWN"}
    assert not cloud.held()


_OF_THE_KERNEL = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@rows(63)
@pytest.mark.skipif(not _OF_THE_KERNEL.exists(), reason="this kernel has no such file")
def test_a_file_that_says_more_than_it_ever_has_fails_at_once(ground: Ground) -> None:
    cloud = ground.cloud()
    ended = ground.push(_OF_THE_KERNEL)
    assert (ended.failed, ended.retried) == ({"enabled": "SOURCE_CHANGED"}, [])
    assert "it says that it has 4096 bytes" in ended.of("failed")[0]["hint"]
    assert not cloud.held()


@rows(64, 69)
def test_a_folder_is_its_files_and_hard_links_are_all_uploaded(ground: Ground) -> None:
    cloud = ground.cloud()
    ground.fill(2, folder="a/b")
    os.link(ground.files / "a/b/f000.txt", ground.files / "a/twice.txt")
    ended = ground.push(ground.files / "a")
    assert ended.summary["done"] == 3
    assert set(cloud.held()) == {"a/b/f000.txt", "a/b/f001.txt", "a/twice.txt"}


@rows(65, 66, 67, 68)
def test_links_inside_outside_broken_and_in_circles(ground: Ground) -> None:
    ground.cloud()
    ground.fill(1)
    links = {
        "in": "f000.txt",
        "out": "/etc/hostname",
        "dangling": "none",
        "self": "self",
        "up": ".",
        "a": "b",
        "b": "a",
    }
    for name, target in links.items():
        (ground.files / name).symlink_to(target)
    ended = ground.push()
    assert (ended.code, ended.summary["done"]) == (0, 1)
    reasons = {line["key"]: line["reason"] for line in ended.of("skipped")}
    assert reasons == {
        **dict.fromkeys(("in", "out", "up"), "symlink"),
        **dict.fromkeys(("dangling", "self", "a", "b"), "link-broken"),
    }
    ground.cloud()
    ended = ground.command("--symlinks", "follow")
    assert ended.failed == {"out": "LINK_OUTSIDE"}
    assert "/etc/hostname" in ended.of("failed")[0]["hint"]
    assert {line["key"] for line in ended.of("done")} == {"f000.txt", "in"}
    assert {line["key"] for line in ended.of("skipped")} == {"up", "dangling", "self", "a", "b"}
    cloud = ground.cloud()
    ended = ground.push(ground.files / "out", ground.files / "dangling")
    assert ended.failed == {"dangling": "LINK_BROKEN"}
    assert cloud.held()["out"] == Path("/etc/hostname").read_bytes()


@rows(68)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a folder into itself")
def test_a_folder_mounted_into_itself_is_walked_once(ground: Ground) -> None:
    ground.cloud()
    ground.fill(2, folder="a")
    inner = ground.files / "a" / "again"
    inner.mkdir()
    subprocess.run(["mount", "--bind", ground.files / "a", inner], check=True)
    try:
        ended = ground.push()
    finally:
        subprocess.run(["umount", "-l", inner], check=True)
    assert ended.summary["done"] == 2
    assert [line["reason"] for line in ended.of("skipped")] == ["seen-already"]
