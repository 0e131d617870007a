"""How our own child processes are started: no secret, no surprise from the current folder, no shared signals."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

PACKAGE_PARENT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_PR_SET_PDEATHSIG = 1
LEFT = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT)
"""Signals that a forked child leaves to its parent: what they mean is decided there, and it ends when that has."""
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT")


def child_command(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules. ``-P``: a file named like a library in the current folder is not it."""
    return [sys.executable, "-P", "-m", module, *arguments]


def child_environment() -> dict[str, str]:
    """A built environment for a child: what it needs, and none of ours (which may hold a token)."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PYTHONPATH"] = PACKAGE_PARENT
    return environment


def end_with_parent(parent: int) -> None:
    """Have this process killed when the thread that started it ends, or end now where `parent` has already."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def forked(fd: int, work: Callable[[], None]) -> int | None:
    """Fork, and do `work` in the child with nothing open but `fd`; its process id, or None where that cannot be done.

    Threads run already, it is no Linux, or the system has no room for a process. The child ends with `work`, whatever
    happens: nothing of the parent's is done, flushed or said a second time. Its words, if any, go nowhere.
    """
    if threading.active_count() > 1 or sys.platform != "linux":
        return None
    parent = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, LEFT)  # until the child leaves them to its parent
    try:
        pid = os.fork()
        if pid == 0:
            try:
                end_with_parent(parent)
                _leave_open(fd)
                for number in LEFT:
                    signal.signal(number, signal.SIG_IGN)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, LEFT)
                work()
            finally:
                os._exit(0)
    except OSError:
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _leave_open(fd: int) -> None:
    """Close what was inherited but `fd`: who reads the parent's output learns of its end when the parent ends."""
    for one in map(int, os.listdir("/dev/fd")):
        if one != fd:
            with suppress(OSError):
                os.close(one)
    while (nowhere := os.open(os.devnull, os.O_RDWR)) < 2:
        pass
    if nowhere > 2:
        os.close(nowhere)
