"""A walk by a process of its own, from before the rest of a run is loaded: one interpreter cannot do both at once."""

import contextlib
import fcntl
import gc
import marshal
import os
import signal
import struct
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from tui_uploader.engine.children import forked
from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.plan_rows import lines_of, rows_of
from tui_uploader.engine.planner import Planner, Start, chunks
from tui_uploader.model.items import Planned, Verdict

_HEAD = struct.Struct("!I")
_REMEMBERED = 100  # lines: by these the walk is taken up where the process for it was ended
_ROOM = 1 << 20  # bytes that lie in the pipe before anybody reads: some 7,000 files


class WalkAhead:
    """The plan of `starts` as a child makes it. Made by `begin`; `plan` gives it out once, and `close` ends the child.

    In a hung file system only the child waits.
    """

    def __init__(
        self, options: PlanOptions, planner: Planner, starts: Sequence[Start], pid: int, source: int
    ) -> None:  # fmt: skip
        self.options, self.starts = options, tuple(starts)
        self._planner, self._pid, self._source = planner, pid, source

    @classmethod
    def begin(
        cls, options: PlanOptions, starts: Sequence[Start], excluded: Collection[bytes] = ()
    ) -> "WalkAhead | None":
        """Fork; None where that cannot be done, or brings nothing: on one processor.

        Raises ValueError for options that cannot be used, as Planner does.
        """
        if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
            return None
        planner = Planner(options, excluded=excluded)
        ours, theirs = os.pipe()
        with contextlib.suppress(OSError):
            fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, _ROOM)
        pid = forked(theirs, lambda: _walk(planner, starts, theirs))
        os.close(theirs)
        if pid is None:
            os.close(ours)
            return None
        return cls(options, planner, starts, pid, ours)

    def plan(self, starts: Iterable[Start]) -> Iterator[Planned]:
        """See Planner; the starts are those it was begun with. Raises RuntimeError where it was closed meanwhile."""
        last: deque[tuple[bytes, Verdict]] = deque(maxlen=_REMEMBERED)
        with open(self._source, "rb") as source:
            while len(head := source.read(_HEAD.size)) == _HEAD.size:
                length = _HEAD.unpack(head)[0]
                body = source.read(length)
                if len(body) < length:
                    break
                rows: list[Any] | None = marshal.loads(body)  # noqa: S302 - from our own child
                if rows is None:
                    pid, self._pid = self._pid, 0
                    with contextlib.suppress(ChildProcessError):
                        os.waitpid(pid, 0)  # it ends now
                    return
                lines = list(lines_of(rows))
                last.extend((line.path, line.verdict) for line in lines[-_REMEMBERED:])
                yield from lines
        if not self._pid:
            raise RuntimeError("the walk was closed")
        yield from self._rest(starts, last)

    def _rest(self, starts: Iterable[Start], last: "deque[tuple[bytes, Verdict]]") -> Iterator[Planned]:
        """The child was ended, by whoever: walk the same way, and go on behind the last of its lines that is there."""
        lines, known = self._planner.plan(starts), set(last)
        behind: list[Planned] = []
        for line in lines if last else ():
            one = line.path, line.verdict
            if one == last[-1]:
                behind.clear()
                break
            behind.clear() if one in known else behind.append(line)
            known.discard(one)
        else:
            if last and len(known) == len(set(last)):
                raise RuntimeError("the files that were found last are gone, and so is the process that found them")
        yield from behind
        yield from lines

    def close(self) -> None:
        """End the child, whatever it waits for."""
        pid, self._pid = self._pid, 0
        if pid:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:  # it is still there, and the number is its own
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, os.WNOHANG)  # one in a dead file system ends when that answers


def _walk(planner: Planner, starts: Sequence[Start], out: int) -> None:
    gc.disable()  # names hold no circle, and to look for one takes as long as to find them
    with open(out, "wb", buffering=0) as pipe:
        for chunk in chunks(planner.plan(starts)):
            _tell(pipe.write, rows_of(chunk))
        _tell(pipe.write, None)


def _tell(write: Any, rows: Any) -> None:
    body = marshal.dumps(rows, 2)  # without looking for what repeats: hardly anything does
    message = memoryview(_HEAD.pack(len(body)) + body)
    while message:
        message = message[write(message) :]
