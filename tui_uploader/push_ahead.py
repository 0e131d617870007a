"""Has a push's walk begun before the rest of the program is loaded, where nothing but the paths decides on it."""

import os
from contextlib import suppress
from typing import Any

from tui_uploader.access import NoEnvironment, UsageProblem, load_settings, locate
from tui_uploader.engine.planner import start_of_argument
from tui_uploader.engine.walk_ahead import WalkAhead
from tui_uploader.hardening import no_core_dumps
from tui_uploader.run_options import given, plan_options, utf8

_OTHERWISE = ("plan", "again", "failed", "dry_run", "check", "changed_only", "detach", "files_from", "nul", "nice")


def walk_ahead(paths: tuple[str, ...], options: dict[str, Any]) -> WalkAhead | None:
    """The walk, or None: it begins later then, and whatever is wrong is said there."""
    if not all(paths) or not paths or any(options.get(name) for name in _OTHERWISE):
        return None
    no_core_dumps()
    try:
        starts = [start_of_argument(os.fsencode(path)) for path in paths]
        return WalkAhead.begin(plan_options(options, prefix_of(options)), starts, left_out(options))
    except (UsageProblem, ValueError, OSError):
        return None


def prefix_of(options: dict[str, Any]) -> str:
    """What the command line or the profile says keys begin with. Raises UsageProblem."""
    if options.get("prefix") is not None:
        return utf8(options["prefix"])
    with suppress(NoEnvironment):
        return locate(given(options)).profile.prefix
    try:
        return load_settings().profile(options.get("profile") or os.environ.get("TUI_UPLOADER_PROFILE")).prefix
    except ValueError as error:
        raise UsageProblem(str(error)) from None


def left_out(options: dict[str, Any]) -> list[bytes]:
    """The absolute paths that no walk meets."""
    return [os.path.abspath(os.fsencode(path)) for path in options.get("leave_out", ())]
