"""Stepping back on a production server: a lower place for processor and disk."""

import os
import shutil
import subprocess


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
