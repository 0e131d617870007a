"""Which process sends an object: where many small ones go at once a second one, if there is one; else this one."""

from collections.abc import Callable

from tui_uploader.engine.second_sender import SecondSender
from tui_uploader.model.failures import Failure
from tui_uploader.protocol.bucket import Bucket, Stored
from tui_uploader.protocol.far_body import Readers
from tui_uploader.protocol.transport import Pace, Sending
from tui_uploader.protocol.upload_info import UploadInfo
from tui_uploader.protocol.whole_file import MOST

_BUSY = 16  # objects on their way: with fewer this process has time left, and the way to the other costs more


class Senders:
    """A Bucket's `put`, by one of two processes. `cleaned` takes this run's secrets out of what the second one says."""

    def __init__(
        self, bucket: Bucket, readers: Readers, second: SecondSender | None, cleaned: Callable[[Failure], Failure]
    ) -> None:
        self.readers = readers
        self._bucket, self._second, self._cleaned = bucket, second, cleaned
        self._near = self._far = self._most = 0

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
        return parallel if self._near or parallel < _BUSY else parallel + parallel // 2

    def let_go(self) -> None:
        """Close the connections that lie idle."""
        self._bucket.let_go()
        if self._second is not None:
            self._second.let_go()

    async def put(
        self, info: UploadInfo, path: bytes, size: int, *, inode: int = 0, sending: Sending, pace: Pace | None = None
    ) -> Stored | Failure:
        """See Bucket."""
        second = self._second
        if (
            second is None or self._near + self._far < _BUSY or size > MOST or pace is not None or not second.alive
            or self.readers.careful(path)
        ):  # fmt: skip
            self._near += 1
            try:
                return await self._bucket.put(info, path, size, inode=inode, sending=sending, pace=pace)
            finally:
                self._near -= 1
        self._far += 1
        try:
            result, sending.seconds = await second.put(info, path, size, inode)
        finally:
            self._far -= 1
        return self._cleaned(result) if isinstance(result, Failure) else result
