"""Home: an environment's state folder: the worker's socket, its lock, and who may speak to it."""

import fcntl
import hashlib
import os
import socket
import struct
from contextlib import suppress

from tui_uploader import places
from tui_uploader.model.value import value

_LONGEST = 100  # bytes; the kernel takes 107 and a zero
_PEER = struct.Struct("iII")


def env_folder(env_id: str) -> str:
    """The state folder of an environment, whether it is there or not; one name in the state folder, whatever the ID."""
    return os.path.join(places.state_dir(), env_id.replace("/", "_").replace(":", "_").lstrip(".") or "_")


@value
class Home:
    """The folder of one user and environment. Make it with `make`."""

    folder: str

    @classmethod
    def make(cls, env_id: str) -> "Home":
        """The home of an environment, made 0700. Raises OSError where that cannot be."""
        places.make_private(places.state_dir())
        folder = places.make_private(env_folder(env_id))
        os.chmod(folder, 0o700)
        return cls(folder)

    @property
    def lock(self) -> str:
        """Held by the worker as long as it lives."""
        return os.path.join(self.folder, "worker.lock")

    @property
    def address(self) -> str:
        """The worker's socket."""
        return os.path.join(self.folder, "worker.sock")

    @property
    def log(self) -> str:
        """What the worker has to say about itself."""
        return os.path.join(self.folder, "worker.log")

    @property
    def unseen(self) -> str:
        """What ended while nobody looked, for the next screen."""
        return os.path.join(self.folder, "unseen.json")

    @property
    def unit(self) -> str:
        """The name of the worker's unit under systemd: one for each folder."""
        return "tui-uploader-" + hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    def take_lock(self) -> int | None:
        """The lock as an open descriptor, or None where another worker has it. Raises OSError."""
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                return None
            raise  # a file system without locks: nobody could say who runs here
        return descriptor

    def listen(self) -> socket.socket:
        """The socket, 0600 and listening; call it only with the lock. Raises OSError."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _Reach(self.address) as name:
                with suppress(FileNotFoundError):
                    os.unlink(self.address)  # of a worker that was killed: the lock says that it is dead
                before = os.umask(0o177)
                try:
                    listener.bind(name)
                finally:
                    os.umask(before)
                os.chmod(self.address, 0o600)
            listener.listen(64)
        except BaseException:  # of whatever kind, a Ctrl-C too: nothing stays open behind it
            listener.close()
            raise
        return listener

    def connect(self, timeout: float) -> socket.socket:
        """A connection to the worker. Raises OSError where none listens, PermissionError where it is not ours."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            with _Reach(self.address) as name:
                connection.connect(name)
            if peer_uid(connection) != os.geteuid():
                raise PermissionError(13, "the worker belongs to another user", self.address)
        except BaseException:  # as above
            connection.close()
            raise
        return connection


def peer_uid(connection: socket.socket) -> int:
    """The user on the other side of a Unix socket, as the kernel knows it (`SO_PEERCRED`)."""
    answer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return int(_PEER.unpack(answer)[1])


class _Reach:
    """A name for a socket that the kernel's 107 bytes hold: through an open folder where the path is longer."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._folder = -1

    def __enter__(self) -> str:
        if len(os.fsencode(self._path)) <= _LONGEST:
            return self._path
        folder, name = os.path.split(self._path)
        self._folder = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._folder}/{name}"

    def __exit__(self, *_: object) -> None:
        if self._folder >= 0:
            os.close(self._folder)
