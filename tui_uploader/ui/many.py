"""Many rows: what a key does with a great number of them, some at a time, so that the next keys have their turn."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import compress

from tui_uploader.model.picked import Picked

AT_ONCE = 20_000  # rows in some milliseconds
BETWEEN = 0.005  # seconds: what a key does takes several turns of the loop, and none of them is to wait for a part


def parts_of(ids: Sequence[int], most: int = AT_ONCE) -> Iterator[Sequence[int]]:
    """`ids` in their order, at most so many in one part."""
    if not isinstance(ids, Picked):
        yield from (ids[at : at + most] for at in range(0, len(ids), most))
        return
    for at in range(0, len(ids.mask), most):
        if part := list(compress(range(at, at + most), ids.mask[at : at + most])):
            yield part


async def in_turns(ids: Sequence[int], most: int = AT_ONCE) -> AsyncIterator[Sequence[int]]:
    """The same; after each part all others have their turn."""
    for part in parts_of(ids, most):
        yield part
        await asyncio.sleep(BETWEEN)
