"""Failures as plain text lines, to be selected by hand or copied: printable, no colour, no cutting."""

from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState, Row
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.ui.language import said, t
from tui_uploader.ui.words import number, sentence

WHOLE = 4000  # characters of a message of the service: what is longer was cut where it came in
MOST = 1000  # failed keys that are listed; a report has them all


def failure_lines(row: Row) -> list[str]:
    """All of one failure."""
    failure = row.failure
    if failure is None:
        return []
    status = f"HTTP {failure.http_status}" if failure.http_status is not None else said("no answer")
    lines = [
        printable(failure.code),
        printable(sentence(failure)),
        f"{said('key')}: {printable(row.key)}",
        f"{said('path')}: {shown_path(row.path)}",
        f"{said('failed at')}: {failure.phase.value}, {status}",
        f"{said('request ID')}: {printable(failure.request_id)}" if failure.request_id else "",
        clean_message(failure.message, WHOLE),
    ]
    return [line for line in lines if line]


def plain_failures(state: QueueState) -> list[str]:
    """All failed keys with their codes, a line each, and how many are left out."""
    failed = state.ids(Stage.FAILED)
    lines = []
    for item_id in failed[:MOST]:
        failure = state.failure(item_id)
        lines.append(f"{printable(failure.code) if failure else '?'}  {printable(state.key(item_id))}")
    if len(failed) > MOST:
        lines.append(t("and {n} more: E writes them all to a file", n=number(len(failed) - MOST)))
    return lines
