"""Stepping back on a production server: a lower place for processor and disk."""

import os
import shutil
import subprocess
from contextlib import suppress

_SESSION = "/proc/self/autogroup"


def step_back(nice: int) -> None:
    """Lower this process's place by `nice` (1 to 19); from 10 on, the disk is used only when nobody else wants it.

    What the system does not know is left out without a word: it is a courtesy, not a condition.
    """
    if hasattr(os, "nice"):
        os.nice(nice)
    program = shutil.which("ionice")
    if program is not None:
        kind = ["-c", "3"] if nice >= 10 else ["-c", "2", "-n", "7"]
        subprocess.run([program, *kind, "-p", str(os.getpid())], check=False, capture_output=True, timeout=5)


def step_behind(nice: int) -> None:
    """Lower the place of this process and of its whole session, which must be its own, by `nice`; interrupt nobody.

    Most kernels share the processors out by sessions first (autogroup): there a process's own place counts against its
    session's others alone, and nobody who is looked at over SSH is one of them.
    """
    with suppress(OSError):
        os.nice(nice)
    if hasattr(os, "SCHED_BATCH"):
        with suppress(OSError):  # whoever has its turn keeps it when a thread of ours wakes up
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    with suppress(OSError), open(_SESSION, "w", encoding="ascii") as file:
        file.write(str(os.getpriority(os.PRIO_PROCESS, 0)))
