"""What the page of jobs asks of journal and worker, and how a screen takes the course that was chosen there."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tui_uploader import journals, places
from tui_uploader.access import Access, UsageProblem
from tui_uploader.engine.home import Home
from tui_uploader.engine.job_rows import JobRows
from tui_uploader.engine.journal import Journal, JournalError
from tui_uploader.engine.planner import chunks
from tui_uploader.engine.port import EnginePort
from tui_uploader.engine.remote import stop_job
from tui_uploader.engine.starting import WorkerProblem, find
from tui_uploader.left import feeder, info_of_job, options_of
from tui_uploader.model.failures import bug
from tui_uploader.model.jobs import JobInfo
from tui_uploader.model.text import printable
from tui_uploader.pauses import with_pauses
from tui_uploader.run_options import engine_options
from tui_uploader.ui import course as courses
from tui_uploader.ui.course import Course
from tui_uploader.ui.language import retold, t

if TYPE_CHECKING:
    from tui_uploader.session import Wanted


def listed(env_id: str) -> tuple[list[JobInfo], str]:
    """The jobs of an environment, newest first, and what is wrong with their journal."""
    found, troubles = journals.list_jobs(env_id)
    return [job for _, job in with_pauses(found)], "; ".join(
        f"{failure.code}: {failure.sentence}" for failure in troubles
    )


def rows_of(env_id: str, job: str) -> JobRows | str:
    """What became of a job's objects, or a sentence where the journal cannot say."""
    try:
        return JobRows(journals.find_job(job, env_id)[0], job)
    except (journals.NoSuchJob, KeyError):
        return t("job {job} has gone from the journal", job=job)
    except JournalError as problem:
        return f"{problem.failure.code}: {problem.failure.sentence}"
    except sqlite3.Error as problem:
        return t("the journal cannot be read: {why}", why=str(problem))


def report_to(env_id: str, job: str, path: str) -> str:
    """Write a job's report, in the format that the file's name asks for; what to say of it."""
    from tui_uploader import report, whole_file

    try:
        folder, info, _ = journals.find_job(job, env_id)
        with Journal(folder) as journal:
            whole_file.write(path, report.lines(report.format_of(path), report.job_fields(info), journal.items(job)))
    except (journals.NoSuchJob, KeyError):
        return t("job {job} has gone from the journal", job=job)
    except JournalError as problem:
        return f"{problem.failure.code}: {problem.failure.sentence}"
    except sqlite3.Error as problem:
        return t("the journal cannot be read: {why}", why=str(problem))
    except OSError as error:
        return t(
            "{path}: not written: {why}; E names another file", path=printable(path), why=error.strerror or str(error)
        )
    return t("written: {path}", path=printable(path))


def stop(env_id: str, job: str, finish: bool) -> str:
    """Stop a job that the worker runs, after what is being sent where `finish`; what to say of it."""
    home = Home(places.env_folder(env_id))
    try:
        contact = find(home)
        if contact is not None:
            contact.line.close()
        here = contact is not None and any(one["job"] == job for one in contact.jobs)
        ended = stop_job(home, job, finish=finish) if here else None
    except WorkerProblem as problem:
        return t("job {job} is not stopped: {why}", job=job, why=retold(str(problem)))
    if ended is None:
        return t("job {job} runs in another terminal: Ctrl-C there stops it", job=job)
    done, total = f"{ended['done']:,}", f"{ended['total']:,}"
    return t("job {job} is stopped: {done} of {total} done, r goes on", job=job, done=done, total=total)


def ready(access: Access, job: str, what: str) -> str:
    """Why a course cannot be taken; empty where it can."""
    try:
        if what == courses.RESUME:
            options_of(access, job)
        else:
            _merged(access, job, what)
    except (UsageProblem, JournalError) as problem:
        return str(problem)
    return ""


# --- the course


def change_of(course: Course, access: Access, said: Callable[[str], None]) -> "Callable[[Wanted], Wanted]":
    """What a course makes of what a screen wants. Raises UsageProblem; `said` takes what goes wrong later."""
    try:
        return _change_of(course, access, said)
    except JournalError as problem:
        raise UsageProblem(str(problem)) from None


def _change_of(course: Course, access: Access, said: Callable[[str], None]) -> "Callable[[Wanted], Wanted]":
    if course.what == courses.FEED:
        return partial(replace, job=None, feed=course.feed)
    if course.what == courses.OPEN:
        return partial(replace, job=course.job)
    if course.what == courses.RESUME:
        feed = feeder(access, course.job, said, take_changed=course.take_changed)
        return partial(replace, options=options_of(access, course.job), job=None, left=course.job, feed=feed)
    return _repeated(access, course, said)


def _merged(access: Access, job: str, what: str) -> tuple[JobInfo, dict[str, Any]]:
    from tui_uploader import again  # it loads the engine: not at the start

    info = info_of_job(access.env_id, job)
    merged = again.old_options(info, {"patience": None}, frozenset())
    merged["changed_only"] = merged.get("changed_only") if what != courses.CHANGED else True
    return info, merged | {"failed": what == courses.FAILED}


def _repeated(access: Access, course: Course, said: Callable[[str], None]) -> "Callable[[Wanted], Wanted]":
    from tui_uploader import again, recording  # they load the engine: not at the start

    info, merged = _merged(access, course.job, course.what)
    starts, of = again.starts_again(info, failed=merged["failed"])
    asked = recording.asked(access, starts, merged["prefix"], {**merged, "of": of})
    feed = partial(_feed, access, info, merged, said)
    said_first = t("uploading again what job {job} held", job=info.id)
    options = engine_options(access, merged)
    return partial(replace, options=options, asked=asked, job=None, feed=feed, greeting=said_first)


def _feed(
    access: Access, info: JobInfo, merged: Mapping[str, Any], said: Callable[[str], None], port: EnginePort
) -> None:
    """Plan an old selection once more into an engine, in a thread of its own."""
    import threading

    from tui_uploader import again, recording

    def feed() -> None:
        try:
            with Journal(journals.find_job(info.id, access.env_id)[0]) as journal, ExitStack() as stack:
                planner, starts, _ = again.repeat(journal, info, merged, failed=merged["failed"])
                if merged["changed_only"]:
                    planner = recording.news_only(planner, access, stack)
                for chunk in chunks(planner.plan(starts)):
                    port.add(chunk, last=False)
        except (UsageProblem, JournalError, journals.NoSuchJob) as problem:
            said(f"job {info.id} cannot run again: {problem}")
        except Exception as error:  # noqa: BLE001 - a walk that ends early must not be taken for the whole
            said(f"job {info.id} is not whole: {bug(error).detail}")
        with suppress(Exception):  # a thread of its own: the screen that is told may have gone, whatever that raises
            port.add((), last=True)

    threading.Thread(target=feed, name="again", daemon=True).start()
