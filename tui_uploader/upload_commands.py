"""The command line of push."""

import atexit
import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

import click

from tui_uploader.cli_options import complete_jobs, service_options
from tui_uploader.job_commands import said


@click.command()
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
@click.option("--leave-out", multiple=True, metavar="PATH", type=click.Path(readable=False),
              help="Leave out this very path and all beneath it: no pattern (repeatable).")  # fmt: skip
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
@click.option("--plan", default=None, metavar="FILE|-", type=click.Path(readable=False, allow_dash=True),
              help="Upload the paths in FILE under their keys: lines as --dry-run --json prints them.")  # fmt: skip
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
    from tui_uploader.push_ahead import walk_ahead

    ahead = walk_ahead(paths, options)
    from tui_uploader.push_command import push_command  # it takes a while to load: the walk goes on meanwhile

    try:
        code = push_command(paths, explicit=said(), ahead=ahead, **options)
    finally:
        if ahead is not None:
            ahead.close()
    leave(code)


def leave(code: int) -> NoReturn:
    """End now: an interpreter that takes itself apart first takes as long as a hundred uploads."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    atexit._run_exitfuncs()
    os._exit(code)
