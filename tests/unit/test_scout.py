"""The scout: real folders through its helper process, which may hang without holding anybody."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator

import pytest

from tests.unit.conftest import Tree
from tui_uploader.engine import listing, scouting
from tui_uploader.engine import scout as scout_module
from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.engine.scout import Scout
from tui_uploader.model.files import Entry, Kind, Mark, NotListed
from tui_uploader.model.items import Verdict
from tui_uploader.model.ordering import DATE, NAME, SIZE


@pytest.fixture
async def scout(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scout]:
    """A scout whose helpers, abandoned ones too, are waited for at the end, as init does in life."""
    spawn, children = scout_module._spawn, []

    async def noting() -> scout_module._Child:
        child = await spawn()
        children.append(child)
        return child

    monkeypatch.setattr(scout_module, "_spawn", noting)
    made = Scout()
    yield made
    await made.close()
    for child in children:
        await asyncio.wait_for(child.process.wait(), 5)
        child.process._transport.close()  # type: ignore[attr-defined]
    for _ in range(3):
        await asyncio.sleep(0)


def _near(path: bytes) -> bytes:
    """A path short enough for a socket's address."""
    return os.path.relpath(path)


def helper(scout: Scout) -> int:
    return scout._idle[-1].process.pid


async def test_a_folder_with_everything_in_it(scout: Scout, tree: Tree) -> None:
    root = tree({"file": b"12345", "folder/x": b"", b"\xff\n": b"1", "empty/": b""})
    os.mkfifo(root + b"/pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(_near(root + b"/sock"))
    for name, target in (
        (b"to-file", b"file"),
        (b"to-folder", b"folder"),
        (b"to-pipe", b"pipe"),
        (b"broken", b"nowhere"),
        (b"loop", b"loop"),
        (b"self", b"."),
        (b"up", b".."),
    ):
        os.symlink(target, root + b"/" + name)
    listing = await scout.list(root)
    assert (listing.folder, listing.error, listing.complete) == (root, None, True)
    listing.entries.facts.update(await scout.look(root, listing.entries.names))
    found = {entry.name: entry for entry in listing.entries}
    assert len(found) == len(listing.entries) == 13
    assert found[b"file"] == Entry(b"file", Kind.FILE, 5, os.stat(root + b"/file").st_mtime)
    assert found[b"\xff\n"].kind is Kind.FILE
    assert {name: found[name].kind for name in (b"folder", b"pipe", b"sock", b"empty")} == {
        b"folder": Kind.FOLDER,
        b"pipe": Kind.FIFO,
        b"sock": Kind.SOCKET,
        b"empty": Kind.FOLDER,
    }
    links = {name: (one.target, one.link, one.size) for name, one in found.items() if one.kind is Kind.LINK}
    assert links == {
        b"to-file": (b"file", "file", 5),
        b"to-folder": (b"folder", "folder", -1),
        b"to-pipe": (b"pipe", "other", -1),
        b"broken": (b"nowhere", "broken", -1),
        b"loop": (b"loop", "loop", -1),
        b"self": (b".", "loop", -1),
        b"up": (b"..", "loop", -1),
    }


async def test_folders_that_cannot_be_listed(scout: Scout, tree: Tree) -> None:
    root = tree(a=b"")
    assert (await scout.list(root + b"/none")).error == "DIR_GONE"
    assert (await scout.inspect(root + b"/none")).error == "ENOENT"  # it may have been a file
    assert (await scout.list(root + b"/a")).error == "ENOTDIR"
    assert (await scout.list(root + b"/" + b"x" * 300)).error == "ENAMETOOLONG"
    assert (await scout.list(root)).error is None


async def test_a_name_with_a_zero_byte_is_an_answer_too(scout: Scout, tree: Tree) -> None:
    assert (await scout.list(b"/a\0b")).error is not None
    assert (await scout.list(tree(a=b""))).error is None


async def test_many_questions_at_once_get_their_own_answers(scout: Scout, tree: Tree) -> None:
    root = tree({f"d{number}/f{number}": b"" for number in range(20)})
    folders = [root + b"/d%d" % number for number in range(20)]
    listings = await asyncio.gather(*map(scout.list, folders))
    assert [[entry.name for entry in listing.entries] for listing in listings] == [
        [b"f%d" % number] for number in range(20)
    ]


async def test_a_hung_helper_holds_nobody_and_is_replaced(scout: Scout, tree: Tree) -> None:
    root = tree(a=b"")
    await scout.list(root)
    hung = helper(scout)
    os.kill(hung, signal.SIGSTOP)
    began = asyncio.get_running_loop().time()
    listing = await scout.list(root, timeout=0.1)
    assert asyncio.get_running_loop().time() - began < 2
    assert (listing.folder, len(listing.entries), listing.error) == (root, 0, "DIR_STALLED")
    after = await scout.list(root)
    assert [entry.name for entry in after.entries] == [b"a"]
    assert helper(scout) != hung


async def test_a_killed_helper_is_replaced(scout: Scout, tree: Tree) -> None:
    root = tree(a=b"")
    await scout.list(root)
    scout._idle[-1].process.kill()
    await scout._idle[-1].process.wait()
    assert (await scout.list(root)).error == "EIO"
    assert (await scout.list(root)).error is None


async def test_an_answer_that_nobody_waits_for_is_not_taken_for_the_next(scout: Scout, tree: Tree) -> None:
    root = tree({"a/1": b"", "b/2": b""})
    await scout.list(root)
    os.kill(helper(scout), signal.SIGSTOP)
    asking = asyncio.create_task(scout.list(root + b"/a"))
    for _ in range(5):
        await asyncio.sleep(0)  # it has asked, and waits for an answer that will not come
    assert scout._busy
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [entry.name for entry in (await scout.list(root + b"/b")).entries] == [b"2"]


async def test_a_plan_through_the_helper(scout: Scout, tree: Tree) -> None:
    root = tree({"d/a": b"1", "d/b": b"22", "d/.tuiuploadignore": b"x\n", "d/x": b"", "out": b"", "d/no/c": b""})
    marks = [Mark(root + b"/d", root, True)]
    lines = [
        line
        async for chunk in scout.plan(marks, {root + b"/d/no"}, PlanOptions(prefix="p", include=("*",)))
        for line in chunk
    ]
    assert [(line.path[len(root) :], line.key, line.size, line.verdict) for line in lines] == [
        (b"/d/.tuiuploadignore", "p/d/.tuiuploadignore", 0, Verdict.SKIP),
        (b"/d/a", "p/d/a", 1, Verdict.UPLOAD),
        (b"/d/b", "p/d/b", 2, Verdict.UPLOAD),
        (b"/d/x", "p/d/x", 0, Verdict.SKIP),
    ]
    assert lines[1].inode == os.stat(root + b"/d/a").st_ino
    assert not scout._busy


async def test_a_plan_with_options_that_cannot_be_used(scout: Scout, tree: Tree) -> None:
    plan = scout.plan([Mark(tree(), tree(), True)], (), PlanOptions(prefix="../x"))
    with pytest.raises(ValueError, match="cannot begin a key"):
        await anext(plan)


async def test_a_plan_whose_helper_dies_says_so(scout: Scout, tree: Tree) -> None:
    root = tree({f"f{number:05}": b"" for number in range(3000)})
    plan = scout.plan([Mark(root, root, True)], (), PlanOptions())

    async def rest() -> None:
        async for _ in plan:
            pass

    assert await anext(plan)
    (child,) = scout._busy
    child.process.kill()
    with pytest.raises(RuntimeError, match="try again"):
        await rest()


def test_a_child_gets_no_secret_and_no_surprise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TUI_UPLOADER_TOKEN", "TUI_UPLOADER_TOKEN_FILE", "HTTPS_PROXY", "PYTHONSTARTUP", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "secret")
    environment = child_environment()
    assert "secret" not in environment.values()
    assert set(environment) <= {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT", "PYTHONPATH"}
    assert child_command("some.module", "x")[1:] == ["-P", "-m", "some.module", "x"]


async def test_how_far_up_a_link_goes_what_is_sparse_and_which_names_are_twins(scout: Scout, tree: Tree) -> None:
    root = tree({"a": b"", "d/e/x": b"", "d/y": b"", "d/X": b"", "d/holes": b"", "d/x": b""})
    os.truncate(root + b"/d/holes", 3_000_000)
    links = {b"in": b"y", b"down": b"e/x", b"up": b"../a", b"out": b"../../elsewhere", b"far": b"/etc/hostname"}
    os.mknod(os.path.dirname(root) + b"/elsewhere")
    for name, target in links.items():
        os.symlink(target, root + b"/d/" + name)
    facts = await scout.look(root + b"/d", [*links, b"holes", b"y"])
    far = root.count(b"/") + 1
    assert [facts[name].climbs for name in links] == [0, 0, 1, 2, far]
    assert (facts[b"holes"].badge, facts[b"y"].badge) == ("sparse", "")
    for order in (NAME, SIZE, DATE):
        listing = [some async for some in scout.read(root + b"/d", order)][-1]
        listed = {entry.name for entry in listing.entries if entry.badge == "sparse"}
        assert listed == ({b"holes"} if order != NAME else set())  # by name nothing is looked at yet
    assert {entry.name for entry in listing.entries if entry.badge == "twin"} == {b"X", b"x"}


@pytest.mark.parametrize("order", [SIZE, DATE])
def test_a_disk_that_is_asked_for_many_sizes_is_not_taken_for_a_silent_one(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    root = tree({f"f{n}": b"1" for n in range(listing.FIRST_PAGE + 1)})
    monkeypatch.setattr(listing, "TELL", -1.0)
    words = [message[0] for message in listing.list_pages(root, order)]
    assert "seen" in words[words.index("page") + 2 : words.index("names")]


def test_a_flat_folder_is_told_of_while_it_is_counted(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a million files in one folder nothing was said before the end: the key had no answer for 3.5 s."""
    root = tree({f"f{n:03}": b"12" for n in range(300)})
    monkeypatch.setattr(scouting, "TELL", 0.0)
    told = [*scouting.totals(root)]
    assert len(told) >= 4
    assert [files for files, *_ in told] == sorted(files for files, *_ in told)
    assert told[-1] == (300, 600, 0, 0)


async def test_a_folder_that_cannot_be_listed_is_not_said_to_be_empty_of_folders(scout: Scout, tree: Tree) -> None:
    root = tree({"file": b"", "sub/x": b""})
    assert await scout.completions(root + b"/s") == (root + b"/sub/",)
    with pytest.raises(NotListed, match="ENOTDIR"):
        await scout.completions(root + b"/file/x")
    with pytest.raises(NotListed, match="DIR_GONE"):
        await scout.completions(root + b"/nope/x")
    with pytest.raises(NotListed, match="DIR_STALLED"):
        await scout.completions(root + b"/s", timeout=0.0)


async def test_folders_longer_than_the_system_takes_are_completed(scout: Scout, tree: Tree) -> None:
    root, name = tree({"top": b""}), b"d" * 200
    here, path = os.open(root, os.O_RDONLY), root
    for _ in range(25):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here, path = below, path + b"/" + name
    os.close(here)
    assert await scout.completions(path[:-1]) == (path + b"/",)


def test_a_file_that_the_system_makes_up_is_not_read_whatever_size_it_names(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of /sys are of 4096 bytes each, and some are empty once they were read."""
    root = tree({"trace_pipe": b"x" * 4096})
    assert [*scouting.inspect(root + b"/trace_pipe")][-1] == ("head", b"x" * 4096, "")
    monkeypatch.setattr(scouting, "_MADE_UP", (os.path.realpath(root) + b"/",))
    assert [*scouting.inspect(root + b"/trace_pipe")][-1] == ("head", b"", "SIZE_UNKNOWN")


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="needs /proc")
async def test_a_file_of_no_size_is_not_read(scout: Scout) -> None:
    """Each byte of /proc/kmsg is read once: the preview took the kernel's messages away from whoever logs them."""
    found = await scout.inspect(b"/proc/version")
    assert (found.head, found.head_error, found.size) == (b"", "SIZE_UNKNOWN", 0)
