"""What `doctor` looks at on this machine: terminal, locale, folders, token, clipboard of tmux, logout."""

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tui_uploader import places, settings
from tui_uploader.access import CannotStart
from tui_uploader.engine.survival import Lasting, kill_setting, lasting, user_lingers
from tui_uploader.fitness import speaks_utf8
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import printable
from tui_uploader.model.token_life import ends_at, said_of

OK, MEND, UNKNOWN = "ok", "mend", "unknown"
LEAST_COLUMNS, LEAST_ROWS = 40, 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was found, and what to do where it is not well."""

    name: str
    state: str
    found: str
    mend: str = ""


def terminal() -> Finding:
    """Whether the screen could be drawn here (FAULTS rows 96 and 98). Standard output may be a pipe to a reader."""
    missing = [
        name for name, stream in (("input", sys.stdin), ("error", sys.stderr)) if stream is None or not stream.isatty()
    ]
    if missing:
        found = f"no terminal on standard {' and '.join(missing)}: the screen cannot open here"
        return Finding("terminal", MEND, found, "use  ssh -t, or upload with  tui-uploader push")
    term = os.environ.get("TERM", "")
    if term in ("", "dumb"):
        return Finding(
            "terminal", MEND, f"TERM is {term or 'empty'}", "set TERM to your terminal's name, as xterm-256color"
        )
    columns, rows = os.get_terminal_size(sys.stderr.fileno())
    if columns < LEAST_COLUMNS or rows < LEAST_ROWS:
        return Finding("terminal", MEND, f"{term}, {columns}x{rows}", f"enlarge it to {LEAST_COLUMNS}x{LEAST_ROWS}")
    return Finding("terminal", OK, f"{term}, {columns}x{rows}")


def locale() -> Finding:
    """Whether text is UTF-8 (row 97)."""
    said = next((f"{name}={os.environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    if speaks_utf8():
        return Finding("locale", OK, said)
    return Finding(
        "locale", MEND, f"{said or 'no locale is set'}: not UTF-8, so signs and names are drawn in ASCII",
        "export LANG=C.UTF-8 (or any .UTF-8 locale that  locale -a  lists)",
    )  # fmt: skip


def folders() -> Iterator[Finding]:
    """Whether what is kept can be written, and whether settings.toml can be read."""
    yield _folder("config", places.config_dir(), "TUI_UPLOADER_CONFIG_DIR")
    yield _folder("state", places.state_dir(), "TUI_UPLOADER_STATE_DIR")
    path = places.settings_file()
    try:
        settings.load(path)
    except settings.SettingsError as error:
        yield Finding("settings", MEND, str(error), f"mend {path}")
    else:
        there = os.path.exists(path)
        yield Finding("settings", OK, path if there else f"{path} is not there: all settings are the usual ones")


def _folder(name: str, folder: str, variable: str) -> Finding:
    instead = f"make it yours and writable, or set {variable} to a folder of yours"
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        above = folder
        while not os.path.lexists(above):
            above = os.path.dirname(above) or "/"
        trouble = _unwritable(above)
        if trouble is None:
            return Finding(name, OK, f"{folder} is made when it is needed")
        return Finding(name, MEND, f"{folder} is not there, and {above} cannot be written: {trouble}", instead)
    except OSError as error:
        return Finding(name, MEND, f"{folder}: {error.strerror}", instead)
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        return Finding(name, MEND, f"{folder} is no folder, a link, or belongs to another user", instead)
    trouble = _unwritable(folder)
    if trouble is not None:
        return Finding(name, MEND, f"{folder} cannot be written: {trouble}", instead)
    if found.st_mode & 0o022:
        return Finding(name, MEND, f"{folder} can be written by others", f"run  chmod go-w {folder}")
    return Finding(name, OK, folder)


def _unwritable(folder: str) -> str | None:
    """Why nothing can be written in `folder`, found out by doing it: rights on paper are not all there is."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return None


def token(found: Secret) -> Finding:
    """The token as it is here; whether it is accepted the gateway says."""
    sentence = said_of(found, time.time())
    if sentence is not None:
        return Finding("token", MEND, sentence, "paste a fresh token of this environment")
    end = ends_at(found)
    lasts = f", by its own word until {time.strftime('%Y-%m-%d %H:%M', time.localtime(end))}" if end is not None else ""
    return Finding("token", OK, f"there is one, and its file is closed to others{lasts}" if lasts else "there is one")


def token_hint(problem: CannotStart) -> str:
    """What to do about a token that cannot be used."""
    said = str(problem)
    if "chmod" in said:
        return said.partition("run  ")[2].partition("  and start")[0]
    return "paste a token into a file of your own, mode 600, and name it with --token-file or in settings.toml"


def clipboard() -> Finding:
    """Whether what the screen copies gets through tmux to the terminal (OSC 52)."""
    if not os.environ.get("TMUX"):
        return Finding("clipboard", OK, "no tmux in between")
    answers = {}
    for option in ("set-clipboard", "allow-passthrough"):
        answers[option] = _tmux(option)
    if answers["set-clipboard"] is None:
        return Finding("clipboard", UNKNOWN, "TMUX is set, but tmux does not answer")
    found = ", ".join(f"{option} {value}" for option, value in answers.items() if value is not None)
    if answers["set-clipboard"] == "on":
        return Finding("clipboard", OK, f"tmux: {found}")
    return Finding(
        "clipboard", MEND, f"tmux: {found}: what a program copies is dropped without a word",
        "run  tmux set -s set-clipboard on  and write it into ~/.tmux.conf",
    )  # fmt: skip


def _tmux(option: str) -> str | None:
    if shutil.which("tmux") is None:
        return None
    for scope in ("-sv", "-gwv", "-gv"):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            done = subprocess.run(
                ["tmux", "show-options", scope, option], capture_output=True, text=True, timeout=2, check=False
            )
            if done.returncode == 0 and done.stdout.strip():
                return printable(done.stdout.strip())
    return None


def logout() -> Finding:
    """Whether uploads outlive the SSH session (FAULTS, "Surviving an SSH drop")."""
    lingers = user_lingers()
    kills = kill_setting()("KillUserProcesses")
    facts = f"KillUserProcesses={kills or 'not known'}, lingering {'on' if lingers else 'off'}"
    match lasting():
        case Lasting.YES:
            return Finding("logout", OK, f"uploads go on after a logout ({facts})")
        case Lasting.NO:
            return Finding(
                "logout", MEND, f"logind ends what a session has left ({facts})",
                "run  loginctl enable-linger  once; then uploads go on after a logout",
            )  # fmt: skip
        case _:
            return Finding(
                "logout", UNKNOWN, f"logind does not say whether uploads outlive a logout ({facts})",
                "to be sure run  loginctl enable-linger  once",
            )  # fmt: skip
