"""Memory with 1,000,000 objects queued, and open files during a run: ``python -m tests.bench.memory`` is the child."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.clients import Job, environment
from tests.bench.targets import Verdict

QUEUED, CHUNK, SLOTS, MANY = 1_000_000, 1_000, 64, 128


def measure(job: Job) -> list[Verdict]:
    """Both, as verdicts. `job` names small files, and a sink and gateway that take some milliseconds."""
    found = _in_child()
    rss, seconds = float(found["rss"]), float(found["seconds"])
    opened = most(job, SLOTS)[0]
    memory = most(job, MANY)[1]
    limit = 2 * SLOTS + 32
    return [
        Verdict("RSS with 1,000,000 queued, engine and state", "<= 300 MiB", f"{rss:.0f} MiB", rss <= 300),
        Verdict("seconds to queue 1,000,000", "-", f"{seconds:.1f} s", None),
        Verdict(f"open descriptors at --parallel {SLOTS}", f"<= {limit}", str(opened), opened <= limit),
        Verdict(f"PSS of both processes at --parallel {MANY}", "<= 60 MiB", f"{memory:.1f} MiB", memory <= 60),
    ]


def _in_child() -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.memory"]
    made = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    found: dict[str, float] = json.loads(made.stdout)
    return found


def most(job: Job, slots: int) -> tuple[int, float]:
    """The most descriptors and MiB (PSS: what is shared counts once) that a `push` and its second process have."""
    command = [sys.executable, "-m", "tui_uploader", "push", "--quiet", "--parallel", str(slots)]
    process = subprocess.Popen(
        [*command, job.samples.folder + "/"], env=environment(job), cwd=job.folder, stdout=subprocess.DEVNULL
    )
    opened, memory, end = 0, 0, time.monotonic() + 120
    try:
        while process.poll() is None and time.monotonic() < end:
            with contextlib.suppress(OSError):
                pids = _family(process.pid)
                opened = max(opened, sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids))
                memory = max(memory, sum(map(_pss, pids)))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
    finally:
        process.kill()
        process.wait()
    return opened, memory / 1024


def _family(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [pid, *map(int, children.read().split())]


def _pss(pid: int) -> int:
    """KiB."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as parts:
        return sum(int(line.split()[1]) for line in parts if line.startswith("Pss:"))


def queue() -> None:
    """Feed a paused engine and the state that a front end keeps; print seconds and peak RSS in MiB."""
    from tui_uploader.engine.engine import Engine
    from tui_uploader.engine.port import EngineOptions
    from tui_uploader.model.items import Planned
    from tui_uploader.model.queue import QueueState
    from tui_uploader.model.secret import Secret

    def lines(start: int) -> Iterator[Planned]:
        for number in range(start, start + CHUNK):
            key = f"var/log/app/{number // 1000:04d}/part-{number:07d}.log"
            yield Planned(b"/srv/data/" + key.encode(), key, 4096, mtime_ns=1_790_000_000_000_000_000, inode=number)

    began = time.perf_counter()
    engine, state = Engine(EngineOptions("http://127.0.0.1:9", "bench", Secret("none"))), QueueState()
    try:
        engine.pause()
        for start in range(0, QUEUED, CHUNK):
            engine.add(tuple(lines(start)), last=False)
            engine.wait_for_room(60.0)
            for event in engine.drain():
                state.apply(event)
        while state.counts.waiting < QUEUED:
            engine.wait(0.2)
            for event in engine.drain():
                state.apply(event)
            if time.perf_counter() - began > 240:
                raise SystemExit(f"only {state.counts.waiting} were queued")
    finally:
        engine.close()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - began, "rss": rss}))


if __name__ == "__main__":
    queue()
