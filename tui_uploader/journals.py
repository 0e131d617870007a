"""Where journals lie: opens the one of an environment, or finds the journal of a job in all of them."""

import os
import sqlite3

from tui_uploader import places
from tui_uploader.engine.journal import Journal, JournalError, there_is_one
from tui_uploader.engine.journal_file import failure_of
from tui_uploader.model.failures import Failure
from tui_uploader.model.jobs import JobInfo


class NoSuchJob(LookupError):
    """No job, or more than one, has an id that begins so; the text is a sentence."""


def open_for(env_id: str) -> tuple[Journal | None, list[Failure]]:
    """The journal of an environment and what a person must be told: that there is none, or what was moved aside."""
    try:
        places.make_private(places.state_dir())
        folder = places.make_private(places.env_folder(env_id))
        os.chmod(folder, 0o700)
        journal = Journal(folder)
    except JournalError as error:
        return None, [error.failure]
    except OSError as error:
        return None, [failure_of(error)]
    return journal, journal.found


def all_folders() -> list[str]:
    """The folders of all environments that have a journal."""
    root = places.state_dir()
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return []
    return [os.path.join(root, name) for name in names if there_is_one(os.path.join(root, name))]


def folders_of(env_id: str | None) -> list[str]:
    """The journals to look in: of one environment, or all."""
    if env_id is None:
        return all_folders()
    folder = places.env_folder(env_id)
    return [folder] if there_is_one(folder) else []


def list_jobs(env_id: str | None) -> tuple[list[tuple[str, JobInfo]], list[Failure]]:
    """All jobs with the folder of their journal, newest first, and what was wrong with journals."""
    found: list[tuple[str, JobInfo]] = []
    troubles: list[Failure] = []
    for folder in folders_of(env_id):
        try:
            places.make_private(folder)
            with Journal(folder) as journal:
                troubles += journal.found
                found += [(folder, job) for job in journal.jobs()]
        except JournalError as error:
            troubles.append(error.failure)
        except (OSError, sqlite3.Error) as error:
            troubles.append(failure_of(error))
    return sorted(found, key=lambda pair: pair[1].started, reverse=True), troubles


def find_job(wanted: str | None, env_id: str | None) -> tuple[str, JobInfo, list[Failure]]:
    """The folder and the job whose id begins with `wanted`, or the newest. Raises NoSuchJob."""
    jobs, troubles = list_jobs(env_id)
    said = "".join(f" ({failure.code}: {failure.sentence})" for failure in troubles)
    if wanted is None:
        if not jobs:
            raise NoSuchJob(f"there is no job yet{said}")
        return *jobs[0], troubles
    fitting = [pair for pair in jobs if pair[1].id.startswith(wanted.lower())] if wanted else []
    exact = [pair for pair in fitting if pair[1].id == wanted.lower()]
    if len(exact or fitting) != 1:
        if fitting:
            raise NoSuchJob(
                f"{len(fitting)} jobs begin with {wanted!r}: " + ", ".join(job.id for _, job in fitting[:5])
            )
        raise NoSuchJob(f"there is no job {wanted!r}{said}; tui-uploader jobs lists them")
    return *(exact or fitting)[0], troubles
