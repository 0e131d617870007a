"""The worker's process: leaves its parent's session, takes the lock and the token, and serves until the end."""

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import suppress
from typing import cast

from tui_uploader.crash import crash, guard
from tui_uploader.engine.home import Home
from tui_uploader.engine.hosting import HostedEngine
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.starting import STAY
from tui_uploader.engine.survival import lasting
from tui_uploader.hardening import no_core_dumps
from tui_uploader.log_file import LogFile, open_log
from tui_uploader.model.jobs import Asked
from tui_uploader.priority import step_behind

_BEHIND = 8  # how far it steps back for the screens that look at it: a key must not wait for an upload's turn
_LOG_LIMIT = 1 << 20


def main(arguments: list[str]) -> None:
    """``FOLDER [--stay]``. One line comes on standard input: what to do; one goes back: ready, taken or why not."""
    if STAY not in arguments and os.fork():
        os._exit(0)  # the first child has a session of its own; its child leads none, and can get no terminal
    _harden()
    os.chdir("/")
    home = Home(arguments[0])
    os.environ["TUI_UPLOADER_STATE_DIR"] = os.path.dirname(home.folder)
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

    asides: list[str] = []
    events_log = open_log(asides.append)
    guard(events_log)
    jobs = _Jobs(home, events_log, asides)
    stays = lasting()

    async def live() -> None:
        worker = Worker(home, listener, jobs.make, lasting=stays, idle=float(asked["idle"]))
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
        _say(log, f"internal error: {crash(error)}")
    finally:
        with suppress(OSError):
            os.unlink(home.address)
        os._exit(0)  # a thread that waits for a dead disk must not hold the process


class _Jobs:
    """Makes the engine of each job, with its events in the log and its objects in the journal."""

    def __init__(self, home: Home, log: LogFile, asides: list[str]) -> None:
        self._home = home
        self._log = log
        self._asides = asides

    def make(self, job: str, options: EngineOptions, resumed: bool, asked: Asked | None) -> HostedEngine:
        """An engine for a job. Raises OSError and ValueError as `Engine` does."""
        from tui_uploader.hosted_engine import JobEngine, begin_record

        self._log.keep_out(options.token)
        folder = self._home.folder
        engine = JobEngine(
            options, lambda: begin_record(folder, job, options, asked, resumed=resumed), self._log, self._asides
        )
        return cast(HostedEngine, engine)


def _harden() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
    os.umask(0o077)
    step_behind(_BEHIND)
    no_core_dumps()


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
