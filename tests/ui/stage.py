"""The app over a fake engine and a fake disk, driven by hand: no timers, a clock that a test moves, frames as text."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

from rich.cells import cell_len
from textual.app import App
from textual.pilot import Pilot

from tests.ui.fake_port import FakePort
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.model.files import Entries, Entry, Facts, Inspection, Kind, Listing, Mark, Totals
from tui_uploader.model.items import Past, PastBeneath, Planned
from tui_uploader.model.marked import Marked
from tui_uploader.model.ordering import entry_key
from tui_uploader.ui.app import DemoHooks, UploaderApp
from tui_uploader.ui.desk import AccessHooks, JobsHooks, LastPrefix, Stay
from tui_uploader.ui.glyphs import ASCII, Glyphs
from tui_uploader.ui.taste import Taste

ROOT = b"/srv/reports"
CELL = 12.2  # the width of a cell in Textual's SVG


class FakeScout:
    """A disk in memory: folders by path, and the plan that a test wants. `gate` holds a plan between its chunks."""

    def __init__(self) -> None:
        self.folders: dict[bytes, tuple[Entry, ...]] = {
            ROOT: (
                Entry(b"q1", Kind.FOLDER),
                Entry(b"raw", Kind.FOLDER),
                Entry(b"plan.xlsx", Kind.FILE, 2_200_000, 1.0e9),
                Entry(b"[bold]x", Kind.FILE, 12, 1.0e9),
                Entry(b"esc\x1b[31mred", Kind.FILE, 3, 1.0e9),
                Entry(b"data.fifo", Kind.FIFO),
            )
        }
        self.past: dict[bytes, Past] = {}
        self.beneath_past: dict[bytes, PastBeneath] = {}
        self.inspection = Inspection(error="ENOENT")
        self.planned_with: list[PlanOptions] = []
        self.chunks: list[tuple[Planned, ...]] = []
        self.gate: asyncio.Event | None = None
        self.trouble: Exception | None = None

    async def read(self, folder: bytes, order: str = "name", timeout: float = 5.0) -> AsyncIterator[Listing]:
        """A folder's entries, empty where the test named none."""
        found = sorted(self.folders.get(folder, ()), key=entry_key)
        if order == "size":
            found.sort(key=lambda entry: (entry.kind is not Kind.FOLDER, -entry.size))
        yield Listing(folder, Entries.of(found))

    async def look(self, folder: bytes, names: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Facts]:
        """What was not said with the folder is not known."""
        return {name: Facts(-1, 0.0) for name in names}

    async def totals(self, path: bytes, timeout: float = 10.0) -> AsyncIterator[Totals]:
        """Two files, at once."""
        yield Totals(2, 3_000_000, 1, 0, True)

    async def history(self, paths: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Past]:
        """What the test says of earlier jobs."""
        return {path: self.past[path] for path in paths if path in self.past}

    async def beneath(self, folders: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, PastBeneath]:
        """What the test says of earlier jobs."""
        return {path: self.beneath_past[path] for path in folders if path in self.beneath_past}

    async def inspect(self, path: bytes, timeout: float = 5.0) -> Inspection:
        """What the test wants to be known."""
        return self.inspection

    async def completions(self, typed: bytes, timeout: float = 2.0) -> Sequence[bytes]:
        """The folders of this disk that begin so."""
        return tuple(sorted(path + b"/" for path in self.folders if path.startswith(typed)))

    async def plan(
        self, marks: Sequence[Mark] | Marked, excluded: Collection[bytes], options: PlanOptions
    ) -> AsyncIterator[tuple[Planned, ...]]:
        """The chunks that the test set."""
        self.planned_with.append(options)
        for place, chunk in enumerate(self.chunks):
            if place and self.gate is not None:
                await self.gate.wait()
            yield chunk
        if self.trouble is not None:
            raise self.trouble

    async def close(self) -> None:
        """Nothing to end."""


class Clock:
    """Monotonic seconds that stand still until a test moves them."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """What a test holds in its hands."""

    def __init__(self, app: UploaderApp, pilot: Pilot[None], port: FakePort, scout: FakeScout, clock: Clock) -> None:
        self.app, self.pilot, self.port, self.scout, self.clock = app, pilot, port, scout, clock

    async def press(self, *keys: str) -> list[str]:
        """Press keys and see."""
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return self.frame()

    async def tick(self, seconds: float = 2.0) -> list[str]:
        """Let time pass, the pump beat once, and see."""
        self.clock.now += seconds
        self.app.pump.tick()
        await self.pilot.pause()
        return self.frame()

    def frame(self) -> list[str]:
        """The screen as lines of text, without blanks at their ends."""
        return text_frame(self.app)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.frame())


@asynccontextmanager
async def on_stage(
    size: tuple[int, int] = (80, 24),
    *,
    glyphs: Glyphs = ASCII,
    prefix: str = "logs/2026",
    theme: str | None = None,
    taste: Taste | None = None,
    keys: Mapping[str, str] | None = None,
    access: AccessHooks | None = None,
    demo: DemoHooks | None = None,
    stay: Stay | None = None,
    last_prefix: LastPrefix | None = None,
    jobs: JobsHooks | None = None,
    disk: FakeScout | None = None,
) -> AsyncIterator[Stage]:
    """The app at a size."""
    port, scout, now = FakePort(), disk or FakeScout(), Clock()

    class Quiet(UploaderApp):
        ticking = False
        clock = staticmethod(now)

    options = PlanOptions(prefix=prefix)
    app = Quiet(
        port,
        scout,
        root=ROOT,
        plan_options=options,
        env_label="prod-1a2b",
        glyphs=glyphs,
        taste=taste or Taste(theme=theme, lang="en", keys=keys or {}),
        demo=demo,
        access=access,
        stay=stay,
        last_prefix=last_prefix,
        jobs=jobs,
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Stage(app, pilot, port, scout, now)


_TEXT = re.compile(r'<text[^>]* x="([\d.]+)" [^>]*clip-path="url\([^)]*-line-(\d+)\)"[^>]*>([^<]*)</text>')


def text_frame(app: App[None]) -> list[str]:
    """What is on the screen, read back from the exported picture: public API only."""
    height = app.size.height
    lines = [""] * height
    for x, line, words in _TEXT.findall(app.export_screenshot(simplify=True)):
        row, column = int(line), round(float(x) / CELL)
        text = html.unescape(words).replace("\xa0", " ")
        if row < height:
            lines[row] += " " * (column - cell_len(lines[row])) + text
    return [line.rstrip() for line in lines]
