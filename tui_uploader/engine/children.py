"""How our own child processes are started: no secret, no surprise from the current folder, no shared signals."""

import os
import sys

PACKAGE_PARENT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT")


def child_command(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules. ``-P``: a file named like a library in the current folder is not it."""
    return [sys.executable, "-P", "-m", module, *arguments]


def child_environment() -> dict[str, str]:
    """A built environment for a child: what it needs, and none of ours (which may hold a token)."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PYTHONPATH"] = PACKAGE_PARENT
    return environment
