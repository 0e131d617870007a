"""Many rows: what a key does with a great number of them, some at a time, so that the next keys have their turn."""

import asyncio
from collections.abc import Callable, Sequence

AT_ONCE = 20_000  # rows in some milliseconds


async def sifted(
    ids: Sequence[int], keep: Callable[[Sequence[int]], Sequence[int]], *, enough: int | None = None
) -> list[int]:
    """What `keep` leaves of `ids`; it is asked about `AT_ONCE` of them at a time, until there are `enough`."""
    found: list[int] = []
    for at in range(0, len(ids), AT_ONCE):
        if enough is not None and len(found) >= enough:
            break
        found += keep(ids[at : at + AT_ONCE])
        await asyncio.sleep(0)
    return found
