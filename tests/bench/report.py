"""Results to Markdown, and into the README."""

import os
import platform
import re
import time

from tests.bench.clients import LIMIT, PUSH, TOP
from tests.bench.measure import Cost
from tests.bench.rounds import Results, middle, ratio
from tests.bench.scenarios import HUGE, SMALL, WHOLE, Scenario
from tests.bench.targets import Verdict

_PLACE = re.compile(r"(<!-- bench -->\n).*?(<!-- end of bench -->)", re.DOTALL)


def tables(results: Results) -> str:
    """One table for each scenario, fastest first."""
    return "\n".join(_table(scenario, runs) for scenario, runs in results.items() if runs)


def _table(scenario: Scenario, runs: dict[str, list[Cost]]) -> str:
    big, one_file = (
        scenario.name not in (SMALL, *WHOLE),
        scenario.name == HUGE,
    )  # of which slow clients send only the beginning
    head = "objects/s | MB/s | CPU s per 1,000 | CPU s/GiB | peak RSS MiB | of C | push is"
    lines = [f"**{scenario.label}**\n", f"| client | {head} |", "|---|---|---|---|---|---|---|---|"]
    order = sorted(runs, key=lambda name: -middle([cost.megabytes for cost in runs[name]]))
    for name in order:
        made = runs[name]
        cells = [
            "" if one_file else f"{middle([cost.rate for cost in made]):,.{1 if big else 0}f}",
            f"{middle([cost.megabytes for cost in made]):,.0f}",
            "" if one_file else f"{middle([cost.cpu_objects for cost in made]):,.3f}",
            f"{middle([cost.cpu_size for cost in made]):,.2f}",
            f"{middle([cost.rss for cost in made]):,.0f}",
            f"{ratio(made, runs[LIMIT], big=big):.0%}" if LIMIT in runs else "",
            f"{ratio(runs[PUSH], made, big=big):.2f} x" if PUSH in runs and name != PUSH else "",
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def verdicts(found: list[Verdict]) -> str:
    """The targets and whether they are reached; those that this run says nothing of are left out."""
    lines = ["| target | at | measured | |", "|---|---|---|---|"]
    words = {True: "reached", False: "**missed**", None: "-"}
    known = [one for one in found if one.measured]
    lines += [f"| {one.title} | {one.goal} | {one.measured} | {words[one.reached]} |" for one in known]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Where and when."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    date = time.strftime("%Y-%m-%d")
    system = f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"
    return f"{date}, {os.cpu_count()} cores ({model}), {memory:.0f} GiB, {system}"


def write(text: str) -> None:
    """Put it between the marks in README.md. Raises SystemExit where there are none."""
    path = os.path.join(TOP, "README.md")
    with open(path, encoding="utf-8") as file:
        page = file.read()
    page, found = _PLACE.subn(lambda match: f"{match[1]}{text}\n{match[2]}", page)
    if found != 1:
        raise SystemExit("README.md has no place for the benchmark (<!-- bench --> ... <!-- end of bench -->)")
    with open(path, "w", encoding="utf-8") as file:
        file.write(page)
