"""Errors of ours: a plain sentence with an id for the person, a trace without texts and locals for the log."""

import asyncio
import faulthandler
import os
import sys
import threading
from types import TracebackType
from typing import Any

from tui_uploader import places
from tui_uploader.log_file import LogFile
from tui_uploader.model.failures import Witness, bug

_TO_TERMINAL = "textual-output"  # the thread that fails when a window is closed: that is no error of ours
_log: LogFile | None = None


def trace_of(error: BaseException) -> list[str]:
    """Where an error came from, the outermost call first: file, line and function; no text, no value of a variable."""
    lines = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines.extend(_frames(current.__traceback__))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _frames(trace: TracebackType | None) -> list[str]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        place = os.sep.join(code.co_filename.split(os.sep)[-2:])
        found.append(f"  {place}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return found[-60:]


def crash(error: BaseException) -> str:
    """Write the trace to the log under a new id; the sentence for the person, without a line end.

    The sentence names the type and the place, never the error's own text, which may hold a secret.
    """
    if _log is None:
        guard(LogFile(places.state_dir()))
    detail = bug(error).detail
    where = f"; its trace is in {_log.path}" if _log is not None and _log.off is None else ""
    return f"tui-uploader: internal error ({detail}): please report this line{where}"


def _witness(error: BaseException) -> str:
    """Write the trace down under a new id, and give the id; nothing where there is no log."""
    if _log is None or _log.off is not None:
        return ""
    crash_id = os.urandom(4).hex()
    _log.line("crash", id=crash_id, trace=trace_of(error))
    return crash_id


def guard(log: LogFile) -> None:
    """From now on no error prints a traceback: not of this thread, of another one, nor of a finalizer."""
    global _log
    _log = log
    Witness.seen = _witness
    faulthandler.disable()
    sys.excepthook = _of_this_thread
    threading.excepthook = _of_a_thread
    sys.unraisablehook = _unraisable


def guard_loop(loop: asyncio.AbstractEventLoop) -> None:
    """What a loop would print of an error that nobody waited for goes to the log."""
    loop.set_exception_handler(_of_a_loop)


def _of_this_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _say(error.with_traceback(trace))


def _of_a_thread(given: threading.ExceptHookArgs) -> None:
    closed = isinstance(given.exc_value, OSError) and given.thread is not None and given.thread.name == _TO_TERMINAL
    if given.exc_value is not None and not closed and not isinstance(given.exc_value, SystemExit):
        _quietly(given.exc_value)


def _unraisable(given: Any) -> None:
    if given.exc_value is not None:
        _quietly(given.exc_value)


def _of_a_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if error is not None:
        _quietly(error)
    elif _log is not None:
        _log.line("loop", text=str(context.get("message", "")))


def _quietly(error: BaseException) -> None:
    """Of an error beside the run itself the log alone hears: the screen may be open."""
    _witness(error)


def _say(error: BaseException) -> None:
    sys.stderr.write(crash(error) + "\n")
