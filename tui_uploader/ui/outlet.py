"""What goes to the terminal: written by whoever has it as far as the terminal takes it, the rest by a thread."""

import asyncio
import os
import select
import threading
from contextlib import suppress
from typing import IO, Any

from textual.drivers._writer_thread import WriterThread


class Outlet(WriterThread):
    """Textual's writer thread, which has nothing to do as long as the terminal keeps up.

    Where both processors are busy a thread waits up to 20 ms until it is its turn: a key would be answered that much
    later. What is written in one turn of the loop, or up to `flush`, is one write. A terminal that takes no more holds
    nobody but the thread, as before, until 30 writes lie there.
    """

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        file.flush()
        self._form = getattr(file, "encoding", "utf-8"), getattr(file, "errors", None) or "replace"
        self._order = threading.Lock()
        self._held: list[str] = []
        self._late = False
        self._now = _beside(file.fileno())

    def write(self, text: str) -> None:
        """Have `text` written by the end of this turn of the loop, after all that came before it."""
        with self._order:
            self._held.append(text)
            late, self._late = self._late, True
        if not late:
            try:
                asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:  # no loop's thread
                self.flush()

    def flush(self) -> None:
        """Write what there is."""
        with self._order:
            data = "".join(self._held).encode(*self._form)
            self._held.clear()
            self._late = False
            if not self._queue.unfinished_tasks:
                data = self._written(data)
            if data:
                self._lay(data)

    def run(self) -> None:
        """Write what the terminal did not take at once."""
        while (data := self._queue.get()) is not None:
            with suppress(OSError):  # it is gone: SIGHUP says so, too
                rest = memoryview(data)  # type: ignore[arg-type]
                while rest:
                    try:
                        rest = rest[os.write(self._file.fileno(), rest) :]
                    except BlockingIOError:  # somebody else who has this terminal wants it so
                        select.select([], [self._file.fileno()], [])
            self._queue.task_done()
        self._queue.task_done()

    def stop(self) -> None:
        """Wait until all is written, and end the thread."""
        self.flush()
        super().stop()
        with self._order:
            if self._now >= 0:
                os.close(self._now)
                self._now = -1

    def _written(self, data: bytes) -> bytes:
        """Write what the terminal takes now; the rest."""
        if self._now >= 0:
            with suppress(OSError):  # it takes no more, or is gone
                while data:
                    data = data[os.write(self._now, data) :]
        return data

    def _lay(self, data: Any) -> None:
        self._queue.put(data)


def _beside(fd: int) -> int:
    """The same terminal, opened for writes that never wait; -1 where it cannot be: of another user, or none."""
    with suppress(OSError):
        if os.isatty(fd):
            return os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return -1
