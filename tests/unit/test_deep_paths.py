"""Deep paths: a folder that no path reaches answers like any other."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_uploader.engine import scouting
from tui_uploader.engine.listing import list_pages
from tui_uploader.protocol import deep_paths


@pytest.fixture
def bottom(tmp_path: Path) -> Iterator[bytes]:
    """The path of a folder 6,000 bytes down, with a file, a link and a folder in it."""
    here, path = os.open(tmp_path, os.O_RDONLY), os.fsencode(tmp_path)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here, path = below, path + b"/" + b"d" * 200
    with open(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=here), "wb") as file:
        file.write(b"content")
    os.symlink("file", "link", dir_fd=here)
    os.symlink("/nowhere", "broken", dir_fd=here)
    os.mkdir("folder", dir_fd=here)
    yield path
    os.close(here)


def test_what_it_is_told_of_a_deep_path_is_what_the_system_says_of_a_short_one(bottom: bytes) -> None:
    with pytest.raises(OSError, match="too long"):
        os.stat(bottom)
    assert deep_paths.stat(bottom + b"/file").st_size == 7
    assert deep_paths.stat(bottom + b"/link").st_size == 7
    assert deep_paths.is_link(bottom + b"/link")
    assert not deep_paths.is_link(bottom + b"/file")
    assert deep_paths.link_target(bottom + b"/broken") == b"/nowhere"
    with open(deep_paths.open_file(bottom + b"/file", os.O_RDONLY), "rb") as file:
        assert file.read() == b"content"
    with deep_paths.listing(bottom + b"//") as entries:
        assert {(entry.name, entry.is_dir()) for entry in entries} == {
            (b"file", False), (b"link", False), (b"broken", False), (b"folder", True),
        }  # fmt: skip


def test_no_descriptor_stays_open(bottom: bytes) -> None:
    before = os.listdir("/proc/self/fd")
    deep_paths.stat(bottom)
    with deep_paths.listing(bottom) as entries:
        next(entries)
    with pytest.raises(FileNotFoundError):
        deep_paths.stat(bottom + b"/gone")
    assert os.listdir("/proc/self/fd") == before


def test_a_path_without_end_is_too_long() -> None:
    with pytest.raises(OSError, match="too long") as met:
        deep_paths.stat(b"/d" * 40_000)
    assert met.value.errno == errno.ENAMETOOLONG


def test_the_screen_sees_into_it(bottom: bytes) -> None:
    messages = list(list_pages(bottom, "name"))
    assert b"file" in messages[0][1]
    assert messages[-1] == ("end", None, [])
    (rows, *links) = scouting.look(bottom, [b"file", b"link", b"broken"])
    assert rows[0][:2] == (b"file", 7)
    assert [(one[0][0], one[0][4]) for one in links] == [(b"link", "file"), (b"broken", "broken")]
    assert [*scouting.inspect(bottom + b"/file")][-1] == ("head", b"content", "")
    assert [*scouting.totals(bottom)][-1][:3] == (1, 7, 1)
