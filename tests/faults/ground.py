"""The ground of one fault test: files, a cloud, runs of push, and the three assertions that end every one of them."""

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.faults.servers import Behaviour, Cloud, Emulated, Raw
from tui_uploader import push
from tui_uploader.console import JsonLines
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine.planner import Planner, PlanOptions, start_of_argument
from tui_uploader.engine.port import Clocks, EngineOptions
from tui_uploader.model import events as ev
from tui_uploader.model.queue import QueueState
from tui_uploader.model.secret import Secret

TOKEN = "CANARY-access-token-5a17"
SLACK = 5.0
"""Seconds that anything may take beyond the clocks that it used up."""
CLOCKS = Clocks(
    connect=1.0, stalled=0.5, answer=0.5, whole_answer=0.5, backoff_base=0.01, backoff_cap=0.05, retry_after_cap=0.3,
    probe=0.2, quiet_source=0.02,
)  # fmt: skip
UNKNOWN = frozenset({"NO_ANSWER", "BAD_ANSWER", "UNVERIFIED", "CHECKSUM", "NOT_COS", "NET_RESET", "NET_CLOSED"}) | {
    "SOURCE_CHANGED",
    "SOURCE_REPLACED",
}
"""Codes under which an object may have failed although the bucket has it: the outcome was never learnt."""


@dataclass
class Ended:
    """How a run ended: its exit code, its JSON lines, what it said beside them, and the seconds it took."""

    code: int
    events: list[dict[str, Any]]
    said: str
    seconds: float
    reprs: list[str]

    @property
    def summary(self) -> dict[str, Any]:
        """The last line."""
        return self.events[-1]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The lines of one kind."""
        return [event for event in self.events if event["event"] == kind]

    @property
    def failed(self) -> dict[str, str]:
        """Keys that failed, and their codes."""
        return {event["key"]: event["code"] for event in self.of("failed")}

    @property
    def retried(self) -> list[tuple[str, str]]:
        """Keys that were tried again, and the codes that made it so."""
        return [(event["key"], event["code"]) for event in self.of("retrying")]

    @property
    def stop(self) -> str | None:
        """The code that ended the run for all."""
        return next((event["code"] for event in self.of("stopped")), None)


class _Watched(JsonLines):
    """JSON lines, and the repr of every event: it must not hold a secret either."""

    def __init__(self, out: io.StringIO, reprs: list[str]) -> None:
        super().__init__(out)
        self._reprs = reprs

    def event(self, event: ev.Event, state: QueueState) -> None:
        self._reprs.append(repr(event))
        super().event(event, state)


class _Heard(logging.Handler):
    """Everything that anybody logs, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Ground:
    """Made by the fixture `ground`, and ended by it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self.files.mkdir()
        self.state = folder / "state"
        self._clouds: list[Cloud] = []
        self._said: list[str] = []
        self._heard = _Heard()
        logging.getLogger().addHandler(self._heard)

    # -- what a test stands on

    def fill(self, count: int, size: int = 300, folder: str = "") -> None:
        """Some files ``f000.txt``... with content of their own."""
        where = self.files / folder
        where.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            self.file(os.path.join(folder, f"f{number:03d}.txt"), size)

    def file(self, name: str, size: int = 300) -> Path:
        """One file."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        seed = f"{name}|".encode("utf-8", "surrogateescape")
        path.write_bytes((seed * (size // len(seed) + 1))[:size])
        return path

    def cloud(self, *faults: Fault, **options: Any) -> Emulated:
        """An emulator with a script of faults."""
        count = len(self._clouds)
        made = Emulated(
            Options(**{"data": str(self.folder / f"cloud{count}"), "token": TOKEN, **options}, faults=faults)
        )
        self._clouds.append(made)
        return made

    def raw(
        self, puts: dict[str, Sequence[Behaviour]] | None = None, asks: Sequence[Behaviour] = (), **more: Any
    ) -> Raw:
        """A cloud on raw sockets."""
        made = Raw(TOKEN, puts, asks, **more)
        self._clouds.append(made)
        return made

    # -- runs

    def push(
        self, *paths: Path, clock: float = 0.0, plan: PlanOptions | None = None, silence: float = 5.0, **changes: Any
    ) -> Ended:
        """The code behind `push`, in this process, on the last cloud; `changes` are of EngineOptions.

        `clock` is the seconds of the clocks that the run is allowed to use up; `silence` is the walk's.
        """
        cloud = self._clouds[-1]
        values = {"gateway": cloud.gateway, "env_id": cloud.env_id, "token": Secret(cloud.token), "patience": 0.5}
        options = EngineOptions(**{**values, "clocks": CLOCKS, **changes})
        starts = [start_of_argument(os.fsencode(path)) for path in paths or (f"{self.files}/",)]
        out, reprs = io.StringIO(), list[str]()
        began = time.monotonic()
        code = push.run(options, Planner(plan or PlanOptions(), silence=silence), starts, _Watched(out, reprs))
        return self._judge(Ended(code, _lines(out.getvalue()), "", time.monotonic() - began, reprs), clock)

    def command(
        self,
        *arguments: str,
        clock: float = 0.0,
        environment: dict[str, str] | None = None,
        before: Sequence[str] = (),
        watched: Callable[["subprocess.Popen[bytes]", bytes], None] = lambda process, line: None,
    ) -> Ended:
        """The installed command ``push --json`` as a process of its own, on the last cloud, with the short clocks.

        Without arguments that name a file it pushes the contents of the ground's folder. `watched` sees each line as
        it comes.
        """
        cloud = self._clouds[-1]
        file = self.folder / "token"
        file.touch(mode=0o600)
        file.write_text(cloud.token)
        usual = [] if any(word.startswith(str(self.files)) for word in arguments) else [f"{self.files}/"]
        clocks = ",".join(f"{name}={value}" for name, value in asdict(CLOCKS).items())
        service = ["--gateway", cloud.gateway, "--env-id", cloud.env_id, "--token-file", str(file), "--clocks", clocks]
        command = [*before, sys.executable, "-m", "tui_uploader", "push", "--json", *usual, *service, *arguments]
        began = time.monotonic()
        with tempfile.TemporaryFile() as errors:
            own = self.environment() | (environment or {})
            process = subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=errors)
            over = threading.Timer(60, process.kill)
            over.start()
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                watched(process, line)
                lines.append(line.decode())
            process.stdout.close()
            code = process.wait()
            over.cancel()
            seconds = time.monotonic() - began
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace")
        assert "Traceback" not in said, said
        return self._judge(Ended(code, _lines("".join(lines)), said, seconds, []), clock)

    def environment(self) -> dict[str, str]:
        """The environment of a process: nothing of ours, and folders of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUI_UPLOADER", "XDG_"))}
        own = {"TUI_UPLOADER_CONFIG_DIR": str(self.folder / "config"), "TUI_UPLOADER_STATE_DIR": str(self.state)}
        return kept | own

    # -- the three assertions

    def _judge(self, ended: Ended, clock: float) -> Ended:
        self._said += [json.dumps(ended.events, ensure_ascii=False), ended.said, *ended.reprs]
        _agree(ended, self._clouds[-1].held())
        assert ended.seconds <= clock + SLACK, f"took {ended.seconds:.1f} s with {clock} s of clocks"
        self.no_canary()
        return ended

    def heard(self) -> list[str]:
        """Everything that was said, logged or written down so far."""
        kept = sorted(path for path in self.state.rglob("*") if path.is_file()) if self.state.exists() else []
        return [*self._said, *self._heard.lines, *(path.read_bytes().decode("utf-8", "replace") for path in kept)]

    def no_canary(self, *more: str) -> None:
        """No secret is in anything that was said, logged or written down."""
        canaries = {text for cloud in self._clouds for text in cloud.canaries()}
        said = "\n".join([*self.heard(), *more])
        leaked = [canary for canary in canaries if canary in said]
        assert not leaked, f"leaked: {leaked}"

    def close(self) -> None:
        """End the clouds, and look once more for what leaked."""
        logging.getLogger().removeHandler(self._heard)
        try:
            self.no_canary()
        finally:
            for cloud in self._clouds:
                cloud.close()


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def _agree(ended: Ended, held: dict[str, bytes]) -> None:
    """The exit code, the lines and the summary agree with each other and with what the server holds."""
    summary, kinds = ended.summary, Counter(event["event"] for event in ended.events)
    assert summary["event"] == "summary", ended
    assert summary["total"] == sum(summary[word] for word in ("done", "failed", "skipped", "cancelled", "waiting"))
    assert (summary["done"], summary["skipped"]) == (kinds["done"], kinds["skipped"])
    assert summary["failed"] == len(ended.failed)
    assert summary["by_code"] == dict(Counter(ended.failed.values()))
    assert ended.code == (3 if kinds["stopped"] else 1 if summary["failed"] else 0), (ended.code, summary)
    assert kinds["stopped"] or not summary["waiting"], summary
    done = {event["key"]: event for event in ended.of("done")}
    for key, event in done.items():
        assert key in held, f"{key} is claimed done, and the server has none"
        assert len(held[key]) == event["size"], key
        if os.path.isfile(event["path"]) and not event.get("source_gone"):
            assert held[key] == Path(event["path"]).read_bytes(), f"{key}: other bytes than the file's"
    for key in set(held) - set(done):
        met = {code for name, code in ended.retried if name == key} | {ended.failed.get(key, "")}
        assert met & UNKNOWN, f"{key} is stored and not claimed, after {met}"
