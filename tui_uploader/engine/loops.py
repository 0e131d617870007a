"""The event loop of a process that uploads: uvloop where it is installed, asyncio's own otherwise."""

import asyncio


def new_loop() -> asyncio.AbstractEventLoop:
    """A loop that nobody uses yet."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()  # type: ignore[no-any-return, unused-ignore]
