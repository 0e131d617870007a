"""Says at the end how many tests ran that need a program of the machine's own."""

import os
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest

NEEDS = {
    "tmux": "tests/terminal/test_tmux.py",
    "an OpenSSH server": "tests/terminal/test_over_ssh.py",
    "a pty": "tests/terminal/",
}


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark of the fault catalogue known: its rows are covered in several packages."""
    config.addinivalue_line("markers", "rows(*numbers): the rows of the fault catalogue that this test covers")


@pytest.fixture(autouse=True, scope="session")
def _state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test leaves a journal among the user's own."""
    before = os.environ.get("XDG_STATE_HOME")
    folder = tmp_path_factory.mktemp("state")
    os.environ["XDG_STATE_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI what a missing program would skip is a failure: nobody reads there what was left out."""
    report = yield
    if report.skipped and os.environ.get("CI") and item.nodeid.startswith(tuple(NEEDS.values())):
        report.outcome = "failed"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: what ran of the tests that need tmux or a pty."""
    reports: Sequence[pytest.TestReport] = terminalreporter.getreports("passed")
    skipped: Sequence[pytest.TestReport] = terminalreporter.getreports("skipped")
    for name, place in NEEDS.items():
        ran = sum(report.when == "call" and report.nodeid.startswith(place) for report in reports)
        out = sum(report.nodeid.startswith(place) for report in skipped)
        if ran or out:
            terminalreporter.write_line(f"tests that need {name}: {ran} ran, {out} skipped")
