"""The targets of PERF.md, as data, and what a run says of them."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import clients
from tests.bench.measure import Cost
from tests.bench.rounds import Results, middle, ratio
from tests.bench.scenarios import COLD, FEW, FOUR, HUGE, SMALL, WHOLE


@dataclass(frozen=True, slots=True)
class Target:
    """One line: `ours` against `peer` (at least `goal` times its rate), or a value of ours that may be at most that."""

    title: str
    scenario: tuple[str, str, float]
    ours: str
    goal: float
    peer: str | None = None
    value: Callable[[Cost], float] | None = None
    unit: str = "x"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and what was measured: an empty text where nothing was. `reached` None: it is no target."""

    title: str
    goal: str
    measured: str
    reached: bool | None


def _against(title: str, scenario: tuple[str, str, float], ours: str, peers: dict[str, float]) -> list[Target]:
    return [Target(title, scenario, ours, goal, peer) for peer, goal in peers.items()]


_C = clients
_NEAR, _SEALED = (SMALL, "http", 0.0), (SMALL, "https", 0.0)
_HTTP = {_C.RCLONE: 5, _C.CURL: 1.3, _C.NODE: 15, _C.PYTHON_SDK: 20, _C.LIMIT: 0.33}
_HTTPS = {_C.RCLONE: 3.5, _C.CURL: 1, _C.NODE: 12}
TARGETS: list[Target] = [
    *_against("10,000 x 4 KiB http", _NEAR, _C.PATH, _HTTP),
    *_against("10,000 x 4 KiB https", _SEALED, _C.PATH, _HTTPS),
    *_against("10,000 x 4 KiB http, whole command", _NEAR, _C.PUSH, {_C.RCLONE: 2}),
    *_against("10,000 x 4 KiB https, whole command", _SEALED, _C.PUSH, {_C.RCLONE: 2}),
    *_against("4,000 x 4 KiB http, whole command", (FEW, "http", 0.0), _C.PUSH, {_C.RCLONE: 2}),
    *_against("4,000 x 4 KiB https, whole command", (FEW, "https", 0.0), _C.PUSH, {_C.RCLONE: 2}),
    *_against("4,000 x 4 KiB http, not in memory, whole command", (COLD, "http", 0.0), _C.PUSH, {_C.RCLONE: 2}),
    *_against("4,000 x 4 KiB https, not in memory, whole command", (COLD, "https", 0.0), _C.PUSH, {_C.RCLONE: 2}),
    *_against("10,000 x 4 KiB http, cost of the journal", _NEAR, _C.PUSH, {_C.NO_JOURNAL: 0.95}),
    *[
        Target(f"CPU s per 1,000 small, {scheme}", (SMALL, scheme, 0.0), ours, goal, None, lambda c: c.cpu_objects, "s")
        for scheme, goal in (("http", 0.10), ("https", 0.18))
        for ours in (_C.PATH, _C.PUSH)
    ],
    *_against("80 ms a request, auto", (SMALL, "http", 80.0), _C.PUSH, {_C.LIMIT: 0.95}),
    *_against("80 ms a request", (SMALL, "http", 80.0), _C.PATH, {_C.LIMIT: 0.95}),
    *_against("20 ms a request, auto", (SMALL, "http", 20.0), _C.PUSH, {_C.LIMIT: 0.80}),
    *_against("20 ms a request", (SMALL, "http", 20.0), _C.PATH, {_C.LIMIT: 0.80}),
    *[
        target
        for ours in (_C.PUSH, _C.PATH)
        for target in (
            *_against("4 x 512 MiB https, with CRC-64", (FOUR, "https", 0.0), ours,
                      {_C.CURL: 1.1, _C.RCLONE: 2.5, _C.NODE: 2.5}),
            *_against("1 x 4 GiB http, with CRC-64", (HUGE, "http", 0.0), ours, {_C.CURL: 1, _C.RCLONE: 8}),
        )
    ],
    Target("engine RSS, 128 in flight", (SMALL, "http", 80.0), _C.PUSH, 60, None, lambda c: c.rss, "MiB"),
]  # fmt: skip


def judge(results: Results) -> list[Verdict]:
    """What the results say of each target."""
    return [_judge(target, results) for target in TARGETS]


def _judge(target: Target, results: Results) -> Verdict:
    runs = next((made for one, made in results.items() if (one.name, one.scheme, one.delay) == target.scenario), {})
    mine = runs.get(target.ours, [])
    if target.value is not None:
        title, goal = f"{target.title}: {target.ours}", f"<= {target.goal:g} {target.unit}"
        if not mine:
            return Verdict(title, goal, "", None)
        value = middle([target.value(cost) for cost in mine])
        return Verdict(title, goal, f"{value:.3g} {target.unit}", value <= target.goal)
    theirs = runs.get(target.peer or "", [])
    title = f"{target.title}: {target.ours} / {target.peer}"
    goal = f">= {target.goal:g} x"
    if not mine or not theirs:
        return Verdict(title, goal, "", None)
    value = ratio(mine, theirs, big=target.scenario[0] not in (SMALL, *WHOLE))
    return Verdict(title, goal, f"{value:.2f} x", value >= target.goal)
