"""Scout: lists, looks and plans in helper processes, because a hung file system must never hold the screen."""

import asyncio
import errno
import marshal
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import astuple, dataclass
from typing import Any

from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.plan_rows import lines_of
from tui_uploader.model.files import (
    STALLED,
    UNREAD,
    Entries,
    Facts,
    Inspection,
    Kind,
    Listing,
    Mark,
    NotListed,
    Totals,
)
from tui_uploader.model.items import Past, PastBeneath, Planned, Stage
from tui_uploader.model.marked import Marked
from tui_uploader.model.ordering import NAME

_FAREWELL = 0.5  # seconds that closing waits for killed helpers; one in a dead file system takes longer
_HEAD = struct.Struct("!I")
_MODULE = "tui_uploader.engine.scout_process"
_PATIENT = 3  # links without an answer after which the others of a question are given up
_IDLE = 2  # helpers kept for the next question
_HUGE = 200_000  # names after which a helper is not kept: it holds on to their memory


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
    """The screen's eyes on the disk. Belongs to one event loop; `close` ends the helper processes.

    Each question has a helper of its own, so that one about a hung file system holds up no other.
    """

    def __init__(self, journal: tuple[str, str] | None = None) -> None:
        """`journal` is the folder of the one to ask for what was uploaded, and the gateway; None: there is none."""
        self._journal = journal
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._ending: set[asyncio.Task[int]] = set()

    async def read(self, folder: bytes, order: str = NAME, timeout: float = 5.0) -> AsyncIterator[Listing]:
        """The entries of `folder` as they become known, sorted: a first page, counts, at last all. Never raises.

        Trouble is `Listing.error`: ``DIR_STALLED`` where nothing came for `timeout` seconds (the helper is then
        abandoned), ``DIR_GONE`` where the folder is not there, else the errno name.
        """
        whole, seen = Entries(), 0
        try:
            async with aclosing(self._ask(timeout, "list", folder, order)) as answers:
                async for word, *rest in answers:
                    if word == "seen":
                        seen = rest[0]
                        yield Listing(folder, complete=False, seen=seen)
                    elif word == "page":
                        page = Entries()
                        page.take(*rest)
                        yield Listing(folder, page, complete=False, seen=len(page))
                    elif word == "names":
                        whole.take(*rest)
                        await asyncio.sleep(0)
                    else:
                        whole.twins = frozenset(rest[1])
                        yield Listing(folder, whole, rest[0], seen=len(whole))
                        return
        except TimeoutError:
            yield Listing(folder, whole, "DIR_STALLED", seen=seen)
        except EOFError:
            yield Listing(folder, whole, "EIO", seen=seen)
        except OSError as trouble:  # no process to be had: the folder is not to blame
            yield Listing(folder, whole, errno.errorcode.get(trouble.errno or 0, "EAGAIN"), seen=seen)

    async def list(self, folder: bytes, timeout: float = 5.0) -> Listing:
        """The whole of `folder`, by name."""
        return [listing async for listing in self.read(folder, NAME, timeout)][-1]

    async def look(self, folder: bytes, names: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Facts]:
        """Size, time and target of some names; a link that does not answer in time ends ``stalled``. Never raises.

        Where the helper died it is ``unread``.
        """
        found: dict[bytes, Facts] = {}
        waiting, ending = list_of(names), UNREAD
        for _ in range(_PATIENT):
            try:
                async with aclosing(self._ask(timeout, "look", folder, waiting)) as answers:
                    async for word, rows in answers:
                        if word == "some":
                            found.update((name, Facts(*facts)) for name, *facts in rows)
                break
            except TimeoutError:  # the links come one by one: the first without an answer holds up the others
                waiting = [name for name in waiting if name not in found]
                for name in waiting[:1]:
                    found[name] = Facts(-1, 0.0, b"", STALLED)
                waiting, ending = waiting[1:], STALLED
                if not waiting:
                    break
            except (OSError, EOFError):
                break
        for name in names:
            found.setdefault(name, Facts(-1, 0.0, b"", ending))
        return found

    async def inspect(self, path: bytes, timeout: float = 5.0) -> Inspection:
        """All that the file system says of a path, and the first bytes of a file. Never raises."""
        found = Inspection(error="DIR_STALLED")
        try:
            async with aclosing(self._ask(timeout, "inspect", path)) as answers:
                async for word, rest in answers:
                    if word == "end":
                        break
                    if rest[0] == "error":
                        return Inspection(error=rest[1])
                    if rest[0] == "facts":
                        found = Inspection(Kind(rest[1]), *rest[2:]).with_head(b"", "DIR_STALLED")
                    else:
                        found = found.with_head(*rest[1:])
        except TimeoutError:
            return found
        except (OSError, EOFError):
            return Inspection(error="EIO")
        return found if found.head_error != "DIR_STALLED" else found.with_head(b"", "")

    async def totals(self, path: bytes, timeout: float = 10.0) -> AsyncIterator[Totals]:
        """What is beneath a path, as it is counted; the last one is `complete` or has an `error`. Never raises."""
        last = Totals()
        try:
            async with aclosing(self._ask(timeout, "totals", path)) as answers:
                async for word, rest in answers:
                    if word == "end":
                        yield Totals(last.files, last.size, last.folders, last.unread, True)
                        return
                    last = Totals(*rest)
                    yield last
        except TimeoutError:
            yield Totals(last.files, last.size, last.folders, last.unread, error="DIR_STALLED")
        except (OSError, EOFError):
            yield Totals(last.files, last.size, last.folders, last.unread, error="EIO")

    async def history(self, paths: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Past]:
        """What the journal says of files of earlier jobs; nothing of those it does not know. Never raises."""
        found: dict[bytes, Past] = {}
        if self._journal is not None:
            with suppress(TimeoutError, OSError, EOFError):
                async with aclosing(self._ask(timeout, "history", *self._journal, list_of(paths))) as answers:
                    async for word, rows in answers:
                        if word == "some":
                            found.update((path, Past(Stage(stage), *rest)) for path, stage, *rest in rows)
        return found

    async def beneath(self, folders: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, PastBeneath]:
        """What the journal says of the files beneath some folders; nothing of those it does not know. Never raises."""
        found: dict[bytes, PastBeneath] = {}
        if self._journal is not None:
            with suppress(TimeoutError, OSError, EOFError):
                async with aclosing(self._ask(timeout, "beneath", *self._journal, list_of(folders))) as answers:
                    async for word, rows in answers:
                        if word == "some":
                            found.update((path, PastBeneath(*rest)) for path, *rest in rows)
        return found

    async def completions(self, typed: bytes, timeout: float = 2.0) -> Sequence[bytes]:
        """The folders that a path being typed may become. Raises NotListed where they cannot be listed in time."""
        try:
            async with aclosing(self._ask(timeout, "complete", typed)) as answers:
                async for word, found in answers:
                    if isinstance(found, str):
                        raise NotListed(found)
                    if word == "some":
                        return tuple(found)
        except TimeoutError:
            raise NotListed("DIR_STALLED") from None
        except (OSError, EOFError):
            pass
        return ()

    async def plan(
        self, marks: Sequence[Mark] | Marked, excluded: Collection[bytes], options: PlanOptions
    ) -> AsyncIterator[tuple[Planned, ...]]:
        """The plan of what is marked, in chunks as the walk goes on. Never raises for a file's trouble.

        `excluded` are paths beneath marks that are not meant; a `Marked` brings its own.

        Raises ValueError for options that cannot be used, and RuntimeError where the helper died.
        """
        marked = marks if isinstance(marks, Marked) else Marked.of(marks, excluded)
        try:
            async with aclosing(self._ask(None, "plan", marked.marks, marked.excluded, astuple(options))) as answers:
                async for word, payload in answers:
                    if word == "end":
                        return
                    if word == "bad":
                        raise ValueError(str(payload))
                    yield tuple(lines_of(payload))
        except EOFError as error:
            raise RuntimeError("the helper that reads the disk ended: try again") from error

    async def close(self) -> None:
        """End the helpers without waiting for one that hangs."""
        for child in [*self._idle, *self._busy]:
            self._abandon(child)
        self._idle.clear()
        self._busy.clear()
        if self._ending:
            await asyncio.wait(set(self._ending), timeout=_FAREWELL)
        for waiter in [*self._ending]:
            waiter.cancel()

    async def _ask(self, timeout: float | None, *request: Any) -> AsyncGenerator[tuple[Any, ...]]:
        """The answers to a question up to the one that begins with ``end`` or ``bad``.

        Raises TimeoutError where none came for `timeout` seconds, EOFError where the helper died, OSError where
        there is none to be had. A helper whose answers were not all taken is ended, or they would be taken for others.
        """
        child, ended, names = None, False, 0
        try:
            async with asyncio.timeout(timeout):
                child = self._idle.pop() if self._idle else await _spawn()
                self._busy.add(child)
                try:
                    await child.ask(*request)
                except ConnectionError as error:
                    raise EOFError from error
            while not ended:
                try:
                    async with asyncio.timeout(timeout):
                        answer = await child.answer()
                except ConnectionError as error:
                    raise EOFError from error
                ended = answer[0] in ("end", "bad")
                names = answer[1] if answer[0] == "seen" else names
                yield answer
        finally:
            if child is not None and child in self._busy:
                self._busy.discard(child)
                if ended and len(self._idle) < _IDLE and names < _HUGE and request[0] != "plan":
                    self._idle.append(child)
                else:
                    self._abandon(child)

    def _abandon(self, child: _Child) -> None:
        """Kill a helper; somebody waits for its end beside everything else, so that its pipes are closed."""
        child.abandon()
        waiter = asyncio.get_running_loop().create_task(child.process.wait())
        self._ending.add(waiter)
        waiter.add_done_callback(self._ending.discard)


list_of = list  # the method `Scout.list` hides the builtin inside the class
