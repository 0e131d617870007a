"""The report of a run as a file: written beside the console's last line, in one step, for nobody else's eyes."""

import os
import sys
from typing import Any, cast

from tui_uploader import report, whole_file
from tui_uploader.access import UsageProblem
from tui_uploader.console import Console
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable


class ReportConsole:
    """`console` itself, with a report at the end."""

    keeps_receipts = True

    def __init__(self, console: Console, path: str, form: str) -> None:
        self._console = console
        self._path = path
        self._form = form

    def __getattr__(self, name: str) -> Any:
        return getattr(self._console, name)

    def ended(self, summary: dict[str, Any], state: QueueState) -> None:
        """See Console; a report that cannot be written is a sentence on standard error, and nothing else."""
        head = {name: value for name, value in summary.items() if name not in ("event", "by_code")}
        try:
            whole_file.write(self._path, report.lines(self._form, head, report.items_of(state)))
        except OSError as error:
            why = error.strerror or str(error)
            sys.stderr.write(
                f"tui-uploader: the report {printable(self._path)} cannot be written: {why}; "
                "tui-uploader report --format prints it\n"
            )
        self._console.ended(summary, state)


def beside(console: Console, path: str | None) -> Console:
    """`console`, with a report to `path` where there is one. Raises UsageProblem for a name of no known format."""
    if path is None:
        return console
    try:
        form = report.format_of(path)
    except ValueError as problem:
        raise UsageProblem(f"--report {problem}") from None
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise UsageProblem(f"--report {path}: there is no such folder")
    return cast(Console, ReportConsole(console, path, form))
