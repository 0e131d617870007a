"""Runs the clients of a scenario in turns, round after round, and checks what the sink received each time."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from tests.bench.clients import (
    CURL,
    HTTPX,
    LIMIT,
    NO_JOURNAL,
    NODE,
    PATH,
    PUSH,
    PYTHON_SDK,
    RCLONE,
    Client,
    Job,
    environment,
)
from tests.bench.measure import ClientFailed, Cost, run
from tests.bench.samples import Samples, lie_in_memory, lie_on_disk, part
from tests.bench.scenarios import COLD, HUGE, MIXED, SMALL, WHOLE, Scenario
from tests.bench.servers import Servers

# who runs in a quick run: whom the targets name, and beside the first table nobody else
QUICK_ELSE = frozenset({PUSH, PATH, LIMIT, CURL, RCLONE, NODE})
QUICK = {
    ("http", SMALL, 0.0): QUICK_ELSE | {HTTPX, PYTHON_SDK, NO_JOURNAL},
    **{(scheme, name, 0.0): frozenset({PUSH, RCLONE}) for scheme in ("http", "https") for name in WHOLE},
    ("http", SMALL, 20.0): frozenset({PUSH, PATH, LIMIT}),
    ("http", SMALL, 80.0): frozenset({PUSH, PATH, LIMIT}),
    ("http", HUGE, 0.0): frozenset({PUSH, PATH, LIMIT, CURL, RCLONE}),
}

_JOURNALLED = ("http", SMALL, 0.0)  # where the journal's share of the time is measured: nowhere is it larger
Results = dict[Scenario, dict[str, list[Cost]]]
Say = Callable[[str], None]
TIMEOUT = 180.0


class NotVerified(Exception):
    """What the sink received is not what was sent: nothing that was measured would mean anything."""


def middle(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def ratio(mine: list[Cost], theirs: list[Cost], *, big: bool) -> float:
    """How many times faster: the median over the rounds that both made."""
    pairs = zip(mine, theirs, strict=False)
    return middle([a.megabytes / b.megabytes if big else a.rate / b.rate for a, b in pairs])


class Bench:
    """Servers, files and clients; what was found is in `results`."""

    def __init__(self, servers: Servers, folder: str, clients: list[Client], authority: str | None, say: Say) -> None:
        self.servers = servers
        self._folder = folder
        self._clients = clients
        self._authority = authority
        self._say = say
        self._verified: set[tuple[str, str]] = set()
        self.results: Results = {}
        self.failures: list[tuple[str, str]] = []

    def measure(self, scenario: Scenario, samples: Samples, rounds: int, *, quick: bool) -> None:
        """Verify ours once, then time everybody in turns. Raises NotVerified."""
        self._verify(scenario, samples)
        made: dict[str, list[Cost]] = {}
        self.results[scenario] = made
        for number in range(rounds):
            # every other round the other way about: nobody always comes after the same one
            for client in self._clients[:: -1 if number % 2 else 1]:
                if quick and client.name not in QUICK.get((scenario.scheme, scenario.name, scenario.delay), QUICK_ELSE):
                    continue
                if client.name == NO_JOURNAL and (scenario.scheme, scenario.name, scenario.delay) != _JOURNALLED:
                    continue
                if number and (client.once or client.name not in made):
                    continue  # the latter failed in the first round
                cost = self._once(scenario, samples, client)
                if cost is not None:
                    made.setdefault(client.name, []).append(cost)
                    shown = f"{cost.rate:8.0f}/s {cost.megabytes:7.0f} MB/s  CPU {cost.cpu:6.2f} s  {cost.rss:4.0f} MiB"
                    self._say(f"  {number + 1}  {client.name:10} {shown}")

    def _once(self, scenario: Scenario, samples: Samples, client: Client) -> Cost | None:
        some = samples
        if scenario.name != MIXED or client.name == HTTPX:
            some = part(samples, self._folder, client.most_objects, client.most_bytes)
        sink = self.servers.sink(scenario.scheme, scenario.delay)
        job = self.job(scenario, some)
        sink.seen()
        (lie_on_disk if scenario.name == COLD else lie_in_memory)(some)  # rclone has the system forget what it read
        try:
            cost = run(client.command(job), environment(job), job.folder, TIMEOUT)
        except ClientFailed as failure:
            self._complain(scenario, client, str(failure))
            return None
        seen = sink.seen()
        if seen.puts != len(some.files) or seen.size < some.size:
            text = f"{seen.puts} objects of {len(some.files)}, {seen.size} bytes of {some.size} came"
            self._complain(scenario, client, text)
            return None
        return replace(cost, objects=len(some.files), size=some.size)

    def job(self, scenario: Scenario, samples: Samples) -> Job:
        """What a client of a scenario gets."""
        sink = self.servers.sink(scenario.scheme, scenario.delay)
        gateway = self.servers.gateway(scenario.scheme, scenario.delay)
        return self._job(scenario, samples, sink.port, gateway.port)

    def _complain(self, scenario: Scenario, client: Client, text: str) -> None:
        if client.name in (PUSH, NO_JOURNAL, PATH, LIMIT):
            raise NotVerified(f"{scenario.label}: {client.name}: {text}")
        self._say(f"  left out: {client.name}: {text}")
        self.failures.append((scenario.label, client.name))

    def _job(self, scenario: Scenario, samples: Samples, sink: int, gateway: int) -> Job:
        folder = os.path.join(self._folder, "work")
        os.makedirs(folder, exist_ok=True)
        token = os.path.join(folder, "token")
        if not os.path.exists(token):
            with open(os.open(token, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write("token-of-the-benchmark")
        authority = self._authority if scenario.scheme == "https" else None
        return Job(samples, scenario.scheme, sink, gateway, scenario.parallel, authority, folder)

    def _verify(self, scenario: Scenario, samples: Samples) -> None:
        name = (scenario.shape, scenario.scheme)
        if name in self._verified:
            return
        push = next(client for client in self._clients if client.name == PUSH)
        gateway = self.servers.gateway(scenario.scheme, verify=True)
        sink = self.servers.sink(scenario.scheme, verify=True)
        job = self._job(scenario, samples, sink.port, gateway.port)
        began = time.perf_counter()
        try:
            run(push.command(job), environment(job), job.folder, TIMEOUT)
        except ClientFailed as failure:
            raise NotVerified(f"{scenario.label}: {failure}") from None
        sink.seen()  # writes its record out
        wanted = {f"/b/{file.crc}/{file.key}": (file.size, file.crc) for file in samples.files}
        with open(self.servers.record(scenario.scheme), encoding="utf-8") as record:
            for line in record:
                size, crc, path = line.rstrip("\n").split(" ", 2)
                if wanted.pop(path, None) != (int(size), crc):
                    raise NotVerified(f"{scenario.label}: {path} came with {size} bytes and CRC-64 {crc}, or twice")
        if wanted:
            raise NotVerified(f"{scenario.label}: {len(wanted)} objects never came, among them {next(iter(wanted))}")
        self.servers.forget(scenario.scheme)
        self._verified.add(name)
        seconds = time.perf_counter() - began
        self._say(f"  verified: {len(samples.files)} objects, sizes and CRC-64 of each ({seconds:.1f} s)")
