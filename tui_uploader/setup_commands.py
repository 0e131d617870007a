"""Commands for people and their shells: settings, login, logout, completion."""

import sys
from typing import Any

import click

from tui_uploader.cli_options import service_options


@click.command()
@click.option("--example", "what", flag_value="example", help="Print a commented settings.toml.")
@click.option("--check", "what", flag_value="check", help="Say what is wrong in mine: settings, keys, themes.")
@click.option("--path", "what", flag_value="path", help="Print where it lies.")
@click.option("--keys", "what", flag_value="keys", help="Print the ids and keys of the keymap.")
def settings(what: str | None) -> None:
    """Print an example, check, or find settings.toml."""
    from tui_uploader.settings_command import settings_command

    if what is None:
        raise click.UsageError("say one of --example, --check, --path, --keys")
    sys.exit(settings_command(what))


@click.command()
@click.option("--user", metavar="NAME", default=None, help="Sign in with this user name and its password.")
@click.option("--password-file", metavar="FILE", default=None, type=click.Path(readable=False, allow_dash=True),
              help="Read the password from FILE (- is standard input) and not from the terminal.")  # fmt: skip
@click.option("--no-test", is_flag=True, help="Keep a token without asking the service whether it is good.")
@service_options
def login(**options: Any) -> None:
    """Keep credentials of a profile: a sign-in with --user, else an access token, API key or publishable key."""
    from tui_uploader.login_command import login_command

    sys.exit(login_command(**options))


@click.command()
@service_options
def logout(**options: Any) -> None:
    """Forget the credentials that `login` has kept for a profile."""
    from tui_uploader.login_command import logout_command

    sys.exit(logout_command(**options))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options, profiles, jobs and paths.

    \b
    bash: tui-uploader completion bash > ~/.local/share/bash-completion/completions/tui-uploader
    zsh:  tui-uploader completion zsh > "${fpath[1]}/_tui-uploader"
    fish: tui-uploader completion fish > ~/.config/fish/completions/tui-uploader.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    root = context.find_root()
    made = kind(root.command, {}, "tui-uploader", "_TUI_UPLOADER_COMPLETE")
    click.echo(made.source_template % made.source_vars())  # not source(): it runs bash only to ask for its version
