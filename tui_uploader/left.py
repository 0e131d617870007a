"""Left: a job that was left behind, for the screen: which one, how it goes on, how it is forgotten."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress

from tui_uploader import journals
from tui_uploader.access import Access, UsageProblem
from tui_uploader.engine.journal import JobRunning, Journal, JournalError
from tui_uploader.engine.planner import chunks
from tui_uploader.engine.port import EngineOptions, EnginePort
from tui_uploader.model.failures import bug
from tui_uploader.model.jobs import LEFT_BEHIND, JobInfo, JobItem
from tui_uploader.run_options import engine_options


def left_behind(env_id: str, said: Callable[[str], None] = lambda words: None) -> JobInfo | None:
    """The newest job of an environment that nobody runs and where something is still to do; None where there is none.

    The newest of all counts where it was stopped, too: by a person, by the end of the machine, or for a cause that
    may be over. A newer one that has ended hides none that was left behind. `said` takes what is wrong with the
    journal: who opens it first moves a damaged one aside, and nobody else would tell.
    """
    found, troubles = journals.list_jobs(env_id)
    for failure in troubles:
        said(f"{failure.code}: {failure.sentence}")
    jobs = [job for _, job in found]
    return next((job for job in jobs if job.resumable and (job is jobs[0] or job.state == LEFT_BEHIND)), None)


def options_of(access: Access, job: str) -> EngineOptions:
    """The engine's options for going on with a job, as it was asked for. Raises UsageProblem."""
    from tui_uploader import again  # it loads the engine: not at the start

    info = info_of_job(access.env_id, job)
    merged = again.old_options(info, {}, frozenset())
    return engine_options(access, {**merged, "patience": None})


def feeder(
    access: Access, job: str, said: Callable[[str], None], *, take_changed: bool = False
) -> Callable[[EnginePort], None]:
    """What puts a job's rest into an engine, in a thread of its own; `said` takes what goes wrong, from there.

    Files that are not what they were are refused, or with `take_changed` taken as they are now.
    """
    from tui_uploader import again  # it loads the engine: not at the start

    def feed(port: EnginePort) -> None:
        try:
            info = info_of_job(access.env_id, job)
            merged = again.old_options(info, {}, frozenset())
            with Journal(journals.find_job(job, access.env_id)[0]) as journal, ExitStack() as stack:
                planner = again.left_planner(journal, info, merged, access, stack, take_changed=take_changed)
                for chunk in chunks(planner.plan(again.starts_of(info))):
                    port.add(chunk, last=False)
        except (UsageProblem, JournalError) as problem:
            said(f"job {job} cannot go on: {problem}")
        except Exception as error:  # noqa: BLE001 - a walk that ends early must not be taken for the whole
            said(f"job {job} is not whole: {bug(error).detail}")
        port.add((), last=True)

    return lambda port: threading.Thread(target=feed, args=(port,), name="left", daemon=True).start()


def changed_of(env_id: str, job: str) -> list[tuple[JobItem, str]]:
    """The open items of a job whose files are not what they were when it found them, each with what is other."""
    from tui_uploader.engine.old_jobs import difference  # it loads the planner: not at the start

    try:
        folder, info, _ = journals.find_job(job, env_id)
        with Journal(folder) as journal:
            items = journal.items(info.id, open_only=True)
            return [(item, words) for item in items if (words := difference(item))]
    except (journals.NoSuchJob, JournalError, KeyError):
        return []


def ended_of(env_id: str, job: str) -> tuple[int, int]:
    """How many objects of a job are done and how many failed; none where it has gone."""
    try:
        info = info_of_job(env_id, job)
    except (UsageProblem, JournalError):
        return 0, 0
    return info.done, info.failed


def discard(env_id: str, job: str) -> str:
    """Forget a job; what to say of it."""
    with suppress(journals.NoSuchJob, KeyError):
        folder, info, _ = journals.find_job(job, env_id)
        try:
            with Journal(folder) as journal:
                journal.discard(info.id)
        except JobRunning:
            return f"job {job} is running, or a screen has it open: close that first"
        except JournalError as problem:
            return f"{problem.failure.code}: {problem.failure.sentence}"
    return f"job {job} is forgotten; nothing in the cloud was changed"


def info_of_job(env_id: str, job: str) -> JobInfo:
    """A job as the journal has it. Raises UsageProblem where it has gone."""
    try:
        return journals.find_job(job, env_id)[1]
    except journals.NoSuchJob as problem:
        raise UsageProblem(str(problem)) from None
