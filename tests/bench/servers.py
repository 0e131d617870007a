"""Starts sinks and gateways as they are asked for, and ends them all."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from tests.bench.build import Tools

GATEWAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gateway.py")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a sink has received since it was last asked."""

    puts: int
    size: int


class Server:
    """One child that prints its port and lives as long as its stdin is open."""

    def __init__(self, command: list[str]) -> None:
        # a session of its own, as another machine is: within one the kernel shares out what the session gets
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, start_new_session=True
        )
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        self._out, self._in = self._process.stdout, self._process.stdin
        line = self._out.readline()
        if not line.strip().isdigit():
            raise RuntimeError(f"{command[0]} did not start")
        self.port = int(line)

    def seen(self) -> Seen:
        """What a sink has counted since the last time."""
        self._in.write("s\n")
        self._in.flush()
        counts = json.loads(self._out.readline())
        return Seen(counts["puts"], counts["bytes"])

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self._in.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()


class Servers:
    """All servers of one benchmark. A context manager."""

    def __init__(self, tools: Tools, folder: str, checksums: str) -> None:
        self._tools = tools
        self._folder = folder
        self._checksums = checksums
        self._sinks: dict[tuple[str, float, bool], Server] = {}
        self._gateways: dict[tuple[str, float, bool], Server] = {}

    def record(self, scheme: str) -> str:
        """Where the verifying sink of a scheme writes what it received."""
        return os.path.join(self._folder, f"received-{scheme}")

    def sink(self, scheme: str, delay: float = 0.0, *, verify: bool = False) -> Server:
        """A sink, with `delay` in milliseconds a request."""
        name = (scheme, delay, verify)
        if name not in self._sinks:
            command = [self._tools.sink, str(delay), self.record(scheme) if verify else "-"]
            if scheme == "https":
                assert self._tools.certificate is not None
                assert self._tools.key is not None
                command += [self._tools.certificate, self._tools.key]
            self._sinks[name] = Server(command)
        return self._sinks[name]

    def gateway(self, scheme: str, delay: float = 0.0, *, verify: bool = False) -> Server:
        """A gateway that leads to the sink of the same name, as slow as it."""
        name = (scheme, delay, verify)
        if name not in self._gateways:
            sink = f"{scheme}://127.0.0.1:{self.sink(scheme, delay, verify=verify).port}"
            self._gateways[name] = Server([sys.executable, GATEWAY, sink, self._checksums, str(delay)])
        return self._gateways[name]

    def forget(self, scheme: str) -> None:
        """End the verifying servers of a scheme, so that the next begin with an empty record."""
        name = (scheme, 0.0, True)
        for servers in (self._gateways, self._sinks):
            server = servers.pop(name, None)
            if server is not None:
                server.close()

    def close(self) -> None:
        """End them all."""
        for server in [*self._gateways.values(), *self._sinks.values()]:
            server.close()
        self._gateways.clear()
        self._sinks.clear()

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
