"""The `demo` command: a practice cloud as a child process, sample files, and the screen or `push` on them."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import tomli_w

from tui_uploader.access import Given, resolve
from tui_uploader.console import Console, JsonLines, Lines
from tui_uploader.demo_files import FAULTS, REFUSED, make_samples
from tui_uploader.emulator_command import NEEDS
from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.planner import start_of_argument

ENV_ID = "demo-practice"
GUIDE = "practice cloud on this machine: mark q1/ with Space, press u"
SECONDS = 25.0
_BYTES = 53_000_000  # of the samples, about: what the speed is reckoned from


@dataclass(frozen=True, slots=True)
class DemoCloud:
    """A running practice cloud: where its samples lie, and how to reach it."""

    samples: str
    gateway: str


@contextlib.contextmanager
def practice_cloud(seconds: float) -> Iterator[DemoCloud]:
    """A practice cloud with samples and settings of its own, gone at the end even if this process is killed.

    Raises RuntimeError with a sentence where the emulator cannot be started.
    """
    base = tempfile.mkdtemp(prefix="tui-uploader-demo-")
    samples = os.path.join(base, "files")
    for name in ("files", "config", "state", "cloud"):
        os.mkdir(os.path.join(base, name), 0o700)
    child = subprocess.Popen(
        child_command("tui_uploader.emulator_command"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
        start_new_session=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        asked: dict[str, Any] = {"data": os.path.join(base, "cloud"), "env_id": ENV_ID}
        asked |= {"refused": REFUSED, "faults": FAULTS}
        asked |= {"limit": int(_BYTES / seconds) if seconds > 0 else None, "remove": base}
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        child.stdin.flush()
        make_samples(samples)
        line = child.stdout.readline()
        if not line:
            raise RuntimeError(NEEDS)
        ready = json.loads(line)
        token_file = os.path.join(base, "config", "token")
        with open(token_file, "w", encoding="ascii", opener=_private) as file:
            file.write(ready["token"])
        profile = {"env_id": ENV_ID, "gateway": ready["gateway"], "token_file": token_file}
        with open(os.path.join(base, "config", "settings.toml"), "wb") as settings:
            tomli_w.dump({"default_profile": "demo", "profiles": {"demo": profile}}, settings)
        with _environment(base):
            yield DemoCloud(samples, ready["gateway"])
    except (BrokenPipeError, json.JSONDecodeError):
        raise RuntimeError(NEEDS) from None
    finally:
        with contextlib.suppress(OSError):
            child.stdin.close()  # its end: it removes the folder
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()
        _remove(base)


@contextlib.contextmanager
def _environment(base: str) -> Iterator[None]:
    """The demo's own folders instead of the person's, and none of the person's credentials."""
    ours = {
        "TUI_UPLOADER_CONFIG_DIR": os.path.join(base, "config"),
        "TUI_UPLOADER_STATE_DIR": os.path.join(base, "state"),
    }
    names = [name for name in os.environ if name.startswith("TUI_UPLOADER_")]
    before = {name: os.environ.pop(name) for name in names}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
        os.environ.update(before)


def run_demo(*, no_screen: bool, as_json: bool, seconds: float | None, **screen: Any) -> int:
    """Run the demo; the exit code of `push` or of the screen."""
    if not no_screen:
        from tui_uploader.fitness import fit_for_screen

        trouble = fit_for_screen(lambda: "tui-uploader demo --no-screen")
        if trouble is not None:
            sys.stderr.write(trouble + "\n")
            return 2
    try:
        with practice_cloud(SECONDS if seconds is None else seconds) as cloud:
            if no_screen:
                return _push(cloud, as_json=as_json)
            from tui_uploader.screen import open_demo

            return open_demo(cloud.samples, GUIDE, cloud.gateway, **screen)
    except RuntimeError as error:
        sys.stderr.write(f"tui-uploader: {error}\n")
        return 2


def _push(cloud: DemoCloud, *, as_json: bool) -> int:
    from tui_uploader.push_command import run_push

    console: Console = JsonLines() if as_json else Lines()
    access = resolve(Given(profile="demo"))
    starts = [start_of_argument(os.fsencode(cloud.samples) + b"/")]
    return run_push(access, {"patience": 60.0}, starts, console)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL, 0o600)


def _remove(base: str) -> None:
    import shutil

    shutil.rmtree(base, ignore_errors=True)
