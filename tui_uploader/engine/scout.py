"""Scout: lists and plans in a helper process, because a hung file system must never hold the screen."""

import asyncio
import errno
import marshal
import struct
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import Any

from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.planner import PlanOptions
from tui_uploader.model.files import Entry, Kind, Listing, Mark
from tui_uploader.model.items import Planned, Verdict

_FAREWELL = 0.5  # seconds that closing waits for killed helpers; one in a dead file system takes longer
_HEAD = struct.Struct("!I")
_MODULE = "tui_uploader.engine.scout_process"


@dataclass(slots=True, eq=False)
class _Child:
    process: asyncio.subprocess.Process

    async def ask(self, *request: Any) -> None:
        body = marshal.dumps(request)
        assert self.process.stdin is not None
        self.process.stdin.write(_HEAD.pack(len(body)) + body)
        await self.process.stdin.drain()

    async def answer(self) -> tuple[Any, ...]:
        assert self.process.stdout is not None
        (length,) = _HEAD.unpack(await self.process.stdout.readexactly(_HEAD.size))
        return tuple(marshal.loads(await self.process.stdout.readexactly(length)))

    def abandon(self) -> None:
        """Kill without waiting: a process stuck in a dead file system cannot be waited for."""
        with suppress(ProcessLookupError):
            self.process.kill()


async def _spawn() -> _Child:
    process = await asyncio.create_subprocess_exec(
        *child_command(_MODULE),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=child_environment(),
        start_new_session=True,
        limit=2**20,
    )
    return _Child(process)


class Scout:
    """The screen's eyes on the disk. Belongs to one event loop; `close` ends the helper processes."""

    def __init__(self) -> None:
        self._lister: _Child | None = None
        self._turn = asyncio.Lock()
        self._planners: set[_Child] = set()
        self._ending: set[asyncio.Task[int]] = set()

    async def list(self, folder: bytes, timeout: float = 5.0) -> Listing:
        """The entries of `folder`. Never raises: trouble is `Listing.error`.

        ``DIR_STALLED`` where nothing came within `timeout` seconds (the helper is then abandoned and replaced),
        ``DIR_GONE`` where the folder is not there, else the errno name.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(timeout):
                    if self._lister is None:
                        try:
                            self._lister = await _spawn()
                        except OSError as trouble:  # no process to be had: the folder is not to blame
                            return Listing(folder, (), errno.errorcode.get(trouble.errno or 0, "EAGAIN"))
                    await self._lister.ask("list", folder)
                    error, rows = await self._lister.answer()
            except TimeoutError:
                self._drop_lister()
                return Listing(folder, (), "DIR_STALLED")
            except (OSError, EOFError):
                self._drop_lister()
                return Listing(folder, (), "EIO")
            except asyncio.CancelledError:
                self._drop_lister()  # its answer to this question would be taken for the next one's
                raise
        entries = tuple(
            Entry(name, Kind(kind), size, mtime, target, link) for name, kind, size, mtime, target, link in rows
        )
        return Listing(folder, entries, error)

    async def plan(
        self, marks: Sequence[Mark], excluded: Collection[bytes], options: PlanOptions
    ) -> AsyncIterator[tuple[Planned, ...]]:
        """The plan of what is marked, in chunks as the walk goes on. Never raises for a file's trouble.

        Raises ValueError for options that cannot be used, and RuntimeError where the helper died.
        """
        child = await _spawn()
        self._planners.add(child)
        try:
            rows = [(mark.path, mark.root, mark.folder) for mark in marks]
            await child.ask("plan", rows, list(excluded), astuple(options))
            while True:
                word, payload = await child.answer()
                if word == "end":
                    return
                if word == "bad":
                    raise ValueError(str(payload))
                yield tuple(
                    Planned(path, key, size, Verdict(verdict), code, reason, mtime, inode)
                    for path, key, size, verdict, code, reason, mtime, inode in payload
                )
        except (EOFError, ConnectionError) as error:
            raise RuntimeError("the helper that reads the disk ended: try again") from error
        finally:
            self._planners.discard(child)
            self._abandon(child)

    async def close(self) -> None:
        """End the helpers without waiting for one that hangs."""
        self._drop_lister()
        for child in self._planners:
            self._abandon(child)
        self._planners.clear()
        if self._ending:
            await asyncio.wait(set(self._ending), timeout=_FAREWELL)
        for waiter in list(self._ending):
            waiter.cancel()

    def _drop_lister(self) -> None:
        if self._lister is not None:
            self._abandon(self._lister)
            self._lister = None

    def _abandon(self, child: _Child) -> None:
        """Kill a helper; somebody waits for its end beside everything else, so that its pipes are closed."""
        child.abandon()
        waiter = asyncio.get_running_loop().create_task(child.process.wait())
        self._ending.add(waiter)
        waiter.add_done_callback(self._ending.discard)
