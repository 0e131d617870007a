"""The profile's `token_command`: a program whose standard output is the token; no shell, a time limit, no raw words."""

import os
import shlex
import subprocess
from collections.abc import Mapping

from tui_uploader.engine.children import child_environment
from tui_uploader.model.redact import redacted
from tui_uploader.model.text import clean_message

LIMIT = 30.0  # seconds: a password store may ask an agent, and a person may have to touch a key
_MORE = frozenset({"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME"})
_MORE |= {"GPG_TTY", "PASSWORD_STORE_DIR", "SSH_AUTH_SOCK", "TERM", "USER", "LOGNAME"}


class CommandProblem(Exception):
    """The command gave no token; the text says why, safe to show."""


def surroundings() -> tuple[tuple[str, str], ...]:
    """What a command may need of this terminal's environment: where keys and agents are, nothing secret."""
    return tuple((name, os.environ[name]) for name in sorted(_MORE) if name in os.environ)


def run(command: str, *, limit: float = LIMIT, more: Mapping[str, str] | None = None) -> str:
    """The command's standard output, at most 64 KiB of it. Raises CommandProblem.

    The command is split as a shell would split it, and no shell sees it. It gets a built environment and nothing to
    read. Its own complaints are not shown, but for their last line, cleaned: they may quote what they work with.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CommandProblem(f"token_command cannot be split into words: {error}") from None
    if not words:
        raise CommandProblem("token_command is empty")
    words[0] = os.path.expanduser(words[0])
    shown = clean_message(os.path.basename(words[0]), 40)
    environment = child_environment() | (dict(surroundings()) if more is None else dict(more))
    environment.pop("PYTHONPATH", None)
    try:
        ended = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=limit,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise CommandProblem(f"token_command ({shown}) gave nothing within {limit:g} s") from None
    except OSError as error:
        raise CommandProblem(f"token_command ({shown}) cannot be run: {error.strerror or error}") from None
    if ended.returncode != 0:
        said = ended.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        why = f": {clean_message(redacted(said), 120)}" if said else ""
        raise CommandProblem(f"token_command ({shown}) ended with code {ended.returncode}{why}")
    return ended.stdout[: 64 * 1024].decode("utf-8", "replace")
