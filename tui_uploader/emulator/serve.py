"""The emulator as a process: says when it is ready, and ends with a signal or with the one that started it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable

from tui_uploader.emulator.server import Emulator, Options


def ready_line(emulator: Emulator) -> str:
    """The one JSON line that says where it is."""
    return json.dumps(
        {"gateway": emulator.gateway, "token": emulator.token, "env_id": emulator.env_id, "pid": os.getpid()}
    )


async def serve(options: Options, say: Callable[[str], None], *, until_stdin_closes: bool = False) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP, or until standard input ends; a temporary folder is removed then."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    async with Emulator(options) as emulator:
        if until_stdin_closes:
            loop.add_reader(sys.stdin.fileno(), _listen, over)
        say(ready_line(emulator))
        await over.wait()


def _listen(over: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        over.set()
