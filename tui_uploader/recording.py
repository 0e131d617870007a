"""Recording: what of a run's options the journal keeps, and the record that a run gets."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import Any

from tui_uploader import journals
from tui_uploader.access import Access
from tui_uploader.engine.job_record import JobRecord, absolute
from tui_uploader.engine.journal import JournalError
from tui_uploader.engine.old_jobs import NewsPlanner
from tui_uploader.engine.planner import Planner, Start
from tui_uploader.hosts import gateway_host
from tui_uploader.model.failures import Failure
from tui_uploader.model.jobs import Asked
from tui_uploader.model.text import printable

KEPT = (
    "include", "exclude", "no_hidden", "gitignore", "no_ignore", "names", "symlinks", "if_exists", "no_verify",
    "read_back", "key_template", "batch", "retries", "headers", "changed_only", "of", "failed", "leave_out",
)  # fmt: skip
"""The options that a re-run needs, as the command line names them."""
_SECRET = ("auth", "token", "secret", "key", "password", "credential", "signature", "cookie", "session")


def asked(access: Access, starts: Iterable[Start], prefix: str, options: Mapping[str, Any]) -> Asked:
    """What a run was asked for, without the values of headers that may be secret."""
    kept = {name: options[name] for name in KEPT if options.get(name) not in (None, False, (), [])}
    lost = []
    headers = []
    for header in kept.pop("headers", ()):
        name = header.partition(":")[0].strip()
        if any(word in name.lower() for word in _SECRET):
            lost.append(name)
        else:
            headers.append(header)
    if headers:
        kept["headers"] = headers
    if prefix:
        kept["prefix"] = prefix
    pairs = tuple(absolute((start.path, start.key) for start in starts))
    return Asked(access.env_id, gateway_host(access.gateway), pairs, kept, tuple(lost))


def begin(access: Access, what: Asked) -> JobRecord | None:
    """The record of a new job; None, and a sentence on standard error, where there can be no journal."""
    journal, troubles = journals.open_for(access.env_id)
    record = None
    if journal is not None:
        try:
            record = journal.begin(what, secret=(access.token.reveal(),))
        except JournalError as error:
            troubles = [*troubles, error.failure]
        finally:
            journal.close()
    say(troubles)
    return record


def news_only(planner: Planner, access: Access, stack: ExitStack) -> Planner:
    """The planner without what the journal knows as uploaded and unchanged; the same one where there is no journal."""
    journal, troubles = journals.open_for(access.env_id)
    say(troubles)
    if journal is None:
        return planner
    stack.enter_context(journal)
    return NewsPlanner(planner, journal, gateway_host(access.gateway))


def say(troubles: Iterable[Failure]) -> None:
    """Tell a person what is wrong with journals, on standard error."""
    for failure in troubles:
        sys.stderr.write(f"tui-uploader: {failure.code}: {printable(failure.sentence)}\n")
