"""Starting: finds the worker of an environment or starts one, outside the login session where that can be."""

import os
import select
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.home import Home
from tui_uploader.engine.messages import Line, WireError, fingerprint, line_of, own_version, version_key
from tui_uploader.engine.survival import Lasting, user_lingers

MODULE = "tui_uploader.worker_process"  # what the worker's process runs
STAY = "--stay"  # a service manager holds that process: no second fork
_START = 15.0  # seconds for a worker to be ready on a busy machine
_ANSWER = 5.0
IDLE_NAME = "TUI_UPLOADER_WORKER_IDLE"
_IDLE = 600.0


class WorkerProblem(Exception):
    """No worker can be had; the text says why and what to do."""


class NewerWorker(WorkerProblem):
    """The worker is of a newer version than this program: it is left alone."""


@dataclass(slots=True)
class Contact:
    """A connection that has been greeted. `jobs` are the worker's summaries."""

    line: Line
    pid: int
    lasting: Lasting
    jobs: list[dict[str, Any]]
    version: str
    wire: str

    @property
    def same(self) -> bool:
        """Whether both sides speak alike."""
        return self.wire == fingerprint() and self.version == own_version()


def find(home: Home) -> Contact | None:
    """The worker that runs, of whatever version; None where none does. Raises WorkerProblem where it is mute."""
    try:
        connection = home.connect(_ANSWER)
    except PermissionError as error:
        raise WorkerProblem(f"the socket {home.address} is not ours: {error.strerror}") from None
    except OSError:
        return None
    return _greeted(connection)


def find_or_start(home: Home) -> Contact:
    """The worker, started where none runs. An older one is asked to finish and go first. Raises WorkerProblem."""
    end = time.monotonic() + _START * 2
    while time.monotonic() < end:
        contact = find(home)
        if contact is None:
            _start(home)
        elif contact.same:
            return contact
        elif version_key(contact.version) > version_key(own_version()):
            contact.line.close()
            raise NewerWorker(
                f"a newer tui-uploader ({contact.version}) carries the uploads of this environment: "
                "use that one, or --in-process"
            )
        else:
            drain(contact)
    raise WorkerProblem("the process that uploads does not come up: see worker.log in the state folder")


def drain(contact: Contact) -> None:
    """Ask a worker to let what is being sent end, and wait until it has gone, at most 15 s."""
    with suppress(OSError, WireError, TimeoutError):
        contact.line.write(line_of({"do": "drain"}))
    _wait_gone(contact.pid, _START)
    contact.line.close()


def _wait_gone(pid: int, seconds: float) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return
    try:
        select.select([descriptor], [], [], seconds)
    finally:
        os.close(descriptor)


def _greeted(connection: socket.socket) -> Contact:
    line = Line(connection)
    try:
        said = line.read()
        contact = Contact(
            line, int(said["pid"]), Lasting(said["lasting"]), list(said["jobs"]), str(said["worker"]), str(said["wire"])
        )
    except (WireError, OSError, KeyError, ValueError, TypeError):
        line.close()
        raise WorkerProblem("the process that uploads does not answer") from None
    connection.settimeout(None)
    return contact


def _start(home: Home) -> None:
    for command in _commands(home):
        if _run(command):
            return
    raise WorkerProblem("the process that uploads cannot be started: see worker.log in the state folder")


def _commands(home: Home) -> list[list[str]]:
    plain = child_command(MODULE, home.folder)
    outside = systemd_command(home)
    return [outside, plain] if outside else [plain]


def systemd_command(home: Home) -> list[str] | None:
    """The command that starts the worker as a service of the user's own manager; None where that would not outlive us.

    Without lingering the manager ends at the last logout, and the worker with it: a fork is no worse then.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    program = shutil.which("systemd-run")
    if program is None or not runtime or not os.path.exists(os.path.join(runtime, "systemd", "private")):
        return None
    if not user_lingers():
        return None
    environment = [f"--setenv={name}={value}" for name, value in child_environment().items()]
    unit = [f"--unit={home.unit}", "--collect", "--quiet", "--pipe", "--property=MemoryMax=4G"]
    return [program, "--user", *unit, *environment, *child_command(MODULE, home.folder, STAY)]


def _run(command: list[str]) -> bool:
    """Start a worker; whether one is there now. The lock decides who wins where several are started at once."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment() | _bus(),
        start_new_session=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        with suppress(BrokenPipeError):
            child.stdin.write(line_of({"idle": float(os.environ.get(IDLE_NAME) or _IDLE)}))
            child.stdin.close()
        ready = bool(select.select([child.stdout], [], [], _START)[0])
        answer = child.stdout.readline().strip() if ready else b""
        with suppress(OSError):
            child.terminate()  # the first child has ended; systemd-run would wait for the service
    return answer in (b"ready", b"taken")


def _bus() -> dict[str, str]:
    """What `systemd-run` needs to find the user's manager; the worker itself gets none of it."""
    names = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    return {name: os.environ[name] for name in names if name in os.environ}
