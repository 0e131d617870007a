"""Rows 51, 66 and 76 on the screen: badges in tree and queue, and the question before a link leaves the tree."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.faults.table import rows
from tests.ui.stage import text_frame
from tests.ui.test_real_engine import until
from tui_uploader.emulator.server import Emulator, Options
from tui_uploader.engine.engine import Engine
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.scout import Scout
from tui_uploader.model.secret import Secret
from tui_uploader.ui.app import UploaderApp
from tui_uploader.ui.glyphs import ASCII


@asynccontextmanager
async def screen(
    root: Path, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[UploaderApp, Pilot[None], Emulator]]:
    """The app over the real engine, scout and emulator."""
    async with Emulator(Options()) as cloud:
        engine = Engine(EngineOptions(cloud.gateway, cloud.env_id, Secret(cloud.token)))
        scout = Scout()
        app = UploaderApp(engine, scout, root=bytes(root), plan_options=PlanOptions(), env_label="emu", glyphs=ASCII)
        try:
            async with app.run_test(size=size) as pilot:
                yield app, pilot, cloud
        finally:
            engine.close()
            await scout.close()


def line(app: UploaderApp, name: str) -> str:
    """The screen's first line with a name."""
    return next((text for text in text_frame(app) if name in text), "")


@rows(51, 76)
@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_sparse_files_and_twins_have_a_badge_in_the_tree_and_in_the_queue(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    for name in ("README", "readme", "caf\u00e9", "cafe\u0301", "plain"):
        (root / name).write_bytes(b"x")
    (root / "holes").touch()
    os.truncate(root / "holes", 3_000_000)
    async with screen(root, size) as (app, pilot, cloud):
        await until(app, lambda text: "sparse" in line(app, "holes") and text.count("twin") >= 4)
        assert "twin" in line(app, "README")
        assert "twin" not in line(app, "plain")
        await pilot.press("j")
        await until(app, lambda text: "another name here" in text)
        await pilot.press("a", "u")
        await until(app, lambda text: "Enter start" in text)
        await pilot.press("enter", "2")
        await until(app, lambda text: "6 of 6" in text)
        await pilot.press("z", "f", "a")  # the queue alone
        text = await until(app, lambda text: text.count("twin") >= 4 and "sparse" in text)
        assert len(cloud.objects()) == 6
        assert "plain" in text


@rows(66)
async def test_a_link_that_leaves_the_tree_is_marked_after_an_explicit_yes_alone(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"of somebody else")
    (root / "a").write_bytes(b"a")
    (root / "sub" / "up").symlink_to("../a")
    (root / "sub" / "out").symlink_to("../../secret")
    (root / "z1").symlink_to(tmp_path / "secret")
    (root / "z2").symlink_to("/etc/hostname")
    async with screen(root) as (app, pilot, cloud):
        await until(app, lambda text: "z2 ->" in text and "/etc/hostname" in text)
        await pilot.press("G", "space")
        text = await until(app, lambda text: "y yes" in text)
        assert "1 link leads out of this folder" in text
        assert "z2 -> /etc/hostname" in text
        await pilot.press("n")
        text = await until(app, lambda text: "not marked: 1 link" in text)
        assert "[ ] z2" in text
        await pilot.press("g", "l", "v", "G", "v")  # all of it, the open folder's links too
        text = await until(app, lambda text: "y yes" in text)
        assert "3 links lead out of this folder" in text
        assert all(
            words in text for words in (f"sub/out -> {tmp_path}/secret", f"z1 -> {tmp_path}/secret", "z2 -> /etc")
        )
        await pilot.press("y")
        text = await until(app, lambda text: "[*] z2" in text)
        assert "[*] up -> ../a" in text  # it stays inside: nobody is asked
        await pilot.press("u")
        await until(app, lambda text: "Enter start" in text)
        await pilot.press("enter")
        await until(app, lambda text: "5 of 5" in text)
        assert set(cloud.objects()) == {"a", "sub/up", "sub/out", "z1", "z2"}
        await pilot.press("G", "space", "up", "space")
        assert "y yes" not in "\n".join(text_frame(app))  # asked once, and agreed


@rows(66)
async def test_many_targets_are_counted_where_there_is_no_room_for_all(tmp_path: Path) -> None:
    for number in range(40):
        os.symlink("/etc/hostname", tmp_path / f"l{number:02d}")
    async with screen(tmp_path, (60, 12)) as (app, pilot, _):
        await until(app, lambda text: text.count("3B") >= 5)  # what is in sight has been looked at
        await pilot.press("*")
        text = await until(app, lambda text: "y yes" in text)
        assert "more" in text
        await pilot.press("escape")
        await until(app, lambda text: "not marked" in text)
