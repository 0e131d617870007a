"""Closes what would let a secret out of this process: core dumps, other debuggers, developer back doors."""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress

_PR_SET_DUMPABLE = 4
_TOKEN = "TUI_UPLOADER_TOKEN"  # noqa: S105 - a name, no secret
_NAMES = frozenset({"TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DRIVER", "TEXTUAL_DEBUG", "TEXTUAL_PRESS"})
_BEGINNINGS = ("TEXTUAL_DEVTOOLS", "TEXTUAL_SCREENSHOT")
_hidden = ""


def _spells() -> Iterator[str]:
    for name in os.environ:
        if name in _NAMES or name.startswith(_BEGINNINGS):
            yield name


def clear_spells() -> None:
    """Take Textual's switches for developers out of the environment: one of them loads any module as the driver."""
    for name in list(_spells()):
        del os.environ[name]


def no_core_dumps() -> None:
    """No core file, and no reading of this process's memory or environment by others of the same user.

    Call it in every process that holds a token, before it does. Where the system cannot do it, nothing happens.
    """
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def hide_token() -> None:
    """Take the token out of the environment, for children, and out of what ``/proc/PID/environ`` shows, for anybody.

    Call it before anything else is started; :func:`token_of_environment` gives it back once.
    """
    global _hidden
    if _TOKEN not in os.environ:
        return
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None)
            libc.getenv.restype = ctypes.c_void_p
            value = libc.getenv(_TOKEN.encode())
            if value:
                ctypes.memset(value, ord("*"), len(ctypes.string_at(value)))
    _hidden = os.environ.pop(_TOKEN)


def token_of_environment() -> str:
    """The token that came by the environment, once; empty where none came."""
    global _hidden
    hide_token()
    found, _hidden = _hidden, ""
    return found
