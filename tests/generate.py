"""``python -m tests.generate`` writes the README's tables and the pictures; with ``--check`` it compares only."""

import asyncio
import os
import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.ui.fake_port import FakePort
from tests.ui.stage import Clock, FakeScout, Stage
from tui_uploader.emulator.script import INFO_KINDS, PUT_KINDS
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.model import events as ev
from tui_uploader.model import items
from tui_uploader.model.codes import ROWS
from tui_uploader.model.failures import Phase
from tui_uploader.model.files import Entry, Kind
from tui_uploader.model.items import Planned
from tui_uploader.ui import keys
from tui_uploader.ui.app import UploaderApp
from tui_uploader.ui.glyphs import UNICODE
from tui_uploader.ui.screens.help import key_names
from tui_uploader.ui.taste import Taste
from tui_uploader.ui.theme_files import theme_folder

TOP = Path(__file__).resolve().parent.parent
MOMENT = 1_795_442_587.0  # what every event of a picture is dated: a picture must not change with the clock
ROOT = b"/srv/reports"
GROUPS = (
    ("Everywhere", keys.EVERYWHERE),
    ("Moving", keys.MOVING),
    ("Files", keys.FILES),
    ("Queue", keys.QUEUE),
    ("Log", keys.LOG),
    ("Pages: plan, details, help", (*keys.SHEET, *keys.PLAN, *keys.DETAIL)),
    ("The question before leaving", keys.LEAVING),
    ("Preferences", keys.PREFERENCES),
    ("Credentials", keys.CREDENTIALS),
)


def key_table() -> str:
    """The keymap as Markdown."""
    lines = []
    for name, group in GROUPS:
        lines += [f"| {name} | |", "|---|---|"]
        lines += [f"| `{key_names(key)}` | {key.tooltip} |" for key in group] + [""]
    return "\n".join(lines)


def code_table() -> str:
    """The catalogue of codes as Markdown."""
    lines = ["| code | meaning | retry | what to check |", "|---|---|---|---|"]
    for row in ROWS:
        lines.append(f"| `{row.code}` | {row.meaning} | {'yes' if row.helps else 'no'} | {row.check} |")
    return "\n".join(lines)


def fault_text() -> str:
    """What a fault file may hold."""
    return "\n".join(
        [
            "```toml",
            "[[fault]]",
            'where = "put"              # or "info": the call for upload info',
            'kind = "status"',
            'keys = ["logs/*"]          # shell globs; * crosses /',
            'times = 2                  # for each key (per = "all": over all keys); left out: always',
            "status = 503",
            'code = "SlowDown"',
            'headers = { Retry-After = "3" }',
            "```",
            "",
            f"Kinds at `put`: {', '.join(f'`{kind}`' for kind in sorted(PUT_KINDS))}.",
            "",
            f"Kinds at `info`: {', '.join(f'`{kind}`' for kind in sorted(INFO_KINDS))}.",
            "",
            "With `whole = true` a `status` is the answer to the whole call. Further fields: `after`, `message`,",
            "`delay` (ms), `at` (per cent of the body), `location`, `name` (of a missing field), `host` (of a link).",
        ]
    )


def readme() -> str:
    """The README with its generated parts as they should be."""
    text = (TOP / "README.md").read_text("utf-8")
    for name, made in (("keys", key_table()), ("faults", fault_text()), ("codes", code_table())):
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text, found = pattern.subn(lambda match, made=made: f"{match[1]}{made}\n{match[2]}", text)  # type: ignore[misc]
        if found != 1:
            raise SystemExit(f"README.md has no place for {name}")
    return text


class PicturePort(FakePort):
    """A fake engine whose facts all carry the same date."""

    def drain(self) -> list[ev.Event]:
        """The events, dated."""
        return [_dated(event) for event in super().drain()]


def _dated(event: Any) -> ev.Event:
    dated: ev.Event = replace(event, at=MOMENT) if hasattr(event, "at") else event
    return dated


class PictureScout(FakeScout):
    """The folder in the pictures."""

    def __init__(self) -> None:
        super().__init__()
        q1 = (
            Entry(b"exports", Kind.FOLDER),
            Entry("季度报告.docx".encode(), Kind.FILE, 90_000, 1.79e9),
            Entry(b"plan.xlsx", Kind.FILE, 2_200_000, 1.79e9),
            Entry(b"salaries.xlsx", Kind.FILE, 91_000, 1.79e9),
            Entry(b"video.mp4", Kind.FILE, 325_000_000, 1.79e9),
            Entry(b"data.fifo", Kind.FIFO),
            Entry(b"old", Kind.LINK, -1, 0.0, b"..", "loop"),
        )
        self.folders = {
            ROOT: (Entry(b"q1", Kind.FOLDER), Entry(b"raw", Kind.FOLDER), Entry(b"notes.md", Kind.FILE, 3_100, 1.79e9)),
            ROOT + b"/q1": q1,
        }
        lines = [Planned(ROOT + b"/q1/" + entry.name, f"q1/{entry.name.decode()}", entry.size) for entry in q1[1:5]]
        lines += [
            Planned(ROOT + b"/q1/exports/part-%03d.csv" % n, f"q1/exports/part-{n:03d}.csv", 40_000) for n in range(60)
        ]
        lines.append(
            Planned(ROOT + b"/q1/data.fifo", "q1/data.fifo", 0, items.Verdict.SKIP, "NOT_A_FILE", "not-a-file")
        )
        self.chunks = [tuple(lines)]


async def pictures() -> dict[str, str]:
    """The main states in the usual theme, one state in each other theme, and one in Chinese: SVG by file name."""
    made = {f"{state}.svg": svg for state, svg in (await states("slate")).items() if state != "theme"}
    for theme in sorted(path.stem for path in theme_folder().glob("*.toml")):
        made[f"theme-{theme}.svg"] = (await states(theme))["theme"]
    made["chinese.svg"] = (await states("slate", "zh"))["failures"]
    return made


async def states(theme: str, lang: str = "en") -> dict[str, str]:
    """The screen in its main states in one theme; ``theme`` is the one that shows most colours."""
    made: dict[str, str] = {}
    port, scout, now = PicturePort(), PictureScout(), Clock()

    class Still(UploaderApp):
        ticking = False
        clock = staticmethod(now)

    app = Still(
        port,
        scout,
        root=ROOT,
        plan_options=PlanOptions(prefix="logs/2026"),
        env_label="prod-1a2b",
        glyphs=UNICODE,
        taste=Taste(theme=theme, lang=lang),
    )
    async with app.run_test(size=(100, 28)) as pilot:
        await pilot.pause()
        stage = Stage(app, pilot, port, scout, now)
        await stage.press("enter")
        await stage.tick()
        made["idle"] = app.export_screenshot(title="tui-uploader", simplify=True)
        await stage.press("space", "u")
        await stage.tick()
        await stage.press("enter")
        await stage.tick()
        for item_id in range(4, 34):
            port.done(item_id)
        for item_id, share in ((0, 40), (1, 62), (3, 18), (34, 55)):
            port.stage(item_id, items.Stage.UPLOADING)
            port.bytes(item_id, app.state.row(item_id).size * share // 100)
        await stage.tick(6.0)
        port.bytes(3, 80_000_000)
        await stage.tick(6.0)
        made["transferring"] = app.export_screenshot(title="tui-uploader", simplify=True)
        port.fail(
            2, "STORAGE_EXCEED_AUTHORITY", phase=Phase.INFO, message="Denied.", request_id="9f2c1d70", http_status=200
        )
        port.fail(1, "SOURCE_CHANGED", phase=Phase.LOCAL)
        port.retrying(35, "SlowDown", after=3.0, http_status=503)
        for item_id in (0, *range(36, 64)):
            port.done(item_id)
        port.bytes(3, 140_000_000)
        await stage.tick(6.0)
        await stage.press("2", "g")
        await stage.tick()
        made["failures"] = app.export_screenshot(title="tui-uploader", simplify=True)
        made["theme"] = made["failures"]
        await stage.press("enter")
        made["detail"] = app.export_screenshot(title="tui-uploader", simplify=True)
        await stage.press("escape", "question_mark")
        made["help"] = app.export_screenshot(title="tui-uploader", simplify=True)
        await stage.press("escape", "comma")
        made["preferences"] = app.export_screenshot(title="tui-uploader", simplify=True)
    return made


def main() -> int:
    """Write, or compare; the exit code."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    wanted = {TOP / "README.md": readme()}
    wanted |= {TOP / "screenshots" / name: svg for name, svg in asyncio.run(pictures()).items()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(TOP)} is out of date: run  python -m tests.generate")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], "utf-8")
        print(f"wrote {path.relative_to(TOP)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
