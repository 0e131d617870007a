"""The screen by Pilot over the real engine, the real scout and the real emulator: nothing in between is fake."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.ui.stage import text_frame
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Emulator, Options
from tui_uploader.engine.engine import Engine
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.scout import Scout
from tui_uploader.model.secret import Secret
from tui_uploader.ui.app import UploaderApp
from tui_uploader.ui.glyphs import ASCII

PATIENCE = 20.0


async def until(app: UploaderApp, what: Callable[[str], bool]) -> str:
    """Let the app work until `what` is on its screen; the text."""
    text = ""
    try:
        async with asyncio.timeout(PATIENCE):
            while not what(text := "\n".join(text_frame(app))):
                await asyncio.get_running_loop().run_in_executor(None, lambda: None)
    except TimeoutError:
        raise AssertionError(f"it is still:\n{text}") from None
    return text


async def test_marked_started_failed_inline_and_retried_into_done(tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "q1" / "secret").mkdir(parents=True)
    for number in range(30):
        (files / "q1" / f"{number:02d}.csv").write_bytes(b"x" * 3000)
    (files / "q1" / "secret" / "[bold]pay.xlsx").write_bytes(b"y" * 100)
    (files / "q1" / "broken.png").write_bytes(b"z" * 100)
    broken = Fault("status", "info", ("*broken.png",), code="COS_ACTION_FAILED", message="[red]no[/] \x1b[31m")
    async with Emulator(Options(refused=("in/q1/secret/",), faults=(broken,))) as cloud:
        engine = Engine(EngineOptions(cloud.gateway, cloud.env_id, Secret(cloud.token)))
        scout = Scout()
        app = UploaderApp(
            engine, scout, root=bytes(files), plan_options=PlanOptions(prefix="in"), env_label="emu", glyphs=ASCII
        )
        try:
            async with app.run_test(size=(80, 24)) as pilot:
                await until(app, lambda text: "q1/" in text)
                await pilot.press("space", "u")
                text = await until(app, lambda text: "Plan: 32 objects" in text and "Enter start" in text)
                assert "in/q1/" in text
                await pilot.press("enter")
                text = await until(app, lambda text: "30 of 32" in text and "2 failed" in text)
                assert "STORAGE_EXCEED_AUTHORITY rule denies" in text
                assert "COS_ACTION_FAILED" in text
                assert set(cloud.objects()) == {f"in/q1/{number:02d}.csv" for number in range(30)}
                cloud.cloud.refused.clear()
                cloud.cloud.script.faults.clear()
                await pilot.press("R")
                await until(app, lambda text: "32 of 32" in text and "0 failed" in text)
                assert cloud.objects()["in/q1/secret/[bold]pay.xlsx"].size == 100
                counts = app.state.counts
                assert (counts.total, counts.done, counts.failed) == (32, 32, 0)
                await pilot.press("q")
        finally:
            engine.close()
            await scout.close()
