"""Sends large files from threads, each with its loop and connections: TLS alone fills more than one processor."""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress

from tui_uploader.protocol.answer import Answer
from tui_uploader.protocol.body import Blocks, FileBody
from tui_uploader.protocol.body_writer import Pace
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.sending import Limits, Sender, Sending

LARGE = 8 * 1024 * 1024  # bytes from which on a file is worth the way to another thread
_MOST = 4  # threads: what they leave to Python takes turns, and more of them only wait for each other
_TELL = 0.05  # seconds between two looks at how far the others are
_FAREWELL = 1.0  # seconds for a thread to end; one that reads from a dead disk is left behind


class Threads:
    """Sends as a Sender does: large files from threads, the rest by `near`, from the loop it belongs to.

    The threads begin with the first large file, where nothing is encrypted with the second. All that a caller may watch
    stays in its own thread.
    """

    def __init__(self, near: Sender, make: Callable[[], Sender], most: int | None = None) -> None:
        self._near, self._make = near, make
        self._most = most or min(_MOST, _processors())
        self._threads: list[_Sender] = []
        self._here = 0  # large files that the loop of our own sends
        self._closed = False

    async def send(
        self,
        target: Target,
        head: bytes,
        body: Blocks | None,
        *,
        limits: Limits | None = None,
        sending: Sending | None = None,
        pace: Pace | None = None,
    ) -> Answer:
        """See Sender.send."""
        limited = pace is not None and pace.limit is not None  # one processor is enough for what waits its turn
        if limited or not isinstance(body, FileBody) or body.size < LARGE:
            return await self._near.send(target, head, body, limits=limits, sending=sending, pace=pace)
        alone = not self._here and target.scheme == "http"  # what is not encrypted needs no second processor
        if not alone and (sender := self._free()) is not None:
            return await sender.send(target, head, body, limits, sending, pace)
        self._here += 1
        try:
            return await self._near.send(target, head, body, limits=limits, sending=sending, pace=pace)
        finally:
            self._here -= 1

    def _free(self) -> "_Sender | None":
        """The thread that has least to do, a new one while all have something; None where none can be had."""
        least = min(self._threads, key=lambda one: one.busy, default=None)
        if self._closed or (least is not None and (least.busy == 0 or len(self._threads) >= self._most)):
            return None if self._closed else least
        with suppress(OSError, RuntimeError):  # neither handles nor threads without end
            least = _Sender(self._make)
            self._threads.append(least)
        return least

    def let_go(self) -> None:
        """Close what lies idle."""
        self._near.let_go()
        for one in self._threads:
            one.let_go()

    async def aclose(self) -> None:
        """End the threads and close every connection."""
        self._closed = True
        threads, self._threads = self._threads, []
        await asyncio.gather(*[one.aclose() for one in threads], self._near.aclose())


class _Sender:
    """One thread with a loop and connections of its own. Methods belong to the thread of whoever made it."""

    def __init__(self, make: Callable[[], Sender]) -> None:
        self.busy = 0
        self._ours = asyncio.get_running_loop()
        self._loop = asyncio.new_event_loop()  # asyncio's own: it lets other threads go on while the system works
        self._transport = make()
        self._told: dict[Sending, Sending] = {}
        self._running: set[asyncio.Task[Answer]] = set()
        self._gone = self._ours.create_future()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # there can be no more threads
            self._loop.close()
            raise

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()
            self._tell_us(self._leave)

    def _leave(self) -> None:
        if not self._gone.done():
            self._gone.set_result(None)

    def _tell_us(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # our loop is closed: nobody waits any more
            self._ours.call_soon_threadsafe(call)

    async def send(
        self, target: Target, head: bytes, body: Blocks, limits: Limits | None, sending: Sending | None,
        pace: Pace | None,
    ) -> Answer:  # fmt: skip
        """Send one file there. It is over in that thread, too, when this ends: the caller may close the file."""
        tasks: list[asyncio.Task[Answer]] = []
        over: asyncio.Future[None] = self._ours.create_future()
        far_pace = _FarPace(pace, self._ours) if pace is not None else None

        def begin() -> None:
            task = self._loop.create_task(self._send(target, head, body, limits, sending, far_pace))
            tasks.append(task)
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            task.add_done_callback(lambda _: self._tell_us(ended))

        def ended() -> None:
            _ = tasks[0].cancelled() or tasks[0].exception()  # seen: who is cancelled does not ask
            over.set_result(None)

        self.busy += 1
        try:
            self._loop.call_soon_threadsafe(begin)
            await _even_if_cancelled(over, lambda: self._loop.call_soon_threadsafe(lambda: tasks[0].cancel()))
        finally:
            self.busy -= 1
        return tasks[0].result()

    async def _send(
        self, target: Target, head: bytes, body: Blocks, limits: Limits | None, sending: Sending | None,
        pace: Pace | None,
    ) -> Answer:  # fmt: skip
        near = Sending(body.size)
        if sending is not None:
            self._told[near] = sending
            if len(self._told) == 1:
                self._loop.call_later(_TELL, self._tell)
        try:
            return await self._transport.send(target, head, body, limits=limits, sending=near, pace=pace)
        finally:
            if sending is not None:
                del self._told[near]
                sending.told(near.acked)

    def _tell(self) -> None:
        for near, far in self._told.items():
            far.told(near.acked)
        if self._told:
            self._loop.call_later(_TELL, self._tell)

    def let_go(self) -> None:
        """Close what lies idle there."""
        self._loop.call_soon_threadsafe(self._transport.let_go)

    async def aclose(self) -> None:
        """End the thread."""

        async def leave() -> None:
            await self._transport.aclose()
            if self._running:
                await asyncio.wait(self._running, timeout=_FAREWELL / 2)
            for task in self._running:
                task.cancel()  # it was still connecting
            while self._running:
                await asyncio.wait(self._running)
            for _ in range(3):
                await asyncio.sleep(0)  # what was aborted is closed
            self._loop.stop()

        leaving: list[asyncio.Task[None]] = []  # a loop alone keeps no task
        self._loop.call_soon_threadsafe(lambda: leaving.append(self._loop.create_task(leave())))
        await asyncio.wait([self._gone], timeout=_FAREWELL)
        if self._gone.done():
            self._thread.join(_FAREWELL)  # its very last steps


class _FarPace:
    """A speed limit as a sender's loop sees it: its turns are given out by the loop that it belongs to."""

    def __init__(self, pace: Pace, loop: asyncio.AbstractEventLoop) -> None:
        self._pace, self._loop = pace, loop

    @property
    def limit(self) -> int | None:
        return self._pace.limit

    @property
    def block(self) -> int:
        return self._pace.block

    async def take(self, size: int) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._pace.take(size), self._loop))


async def _even_if_cancelled(over: "asyncio.Future[None]", cancel: Callable[[], object]) -> None:
    """Wait for `over`; when this is cancelled, call `cancel`, and wait for it all the same."""
    cancelled: asyncio.CancelledError | None = None
    while not over.done():
        try:
            await asyncio.shield(over)
        except asyncio.CancelledError as error:
            cancelled = error
            cancel()
    if cancelled is not None:
        raise cancelled


def _processors() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
