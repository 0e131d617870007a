"""The `settings` command: an example, what is wrong in the real one, where it lies, the keymap."""

import sys
from importlib.resources import files

from tui_uploader import places
from tui_uploader.access import UsageProblem, load_settings

USAGE = 2


def settings_command(what: str) -> int:
    """Run it; the exit code: 2 where something is wrong."""
    path = places.settings_file()
    if what == "path":
        sys.stdout.write(path + "\n")
    elif what == "example":
        sys.stdout.write(files("tui_uploader").joinpath("example.toml").read_text("utf-8"))
    elif what == "keys":
        from tui_uploader.ui.keymap import listing

        sys.stdout.write("\n".join(listing()) + "\n")
    else:
        return _check(path)
    return 0


def _check(path: str) -> int:
    from tui_uploader.ui.keymap import problems
    from tui_uploader.ui.themes import available

    try:
        known = load_settings()
    except UsageProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return USAGE
    themes = available()
    wrong = [f"{path}: {words}" for words in problems(known.keys)] + list(themes.problems)
    if known.screen.theme and known.screen.theme not in themes.themes:
        near = themes.near(known.screen.theme)
        wrong.append(f"{path}: screen.theme: there is no theme {known.screen.theme!r}{near}")
    for line in wrong:
        sys.stderr.write(line + "\n")
    if not wrong:
        sys.stdout.write(f"{path}: nothing is wrong in it\n")
    return USAGE if wrong else 0
