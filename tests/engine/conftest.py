"""Fixtures of the engine tests: a run of the real engine against the real emulator, over real sockets."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tui_uploader.emulator.server import Emulator, Options
from tui_uploader.engine.engine import Engine
from tui_uploader.engine.planner import Planner, PlanOptions, start_of_argument
from tui_uploader.engine.port import Clocks, EngineOptions
from tui_uploader.model import events as ev
from tui_uploader.model.items import Planned, Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.model.secret import Secret

QUICK = Clocks(
    connect=1.0,
    stalled=0.6,
    answer=0.6,
    whole_answer=0.6,
    backoff_base=0.02,
    backoff_cap=0.1,
    retry_after_cap=0.3,
    probe=0.2,
    quiet_source=0.02,
)
PATIENCE = 20.0


class CloudThread:
    """An emulator on a loop of its own, so that a blocking test can use it."""

    def __init__(self, options: Options) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.emulator = Emulator(options)
        self._call(self.emulator.__aenter__())

    def _call(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    def close(self) -> None:
        """End it."""
        self._call(self.emulator.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class Run:
    """One engine and the state that its events make."""

    def __init__(self, options: EngineOptions) -> None:
        self.engine = Engine(options)
        self.state = QueueState()
        self.events: list[ev.Event] = []

    def drain(self) -> None:
        """Apply what has come."""
        for event in self.engine.drain():
            self.state.apply(event)
            self.events.append(event)

    def until(self, what: Callable[["Run"], bool]) -> None:
        """Apply events until `what` holds."""
        import time

        end = time.monotonic() + PATIENCE
        self.drain()
        while not what(self):
            assert time.monotonic() < end, f"never came about: {self.state.counts} {self.events[-5:]}"
            self.engine.wait(0.2)
            self.drain()

    def to_the_end(self) -> "Run":
        """Until the engine says that nothing is waiting or active, or the run was stopped."""
        self.until(lambda run: run.state.stopped is not None or bool(run.of(ev.RunIdle)))
        return self

    def codes(self) -> dict[str, str]:
        """Failed keys and their codes."""
        found = {}
        for item_id in self.state.ids(Stage.FAILED):
            failure = self.state.failure(item_id)
            assert failure is not None
            found[self.state.key(item_id)] = failure.code
        return found

    def of(self, kind: type[ev.Event]) -> list[ev.Event]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


Start = Callable[..., tuple[Run, Emulator]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """``start(folder, cloud=Options(...), **engine options)``: plan the folder and begin; the run and its cloud."""
    opened: list[CloudThread] = []
    runs: list[Run] = []

    def begin(folder: Path | None, cloud: Options | None = None, **changes: object) -> tuple[Run, Emulator]:
        thread = CloudThread(cloud or Options(data=str(tmp_path / f"cloud{len(opened)}")))
        opened.append(thread)
        emulator = thread.emulator
        values: dict[str, object] = {
            "gateway": emulator.gateway,
            "env_id": emulator.env_id,
            "token": Secret(emulator.token),
            "patience": 1.0,
            "clocks": QUICK,
        }
        options = EngineOptions(**{**values, **changes})  # type: ignore[arg-type]
        run = Run(options)
        runs.append(run)
        if folder is not None:
            run.engine.add(plan(folder))
        return run, emulator

    yield begin
    for run in runs:
        run.engine.close()
    for thread in opened:
        thread.close()


def plan(folder: Path, **options: object) -> Sequence[Planned]:
    """The whole plan of a folder's contents."""
    planner = Planner(PlanOptions(**options))  # type: ignore[arg-type]
    return list(planner.plan([start_of_argument(bytes(folder) + b"/")]))


def fill(folder: Path, count: int, size: int = 100) -> Path:
    """Some files, each with content of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"f{number:04d}.txt").write_bytes(f"{number:08d}".encode() * (size // 8 + 1))
    return folder
