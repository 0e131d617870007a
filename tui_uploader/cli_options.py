"""Options that several commands share."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

_F = TypeVar("_F", bound=Callable[..., Any])


def complete_profiles(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The profiles that begin with what is typed; none where the settings are wrong."""
    from tui_uploader.access import UsageProblem, load_settings

    try:
        profiles = load_settings().profiles
    except (UsageProblem, ValueError):
        return []
    return [CompletionItem(name, help=profiles[name].env_id) for name in sorted(profiles) if name.startswith(typed)]


def complete_jobs(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The jobs whose ids begin with what is typed, newest first; none where no journal can be read."""
    from tui_uploader.journals import list_jobs

    try:
        jobs = [job for _, job in list_jobs(None)[0] if job.id.startswith(typed)]
    except OSError:
        return []
    return [
        CompletionItem(
            job.id, help=f"{job.state.replace('-', ' ')}, {job.done} of {job.total} done, {job.asked.env_id}"
        )
        for job in jobs
    ]


def _keep_there(_context: click.Context, _parameter: click.Parameter, folder: str | None) -> None:
    """Say it as the environment does: whatever begins from here, in this process or another, keeps its state there."""
    if folder == "":
        raise click.BadParameter("name a folder")
    if folder is not None:
        os.environ["TUI_UPLOADER_STATE_DIR"] = os.path.abspath(folder)  # the background process has no folder of ours


def state_option(function: _F) -> _F:
    """The option that names the state folder; it reaches no command as a value."""
    return click.option(
        "--state-dir",
        metavar="DIR",
        type=click.Path(readable=False),
        is_eager=True,  # jobs that a shell completes are looked up there
        expose_value=False,
        callback=_keep_there,
        help="Keep journal, log and background jobs in DIR (as TUI_UPLOADER_STATE_DIR does).",
    )(function)


def service_options(function: _F) -> _F:
    """The options of every command that reaches the service."""
    for option in reversed(
        (
            click.option(
                "--profile",
                metavar="NAME",
                help="The profile of settings.toml to use.",
                shell_complete=complete_profiles,
            ),
            click.option("--env-id", metavar="ID", help="The CloudBase environment."),
            click.option("--gateway", metavar="URL", help="The gateway, where it is not the environment's usual one."),
            click.option("--intl", is_flag=True, help="Use the international host."),
            click.option(
                "--token-file",
                metavar="FILE",
                type=click.Path(readable=False, allow_dash=True),
                help="Read the access token from FILE (- is standard input).",
            ),
            click.option(
                "--ca-file",
                metavar="FILE",
                type=click.Path(readable=False),
                help="Trust the authorities in FILE (PEM) as well.",
            ),
        )
    ):
        function = option(function)
    return state_option(function)
