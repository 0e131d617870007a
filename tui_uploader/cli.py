"""The composition root: reads the command line, puts the parts together, and gives back the exit code."""

import gc
import importlib
import os
import sys
from typing import Any

import click

from tui_uploader import __version__, hardening
from tui_uploader.cli_options import service_options
from tui_uploader.engine.collecting import collect_seldom

INTERNAL = 70


_COMMANDS = {
    "push": ("upload_commands", "Upload files without a screen; plan, report, exit code."),
    "attach": ("background_commands", "Open the screen on a job in the background."),
    "jobs": ("job_commands", "List jobs that run, were left behind or have ended."),
    "resume": ("job_commands", "Go on with what a job left, without a screen."),
    "stop": ("background_commands", "Stop a job in the background."),
    "report": ("job_commands", "Say what became of every object of a job."),
    "discard": ("job_commands", "Forget a job that nobody runs."),
    "login": ("setup_commands", "Keep credentials of a profile."),
    "logout": ("setup_commands", "Forget what login has kept."),
    "settings": ("setup_commands", "Print an example of settings.toml, check or find mine."),
    "doctor": ("practice_commands", "Check terminal, folders, credentials, gateway, clock."),
    "completion": ("setup_commands", "Print the completion script of bash, zsh or fish."),
    "demo": ("practice_commands", "Practise on a cloud on this machine."),
    "emulator": ("practice_commands", "Start that practice cloud by itself."),
}
"""The module that has a command, which is loaded when that command is asked for; and what ``--help`` says of it."""


class _Commands(click.Group):
    """A group whose word that is no command is a PATH to open the screen on."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, those for every day first."""
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, with its module loaded now."""
        if cmd_name in _COMMANDS and cmd_name not in self.commands:
            module = importlib.import_module(f"tui_uploader.{_COMMANDS[cmd_name][0]}")
            command: click.Command = getattr(module, cmd_name)
            command.short_help = _COMMANDS[cmd_name][1]  # for shells that show it beside a word
            self.add_command(command, cmd_name)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Ctrl-C where no run waits for it ends with 130: click would say "Aborted!" and end with 1."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(130)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Their list, for which none of them is loaded."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and args[0] != "open":
            args.insert(0, "open")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Commands, and what stands without one: the screen's own options, or a path."""
        found = super().shell_complete(ctx, incomplete)
        screen = self.commands["open"]
        if incomplete.startswith("-"):
            with screen.make_context("open", [], parent=ctx, resilient_parsing=True) as inner:
                known = {item.value for item in found}
                found += [item for item in screen.shell_complete(inner, incomplete) if item.value not in known]
        elif not found:
            found = click.Path().shell_complete(ctx, screen.params[0], incomplete)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if ctx.resilient_parsing and not args:
            return super().parse_args(ctx, args)  # a shell completes the first word
        if not args or (args[0] not in own and args[0] not in _COMMANDS and args[0] != "open"):
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_Commands,
    invoke_without_command=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="[PATH] | COMMAND [ARGS]...",
    help="Upload a server's files to CloudBase cloud storage. Without a command: open the screen on PATH.",
    epilog="The screen's own options:  tui-uploader . --help",
)
@click.version_option(__version__, prog_name="tui-uploader")
def cli() -> None:
    """The group itself does nothing."""


@cli.command("open", hidden=True)
@click.argument("path", default=".", type=click.Path(readable=False))
@click.option("--prefix", default=None, metavar="P", help="Put P/ before each key.")
@click.option("--low-bandwidth", is_flag=True, help="For a slow link: paint every 2 s, 16 colours, a short log.")
@click.option("--glyphs", type=click.Choice(["ascii", "unicode"]), default=None, help="Which signs to draw with.")
@click.option("--theme", default=None, metavar="NAME", help="The theme to use.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default=None, help="The language of the screen.")
@click.option("--mouse", is_flag=True, help="Let the mouse work (it takes away selecting text).")
@click.option("--in-process", is_flag=True, help="Upload in the screen's own process: it ends with the screen.")
@service_options
def open_screen(path: str, **options: Any) -> None:
    """Open the screen, browsing PATH (default: the current folder)."""
    gc.disable()  # until the first frame: what is loaded meanwhile stays, so looking it through is lost time
    from tui_uploader.screen import open_screen as start

    sys.exit(start(path, **options))


def _open_streams() -> None:
    """Open what came closed of the three standard streams on nothing: a socket there would be taken for one."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def main() -> None:
    """The installed command. No traceback reaches a user: an error of ours is one sentence and exit code 70."""
    collect_seldom(freeze=False)
    _open_streams()
    hardening.clear_spells()
    hardening.hide_token()
    try:
        cli.main(standalone_mode=True, prog_name="tui-uploader", complete_var="_TUI_UPLOADER_COMPLETE")
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last net
        from tui_uploader.crash import crash

        sys.stderr.write(crash(error) + "\n")
        sys.exit(INTERNAL)


if __name__ == "__main__":
    main()
