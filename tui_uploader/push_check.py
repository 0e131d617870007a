"""`push --check`: the plan, and for each object whether the service would take it. No data is sent."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace

from tui_uploader import push
from tui_uploader.access import UsageProblem
from tui_uploader.console import Console, summary_of
from tui_uploader.engine import permissions
from tui_uploader.engine.planner import Planner, Start, chunks
from tui_uploader.engine.port import EngineOptions
from tui_uploader.hangup import EndSignals
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import clean_message


def check(options: EngineOptions, planner: Planner, starts: Iterable[Start], console: Console) -> int:
    """Print the plan with the refusals of the service in it; exit code 1 if anything is refused.

    Raises UsageProblem where the service cannot be asked at all.
    """
    job, began, state = push.new_job(), time.monotonic(), QueueState()
    lines: list[Planned] = []
    with EndSignals() as signals:
        console.began(job)
        for chunk in chunks(planner.plan(starts)):
            lines.extend(chunk)
            if signals.exit_code is not None:
                break
        wanted = [at for at, line in enumerate(lines) if line.verdict in (Verdict.UPLOAD, Verdict.WARN)]
        console.planned(len(lines), sum(lines[at].size for at in wanted))
        asked = [(lines[at].key, lines[at].size) for at in wanted]

        async def ask() -> None:
            async for place, failure in permissions.check(options, asked):
                if failure is not None:
                    lines[wanted[place]] = refused(lines[wanted[place]], failure)
                if signals.exit_code is not None:
                    return

        try:
            asyncio.run(ask())
        except OSError as error:
            raise UsageProblem(f"the CA file {options.ca_file} cannot be used: {error.strerror or error}") from None
        except ValueError as error:
            raise UsageProblem(str(error)) from None
        for line in lines:
            console.plan_line(line)
        state.apply(ev.ItemsAdded(tuple(push.as_items(lines))))
        console.ended(summary_of(job, state, time.monotonic() - began), state)
    return signals.exit_code or (push.SOME_FAILED if state.counts.failed else push.DONE)


def refused(line: Planned, failure: Failure) -> Planned:
    """A line of a plan with what the service said against it."""
    why = clean_message(failure.message or failure.sentence)
    return replace(line, verdict=Verdict.REFUSE, code=failure.code, reason=why)
