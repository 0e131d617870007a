"""Old jobs go on or run once more: `resume`, and `push --again`."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from tui_uploader import journals, push_command, recording, run_options
from tui_uploader.access import Access, Given, UsageProblem, environment_of, resolve
from tui_uploader.console import Console
from tui_uploader.engine.journal import JobRunning, Journal
from tui_uploader.engine.old_jobs import ItemsPlanner, LeftPlanner
from tui_uploader.engine.planner import Planner, Start
from tui_uploader.model.jobs import JobInfo

_LOOPBACK = ("127.", "localhost", "[::1]", "::1")


def given_for(job: JobInfo, given: Given) -> Given:
    """The service of an old job, where the command line and the environment name none."""
    if environment_of(given) is not None:
        return given
    plain = job.asked.env_id if "." not in job.asked.env_id and ":" not in job.asked.env_id else None
    host = job.asked.gateway
    return replace(given, env_id=plain, gateway=f"{'http' if host.startswith(_LOOPBACK) else 'https'}://{host}")


def old_options(job: JobInfo, options: Mapping[str, Any], explicit: frozenset[str]) -> dict[str, Any]:
    """The options of an old job, those given now winning.

    Raises UsageProblem where a header is missing whose value was not kept.
    """
    kept = {name: value for name, value in job.asked.options.items() if name not in explicit | {"of", "failed"}}
    merged = {**options, **kept}
    if "prefix" not in explicit:
        merged["prefix"] = job.asked.prefix
    if job.asked.lost and "headers" not in explicit:
        raise UsageProblem(f"the job sent a header whose value is not kept: say --header '{job.asked.lost[0]}: ...'")
    return merged


def starts_of(job: JobInfo) -> list[Start]:
    """Where an old job's walks began."""
    return [Start(path, key) for path, key in job.asked.starts]


def starts_again(job: JobInfo, *, failed: bool) -> tuple[list[Start], str]:
    """Where the walks of an old job begin once more, or the job itself where its items are taken instead."""
    return ([], job.id) if failed or not job.asked.starts else (starts_of(job), "")


def repeat(
    journal: Journal, job: JobInfo, merged: Mapping[str, Any], *, failed: bool
) -> tuple[Planner, list[Start], str]:
    """What plans an old job's selection once more, or its failures; where it begins, and whose items it takes."""
    starts, of = starts_again(job, failed=failed)
    if of:
        plan = run_options.plan_options(dict(merged), merged["prefix"])
        return ItemsPlanner(plan, journal, job, failed_only=failed), starts, of
    return push_command.planner_of(dict(merged), merged["prefix"]), starts, of


def push_again(
    wanted: str, starts: list[Start], options: dict[str, Any], explicit: frozenset[str], console: Console
) -> int:
    """`push --again JOB`: its selection once more as a new job, or its failures alone; the exit code."""
    if starts:
        raise UsageProblem("--again JOB pushes what that job was asked for: leave out the paths, or the option")
    given = run_options.given(options)
    folder, job, troubles = journals.find_job(wanted, environment_of(given))
    recording.say(troubles)
    merged = old_options(job, options, explicit)
    failed = bool(options.get("failed"))
    with Journal(folder) as journal:
        planner, starts, of = repeat(journal, job, merged, failed=failed)
        if options["dry_run"]:
            return push_command.dry_run(planner, starts, merged, console)
        push_command.begin_calmly(options)
        access = resolve(given_for(job, given))
        return push_command.run_push(access, merged, starts, console, planner, of)


def resume_command(wanted: str | None, *, changed: str, explicit: frozenset[str], **options: Any) -> int:
    """Go on with what a job left; the exit code of `push`."""
    console = push_command.a_console(options)

    def work() -> int:
        given = run_options.given(options)
        folder, job, troubles = journals.find_job(wanted, environment_of(given))
        recording.say(troubles)
        merged = old_options(job, options, explicit)
        push_command.begin_calmly(options)
        access: Access = resolve(given_for(job, given))
        engine = run_options.engine_options(access, merged)
        with Journal(folder) as journal, ExitStack() as stack:
            planner = left_planner(journal, job, merged, access, stack, take_changed=changed == "upload")
            try:
                record = journal.resume(job.id, secret=(access.token.reveal(),))
            except JobRunning:
                raise UsageProblem(f"job {job.id} is running: there is nothing to resume") from None
            return push_command.run_logged(access, engine, planner, starts_of(job), console, record)

    return push_command.started(work, console)


def left_planner(
    journal: Journal, job: JobInfo, options: dict[str, Any], access: Access, stack: ExitStack, *, take_changed: bool
) -> Planner:
    """What a job left: its open items, and what its walk or its old job's items had still to give."""
    rest: Planner = push_command.planner_of(options, options["prefix"])
    old = str(job.asked.options.get("of", ""))
    if old:
        plan = run_options.plan_options(options, options["prefix"])
        try:
            rest = ItemsPlanner(plan, journal, journal.job(old), failed_only=bool(job.asked.options.get("failed")))
        except KeyError:
            raise UsageProblem(
                f"job {job.id} was to repeat job {old}, which is forgotten: push its files anew"
            ) from None
    if job.asked.options.get("changed_only"):
        rest = recording.news_only(rest, access, stack)
    return LeftPlanner(journal, job, rest, take_changed=take_changed)
