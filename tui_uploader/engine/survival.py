"""Survival: whether this process outlives the SSH session that started it, as far as logind has a say."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

_SYSTEMD = "/run/systemd/system"
_PATIENCE = 1.0
_FILES = ("/etc/systemd/logind.conf", "/usr/lib/systemd/logind.conf")
_FOLDERS = ("/usr/lib/systemd/logind.conf.d", "/run/systemd/logind.conf.d", "/etc/systemd/logind.conf.d")


class Lasting(Enum):
    """What a dropped connection does to the uploads."""

    HERE = "here"  # they run in the screen's own process and end with it
    YES = "yes"
    NO = "no"  # logind ends what a session has left
    UNKNOWN = "unknown"
    LOST = "lost"  # the worker has died
    LOOK = "look"  # nothing runs: a screen shows an old job


def lasting() -> Lasting:
    """What becomes of this process when its login session ends."""
    if not os.path.isdir(_SYSTEMD):
        return Lasting.YES  # nobody watches sessions here
    user = pwd.getpwuid(os.geteuid()).pw_name
    return verdict(_text("/proc/self/cgroup"), user, lingers(user), kill_setting())


def verdict(cgroup: str, user: str, lingering: bool, setting: "Callable[[str], str | None]") -> Lasting:
    """The rule. `cgroup` is ``/proc/self/cgroup``; `setting` answers for a name of logind's configuration.

    A process in a session's scope is killed at logout where ``KillUserProcesses`` says so, lingering or not; one below
    the user's own manager lives as long as that does: for ever with lingering, else to the last logout.
    """
    if re.search(r"/user@\d+\.service", cgroup):
        return Lasting.YES if lingering else Lasting.NO
    if "/session-" not in cgroup:
        return Lasting.YES
    kill = setting("KillUserProcesses")
    if kill == "no":
        return Lasting.YES
    if user in (setting("KillExcludeUsers") or "root").split():
        return Lasting.YES
    only = (setting("KillOnlyUsers") or "").split()
    if only and user not in only:
        return Lasting.YES
    return Lasting.NO if kill == "yes" else Lasting.UNKNOWN


def lingers(user: str) -> bool:
    """Whether the user's services go on after the last logout."""
    if os.path.exists(f"/var/lib/systemd/linger/{user}"):
        return True
    said = _ask(["loginctl", "show-user", user, "-p", "Linger", "--value"])
    return said is not None and said.strip() == "yes"


def user_lingers() -> bool:
    """Whether this user lingers."""
    return lingers(pwd.getpwuid(os.geteuid()).pw_name)


def kill_setting() -> "Callable[[str], str | None]":
    """What answers for logind's settings: logind itself, where it can be asked, else its files."""
    texts = [_text(path) for path in _FILES[::-1]]
    texts += [_text(path) for path in sorted(_drop_ins(), key=os.path.basename)]
    written = settings_in(texts)

    def answer(name: str) -> str | None:
        if name == "KillUserProcesses":
            said = _ask(
                ["busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1"]
                + ["org.freedesktop.login1.Manager", name]
            )
            if said is not None and said.strip() in ("b true", "b false"):
                return "yes" if said.strip() == "b true" else "no"
        return written.get(name)

    return answer


def settings_in(texts: Iterable[str]) -> dict[str, str]:
    """The settings of configuration files, the last one that names a thing wins; yes and no in one spelling."""
    found: dict[str, str] = {}
    for text in texts:
        for line in text.splitlines():
            name, equals, value = line.strip().partition("=")
            if equals and not name.startswith(("#", ";")):
                word = value.strip()
                yes_no = {"1": "yes", "true": "yes", "on": "yes", "0": "no", "false": "no", "off": "no"}
                found[name.strip()] = yes_no.get(word.lower(), word)
    return found


def _drop_ins() -> Iterable[str]:
    for folder in _FOLDERS:
        if os.path.isdir(folder):
            yield from (os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".conf"))


def _ask(command: Sequence[str]) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
