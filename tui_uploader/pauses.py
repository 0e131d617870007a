"""Pauses: which of the jobs that run are paused, and why: the worker knows, the journal does not."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from tui_uploader.engine.home import Home
from tui_uploader.engine.starting import WorkerProblem, find
from tui_uploader.model.jobs import RUNNING, JobInfo


def with_pauses(found: Sequence[tuple[str, JobInfo]]) -> list[tuple[str, JobInfo]]:
    """Jobs with the folders of their journals; those that run and are paused say why."""
    words = _paused({folder for folder, job in found if job.state == RUNNING})
    return [(folder, replace(job, paused=words.get(job.id, ""))) for folder, job in found]


def _paused(folders: Iterable[str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for folder in folders:
        with suppress(WorkerProblem):  # a worker that does not answer says nothing of its jobs
            contact = find(Home(folder))
            if contact is not None:
                contact.line.close()
                words |= {str(job["job"]): str(job.get("paused", "")) for job in contact.jobs}
    return words
