"""The commands for jobs in the background: attach, stop."""

import sys
from typing import Any

import click

from tui_uploader.cli_options import complete_jobs, service_options


@click.command()
@click.argument("job", required=False, shell_complete=complete_jobs)
@click.option("--no-screen", is_flag=True, help="Print lines as push does, until the job ends.")
@click.option("--json", "as_json", is_flag=True, help="With --no-screen: one JSON object a line.")
@click.option("--quiet", is_flag=True, help="With --no-screen: only failures and the last line.")
@service_options
def attach(job: str | None, no_screen: bool, **options: Any) -> None:
    """Open the screen on a JOB that runs in the background or was left behind (default: the newest)."""
    if no_screen:
        from tui_uploader.background import attach_lines

        sys.exit(attach_lines(job, **options))
    from tui_uploader.screen import open_attached

    sys.exit(open_attached(job, **options))


@click.command()
@click.argument("job", required=False, shell_complete=complete_jobs)
@click.option("--finish", is_flag=True, help="Let what is being sent end first.")
@service_options
def stop(job: str | None, finish: bool, **options: Any) -> None:
    """Stop a JOB that runs in the background (default: the newest); what is left can be resumed."""
    from tui_uploader.background import stop_command

    sys.exit(stop_command(job, finish=finish, **options))
