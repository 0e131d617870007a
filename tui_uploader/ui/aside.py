"""Aside: a call that may wait for a disk or a process, in a thread of its own: neither loop nor end waits for it."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from typing import TypeVar

Result = TypeVar("Result")


_lock, _at_work, _usual = threading.Lock(), [0], list[float]()
_SHORT = 0.0005  # seconds; the interpreter's own 5 ms would be waited for several times by one key


@contextmanager
def _keys_first() -> Iterator[None]:
    """While a thread writes a report of a million rows the screen's thread has its turn ten times sooner."""
    with _lock:
        _at_work[0] += 1
        if _at_work[0] == 1:
            _usual.append(sys.getswitchinterval())
            sys.setswitchinterval(min(_SHORT, _usual[-1]))
    try:
        yield
    finally:
        with _lock:
            _at_work[0] -= 1
            if not _at_work[0]:
                sys.setswitchinterval(_usual.pop())


async def aside(call: Callable[[], Result], *, busy: bool = False) -> Result:
    """The call's result; what it raises is raised here. The thread is a daemon: a dead disk must not hold the end.

    `busy`: it computes more than it waits, as who writes a report does. One that only waits, for ever where a disk is
    dead, changes nothing for the others.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Result] = loop.create_future()

    def tell(set_it: Callable[[], None]) -> None:
        if not found.done():  # nobody waits any more
            set_it()

    def work() -> None:
        answer: Callable[[], None]
        try:
            with _keys_first() if busy else nullcontext():
                result = call()
            answer = partial(found.set_result, result)
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            answer = partial(found.set_exception, error)
        with suppress(RuntimeError):  # the screen has gone meanwhile
            loop.call_soon_threadsafe(tell, answer)

    threading.Thread(target=work, name="aside", daemon=True).start()
    return await found
