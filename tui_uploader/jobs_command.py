"""The commands about old jobs that need no service: `jobs`, `report`, `discard`."""

import json
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from tui_uploader import journals, recording, report
from tui_uploader.access import Given, UsageProblem, environment_of
from tui_uploader.engine.journal import JobRunning, Journal, JournalError
from tui_uploader.model.jobs import JobInfo
from tui_uploader.model.text import printable
from tui_uploader.pauses import with_pauses

USAGE, STOPPED = 2, 3
_HEAD = f"{'job':8}  {'state':11}  {'started':16}  {'done':>9} {'failed':>7} {'waiting':>9} {'of':>9}  environment"


def guarded(work: Callable[[], int]) -> int:
    """What is wrong becomes a sentence and an exit code."""
    try:
        return work()
    except (UsageProblem, journals.NoSuchJob) as problem:
        return _say(str(problem), USAGE)
    except JobRunning as problem:
        return _say(
            f"job {problem} is running (or its process still keeps it open): tui-uploader stop {problem} ends it", USAGE
        )
    except JournalError as problem:
        return _say(f"{problem.failure.code}: {problem.failure.sentence}", STOPPED)
    except sqlite3.Error as problem:
        return _say(
            f"the journal cannot be read: {problem}; try again, and look at the disk of the state folder", STOPPED
        )


def environment(options: dict[str, Any]) -> str | None:
    """The environment that the options of a command name, None for all. Raises UsageProblem."""
    return environment_of(
        Given(profile=options.get("profile"), env_id=options.get("env_id"), gateway=options.get("gateway"))
    )


def jobs_command(*, as_json: bool, **options: Any) -> int:
    """List the jobs, newest first; the exit code."""

    def work() -> int:
        found, troubles = journals.list_jobs(environment(options))
        found = with_pauses(found)
        recording.say(troubles)
        if as_json:
            for _, job in found:
                sys.stdout.write(json.dumps(report.job_fields(job)) + "\n")
        elif found:
            sys.stdout.write("\n".join([_HEAD, *(_line(job) for _, job in found)]) + "\n")
            if any(job.resumable for _, job in found):
                sys.stdout.write("\nto go on with one:  tui-uploader resume JOB      to forget it:  discard JOB\n")
        else:
            sys.stderr.write("there is no job yet\n")
        return 0

    return guarded(work)


def _line(job: JobInfo) -> str:
    started = report.when(job.started)[:16]
    of = f"{job.total:,}{'' if job.walked else '+'}"
    counts = f"{job.done:>9,} {job.failed:>7,} {job.waiting:>9,} {of:>9}"
    more = f"  {job.cause}" if job.cause else f"  paused: {job.paused}" if job.paused else ""
    return printable(f"{job.id:8}  {job.state.replace('-', ' '):11}  {started}  {counts}  {job.asked.env_id}{more}")


def discard_command(job: str, **options: Any) -> int:
    """Forget a job that nobody runs; the exit code."""

    def work() -> int:
        folder, info, troubles = journals.find_job(job, environment(options))
        recording.say(troubles)
        with Journal(folder) as journal:
            journal.discard(info.id)
        sys.stderr.write(f"job {info.id} is forgotten; nothing in the cloud was changed\n")
        return 0

    return guarded(work)


def report_command(job: str | None, *, form: str, failed: bool, **options: Any) -> int:
    """Print what became of every object of a job; the exit code."""

    def work() -> int:
        folder, info, troubles = journals.find_job(job, environment(options))
        recording.say(troubles)
        with Journal(folder) as journal:
            items = journal.items(info.id, failed_only=failed)
            for piece in report.lines(form, report.job_fields(info), items):
                sys.stdout.buffer.write(piece.encode("utf-8", "backslashreplace"))
            sys.stdout.flush()
        return 0

    return guarded(work)


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"tui-uploader: {printable(text)}\n")
    return code
