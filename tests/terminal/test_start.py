"""The first frame is whole, comes before anything else is asked for, and has loaded nothing that it does not show."""

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.terminal.pty_screen import Terminal

NOTED = """
import os, sys
from tui_uploader.ui import driver
kept = driver.QuietDriver.write
def write(self, data):
    kept(self, data)
    if "1 Files" in data and not os.path.exists(sys.argv[-1] + ".modules"):
        with open(sys.argv[-1] + ".modules", "w") as file:
            file.write("\\n".join(sys.modules))
        with open(sys.argv[-1] + ".frame", "w") as file:
            file.write(data)
driver.QuietDriver.write = write
from tui_uploader.cli import main
main()
"""
UNSEEN = (
    "httpx", "httpcore", "sqlite3", "humanize", "rich.markdown", "markdown_it", "json", "shlex", "pathspec", "segno",
    "aiohttp", "fastcrc", "httptools", "tomli_w", "asyncio.subprocess.Process", "tui_uploader.session",
    "tui_uploader.engine.journal", "tui_uploader.engine.remote", "tui_uploader.engine.engine", "tui_uploader.protocol",
    "tui_uploader.model.codes", "tui_uploader.model.events", "tui_uploader.ui.screens.palette",
    "tui_uploader.ui.screens.plan", "tui_uploader.ui.screens.help", "tui_uploader.upload_commands",
)  # fmt: skip


def test_the_first_frame_is_whole_and_has_loaded_nothing_else(environment: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.csv").write_bytes(b"a,b\\n")
    settings = {**environment, "TUI_UPLOADER_TOKEN": "token-of-a-test", "TUI_UPLOADER_ENV_ID": "test-1"}
    command = [sys.executable, "-c", NOTED, "--gateway", "http://127.0.0.1:9", str(tmp_path / "files")]
    with Terminal(command, settings) as terminal:
        terminal.wait(r"\] report.csv")
        terminal.press("q")
        assert terminal.wait_end() == 0
    frame = (tmp_path / "files.frame").read_text()
    for words in ("1 Files", "2 Queue", "3 Log", "reading...", "nothing queued yet", "help"):
        assert words in frame
    loaded = (tmp_path / "files.modules").read_text().split("\n")
    assert "textual.app" in loaded
    assert [name for name in UNSEEN if name in loaded] == []
