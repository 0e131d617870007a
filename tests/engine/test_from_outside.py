"""What an outside tester broke: `push` as a process against the emulator, with odd streams, signals and refusals."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread, Start, fill, plan
from tui_uploader import push
from tui_uploader.console import JsonLines
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine.planner import Planner, PlanOptions
from tui_uploader.engine.planner import Start as WalkStart
from tui_uploader.engine.port import EngineOptions
from tui_uploader.model.items import Planned, Stage
from tui_uploader.model.secret import Secret

COMMAND = [sys.executable, "-m", "tui_uploader", "push"]
LONG = 20.0
Served = Callable[[Options], tuple[list[str], dict[str, str], CloudThread]]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """``served(Options())``: the service's options of a push, its environment, and the cloud."""
    opened: list[CloudThread] = []

    def begin(options: Options) -> tuple[list[str], dict[str, str], CloudThread]:
        thread = CloudThread(options)
        opened.append(thread)
        file = tmp_path / "token"
        file.touch(mode=0o600)
        file.write_text(thread.emulator.token)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TUI_UPLOADER")}
        environment["TUI_UPLOADER_CONFIG_DIR"] = str(tmp_path / "config")
        return ["--json", "--gateway", thread.emulator.gateway, "--token-file", str(file)], environment, thread

    yield begin
    for thread in opened:
        thread.close()


def lines(out: bytes) -> list[dict[str, object]]:
    """Every line of standard output is a JSON object."""
    return [json.loads(line) for line in out.splitlines()]


class SlowPlanner(Planner):
    """A walk that goes on after the gateway has refused."""

    def __init__(self, lines: Sequence[Planned]) -> None:
        super().__init__(PlanOptions())
        self._lines = lines

    def plan(self, starts: Iterable[WalkStart]) -> Iterator[Planned]:
        for number, line in enumerate(self._lines):
            if number == 64:
                threading.Event().wait(0.5)
            yield line


def test_a_refusal_while_the_walk_goes_on_ends_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = CloudThread(Options(data=str(tmp_path / "cloud")))
    try:
        emulator = cloud.emulator
        options = EngineOptions(emulator.gateway, emulator.env_id, Secret("wrong"), patience=1.0)
        found = plan(fill(tmp_path / "files", 200))
        began = time.monotonic()
        assert push.run(options, SlowPlanner(found), (), JsonLines()) == push.STOPPED
        assert time.monotonic() - began < LONG
    finally:
        cloud.close()
    events = lines(capsys.readouterr().out.encode())
    assert [event["event"] for event in events][-2:] == ["stopped", "summary"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_standard_stream_that_came_closed_is_no_matter(served: Served, tmp_path: Path, closed: str) -> None:
    service, environment, cloud = served(Options(data=str(tmp_path / "cloud")))
    folder = fill(tmp_path / "files", 5)
    shell = ["sh", "-c", f'"$@" {closed}', "sh", *COMMAND, str(folder), *service]
    ended = subprocess.run(shell, env=environment, capture_output=True, timeout=LONG, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert len(cloud.emulator.objects()) == 5
    if ">&-" not in closed.replace("2>&-", ""):
        assert lines(ended.stdout)[-1]["done"] == 5


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_reader_that_is_gone_stops_the_run_with_one_sentence(served: Served, tmp_path: Path, more: list[str]) -> None:
    service, environment, _ = served(Options(data=str(tmp_path / "cloud")))
    folder = fill(tmp_path / "files", 300)
    process = subprocess.Popen(
        [*COMMAND, str(folder), *service, *more], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, said = process.communicate(timeout=LONG)
    assert process.returncode == push.STOPPED
    assert said == b"stopped: standard output cannot be written: Broken pipe\n"


def test_what_may_not_be_read_fails_alone_when_it_is_named(served: Served, tmp_path: Path) -> None:
    service, environment, _ = served(Options(data=str(tmp_path / "cloud")))
    folder = fill(tmp_path / "files", 2)
    secret = folder / "f0000.txt"
    secret.chmod(0)
    powers: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("no setpriv here, and root may read everything")
        powers = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        os.chown(secret, 12345, 12345)
    named = [str(secret), str(folder / "f0001.txt")]
    command = [*powers, *COMMAND, *named, *service]
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=LONG, check=False)
    assert ended.returncode == push.SOME_FAILED, ended.stderr
    assert {(event["event"], event.get("code")) for event in lines(ended.stdout) if "key" in event} == {
        ("failed", "EACCES"),
        ("done", None),
    }


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_after_a_signal_the_bucket_holds_what_is_claimed(
    served: Served, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    slow = Fault("latency", delay=150)
    service, environment, cloud = served(Options(data=str(tmp_path / "cloud"), faults=(slow,)))
    folder = fill(tmp_path / "files", 300)
    process = subprocess.Popen(
        [*COMMAND, str(folder), "--parallel", "8", *service], env=environment, stdout=subprocess.PIPE
    )
    end = time.monotonic() + LONG
    while not cloud.emulator.objects() and time.monotonic() < end:
        threading.Event().wait(0.02)
    process.send_signal(number)
    out, _ = process.communicate(timeout=LONG)
    assert process.returncode == code
    events = lines(out)
    done = {event["key"] for event in events if event["event"] == "done"}
    assert done == set(cloud.emulator.objects())
    summary = events[-1]
    assert (summary["event"], summary["done"], summary["waiting"]) == ("summary", len(done), 300 - len(done))


def test_upload_info_that_is_over_as_it_is_issued_is_not_asked_for_again_and_again(
    start: Start, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "files", 12)
    run, _ = start(folder, Options(data=str(tmp_path / "c"), lifetime=900, clock=lambda: time.time() - 1000))
    run.to_the_end()
    assert run.state.counts.done == 12


def test_many_refusals_do_not_wait_for_the_retry_budget(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    fill(folder / "a", 300)
    fill(folder / "z", 120)
    denied = Fault("status", status=403, code="AccessDenied", keys=("z/*",))
    run, _ = start(folder, Options(data=str(tmp_path / "c"), faults=(denied,)))
    run.to_the_end()
    assert (run.state.counts.done, len(run.state.ids(Stage.FAILED))) == (300, 120)
    assert set(run.codes().values()) == {"AccessDenied"}


@pytest.mark.parametrize("headers", [["User-Agent: me"], ["TE: trailers"], ["Cache-Control: a", "cache-control: b"]])
def test_headers_that_would_be_sent_twice_are_refused(served: Served, tmp_path: Path, headers: list[str]) -> None:
    service, environment, _ = served(Options(data=str(tmp_path / "cloud")))
    options = [part for header in headers for part in ("--header", header)]
    command = [*COMMAND, str(fill(tmp_path / "files", 1)), *options, *service]
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=LONG, check=False)
    assert (ended.returncode, ended.stdout) == (push.USAGE, b"")


def test_a_prefix_and_a_pattern_are_utf8_in_any_locale(served: Served, tmp_path: Path) -> None:
    service, environment, cloud = served(Options(data=str(tmp_path / "cloud")))
    folder = fill(tmp_path / "files", 1)
    (folder / "\u65e5.log").write_bytes(b"x")
    environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    more = ["--prefix", "\u4e2d", "--exclude", "\u65e5*"]
    command = [os.fsencode(part) for part in (*COMMAND, str(folder) + "/", *more, *service)]
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=LONG, check=False)
    assert ended.returncode == 0, ended.stderr
    assert set(cloud.emulator.objects()) == {"\u4e2d/f0000.txt"}
