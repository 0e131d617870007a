"""Which rows of the catalogue a test covers: the mark, the count over the whole suite, and one case of a table."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tui_uploader.emulator.script import Fault

ROWS = 103
"""The catalogue's rows are numbered from 1 to this."""

PACKAGES = ("tests.faults", "tests.journal", "tests.worker", "tests.terminal", "tests.ui")
"""The packages whose tests cover rows: journal, worker, terminal and screen have suites of their own."""


@dataclass(frozen=True)
class Case:
    """One fault, put in the way of one object among neighbours, and what must come of it.

    `fault` is what the module of the section makes of it (an emulator's Fault, or what a raw connection does).
    `code` is that of the failed object, None where it is done after all; `tries` is how often it was sent, `met` the
    codes on the way (None: not looked at), `clock` the seconds that the clocks of this case may use up.
    """

    row: int
    name: str
    fault: Any
    code: str | None = None
    met: tuple[str, ...] | None = None
    tries: int | None = None
    clock: float = 0.0
    size: int = 300
    options: dict[str, Any] = field(default_factory=dict)


AFFECTED = "f003.txt"
"""The object that meets the fault; its neighbours are to notice nothing."""


def once(kind: str, where: str = "put", **more: Any) -> Fault:
    """The emulator does it to the affected object's first try."""
    return Fault(kind, where, **{"keys": (AFFECTED,), "times": 1, **more})


def ever(kind: str, where: str = "put", **more: Any) -> Fault:
    """The emulator does it to every try of the affected object."""
    return Fault(kind, where, **{"keys": (AFFECTED,), **more})


def rows(*numbers: int) -> pytest.MarkDecorator:
    """The mark of a test that covers these rows."""
    return pytest.mark.rows(*numbers)


def table(*cases: Case) -> pytest.MarkDecorator:
    """Runs a test once for each case, and counts the case's row."""
    return pytest.mark.parametrize(
        "case", [pytest.param(case, id=f"{case.row}-{case.name}", marks=rows(case.row)) for case in cases]
    )


def marked(marks: Iterable[pytest.Mark]) -> Iterator[int]:
    """The rows in some marks, and in the marks of their parameters."""
    for mark in marks:
        if mark.name == "rows":
            yield from mark.args
        elif mark.name == "parametrize":
            for one in mark.args[1]:
                yield from marked(getattr(one, "marks", ()) or ())


def covered() -> set[int]:
    """The rows that the whole suite covers, read from its modules whichever of them run."""
    found: set[int] = set()
    for package in PACKAGES:
        folder = importlib.import_module(package)
        for module in pkgutil.iter_modules(folder.__path__):
            if module.name.startswith("test_"):
                for test in vars(importlib.import_module(f"{package}.{module.name}")).values():
                    marks = getattr(test, "pytestmark", None)
                    if isinstance(marks, list):
                        found.update(marked(marks))
    return found
