"""A server for the session tests: a slow cloud that counts, files, and what runs there; and a real OpenSSH server."""

import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.engine.conftest import CloudThread, fill
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine.home import Home
from tui_uploader.engine.starting import find

PROGRAM = [sys.executable, "-m", "tui_uploader"]
FILES, SIZE = 24, 50_000
SSHD = shutil.which("sshd") or ("/usr/sbin/sshd" if os.path.exists("/usr/sbin/sshd") else None)
ENV_ID = "emu-1a2b3c"


class Ground:
    """One machine: its environment, its files and the cloud. Everything that runs there names `folder`."""

    def __init__(
        self, folder: Path, environment: dict[str, str], *, speed: int = 800_000, faults: tuple[Fault, ...] = ()
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.files = fill(folder / "files", FILES, SIZE)
        options = Options(
            data=str(folder / "cloud"), token="canary-token", env_id=ENV_ID, limit=speed, faults=faults
        )  # fmt: skip
        self.cloud = CloudThread(options)
        self.state = folder / "state"
        (folder / "token").write_text("canary-token")
        (folder / "token").chmod(0o600)
        self.environment = environment | {
            "TUI_UPLOADER_STATE_DIR": str(self.state),
            "TUI_UPLOADER_CONFIG_DIR": str(folder / "config"),
            "TUI_UPLOADER_GATEWAY": self.cloud.emulator.gateway,
            "TUI_UPLOADER_ENV_ID": ENV_ID,
            "TUI_UPLOADER_TOKEN_FILE": str(folder / "token"),
            "TUI_UPLOADER_WORKER_IDLE": "0.3",
        }
        self.screen = [*PROGRAM, str(self.files)]

    def run(self, *words: str, check: bool = True) -> str:
        """A command of the program to its end; what it printed."""
        done = subprocess.run(
            [*PROGRAM, *words], env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def worker(self) -> int | None:
        """The worker's process id, as it says itself; None where none runs."""
        contact = find(Home(str(self.state / ENV_ID)))
        if contact is None:
            return None
        contact.line.close()
        return contact.pid

    def stored(self) -> int:
        """How many objects the bucket has."""
        return len(self.cloud.emulator.cloud.objects.all())

    def until_stored(self, count: int, patience: float = 30.0) -> None:
        """Wait until the bucket has so many objects."""
        end = time.monotonic() + patience
        while self.stored() < count:
            assert time.monotonic() < end, f"{self.stored()} of {count} stored; {self.processes()}"
            select.select([], [], [], 0.02)

    def puts(self) -> dict[str, int]:
        """How many PUTs each key got."""
        return dict(self.cloud.emulator.cloud.puts)

    def all_right(self) -> bool:
        """Whether the bucket has every object with its file's content."""
        from hashlib import sha256

        found = {one.key: one.sha256 for one in self.cloud.emulator.cloud.objects.all().values()}
        right = {path.name: sha256(path.read_bytes()).hexdigest() for path in self.files.iterdir()}
        return found == right

    def processes(self) -> list[int]:
        """Everything of ours that runs here: its command line or its environment names the folder."""
        needle, found = os.fsencode(self.folder), []
        for name in os.listdir("/proc"):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            for what in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{name}/{what}", "rb") as file:
                        text = file.read()
                    with open(f"/proc/{name}/stat", "rb") as file:
                        dead = file.read().rpartition(b")")[2].split()[0] == b"Z"
                except OSError:
                    continue
                if needle in text and not dead and _command(name).startswith(os.fsencode(sys.executable)):
                    found.append(int(name))
                    break
        return found

    def screens(self) -> list[int]:
        """The processes that show a screen."""
        return [pid for pid in self.processes() if os.fsencode(self.files) in _command(str(pid))]

    def all_gone(self, patience: float = 10.0) -> bool:
        """Wait until nothing of ours runs."""
        end = time.monotonic() + patience
        while left := self.processes():
            if time.monotonic() > end:
                return False
            gone(left[0], 0.5)
        return True

    def close(self) -> None:
        """End the cloud, and what a failed test left running."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.cloud.close()


def _command(pid: str) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def gone(pid: int, patience: float) -> bool:
    """Wait until a process has ended; whether it has."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], patience)[0])
    finally:
        os.close(descriptor)


class SshServer:
    """A real OpenSSH server on 127.0.0.1 with throwaway keys. `command` is a client that runs words on it in a pty."""

    def __init__(self, folder: Path) -> None:
        assert SSHD is not None
        self._folder = folder
        folder.mkdir()
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        (folder / "allowed").write_bytes((folder / "user.pub").read_bytes())
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        lines = [
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {folder / 'host'}", "StrictModes no",
            f"AuthorizedKeysFile {folder / 'allowed'}", "UsePAM no", "PermitRootLogin yes", "PidFile none",
            "PasswordAuthentication no", "PrintMotd no", "PrintLastLog no",
        ]  # fmt: skip
        (folder / "config").write_text("\n".join(lines) + "\n")
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        log = (folder / "log").open("wb")
        self._server = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=log)
        log.close()
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                assert time.monotonic() < end, (folder / "log").read_text()
                select.select([], [], [], 0.05)

    def command(self, words: list[str], environment: dict[str, str]) -> list[str]:
        """The client's command."""
        import shlex

        remote = shlex.join(["env", "-i", *(f"{name}={value}" for name, value in environment.items()), *words])
        options = [
            "-F",
            "none",
            "-i",
            str(self._folder / "user"),
            "-p",
            str(self.port),
            "-o",
            "StrictHostKeyChecking=no",
        ]
        options += [
            "-o",
            f"UserKnownHostsFile={self._folder / 'known'}",
            "-o",
            "LogLevel=ERROR",
            "-o",
            "IdentitiesOnly=yes",
        ]
        return ["ssh", *options, "-tt", f"{pwd.getpwuid(os.geteuid()).pw_name}@127.0.0.1", "exec " + remote]

    def sessions(self) -> list[int]:
        """The server's processes for single connections."""
        found = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in found.splitlines()[1:]]
        children = [int(pid) for pid, parent, _ in rows if int(parent) == self._server.pid]
        return children + [int(pid) for pid, parent, _ in rows if int(parent) in children and "sshd" in _]

    def close(self) -> None:
        """End it with its sessions."""
        for pid in self.sessions():
            os.kill(pid, signal.SIGKILL)
        self._server.kill()
        self._server.wait()


@contextmanager
def ground_at(
    folder: Path, environment: dict[str, str], *, speed: int = 800_000, faults: tuple[Fault, ...] = ()
) -> Iterator[Ground]:
    """A ground, cleared away at the end."""
    ground = Ground(folder, environment, speed=speed, faults=faults)
    try:
        yield ground
    finally:
        ground.close()
