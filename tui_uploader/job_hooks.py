"""The hooks of the page of jobs: what works on journal and worker is loaded when it is first asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tui_uploader.access import Access
from tui_uploader.ui.desk import JobsHooks

if TYPE_CHECKING:
    from tui_uploader.session import Wanted
    from tui_uploader.ui.course import Course


def jobs_hooks(access: Access) -> JobsHooks:
    """The hooks for one environment."""
    env_id = access.env_id

    def discard(job: str) -> str:
        from tui_uploader import left

        return left.discard(env_id, job)

    return JobsHooks(
        listed=lambda: _work().listed(env_id),
        rows=lambda job: _work().rows_of(env_id, job),
        ready=lambda job, what: str(_work().ready(access, job, what)),
        report=lambda job, path: str(_work().report_to(env_id, job, path)),
        stop=lambda job, finish: str(_work().stop(env_id, job, finish)),
        discard=discard,
    )


def change_of(course: "Course", access: Access, said: Callable[[str], None]) -> "Callable[[Wanted], Wanted]":
    """See `job_work`."""
    from tui_uploader import job_work

    return job_work.change_of(course, access, said)


def _work() -> Any:
    from tui_uploader import job_work

    return job_work
