"""Canaries: planted wherever a secret lies in a faulty run, and looked for in everything the run leaves or shows."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import CloudThread, fill
from tests.terminal.conftest import PROGRAM
from tests.terminal.pty_screen import Terminal
from tests.ui.stage import on_stage
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options

TOKEN = "CANARY-access-token-77c1"
FAULTS = (
    Fault("status", status=403, code="AccessDenied", keys=("*1.txt",)),
    Fault("status", status=500, keys=("*2.txt",), times=2),
    Fault("status", where="info", status=500, times=1),
)


def processes(mark: str) -> dict[int, bytes]:
    """The processes whose command line or environment names `mark`, and both texts."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                text = b"\n".join(Path(f"/proc/{name}/{kind}").read_bytes() for kind in ("cmdline", "environ"))
            except OSError:
                continue
            if mark.encode() in text:
                found[int(name)] = text
    return found


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CloudThread]:
    made = CloudThread(Options(data=str(tmp_path / "cloud"), token=TOKEN, faults=FAULTS))
    yield made
    made.close()


@pytest.fixture
def state(environment: dict[str, str], tmp_path: Path) -> Iterator[Path]:
    """The state folder; at the end no process of the test is left."""
    folder = tmp_path / "state"
    environment["TUI_UPLOADER_STATE_DIR"] = str(folder)
    environment["TUI_UPLOADER_CONFIG_DIR"] = str(tmp_path / "config")
    yield folder
    for pid in processes(str(folder)):
        os.kill(pid, signal.SIGKILL)


def canaries(cloud: CloudThread) -> list[bytes]:
    """The token, and all that the cloud issued."""
    known = cloud.emulator.cloud
    issued = [text for one in known.issued.values() for text in (one.token, one.file_id)]
    return [text.encode() for text in (TOKEN, known.secret_id, "q-signature=", "?sign=", *issued)]


def assert_clean(cloud: CloudThread, *texts: bytes, folder: Path | None = None) -> None:
    """None of them is in what was shown, nor in any file that was kept."""
    everything = list(texts)
    for path in sorted(folder.rglob("*")) if folder is not None else ():
        if path.is_file():
            everything.append(path.read_bytes())
    for canary in canaries(cloud):
        assert not [text for text in everything if canary in text], canary


def token_file(folder: Path) -> str:
    path = folder / "tok"
    path.touch(mode=0o600)
    path.write_text(TOKEN)
    return str(path)


@pytest.mark.parametrize("form", [["--json"], []])
def test_a_faulty_push_with_the_token_in_the_environment(
    environment: dict[str, str], state: Path, cloud: CloudThread, tmp_path: Path, form: list[str]
) -> None:
    folder = fill(tmp_path / "files", 40)
    process = subprocess.Popen(
        [*PROGRAM, "push", *form, str(folder), "--gateway", cloud.emulator.gateway, "--limit-rate", "4K"],
        env=environment | {"TUI_UPLOADER_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    end = time.monotonic() + 20
    while not cloud.emulator.objects() and time.monotonic() < end:
        threading.Event().wait(0.02)
    seen = processes(str(state))
    assert process.pid in seen
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"AccessDenied" in out
    assert_clean(cloud, out, err, *seen.values(), folder=state)
    log = state / "log.jsonl"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    events = {json.loads(line)["event"] for line in log.read_text().splitlines()}
    assert {"ItemAdded", "StageChanged", "ItemDone", "ItemFailed", "ItemRetrying", "RunIdle", "summary"} <= events


def test_a_faulty_run_on_the_screen(
    environment: dict[str, str], state: Path, cloud: CloudThread, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "files", 30)
    command = [*PROGRAM, str(folder), "--gateway", cloud.emulator.gateway, "--token-file", token_file(tmp_path)]
    with Terminal(command, environment, columns=120) as terminal:
        terminal.wait("f0000.txt")
        terminal.press("a")
        terminal.press("u")
        terminal.wait(r"Plan")
        terminal.press("enter")
        terminal.wait(r"27 of 30")
        terminal.press("2")
        terminal.wait(r"\[2 Queue\]")
        terminal.press("g", "enter")
        terminal.wait("AccessDenied")
        seen = processes(str(tmp_path))
        assert len(seen) >= 2
        terminal.wait("request ID")
        terminal.press("escape")
        terminal.wait(lambda text: "request ID" not in text)
        terminal.press("q")
        terminal.wait_end()
    assert_clean(cloud, terminal.raw, *seen.values(), folder=state)
    for path in [state, *state.rglob("*")]:
        assert path.is_symlink() or not path.stat().st_mode & 0o077, path


CRASHING = """
import sys, threading, asyncio
from tui_uploader.ui.app import UploaderApp
def crash(self):
    token = {canary!r}
    raise RuntimeError("with Bearer " + token + " at https://b.example/k?sign=" + token)
UploaderApp.action_redraw = crash
from tui_uploader.cli import main
main()
"""


def test_a_crash_of_the_screen_is_a_sentence_with_an_id_and_a_trace_in_the_log(
    environment: dict[str, str], state: Path, cloud: CloudThread, tmp_path: Path
) -> None:
    words = [str(fill(tmp_path / "files", 3)), "--gateway", cloud.emulator.gateway, "--in-process"]
    command = [sys.executable, "-c", CRASHING.format(canary=TOKEN), *words, "--token-file", token_file(tmp_path)]
    with Terminal(command, environment) as terminal:
        terminal.wait("f0000.txt")
        terminal.press("\x0c")
        assert terminal.wait_end() == 70
        assert terminal.modes() == terminal.modes_before
    shown = terminal.text()
    assert "internal error (RuntimeError at " in shown
    assert "Traceback" not in shown
    (crash,) = [
        line for line in map(json.loads, (state / "log.jsonl").read_text().splitlines()) if line["event"] == "crash"
    ]
    assert f"id {crash['id']}" in shown.replace("\n", "")
    assert any("crash" in line for line in crash["trace"])
    assert_clean(cloud, terminal.raw, folder=state)


BROKEN_PUSH = """
import sys
from tui_uploader.engine.planner import Planner
def plan(self, starts):
    token = {canary!r}
    raise KeyError(token)
    yield
Planner.plan = plan
from tui_uploader.cli import main
main()
"""


def test_a_crash_of_push_is_exit_70_with_an_id(
    environment: dict[str, str], state: Path, cloud: CloudThread, tmp_path: Path
) -> None:
    script = BROKEN_PUSH.format(canary=TOKEN)
    words = ["push", str(tmp_path), "--gateway", cloud.emulator.gateway, "--token-file", token_file(tmp_path)]
    command = [sys.executable, "-c", script, *words]
    ended = subprocess.run(command, env=environment, capture_output=True, timeout=30, check=False)
    assert ended.returncode == 70
    assert b"internal error (KeyError at " in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b'"event": "crash"' in (state / "log.jsonl").read_bytes()
    assert_clean(cloud, ended.stdout, ended.stderr, folder=state)


HOOKS = """
import asyncio, gc, sys, threading
from tui_uploader.crash import guard, guard_loop
from tui_uploader.log_file import LogFile
guard(LogFile(sys.argv[1]))
def fail():
    token = {canary!r}
    raise ValueError(token)
thread = threading.Thread(target=fail); thread.start(); thread.join()
class Bad:
    def __del__(self): fail()
Bad()
async def loop():
    guard_loop(asyncio.get_running_loop())
    async def one(): fail()
    task = asyncio.create_task(one()); await asyncio.sleep(0); del task; gc.collect()
asyncio.run(loop())
import faulthandler; assert not faulthandler.is_enabled()
fail()
"""


def test_no_path_of_an_error_prints_its_text(tmp_path: Path) -> None:
    """A thread, a finalizer, a task that nobody waits for, and the main thread."""
    command = [sys.executable, "-X", "faulthandler", "-c", HOOKS.format(canary=TOKEN), str(tmp_path / "state")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("tui-uploader: internal error (ValueError at ")
    log = (tmp_path / "state" / "log.jsonl").read_text()
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["crash"] * 4
    assert TOKEN not in log


async def test_a_screenshot_shows_no_secret_and_the_palette_offers_none() -> None:
    async with on_stage() as stage:
        assert TOKEN not in stage.app.export_screenshot()
        lines = await stage.press("colon", *"screenshot")
        assert not [line for line in lines if "save" in line.lower() and "screenshot" in line.lower()]


@pytest.mark.parametrize("name", ["TEXTUAL_DRIVER", "TEXTUAL_LOG", "TEXTUAL_SCREENSHOT", "TEXTUAL_DEVTOOLS_HOST"])
def test_no_variable_of_textual_opens_a_back_door(environment: dict[str, str], tmp_path: Path, name: str) -> None:
    """A driver of one's own would be any code; a log or a screenshot would be a file."""
    value = "evil:Driver" if name == "TEXTUAL_DRIVER" else str(tmp_path / "made")
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'made')!r}, 'w')\nclass Driver: pass\n")
    changed = environment | {name: value, "PYTHONPATH": f"{environment['PYTHONPATH']}:{tmp_path}"}
    with Terminal([*PROGRAM, "demo", "--seconds", "4"], changed) as terminal:
        terminal.wait("q1/")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert not (tmp_path / "made").exists()


def test_no_core_file_and_no_look_from_outside(tmp_path: Path) -> None:
    code = (
        "import resource, ctypes\n"
        "from tui_uploader.hardening import no_core_dumps\n"
        "no_core_dumps()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "(0, 0) 0\n"
