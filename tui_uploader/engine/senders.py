"""Which process sends an object: a second one where many small ones go at once and this one is busy; else this one."""

import asyncio
import time
from collections.abc import Callable

from tui_uploader.engine.second_sender import SecondSender
from tui_uploader.model.failures import Failure
from tui_uploader.protocol.bucket import Bucket, Stored
from tui_uploader.protocol.far_body import Readers
from tui_uploader.protocol.sending import Pace, Sending
from tui_uploader.protocol.upload_info import UploadInfo
from tui_uploader.protocol.whole_file import MOST

_MANY = 16  # slots: with fewer the way to the other process costs more than it brings
_LOOK = 0.05  # seconds until the first look at how busy this process is
_AGAIN = 0.5  # seconds between two looks from then on: each change of mind opens every connection anew


class Senders:
    """A Bucket's `put`, by one of two processes. `cleaned` takes this run's secrets out of what the second one says.

    The second one helps as long as this process has `busy` processor seconds a second to do, and until it has half as
    much: where the network is the limit its memory stays untouched. A run that begins with many at once has just been
    busy starting, and what is encrypted should not begin its connections twice.
    """

    def __init__(
        self, bucket: Bucket, readers: Readers, second: SecondSender | None, cleaned: Callable[[Failure], Failure],
        busy: float,
    ) -> None:  # fmt: skip
        self.readers = readers
        self._bucket, self._second, self._cleaned, self._busy = bucket, second, cleaned, busy
        self._near = self._far = self._most = 0
        self._far_idles = False  # connections may lie idle there
        self._loop, self._helps = asyncio.get_running_loop(), True
        self._looked, self._used = self._loop.time(), time.process_time()
        self._pause = _LOOK

    def room(self, parallel: int) -> int:
        """How many objects may be given to `put` at once, so that `parallel` are sent at once.

        The second process has some more lying ready, as long as it alone sends.
        """
        second = self._second
        if second is None or not second.alive:
            return parallel
        if parallel != self._most:
            self._most = parallel
            second.limit(parallel)
        self._look()
        return 2 * parallel if self._two and not self._near else parallel

    @property
    def _two(self) -> bool:
        return self._helps and self._most >= _MANY and self._second is not None and self._second.alive

    def _look(self) -> None:
        """See now and then how busy this process is."""
        now = self._loop.time()
        if now - self._looked >= self._pause:
            used = time.process_time()
            share = (used - self._used) / (now - self._looked)
            self._helps = share >= (self._busy / 2 if self._helps else self._busy)
            self._looked, self._used, self._pause = now, used, _AGAIN
            if self._far_idles and not self._two:
                self._let_go_there()

    def _let_go_there(self) -> None:
        self._far_idles = False
        if self._second is not None:
            self._second.let_go()

    def let_go(self) -> None:
        """Close the connections that lie idle."""
        self._bucket.let_go()
        self._let_go_there()

    async def put(
        self, info: UploadInfo, path: bytes, size: int, *, inode: int = 0, sending: Sending, pace: Pace | None = None
    ) -> Stored | Failure:
        """See Bucket."""
        second, alone = self._second, not self._two
        limited = pace is not None and pace.limit is not None
        if second is None or alone or size > MOST or limited or self.readers.careful(path):
            self._near += 1
            try:
                return await self._bucket.put(info, path, size, inode=inode, sending=sending, pace=pace)
            finally:
                self._near -= 1
                if alone and self._two:  # the next goes by the other: both would keep more than there are slots
                    self._bucket.let_go()
        self._far += 1
        self._far_idles = True
        try:
            result, sending.seconds = await second.put(info, path, size, inode)
        finally:
            self._far -= 1
        return self._cleaned(result) if isinstance(result, Failure) else result
