"""Where configuration and state lie: the environment's word, else the platform's; made 0700; never a shared folder."""

import os
import stat
import sys

from tui_uploader.model.text import printable

NAME = "tui-uploader"


def config_dir() -> str:
    """The folder of settings.toml and of what people keep (TUI_UPLOADER_CONFIG_DIR, else XDG's)."""
    return os.environ.get("TUI_UPLOADER_CONFIG_DIR") or _usual("XDG_CONFIG_HOME", "~/.config", "user_config_dir")


def state_dir() -> str:
    """The folder of what the program keeps (TUI_UPLOADER_STATE_DIR, else XDG's)."""
    return os.environ.get("TUI_UPLOADER_STATE_DIR") or _usual("XDG_STATE_HOME", "~/.local/state", "user_state_dir")


def _usual(variable: str, at_home: str, elsewhere: str) -> str:
    """Where XDG has it; on other systems where platformdirs says, which takes as long to load as 40 uploads."""
    if sys.platform != "linux":
        import platformdirs

        return str(getattr(platformdirs, elsewhere)(NAME))
    named = os.environ.get(variable, "").strip()
    return os.path.join(named if os.path.isabs(named) else os.path.expanduser(at_home), NAME)


def named_state() -> str:
    """The state folder where only a variable of this shell says where it is; empty where it lies in its usual place."""
    return _named(state_dir(), "TUI_UPLOADER_STATE_DIR", "XDG_STATE_HOME", "~/.local/state")


def named_config() -> str:
    """The same of the folder of settings."""
    return _named(config_dir(), "TUI_UPLOADER_CONFIG_DIR", "XDG_CONFIG_HOME", "~/.config")


def _named(folder: str, ours: str, xdg: str, usual: str) -> str:
    folder = os.path.abspath(folder)
    elsewhere = os.environ.get(xdg) and folder != os.path.join(os.path.expanduser(usual), NAME)
    return folder if os.environ.get(ours) or elsewhere else ""


def state_words() -> str:
    """What a command in another shell needs behind a job to find it; empty where the state lies in its usual place."""
    import shlex  # no start needs it

    named = named_state()
    return f" --state-dir {shlex.quote(printable(named))}" if named else ""


def env_folder(env_id: str) -> str:
    """The state folder of one environment: a single name in the state folder, whatever the ID."""
    return os.path.join(state_dir(), env_id.replace("/", "_").replace(":", "_").lstrip(".") or "_")


def settings_file() -> str:
    """The path of settings.toml, whether it is there or not."""
    return os.path.join(config_dir(), "settings.toml")


def make_private(folder: str) -> str:
    """`folder`, made 0700 where it was missing. Raises OSError where it cannot be made or belongs to another user."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    found = os.lstat(folder)
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(13, "the folder is a link or belongs to another user", folder)
    return folder
