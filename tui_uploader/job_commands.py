"""The command line of old jobs: jobs, resume, discard, report."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from tui_uploader.cli_options import complete_jobs, service_options, state_option

_F = TypeVar("_F", bound=Callable[..., Any])


def said() -> frozenset[str]:
    """The options that the running command's line says, as opposed to defaults."""
    context = click.get_current_context()
    return frozenset(
        name for name in context.params if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    )


def _where(function: _F) -> _F:
    """The options that name an environment, where no service is reached."""
    for option in reversed(
        (
            click.option("--profile", metavar="NAME", help="The profile whose environment is meant."),
            click.option("--env-id", metavar="ID", help="The CloudBase environment (default: all that have jobs)."),
            click.option("--gateway", metavar="URL", hidden=True),
        )
    ):
        function = option(function)
    return state_option(function)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a job.")
@_where
def jobs(**options: Any) -> None:
    """List jobs that run, were left behind or have ended, newest first."""
    from tui_uploader.jobs_command import jobs_command

    sys.exit(jobs_command(**options))


@click.command()
@click.argument("job", required=False, shell_complete=complete_jobs)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@click.option("--quiet", is_flag=True, help="Only failures and the last line.")
@click.option("--changed", type=click.Choice(["refuse", "upload"]), default="refuse", show_default=True,
              help="Files that are not what they were when the job found them.")  # fmt: skip
@click.option("--parallel", default=None, metavar="N|auto", help="Concurrent uploads (default: auto).")
@click.option("--batch", type=click.IntRange(1, 1000), default=None, help="Objects asked for in one call.")
@click.option("--limit-rate", default=None, metavar="RATE", help="Bytes a second over all: 500K, 10M (10 MiB/s), 1G.")
@click.option("--retries", type=click.IntRange(0, 100), default=None, help="Further tries for an object.")
@click.option("--patience", type=click.FloatRange(0), default=60.0, show_default=True, metavar="SECONDS",
              help="How long to wait for a network that is down.")  # fmt: skip
@click.option("--nice", type=click.IntRange(1, 19), default=None, metavar="N", help="Step back for other programs.")
@click.option(
    "--header", "headers", multiple=True, metavar="'Name: value'", help="Send and sign these headers instead."
)
@click.option("--clocks", default=None, hidden=True, metavar="NAME=SECONDS,...")
@service_options
def resume(job: str | None, **options: Any) -> None:
    """Go on with what JOB left (default: the newest one), without a screen."""
    from tui_uploader.again import resume_command

    sys.exit(resume_command(job, explicit=said(), **options))


@click.command()
@click.argument("job", shell_complete=complete_jobs)
@_where
def discard(job: str, **options: Any) -> None:
    """Forget JOB, which nobody runs; nothing in the cloud is changed."""
    from tui_uploader.jobs_command import discard_command

    sys.exit(discard_command(job, **options))


@click.command()
@click.argument("job", required=False, shell_complete=complete_jobs)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "markdown"]), default="text",
              show_default=True, help="How it is written.")  # fmt: skip
@click.option("--failed", is_flag=True, help="Only what failed.")
@_where
def report(job: str | None, **options: Any) -> None:
    """Say what became of every object of JOB (default: the newest one)."""
    from tui_uploader.jobs_command import report_command

    sys.exit(report_command(job, **options))
