"""The frame of the fault suite: the ground of each test, and at the end how many rows of the catalogue it covers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.ground import Ground
from tests.faults.table import ROWS, covered, marked


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """Files, a cloud and runs; whatever happened on it is looked through for secrets at the end."""
    made = Ground(tmp_path)
    yield made
    made.close()


_seen: set[int] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Remember the rows of what runs."""
    for item in items:
        _seen.update(marked(item.iter_markers("rows")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: how much of the catalogue ran, and how much the whole suite has."""
    if _seen:
        whole = covered()
        missing = " ".join(str(row) for row in range(1, ROWS + 1) if row not in whole) or "none"
        said = f"fault catalogue: {len(_seen)} rows ran; the suite covers {len(whole)} of {ROWS} (missing: {missing})"
        terminalreporter.write_line(said)
