"""Runs one client once and says what it cost: seconds, CPU seconds of it and its children, peak memory."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LAUNCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.py")


class ClientFailed(Exception):
    """A client did not end well, or not in time; the text is the end of what it wrote."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: wall and CPU seconds, peak RSS in MiB, and how much was sent.

    Where the client times itself (libraries, whose imports are no part of it), `seconds` and `cpu` are its own.
    """

    seconds: float
    cpu: float
    rss: float
    objects: int = 0
    size: int = 0

    @property
    def rate(self) -> float:
        """Objects a second."""
        return self.objects / self.seconds

    @property
    def megabytes(self) -> float:
        """MB (millions of bytes) a second."""
        return self.size / self.seconds / 1e6

    @property
    def cpu_objects(self) -> float:
        """CPU seconds for 1,000 objects."""
        return self.cpu / self.objects * 1000

    @property
    def cpu_size(self) -> float:
        """CPU seconds for a GiB."""
        return self.cpu / self.size * 2**30


def run(command: Sequence[str], environment: Mapping[str, str], folder: str, timeout: float) -> Cost:
    """Run `command` in `folder`, at most `timeout` seconds. Raises ClientFailed."""
    result, output = os.path.join(folder, "cost"), os.path.join(folder, "output")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(result)
    with open(output, "wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", LAUNCH, result, *command],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise ClientFailed(f"not over after {timeout:g} s") from None
            raise
    with open(output, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if code:
        raise ClientFailed(f"exit code {code}: {text[-600:]}")
    with open(result, encoding="ascii") as file:
        seconds, cpu, rss = map(float, file.read().split())
    last = text.strip().rpartition("\n")[2]
    if last.startswith('{"seconds"'):
        own = json.loads(last)
        seconds, cpu = float(own["seconds"]), float(own["cpu"])
    return Cost(seconds, cpu, rss / 1024)
