"""Credentials that `login` keeps: one private file, changed by one process at a time; renewed before they are over."""

import os
import time
from dataclasses import dataclass
from typing import Any

from tui_uploader import keep, places
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import clean_message
from tui_uploader.protocol.signin import SignIn, Tokens

USER, TOKEN = "user", "token"  # signed in with a password; a token or key pasted whole


class SignedOut(Exception):
    """The kept sign-in is over: the text says what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a name: a profile's, else the environment's ID."""

    kind: str
    env_id: str
    access: Secret
    refresh: Secret
    expires_at: float = 0.0
    user: str = ""
    device: str = ""


def path(config: str = "") -> str:
    """Where they lie: in the folder `config`, by default this process's own."""
    return os.path.join(config or places.config_dir(), "credentials.toml")


def find(name: str, config: str = "") -> Kept | None:
    """What is kept under a name, or None. Nothing is read from a file that others may read or that is not ours."""
    try:
        found = os.lstat(path(config))
    except OSError:
        return None
    if found.st_mode & 0o077 or found.st_uid != os.geteuid():
        return None
    table = keep.read(path(config)).get(name)
    return _read(table) if isinstance(table, dict) else None


def store(name: str, kept: Kept) -> None:
    """Keep credentials under a name. Raises OSError."""
    places.make_private(places.config_dir())
    with keep.alone(path()):
        _store(name, kept)


def forget(name: str) -> bool:
    """Forget what is kept under a name; whether there was something. Raises OSError."""
    if not os.path.exists(path()):
        return False
    with keep.alone(path()):
        data = keep.read(path())
        there = data.pop(name, None) is not None
        if there:
            keep.write(path(), data)
    return there


def keep_tokens(name: str, sign_in: SignIn, user: str, tokens: Tokens) -> None:
    """Keep what a sign-in with a password gave. Raises OSError."""
    store(name, _of(sign_in, user, tokens))


def usable(name: str, sign_in: SignIn, *, refused: Secret | None = None, config: str = "") -> Secret | None:
    """The kept access token, renewed where it is over or is the one that was `refused`; None where nothing is kept.

    The renewal is single flight over all processes: the refresh token dies by its use, so whoever waits for the lock
    finds the new tokens in the file. They are on disk before they are used. Blocks; raises SignedOut and OSError.
    """
    kept = find(name, config)
    if kept is None or kept.kind == TOKEN:
        return None if kept is None or kept.access == refused else kept.access
    if not _spent(kept, refused):
        return kept.access
    with keep.alone(path(config)):
        kept = find(name, config)
        if kept is None:
            raise SignedOut("the sign-in was forgotten meanwhile: sign in again with  tui-uploader login")
        if not _spent(kept, refused):
            return kept.access  # somebody else has renewed it
        if not kept.refresh:
            raise SignedOut("the sign-in is over: sign in again with  tui-uploader login")
        answer = SignIn(
            sign_in.gateway, sign_in.env_id, sign_in.ca_file, sign_in.proxy, sign_in.no_proxy, kept.device
        ).renew(kept.refresh)
        if isinstance(answer, Failure):
            raise SignedOut(f"{answer.code}: {clean_message(answer.sentence)}")
        _store(name, _of(sign_in, kept.user, answer, kept), config)
        return answer.access


def _spent(kept: Kept, refused: Secret | None) -> bool:
    return kept.access == refused or Tokens(kept.access, kept.refresh, kept.expires_at).over


def _of(sign_in: SignIn, user: str, tokens: Tokens, before: Kept | None = None) -> Kept:
    refresh = tokens.refresh or (before.refresh if before is not None else tokens.refresh)
    device = before.device if before is not None else sign_in.device
    return Kept(USER, sign_in.env_id, tokens.access, refresh, tokens.expires_at, user, device)


def _store(name: str, kept: Kept, config: str = "") -> None:
    data: dict[str, Any] = keep.read(path(config))
    data[name] = {
        "kind": kept.kind,
        "env_id": kept.env_id,
        "user": kept.user,
        "device": kept.device,
        "access_token": kept.access.reveal(),
        "refresh_token": kept.refresh.reveal(),
        "expires_at": kept.expires_at,
        "stored_at": time.time(),
    }
    keep.write(path(config), data)


def _read(table: dict[str, Any]) -> Kept | None:
    texts = [table.get(name, "") for name in ("kind", "env_id", "access_token", "refresh_token", "user", "device")]
    ends = table.get("expires_at", 0.0)
    if not all(isinstance(text, str) for text in texts) or not isinstance(ends, int | float) or not texts[2]:
        return None
    kind, env_id, access, refresh, user, device = texts
    return Kept(kind, env_id, Secret(access), Secret(refresh), float(ends), user, device)
