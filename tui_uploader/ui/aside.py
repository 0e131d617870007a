"""Aside: a call that may wait for a disk or a process, in a thread of its own: neither loop nor end waits for it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

Result = TypeVar("Result")


async def aside(call: Callable[[], Result]) -> Result:
    """The call's result; what it raises is raised here. The thread is a daemon: a dead disk must not hold the end."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Result] = loop.create_future()

    def tell(set_it: Callable[[], None]) -> None:
        if not found.done():  # nobody waits any more
            set_it()

    def work() -> None:
        answer: Callable[[], None]
        try:
            answer = partial(found.set_result, call())
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            answer = partial(found.set_exception, error)
        with suppress(RuntimeError):  # the screen has gone meanwhile
            loop.call_soon_threadsafe(tell, answer)

    threading.Thread(target=work, name="aside", daemon=True).start()
    return await found
