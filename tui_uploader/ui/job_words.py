"""Words about jobs: how they stand, when they ran, and what they were asked for, on every page that shows one."""

import time

from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import RUNNING, JobInfo, JobItem
from tui_uploader.model.rates import clock
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.ui.language import said, t
from tui_uploader.ui.words import number, size_text, skip_words


def state_words(job: JobInfo) -> str:
    """``left behind``."""
    return said(job.state.replace("-", " "))


def count_words(job: JobInfo) -> str:
    """``312 of 814 done, 2 failed, 500 waiting``; what is nothing is not said."""
    total = number(job.total) + ("" if job.walked else "+")
    parts = [t("{done} of {total} done", done=number(job.done), total=total)]
    parts += [t("{failed} failed", failed=number(job.failed))] * bool(job.failed)
    parts += [t("{count} waiting", count=number(job.waiting))] * bool(job.waiting)
    parts += [t("{skipped} skipped", skipped=number(job.skipped))] * bool(job.skipped)
    parts += [t("{cancelled} cancelled", cancelled=number(job.cancelled))] * bool(job.cancelled)
    return t(", ").join(parts)


def short_counts(job: JobInfo) -> str:
    """``312/814 !2``."""
    failed = f" !{job.failed}" if job.failed else ""
    return f"{job.done}/{job.total}{'' if job.walked else '+'}{failed}"


def when(at: float) -> str:
    """``11-26 10:12``, with the year where it is another."""
    then = time.localtime(at)
    form = "%m-%d %H:%M" if then.tm_year == time.localtime().tm_year else "%Y-%m-%d"
    return time.strftime(form, then)


def asked_words(job: JobInfo) -> str:
    """What a job uploads, and where to."""
    if job.asked.starts:
        (path, _), more = job.asked.starts[0], len(job.asked.starts) - 1
        what = shown_path(path) + (t(" and {more} more", more=number(more)) if more else "")
    elif job.asked.options.get("of"):
        what = t("objects of job {job}", job=printable(str(job.asked.options["of"])))
    else:
        what = t("what was marked on the screen")
    prefix = printable(job.asked.prefix.strip("/"))
    where = t("to {prefix}/", prefix=prefix) if prefix else t("to the top folder")
    return f"{what}  {where}"


def course_words(job: JobInfo) -> str:
    """When it ran and how it ended: ``11-26 10:12, took 12:20, 1.2G of 1.4G, stopped by ACCESS_TOKEN_EXPIRED``."""
    parts = [t("begun {when}", when=when(job.started))]
    if job.ended is not None:
        parts.append(t("ended after {time}", time=clock(max(job.ended - job.started, 0.0))))
    parts.append(
        t("{moved} of {bytes_wanted}", moved=size_text(job.bytes_done), bytes_wanted=size_text(job.bytes_wanted))
    )
    if job.cause:
        parts.append(t("stopped by {code}", code=printable(job.cause)))
    if job.paused:
        parts.append(t("paused: {why}", why=t("by hand") if job.paused == "by hand" else printable(job.paused)))
    return t(", ").join(parts)


def looking_words(job: JobInfo) -> str:
    """``looking at job 0f3a, left behind; p goes on with it, H lists all jobs``."""
    words = t("looking at job {job}, {state}", job=job.id, state=state_words(job))
    if job.state == RUNNING:
        return words + t(" in another process: this is how it stood")
    return words + (t("; p goes on with it, H lists all jobs") if job.resumable else t("; H lists all jobs"))


def became_words(item: JobItem) -> str:
    """What became of one object: its code, or the word for its stage."""
    if item.stage is Stage.FAILED:
        return printable(item.code)
    if item.stage is Stage.SKIPPED:
        return skip_words(item.reason)
    return said((item.stage if item.stage.ended else Stage.WAITING).word)


def why_words(item: JobItem) -> str:
    """Why an object failed, as the service or the catalogue has it; what a key could mend is no word for this page."""
    failure = item.failure
    if failure is None:
        return ""
    request = t("; request ID {id}", id=printable(item.request_id)) if item.request_id else ""
    return clean_message(item.message or said(failure.info.meaning)) + request
