"""A walk's eyes on the disk: local ones look directly, one that may hang is looked at by a helper left behind."""

import atexit
import marshal
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.far_process import HEAD, first_bytes, rows_of
from tui_uploader.protocol import deep_paths
from tui_uploader.protocol.mounts import Mounts

SILENCE = 5.0  # seconds without a sign of life after which a folder is given up
_START = 15.0  # seconds for the helper to begin: a busy machine is no dead mount


class Stalled(OSError):
    """The file system did not answer in time; `words` say for how long."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class FarEntry:
    """A name in a far or very deep folder, with what os.DirEntry would say of it."""

    __slots__ = ("_folder", "_found", "name", "path")

    def __init__(self, parent: bytes, name: bytes, folder: bool, found: Any) -> None:
        self.name = name
        self.path = os.path.join(parent, name)
        self._folder = folder
        self._found = found

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder itself, and not a link to one."""
        return self._folder

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Of the name itself. Raises OSError as the helper met it."""
        if not isinstance(self._found, tuple):
            raise OSError(self._found, "")
        return _stat_of(self._found)


Entry = os.DirEntry[bytes] | FarEntry


class Disk:
    """Stats and lists whatever path it is given. Belongs to one thread; `close` may be called from any.

    Every method raises OSError as the file system does, and Stalled after `silence` seconds without a sign of life.
    """

    def __init__(self, silence: float = SILENCE, mounts: Mounts | None = None) -> None:
        self.silence = silence
        self._mounts = mounts or Mounts()
        self._process: subprocess.Popen[bytes] | None = None
        self._sock: socket.socket | None = None
        self._source: BinaryIO | None = None

    def stat(self, path: bytes) -> os.stat_result:
        """As os.stat."""
        return _stat_of(self._ask("stat", path)) if self._mounts.leads_away(path) else deep_paths.stat(path)

    def is_link(self, path: bytes) -> bool:
        """As os.path.islink."""
        return bool(self._ask("link", path)) if self._mounts.leads_away(path) else deep_paths.is_link(path)

    def real(self, path: bytes) -> bytes:
        """As os.path.realpath."""
        far = self._mounts.leads_away(path)
        return bytes(self._ask("real", path)) if far else deep_paths.real(path)

    def read(self, path: bytes, limit: int) -> bytes:
        """The first bytes of a small file."""
        if self._mounts.leads_away(path):
            return bytes(self._ask("read", path))[:limit]
        return first_bytes(path, limit)

    def whole(self, path: bytes) -> bytes:
        """All of a file or of what comes through a pipe."""
        if self._mounts.leads_away(path):
            blocks: list[bytes] = []
            self._ask("whole", path, blocks.append)
            return b"".join(blocks)
        with open(path, "rb") as file:
            return file.read()

    def names_in(self, folder: bytes) -> tuple[tuple[int, int], "list[Entry]"]:
        """Device and inode of a folder, and its names in no order."""
        if self._mounts.leads_away(folder):
            names: list[Entry] = []
            here = self._ask("list", folder, lambda some: names.extend(FarEntry(folder, *one) for one in some))
            return (here[2], here[1]), names
        found = deep_paths.stat(folder)
        here = (found.st_dev, found.st_ino)
        if len(folder) > deep_paths.LONG:
            with deep_paths.listing(folder) as deep:  # its entries are good for nothing once it is closed
                return here, [FarEntry(folder, *one) for one in rows_of(deep)]
        with os.scandir(folder) as listing:
            return here, list(listing)

    def close(self) -> None:
        """Leave the helper behind: killed, and waited for by nobody who matters."""
        process, sock = self._process, self._sock
        self._process = self._sock = self._source = None
        if sock is not None:
            sock.close()
        if process is not None:
            atexit.unregister(self.close)
            process.kill()
            threading.Thread(target=process.wait, name="reaper", daemon=True).start()

    def _ask(self, word: str, path: bytes, take: Callable[[Any], object] = lambda some: None) -> Any:
        try:
            for kind, value in self._answers(word, path):
                if kind == "some":
                    take(value)
                elif kind == "ok":
                    return value
                elif kind == "error":
                    raise OSError(value, os.strerror(value))
        except TimeoutError:
            self.close()
            raise Stalled(f"silent for {self.silence:g} s") from None
        raise AssertionError("an answer has an end")

    def _answers(self, word: str, path: bytes) -> Iterator[tuple[str, Any]]:
        sock = self._start()
        body = marshal.dumps((word, path))
        try:
            sock.sendall(HEAD.pack(len(body)) + body)
            while True:
                yield self._next()
        except EOFError:
            self.close()
            yield "error", 5  # EIO: the helper was killed

    def _next(self) -> tuple[str, Any]:
        source = self._source
        if source is None:
            raise EOFError
        head = source.read(HEAD.size)
        if len(head) < HEAD.size:
            raise EOFError
        word, value = marshal.loads(source.read(HEAD.unpack(head)[0]))
        return word, value

    def _start(self) -> socket.socket:
        if self._sock is not None:
            return self._sock
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                child_command("tui_uploader.engine.far_process"), stdin=theirs.fileno(), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, env=child_environment(), start_new_session=True,
            )  # fmt: skip
        atexit.register(self.close)
        self._sock, self._source = ours, ours.makefile("rb")
        ours.settimeout(_START)
        self._next()
        ours.settimeout(self.silence)
        return ours


def _stat_of(numbers: tuple[int, ...]) -> os.stat_result:
    mode, inode, device, size, blocks, mtime = numbers
    seconds = mtime // 10**9
    more = {"st_blocks": blocks, "st_mtime_ns": mtime}
    return os.stat_result((mode, inode, device, 1, 0, 0, size, seconds, seconds, seconds), more)
