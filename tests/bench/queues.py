"""A queue of a million rows in a real pty: how soon it is there, keys meanwhile and while 200,000 end at once, memory.

``python -m tests.bench.queues ROWS`` is the screen on an engine that only tells: what is measured is the screen alone.
"""

import os
import sys
import time
from typing import Any, cast

from tests.bench.folders import _keys, _memory, _said, _sign, _until
from tests.bench.latency import Timed, _environment, _p99
from tests.bench.targets import Verdict

ROWS = 1_000_000
PART = 2_000  # items in one message, as a worker sends them
KEYS = 200


class Told:
    """A port whose engine puts `rows` objects into the queue; once it is paused a fifth of them are done at once."""

    def __init__(self, rows: int) -> None:
        self._rows, self._given = rows, 0
        self._making = self._paused = False
        self._ends: list[Any] = []  # made beforehand, some at a time: to make them is no work of a screen

    def drain(self) -> list[Any]:
        """The next items; or all that ended."""
        from tui_uploader.model import events as ev
        from tui_uploader.model.items import QueueItem, Receipt

        if self._given < self._rows:
            start, self._given = self._given, min(self._given + PART, self._rows)
            items = tuple(
                QueueItem(one, b"/srv/data/d%d/f%07d" % (one // 1000, one), f"d{one // 1000}/f{one:07d}", 4096)
                for one in range(start, self._given)
            )
            return [ev.ItemsAdded(items, time.time()), ev.WalkEnded(time.time())]
        if self._making and len(self._ends) < self._rows // 5 and not self._paused:
            for one in range(len(self._ends), len(self._ends) + PART * 5):
                receipt = Receipt('"e"', str(one), f"req-{one}", f"cloud://e/{one}", True, 1, 0.1)
                self._ends.append(ev.ItemDone(one, receipt, time.time()))
        elif self._paused:
            ended, self._ends = self._ends, []
            return ended
        return []

    def set_parallel(self, _parallel: int | None) -> None:
        """The sign that the memory has been looked at: what is to end is no part of a screen's."""
        self._making = True

    def pause(self) -> None:
        """The sign to go on with the measurement."""
        self._paused = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_given, **_named: None


def screen(rows: int) -> None:
    """The screen on it, with the collector set as the program sets it."""
    from tui_uploader.engine.collecting import collect_seldom
    from tui_uploader.engine.plan_options import PlanOptions
    from tui_uploader.engine.port import EnginePort
    from tui_uploader.engine.scout import Scout
    from tui_uploader.ui.glyphs import ASCII
    from tui_uploader.ui.opened import OpenedApp
    from tui_uploader.ui.taste import Taste

    collect_seldom(freeze=False)
    app = OpenedApp(
        cast("EnginePort", Told(rows)),
        Scout(),
        root=os.fsencode(os.environ["HOME"]),
        plan_options=PlanOptions(),
        env_label="bench",
        glyphs=ASCII,
        taste=Taste(lang="en"),
    )
    app.run(mouse=False)


def measure(folder: str, rows: int = ROWS) -> list[Verdict]:
    """All of it, as verdicts."""
    home = os.path.join(folder, "queue-home")
    os.makedirs(home, exist_ok=True)
    found: list[Verdict] = []

    def judged(what: str, target: str, value: str, good: bool | None) -> None:
        found.append(Verdict(f"queue of {rows:,} rows: {what}", target, value, good))

    def keys(what: str, values: list[float]) -> None:
        judged(f"key to paint {what}, p50 / p99 / worst", "p99 < 50 ms", _said(values), _p99(values) < 50)

    began = time.perf_counter()
    command = [sys.executable, "-m", "tests.bench.queues", str(rows)]
    terminal = Timed(command, _environment(home, 9, None), 120, 40)
    with terminal:
        terminal.press("2")
        _sign(terminal, b"f0000003")
        judged("the first rows", "-", f"{time.perf_counter() - began:.2f} s with the start of Python", None)
        keys("while it comes in", _until(terminal, lambda text: f"0 of {rows:,}" in text, 180))
        judged("all of it", "-", f"{time.perf_counter() - began:.1f} s", None)
        keys("at rest", _keys(terminal, KEYS))
        memory = _memory(terminal.pid)
        most = _memory(terminal.pid, "VmHWM")
        judged("memory of the screen (now; most)", "<= 300 MiB", f"{memory:.0f}; {most:.0f} MiB", most <= 300)
        terminal.press(">")
        while terminal.count(1.0):
            pass
        terminal.count(6)  # what is to be told is made meanwhile
        terminal.press("p")
        keys(f"while {rows // 5:,} end at once", _until(terminal, lambda text: f"{rows // 5:,} of {rows:,}" in text))
        began = time.perf_counter()
        terminal.press("q")
        terminal.wait("leave|stop")
        terminal.press("s")
        terminal.wait_end()
        seconds = time.perf_counter() - began
        judged("leaving", "< 3 s", f"{seconds:.1f} s", seconds < 3)
    return found


if __name__ == "__main__":
    screen(int(sys.argv[1]))
