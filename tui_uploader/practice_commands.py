"""The command lines of demo, emulator and doctor."""

import sys
from typing import Any

import click

from tui_uploader.cli_options import service_options


@click.command()
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


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1 (default: a free one).")
@click.option("--data", type=click.Path(file_okay=False), default=None, help="Keep objects in this folder.")
@click.option("--token", default=None, metavar="T", help="The token it accepts (default: made at random).")
@click.option("--faults", type=click.Path(dir_okay=False), default=None, help="A TOML file that scripts faults.")
@click.option("--user", "users", multiple=True, metavar="NAME=PASSWORD", help="Whom it signs in (repeatable).")
def emulator(**options: Any) -> None:
    """A stand-in for the cloud on 127.0.0.1: gateway and bucket. Prints one JSON line when ready."""
    from tui_uploader.emulator_command import run_emulator

    sys.exit(run_emulator(**options))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@service_options
def doctor(**options: Any) -> None:
    """Check terminal, locale, folders, credentials, gateway and clock, and say what to mend.

    Ends with 0 where all is well, 1 where something is to be mended, 2 for a wrong option.
    """
    from tui_uploader.doctor import run_doctor

    sys.exit(run_doctor(**options))
