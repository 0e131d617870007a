"""The worker's process: leaves its parent's session, takes the lock and the token, and serves until the end."""

import asyncio
import ctypes
import json
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from types import TracebackType

from tui_uploader.engine.home import Home
from tui_uploader.engine.survival import lasting
from tui_uploader.model.failures import bug

_PR_SET_DUMPABLE = 4
_LOG_LIMIT = 1 << 20
STAY = "--stay"  # a service manager holds this process: no second fork


def main(arguments: list[str]) -> None:
    """``FOLDER [--stay]``. One line comes on standard input: what to do; one goes back: ready, taken or why not."""
    if STAY not in arguments and os.fork():
        os._exit(0)  # the first child has a session of its own; its child leads none, and can get no terminal
    _harden()
    os.chdir("/")
    home = Home(arguments[0])
    asked = json.loads(_first_line())
    _point(0, os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC))
    lock = home.take_lock()
    if lock is None:
        _answer("taken")
        return
    try:
        listener = home.listen()
    except OSError as error:
        _answer(f"the socket cannot be made: {error.strerror or error}")
        return
    log = _open_log(home.log)
    from tui_uploader.engine.worker import Worker
    from tui_uploader.engine.worker_engine import make_engine

    stays = lasting()

    async def live() -> None:
        worker = Worker(home, listener, make_engine(home), lasting=stays, idle=float(asked["idle"]))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.drain)
        _say(log, f"ready, pid {os.getpid()}, outlives its session: {stays.value}")
        _answer("ready")
        for standard in (1, 2):
            _point(standard, log)
        await worker.run()

    try:
        asyncio.run(live())
        _say(log, "ended: nothing left to do, or told to")
    except BaseException as error:  # noqa: BLE001 - the last net: the log must say why it went
        _say(log, f"internal error: {bug(error).detail}")
    finally:
        with suppress(OSError):
            os.unlink(home.address)
        os._exit(0)  # a thread that waits for a dead disk must not hold the process


def _harden() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _no_dump()
    sys.excepthook = _no_traceback


def _no_dump() -> None:
    """No core dumps, no ptrace, and ``/proc`` of this process for root alone; where the system cannot, it is left."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _no_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(f"internal error: {bug(error).detail}\n")


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 4096)):
        line += byte
    return line


def _answer(text: str) -> None:
    with suppress(OSError):  # who started us may have gone: the next view finds the socket
        os.write(1, text.encode() + b"\n")


def _point(number: int, descriptor: int) -> None:
    os.dup2(descriptor, number)


def _open_log(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(OSError):
        if os.stat(path).st_size > _LOG_LIMIT:
            os.replace(path, path + ".old")
    try:
        return os.open(path, flags, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)


def _say(log: int, text: str) -> None:
    with suppress(OSError):
        os.write(log, f"{time.strftime('%Y-%m-%d %H:%M:%S')} worker: {text}\n".encode("utf-8", "backslashreplace"))


if __name__ == "__main__":
    main(sys.argv[1:])
