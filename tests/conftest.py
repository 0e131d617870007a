"""Says at the end how many tests ran that need a program of the machine's own."""

from collections.abc import Sequence

import pytest

NEEDS = {"tmux": "tests/terminal/test_tmux.py", "a pty": "tests/terminal/"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: what ran of the tests that need tmux or a pty."""
    reports: Sequence[pytest.TestReport] = terminalreporter.getreports("passed")
    skipped: Sequence[pytest.TestReport] = terminalreporter.getreports("skipped")
    for name, place in NEEDS.items():
        ran = sum(report.when == "call" and report.nodeid.startswith(place) for report in reports)
        out = sum(report.nodeid.startswith(place) for report in skipped)
        if ran or out:
            terminalreporter.write_line(f"tests that need {name}: {ran} ran, {out} skipped")
