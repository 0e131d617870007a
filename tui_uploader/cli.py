"""The composition root: reads the command line, puts the parts together, and gives back the exit code."""

import os
import sys
from typing import Any

import click

from tui_uploader import __version__, hardening
from tui_uploader.background_commands import COMMANDS as BACKGROUND
from tui_uploader.cli_options import complete_jobs, service_options
from tui_uploader.engine.collecting import collect_seldom
from tui_uploader.job_commands import JOB_COMMANDS, said
from tui_uploader.setup_commands import COMMANDS

USAGE, STOPPED, INTERNAL = 2, 3, 70


class _Commands(click.Group):
    """A group whose word that is no command is a PATH to open the screen on."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
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
        if not args or (args[0] not in own and args[0] not in self.commands):
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
    from tui_uploader.screen import open_screen as start

    sys.exit(start(path, **options))


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(readable=False))
@click.option("--prefix", default=None, metavar="P", help="Put P/ before each key.")
@click.option(
    "--key",
    "key_template",
    default=None,
    metavar="TEMPLATE",
    help="What follows the prefix: {host} {date:%Y/%m/%d} {relpath} {name} {stem} {ext}.",
)
@click.option("--check", is_flag=True, help="Ask for permission for each object; send no data.")
@click.option("--dry-run", is_flag=True, help="Print the plan; send nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@click.option("--quiet", is_flag=True, help="Only failures and the last line.")
@click.option("--parallel", default=None, metavar="N|auto", help="Concurrent uploads (default: auto).")
@click.option(
    "--batch", type=click.IntRange(1, 1000), default=None, help="Objects asked for in one call (default: 10)."
)
@click.option("--limit-rate", default=None, metavar="RATE", help="Bytes a second over all: 500K, 10M (10 MiB/s), 1G.")
@click.option("--include", multiple=True, metavar="GLOB", help="Upload only files that match (repeatable).")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out what matches (repeatable).")
@click.option("--no-hidden", is_flag=True, help="Leave out hidden files.")
@click.option("--gitignore", is_flag=True, help="Apply .gitignore files too.")
@click.option("--no-ignore", is_flag=True, help="Apply no ignore file at all.")
@click.option("--names", type=click.Choice(["refuse", "escape", "skip"]), default="refuse", show_default=True,
              help="Names that cannot be keys: control characters, not UTF-8.")  # fmt: skip
@click.option("--symlinks", type=click.Choice(["skip", "follow"]), default="skip", show_default=True,
              help="Links met while walking.")  # fmt: skip
@click.option("--if-exists", type=click.Choice(["overwrite", "skip", "fail"]), default="overwrite", show_default=True,
              help="Objects that are there already.")  # fmt: skip
@click.option("--retries", type=click.IntRange(0, 100), default=None, help="Further tries for an object (default: 4).")
@click.option("--patience", type=click.FloatRange(0), default=60.0, show_default=True, metavar="SECONDS",
              help="How long to wait for a network that is down.")  # fmt: skip
@click.option(
    "--nice",
    type=click.IntRange(1, 19),
    default=None,
    metavar="N",
    help="Step back for other programs: processor and disk.",
)
@click.option("--no-verify", is_flag=True, help="Neither compute nor compare digests.")
@click.option("--read-back", is_flag=True, help="Fetch a piece of each stored object again and compare it.")
@click.option("--allow-host", "allow_hosts", multiple=True, metavar="SUFFIX",
              help="Let links lead to hosts below SUFFIX, too (repeatable).")  # fmt: skip
@click.option("--header", "headers", multiple=True, metavar="'Name: value'", help="Send and sign one more header.")
@click.option("--detach", is_flag=True, help="Hand the job to the background, print its id, and return.")
@click.option("--files-from", default=None, metavar="FILE|-", help="Read paths from FILE, one a line.")
@click.option("--changed-only", is_flag=True, help="Leave out what the journal knows as uploaded and unchanged.")
@click.option(
    "--again",
    default=None,
    metavar="JOB",
    shell_complete=complete_jobs,
    help="What that old job was asked for, once more.",
)
@click.option("--failed", is_flag=True, help="With --again: only what failed in it.")
@click.option("--report", default=None, metavar="FILE", type=click.Path(readable=False, dir_okay=False),
              help="Write what became of every object to FILE (.txt, .json, .csv, .md).")  # fmt: skip
@click.option("--clocks", default=None, hidden=True, metavar="NAME=SECONDS,...")
@click.option("-0", "--null", "nul", is_flag=True, help="Paths of --files-from end with NUL.")
@service_options
def push(paths: tuple[str, ...], **options: Any) -> None:
    """Upload PATHs without a screen: plan, upload, report, exit code."""
    from tui_uploader.push_command import push_command

    sys.exit(push_command(paths, explicit=said(), **options))


@cli.command()
@click.option("--no-screen", is_flag=True, help="Push the samples and print the report.")
@click.option("--json", "as_json", is_flag=True, help="With --no-screen: one JSON object a line.")
@click.option("--seconds", type=click.FloatRange(0, 600), default=None, help="How long the run should take, about.")
@click.option("--glyphs", type=click.Choice(["ascii", "unicode"]), default=None, help="Which signs to draw with.")
@click.option("--theme", default=None, metavar="NAME", help="The theme to use.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default=None, help="The language of the screen.")
@click.option("--mouse", is_flag=True, help="Let the mouse work.")
@click.option("--low-bandwidth", is_flag=True, help="For a slow link: paint every 2 s, 16 colours, a short log.")
def demo(**options: Any) -> None:
    """Practise on a cloud on this machine, with sample files some of which it refuses."""
    from tui_uploader.demo import run_demo

    sys.exit(run_demo(**options))


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1 (default: a free one).")
@click.option("--data", type=click.Path(file_okay=False), default=None, help="Keep objects in this folder.")
@click.option("--token", default=None, metavar="T", help="The token it accepts (default: made at random).")
@click.option("--faults", type=click.Path(dir_okay=False), default=None, help="A TOML file that scripts faults.")
@click.option("--user", "users", multiple=True, metavar="NAME=PASSWORD", help="Whom it signs in (repeatable).")
def emulator(**options: Any) -> None:
    """A stand-in for the cloud on 127.0.0.1: gateway and bucket. Prints one JSON line when ready."""
    from tui_uploader.emulator_command import run_emulator

    sys.exit(run_emulator(**options))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@service_options
def doctor(**options: Any) -> None:
    """Check terminal, locale, folders, credentials, gateway and clock, and say what to mend.

    Ends with 0 where all is well, 1 where something is to be mended, 2 for a wrong option.
    """
    from tui_uploader.doctor import run_doctor

    sys.exit(run_doctor(**options))


for _command in (*COMMANDS, *JOB_COMMANDS, *BACKGROUND):
    cli.add_command(_command)


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
