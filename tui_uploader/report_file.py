"""The report of a run as a file: written beside the console's last line, in one step, for nobody else's eyes."""

import contextlib
import os
import sys
from collections.abc import Iterable
from typing import Any, cast

from tui_uploader import report
from tui_uploader.access import UsageProblem
from tui_uploader.console import Console
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import printable


def write(path: str, pieces: Iterable[str]) -> None:
    """Replace the file's content in one step, mode 0600. Raises OSError."""
    folder = os.path.dirname(path) or "."
    beside = os.path.join(folder, f".{os.path.basename(path)}.{os.urandom(4).hex()}")
    number = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(number, "wb") as file:
            for piece in pieces:
                file.write(piece.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        os.rename(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


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
            write(self._path, report.lines(self._form, head, report.items_of(state)))
        except OSError as error:
            why = error.strerror or str(error)
            sys.stderr.write(f"tui-uploader: the report {printable(self._path)} cannot be written: {why}\n")
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
