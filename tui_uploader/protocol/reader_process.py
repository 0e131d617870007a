"""The reader process: opens and reads files of slow file systems for its parent, each in a thread of its own."""

import marshal
import os
import socket
import struct
import threading
from queue import SimpleQueue
from typing import Any

from tui_uploader.protocol import deep_paths
from tui_uploader.protocol.body import FileBody, SourceProblem

HEAD = struct.Struct("!I")


class _Reader(threading.Thread):
    """One open file: does what it is asked, in order. A daemon, for nothing can end one that hangs."""

    def __init__(self, number: int, out: "_Out") -> None:
        super().__init__(daemon=True)
        self.asked: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self._number = number
        self._out = out
        self._body: FileBody | None = None

    def run(self) -> None:
        while True:
            word, *arguments = self.asked.get()
            if word == "close":
                break
            try:
                answer = self._do(word, arguments)
            except SourceProblem as problem:
                failure = problem.failure
                again = failure.again.name if failure.again is not None else ""
                size = _size(word, arguments)
                self._out.send(self._number, "problem", (failure.code, failure.message, failure.detail, again, size))
            else:
                self._out.send(self._number, "ok", answer)
        if self._body is not None:
            self._body.close()

    def _do(self, word: str, arguments: list[Any]) -> Any:
        if word == "open":
            path, size, inode, crc, md5 = arguments
            self._body = FileBody(path, size, inode=inode, crc=crc, md5=md5)
            return self._body.mtime_ns
        assert self._body is not None
        if word == "read":
            return self._body.read(arguments[0])
        gone = self._body.check_unchanged()
        return gone, self._body.crc, self._body.md5


def _size(word: str, arguments: list[Any]) -> int:
    """The size that the file has now, where it was found at opening to have another than was announced."""
    if word != "open":
        return -1
    try:
        return deep_paths.stat(arguments[0]).st_size
    except OSError:
        return -1


class _Out:
    """Whole frames from any thread."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = threading.Lock()

    def send(self, number: int, word: str, value: Any) -> None:
        """One frame; nothing where the parent is gone."""
        body = marshal.dumps((number, word, value))
        with self._lock:
            try:
                self._sock.sendall(HEAD.pack(len(body)) + body)
            except OSError:
                os._exit(0)


def serve(sock: socket.socket) -> None:
    """Answer until the parent closes its end."""
    out = _Out(sock)
    readers: dict[int, _Reader] = {}
    with sock.makefile("rb") as source:
        while len(head := source.read(HEAD.size)) == HEAD.size:
            number, *asked = marshal.loads(source.read(HEAD.unpack(head)[0]))
            reader = readers.get(number)
            if reader is None:
                reader = readers[number] = _Reader(number, out)
                reader.start()
            if asked[0] == "close":
                del readers[number]
            reader.asked.put(tuple(asked))
    os._exit(0)  # a thread that hangs must not be waited for


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
