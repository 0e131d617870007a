"""What goes to files: lines of the log, what was copied, a report: whole, private, never over another unasked."""

import os
import stat
from collections import deque
from pathlib import Path

import pytest

from tests.ui.stage import Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.ui.screens import writing
from tui_uploader.ui.widgets import log_book


async def asked_for(stage: Stage, path: str, *keys: str) -> str:
    """Press keys that ask for a path, name one, and see what is said of it."""
    await stage.press(*keys, "ctrl+u", *path, "enter")
    await stage.app.workers.wait_for_complete()
    return said(await stage.press())


def said(frame: list[str]) -> str:
    """All words of a frame, wherever a line was broken."""
    return " ".join(" ".join(frame).split())


async def test_the_log_goes_to_the_file_that_a_person_names_with_request_ids_as_a_whole(tmp_path: Path) -> None:
    async with on_stage((120, 40), prefix="") as stage:
        stage.port.seed(2)
        slow = Failure("SlowDown", Phase.PUT, request_id="9f2c1d70-4a5b-whole")
        stage.port.events.append(ev.ItemFailed(0, slow, 1, 0.0))
        frame = "\n".join(await stage.tick())
        assert "req 9f2c1d70" in frame
        assert "4a5b-whole" not in frame
        text = await asked_for(stage, str(tmp_path / "log.txt"), "3", "X")
        assert f"written: {tmp_path}/log.txt (2 lines)" in text
        lines = (tmp_path / "log.txt").read_text().splitlines()
        assert [line.split()[2] for line in lines] == ["added", "fail"]
        assert lines[1].endswith("SlowDown  req 9f2c1d70-4a5b-whole")
        assert stat.S_IMODE((tmp_path / "log.txt").stat().st_mode) == 0o600


async def test_over_a_file_that_is_there_only_after_a_yes(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("mine")
    async with on_stage((120, 40)) as stage:
        stage.port.seed(2)
        await stage.tick()
        assert "is there already: replace it?" in await asked_for(stage, str(tmp_path / "log.txt"), "3", "X")
        await stage.press("n")
        assert (tmp_path / "log.txt").read_text() == "mine"
        await asked_for(stage, str(tmp_path / "log.txt"), "3", "X")
        await stage.press("y")
        await stage.app.workers.wait_for_complete()
        assert "added" in (tmp_path / "log.txt").read_text()


async def test_where_it_cannot_be_written_the_reason_and_the_key_are_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    async with on_stage((120, 40)) as stage:
        stage.port.seed(2)
        await stage.tick()
        assert "there is no such folder" in await asked_for(stage, "/nowhere/at/all.txt", "3", "X")
        await stage.press("escape")
        assert "this names no file" in await asked_for(stage, f"{tmp_path}/", "3", "X")
        await stage.press("escape")
        await asked_for(stage, str(tmp_path / "pipe"), "3", "X")
        await stage.press("y")
        await stage.app.workers.wait_for_complete()
        assert "pipe: not written: Not a regular file; X names another file" in said(await stage.press())
        text = await asked_for(stage, "/proc/log.txt", "3", "X")
        assert "/proc/log.txt: not written: " in text
        assert "; X names another file" in text
        assert os.listdir(tmp_path) == ["pipe"]


async def test_where_older_lines_have_gone_the_file_that_has_them_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_book, "MAX_LINES", 3)
    monkeypatch.setattr(writing, "state_dir", lambda: "/state")
    async with on_stage((120, 40)) as stage:
        stage.app.main.log_view.book.lines = deque(maxlen=3)
        stage.port.seed(9)
        for one in range(9):
            stage.port.fail(one, "SlowDown")
        await stage.tick()
        text = await asked_for(stage, str(tmp_path / "log.txt"), "3", "X")
        assert "log.txt (3 lines); older ones are in /state/log.jsonl" in text


async def test_links_that_no_clipboard_holds_go_to_a_file(tmp_path: Path) -> None:
    count = 1500
    async with on_stage((120, 40)) as stage:
        stage.port.seed(count)
        for one in range(count):
            stage.port.done(one)
        while stage.port.events or stage.app.pump.behind:
            await stage.tick()
        await stage.press("2", "Y", "y")
        await stage.tick()
        await stage.app.workers.wait_for_complete()
        assert "too long for a terminal's clipboard: E writes it to a file" in said(await stage.press())
        assert "whoever reads this file can open these objects" in said(await stage.press("E"))
        await stage.press("escape", "Y", "y")
        await stage.tick()
        await stage.app.workers.wait_for_complete()
        assert f"written: {tmp_path}/links.txt" in await asked_for(stage, str(tmp_path / "links.txt"), "E")
        links = (tmp_path / "links.txt").read_text().splitlines()
        assert len(links) == count
        assert all(link.startswith("https://links.example/") for link in links)
        assert stat.S_IMODE((tmp_path / "links.txt").stat().st_mode) == 0o600
