"""The `login` and `logout` commands: credentials of a profile, tested before they are kept."""

import sys
from typing import Any

import click

from tui_uploader import credentials
from tui_uploader.access import Access, CannotStart, Given, UsageProblem, locate, read_private, read_token
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret
from tui_uploader.model.text import clean_message, printable
from tui_uploader.protocol.gateway import GatewayUrlError
from tui_uploader.trial import try_token

USAGE, STOPPED = 2, 3
_GIVEN = ("profile", "env_id", "gateway", "intl", "token_file", "ca_file")


def login_command(user: str | None, password_file: str | None, no_test: bool, **options: Any) -> int:
    """Sign in or take a token, test it, keep it; the exit code."""
    try:
        place = locate(Given(**{name: options[name] for name in _GIVEN}))
        name = user or place.profile.user
        if name and not options["token_file"]:
            return _with_password(place, name, password_file)
        return _with_token(place, options["token_file"], test=not no_test)
    except (UsageProblem, GatewayUrlError) as problem:
        return _say(str(problem), USAGE)
    except CannotStart as problem:
        return _say(f"{problem.code}: {problem}", STOPPED)
    except OSError as error:
        return _say(f"the credentials cannot be kept: {error.strerror or error}", STOPPED)


def _with_password(place: Access, user: str, file: str | None) -> int:
    password = Secret(_read(file, "password") if file else _ask(f"Password of {user}"))
    sign_in = place.sign_in()
    answer = sign_in.with_password(user, password)
    if isinstance(answer, Failure):
        return _say(f"{answer.code}: {clean_message(answer.sentence)}", STOPPED)
    credentials.keep_tokens(place.name, sign_in, user, answer)
    sys.stdout.write(f"signed in as {printable(user)} to {place.env_id}, kept as {printable(place.name)}\n")
    return 0


def _with_token(place: Access, file: str | None, *, test: bool) -> int:
    text = _read(file, "token") if file else _ask("Access token, API key or publishable key")
    token = read_token(text)
    if test:
        verdict = try_token(place, token)
        if not verdict.accepted:
            return _say(verdict.words, STOPPED)
        sys.stdout.write(verdict.words + "\n")
    credentials.store(place.name, credentials.Kept(credentials.TOKEN, place.env_id, token, Secret("")))
    sys.stdout.write(f"kept as {printable(place.name)}\n")
    return 0


def logout_command(**options: Any) -> int:
    """Forget; the exit code."""
    try:
        place = locate(Given(**{name: options[name] for name in _GIVEN}))
        there = credentials.forget(place.name)
    except UsageProblem as problem:
        return _say(str(problem), USAGE)
    except OSError as error:
        return _say(f"the credentials cannot be forgotten: {error.strerror or error}", STOPPED)
    sys.stdout.write(f"{printable(place.name)}: " + ("forgotten\n" if there else "nothing was kept\n"))
    return 0


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise UsageProblem(f"{question}: there is no terminal to ask on; give a file (or - for standard input)")
    text: str = click.prompt(f"{question} (not shown)", hide_input=True, err=True)
    return text


def _read(file: str, what: str) -> str:
    text = sys.stdin.read(64 * 1024) if file == "-" else read_private(file, what)
    return text.strip("\r\n")


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"tui-uploader: {text}\n")
    return code
