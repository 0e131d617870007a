"""``python -m tests.bench``: builds sink and limit, makes files, verifies ours, times all in turns, prints tables."""

import argparse
import sys
import tempfile
import time

from tests.bench import report, samples
from tests.bench.build import CannotBuild, build
from tests.bench.clients import install_sdk, installed
from tests.bench.rounds import Bench, NotVerified
from tests.bench.scenarios import NAMES, SCHEMES, scenarios
from tests.bench.servers import Servers
from tests.bench.targets import Verdict, judge

SIDE = ("memory", "latency", "start", "folder", "queue")


def _read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round of what the targets name")
    parser.add_argument("--scenario", action="append", choices=NAMES + SIDE, help="only this one (repeatable)")
    parser.add_argument("--scheme", action="append", choices=SCHEMES, help="only http or only https")
    parser.add_argument("--client", action="append", metavar="NAME", help="only these beside push and the limit")
    parser.add_argument("--rounds", type=int, default=None, help="rounds to take medians of (default: 3; quick: 1)")
    parser.add_argument("--node", action="store_true", help="install cos-nodejs-sdk-v5 by npm, into a temporary folder")
    parser.add_argument(
        "--node-sdk", metavar="FOLDER", help="use the SDK in this folder (node_modules/cos-nodejs-sdk-v5)"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    parser.add_argument("--folder", default=None, help="where the temporary folder is made (it needs 10 GB)")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Run; the exit code is 1 where what was sent is not what came."""
    options = _read()
    began = time.monotonic()
    names = tuple(options.scenario or NAMES + SIDE)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.folder) as folder:
        try:
            tools, notes = build(folder)
        except CannotBuild as problem:
            _say(f"nothing can be measured: {problem}")
            return 2
        schemes = tuple(s for s in SCHEMES if s in (options.scheme or SCHEMES) and (s == "http" or tools.certificate))
        sdk = options.node_sdk or (install_sdk(folder) if options.node else None)
        clients = installed(tools.limit, sdk)
        if options.client:
            clients = [c for c in clients if c.name in (*options.client, "push", "C limit")]
        chosen = scenarios(tuple(name for name in NAMES if name in names), schemes, quick=options.quick)
        _say(f"clients: {', '.join(client.name for client in clients)}")
        for note in notes:
            _say(note)
        shapes = list(dict.fromkeys(scenario.shape for scenario in chosen))
        checksums = samples.make(folder, list(dict.fromkeys([*shapes, *(["10000x4"] if "memory" in names else [])])))
        with Servers(tools, folder, checksums) as servers:
            bench = Bench(servers, folder, clients, tools.certificate, _say)
            try:
                for scenario in chosen:
                    _say(scenario.label)
                    files = samples.load(folder, scenario.shape)
                    bench.measure(scenario, files, options.rounds or (1 if options.quick else 3), quick=options.quick)
            except NotVerified as problem:
                _say(f"NOT VERIFIED, so nothing counts: {problem}")
                return 1
            beside = _beside(bench, names, folder, tools.certificate, quick=options.quick)
    text = [f"Measured {report.machine()}, on loopback, medians of {options.rounds or (1 if options.quick else 3)}.\n"]
    text += [report.tables(bench.results), report.verdicts([*judge(bench.results), *beside])]
    failed = [f"{name} ({label})" for label, name in bench.failures]
    if notes or failed:
        text.append(f"Left out: {'; '.join([*notes, *failed])}.\n")
    print("\n".join(text))
    _say(f"{time.monotonic() - began:.0f} s")
    if options.write:
        report.write("\n".join(text).rstrip())
    return 0


def _beside(
    bench: Bench, names: tuple[str, ...], folder: str, certificate: str | None, *, quick: bool
) -> list[Verdict]:
    """Memory, keys and start-up. They import the screen's harness, so they come last and only where wanted."""
    found: list[Verdict] = []
    if "memory" in names:
        from tests.bench import memory

        _say("memory")
        near = scenarios(("small",), ("http",), quick=True)[1]
        found += memory.measure(bench.job(near, samples.load(folder, near.shape)))
    if "latency" in names:
        from tests.bench import latency

        for scheme in ("http", "https") if certificate else ("http",):
            _say(f"key latency, {scheme}")
            gateway = bench.servers.gateway(scheme)
            count = latency.KEYS // 2 if quick else latency.KEYS
            found += latency.keys(folder, gateway.port, certificate if scheme == "https" else None, scheme, count=count)
    if "start" in names:
        from tests.bench import latency

        _say("start-up")
        found += latency.start(folder)
    if "folder" in names:
        from tests.bench import folders

        _say("a folder and a plan of a million files")
        found += folders.folder_and_plan(folder, folders.COUNT // 10 if quick else folders.COUNT)
    if "queue" in names:
        from tests.bench import queues

        _say("a queue of a million rows")
        found += queues.measure(folder, queues.ROWS // 10 if quick else queues.ROWS)
    return found


if __name__ == "__main__":
    sys.exit(main())
