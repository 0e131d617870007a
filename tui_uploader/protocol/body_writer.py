"""Writes request bodies to connections, block by block, with one buffer for each that is on its way."""

import asyncio
from typing import Protocol

from tui_uploader.protocol.body import BLOCK, Blocks, FileBody
from tui_uploader.protocol.connection import Connection
from tui_uploader.protocol.errors import WriteError
from tui_uploader.protocol.far_body import FarBody, far_block


class Pace(Protocol):
    """A speed limit that may change at any time: none at all, or blocks of a size and a wait before each."""

    @property
    def limit(self) -> int | None: ...

    @property
    def block(self) -> int: ...

    async def take(self, size: int) -> None: ...


class BodyWriter:
    """Belongs to one loop. Its buffers are used again: new memory for each block costs as much as to send it."""

    def __init__(self) -> None:
        self._free: list[memoryview] = []

    async def write(self, connection: Connection, head: bytes, body: Blocks | None, pace: Pace | None) -> None:
        """Hand over `head` and all of `body`; less where an answer or an error comes first.

        Raises what spoils the body.
        """
        if body is None or body.size == 0:
            connection.write_whole(head, 0)
            return
        buffer: memoryview | None = None
        lies, left = False, body.size
        while left > 0:
            paced = pace if pace is not None and pace.limit is not None else None
            limit = BLOCK if paced is None else paced.block
            if isinstance(body, FarBody):
                block: bytes | memoryview = await far_block(body, connection, limit)
            elif isinstance(body, FileBody) and not head and paced is None:
                if buffer is None:
                    connection.write_at_once()
                    # where it is not given back it goes with the connection, in which some of it may lie
                    buffer = self._free.pop() if self._free else memoryview(bytearray(BLOCK))
                block = body.read_into(buffer)
            else:
                block = body.read(limit)
            if not block:
                raise WriteError("the body ended early")
            left -= len(block)
            if head and not left and paced is None:
                connection.write_whole(head + block, len(block))
                return
            if paced is not None:
                connection.waiting_for_pace = True
                await paced.take(len(block))
                connection.waiting_for_pace = False
            if not head and not connection.quiet() and not await self._heard(connection):
                return
            lies = connection.write(head + block if head else block, len(block))
            head = b""
            if left and not await connection.room():
                return
        connection.all_written = True  # from here on an answer is in time
        if buffer is not None and not lies:
            self._free.append(buffer)

    async def _heard(self, connection: Connection) -> bool:
        """Let the loop read what has come: under TLS nothing is left to read once a write has failed.

        False where it was an answer or the end.
        """
        await asyncio.sleep(0)  # the loop notices
        await asyncio.sleep(0)  # and reads
        return await connection.room()
