"""Who and where: option, then environment, then profile, to a gateway, an environment and a token."""

import os
import re
import stat
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui_uploader import hardening, keep, places, settings
from tui_uploader.engine.port import NO_RENEWAL, Renewal
from tui_uploader.model.secret import Secret
from tui_uploader.model.value import value

if TYPE_CHECKING:
    from tui_uploader.protocol.signin import SignIn

_ENV_ID = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}\Z"
HOST, INTL_HOST = "api.tcloudbasegateway.com", "api.intl.tcloudbasegateway.com"
_LONGEST_TOKEN = 64 * 1024


class UsageProblem(ValueError):
    """A wrong or missing option or setting: exit code 2."""


class NoEnvironment(UsageProblem):
    """Nobody has named an environment."""


class CannotStart(Exception):
    """Nothing can start: exit code 3. `code` is catalogued, the text says what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class NoToken(CannotStart):
    """Nobody has named a token."""


@value
class Given:
    """What the command line said; None where it said nothing."""

    profile: str | None = None
    env_id: str | None = None
    gateway: str | None = None
    intl: bool = False
    token_file: str | None = None
    ca_file: str | None = None


@value
class Access:
    """Everything needed to speak to one environment. `proxy` is for https alone and shown without its password."""

    gateway: str
    env_id: str
    token: Secret
    ca_file: str | None
    profile: settings.Profile
    settings: settings.Settings
    proxy: str | None
    no_proxy: str
    name: str = ""  # what credentials of `login` are kept under: the profile's name, else the environment's ID
    renewal: Renewal = NO_RENEWAL  # where another token comes from

    def sign_in(self) -> "SignIn":
        """The door for signing in to this environment."""
        from tui_uploader.protocol.signin import SignIn

        return SignIn(self.gateway, self.env_id, self.ca_file, self.proxy, self.no_proxy)

    def renew(self, refused: Secret) -> Secret | None:
        """Another token after the service has refused one; None where only a person can give it. Blocks.

        Raises CannotStart where the sign-in is over, or the token command fails.
        """
        from tui_uploader import renewal  # they load the network, which no start waits for
        from tui_uploader.engine.port import EngineOptions
        from tui_uploader.engine.renewing import NotRenewed

        if self.renewal == NO_RENEWAL:
            return None
        options = EngineOptions(
            self.gateway, self.env_id, refused, ca_file=self.ca_file, proxy=self.proxy, no_proxy=self.no_proxy,
            renewal=self.renewal,
        )  # fmt: skip
        try:
            return renewal.ask(options, refused)
        except NotRenewed as problem:
            raise CannotStart("CHECK_LOGIN_FAILED", str(problem)) from None


def load_settings() -> settings.Settings:
    """The settings file's content. Raises UsageProblem."""
    try:
        return settings.load(places.settings_file(), kept_profiles())
    except settings.SettingsError as error:
        raise UsageProblem(str(error)) from None


def kept_profiles() -> dict[str, settings.Profile]:
    """Profiles that were made in the program. Raises SettingsError."""
    path = os.path.join(places.config_dir(), "profiles.toml")
    return settings.read_profiles(path, keep.read(path))


def kept_default(given: Given, environment: Mapping[str, str] = os.environ) -> str:
    """The profile that the first-run form made the default; none where an environment or gateway is named."""
    if any((given.env_id, given.gateway, *(environment.get(f"TUI_UPLOADER_{name}") for name in ("ENV_ID", "GATEWAY")))):
        return ""
    default = keep.read(os.path.join(places.config_dir(), "profiles.toml")).get("default_profile", "")
    return default if isinstance(default, str) else ""


def resolve(given: Given, *, with_token: bool = True, environment: Mapping[str, str] = os.environ) -> Access:
    """Put option, environment and profile together; without a token where what is to be done needs none.

    `environment` may be another than this process's own, for a look at what would be.

    Raises UsageProblem (exit 2) for what is wrong or missing in them and CannotStart (exit 3) without a usable token.
    """
    place = locate(given, environment)
    if not with_token:
        return place
    try:
        token, renewal = _found(given.token_file, place.profile.token_file, place.profile.token_command, environment)
    except NoToken:
        kept = _kept_token(place)
        if kept is None:
            raise
        token, renewal = kept, kept_renewal(place.name)
    return replace(place, token=token, renewal=renewal)


def kept_renewal(name: str) -> Renewal:
    """By the sign-in that is kept under a name."""
    return Renewal(sign_in=name, config=os.path.abspath(places.config_dir()))


def _kept_token(place: Access) -> Secret | None:
    if not os.path.exists(os.path.join(places.config_dir(), "credentials.toml")):
        return None
    from tui_uploader import credentials  # it loads the network, which a start without a sign-in need not wait for

    try:
        return credentials.usable(place.name, place.sign_in())
    except credentials.SignedOut as problem:
        raise CannotStart("CHECK_LOGIN_FAILED", str(problem)) from None
    except OSError as error:
        raise CannotStart("CHECK_LOGIN_FAILED", f"the kept sign-in cannot be used: {error.strerror}") from None


def locate(given: Given, environment: Mapping[str, str] = os.environ) -> Access:
    """Put option, environment and profile together, without a token. Raises UsageProblem."""
    known, name, profile, env_id, gateway = _place(given, environment)
    if not gateway:
        if not env_id:
            raise NoEnvironment(
                "which environment? Say --env-id ID, set TUI_UPLOADER_ENV_ID, or set up a profile in settings.toml"
            )
        gateway = f"https://{env_id}.{INTL_HOST if given.intl or profile.intl else HOST}"
    env_id = env_id or _env_of_host(gateway)
    ca_file = given.ca_file or environment.get("TUI_UPLOADER_CA_FILE") or profile.ca_file or None
    return Access(
        gateway=gateway.rstrip("/"),
        env_id=env_id,
        token=Secret(""),
        ca_file=ca_file,
        profile=profile,
        settings=known,
        proxy=os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or known.network.https_proxy or None,
        no_proxy=os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or known.network.no_proxy,
        name=name or env_id,
    )


def environment_of(given: Given) -> str | None:
    """The environment that the command line, the environment or a profile names; None where none does.

    Needs no credentials. Raises UsageProblem as `resolve` does.
    """
    _, _, _, env_id, gateway = _place(given, os.environ)
    return env_id or (_env_of_host(gateway) if gateway else None)


def _place(given: Given, environment: Mapping[str, str]) -> tuple[settings.Settings, str, settings.Profile, str, str]:
    """Settings, the profile and its name, environment and gateway; the last two are empty where nothing names them."""
    known = load_settings()
    name = (
        given.profile
        or environment.get("TUI_UPLOADER_PROFILE")
        or known.default_profile
        or kept_default(given, environment)
    )
    try:
        profile = known.profile(name)
    except settings.SettingsError as error:
        raise UsageProblem(str(error)) from None
    env_id = given.env_id or environment.get("TUI_UPLOADER_ENV_ID") or profile.env_id
    if env_id and not re.match(_ENV_ID, env_id):
        raise UsageProblem(f"the environment ID {env_id!r} has characters that no environment ID has")
    return known, name, profile, env_id, given.gateway or environment.get("TUI_UPLOADER_GATEWAY") or profile.gateway


def _env_of_host(gateway: str) -> str:
    host = urlsplit(gateway).hostname or ""
    return host if host.replace(".", "").isdigit() or ":" in host else host.split(".")[0]


def find_token(option: str | None, from_profile: str, command: str = "") -> Secret:
    """The access token: --token-file, TUI_UPLOADER_TOKEN_FILE, TUI_UPLOADER_TOKEN, the profile's file or command.

    The environment variable is taken out of the environment, so that no child process inherits it.
    Raises CannotStart where there is none or its file cannot be trusted.
    """
    return _found(option, from_profile, command, os.environ)[0]


def _found(
    option: str | None, from_profile: str, command: str, environment: Mapping[str, str]
) -> tuple[Secret, Renewal]:
    """The token, and where another one will come from: not from another person's hands than this one did."""
    renewal = Renewal()
    from_environment = hardening.token_of_environment()
    file = option or environment.get("TUI_UPLOADER_TOKEN_FILE")
    if file:
        text = _read_stdin() if file == "-" else read_private(file)
        renewal = Renewal(file="" if file == "-" else os.path.abspath(file))
    elif from_environment:
        text = from_environment
    elif from_profile:
        text, renewal = read_private(from_profile), Renewal(file=os.path.abspath(from_profile))
    elif command:
        text = _ask_command(command)
        from tui_uploader.token_command import surroundings

        renewal = Renewal(command=command, environment=surroundings())
    else:
        raise NoToken(
            "MISSING_CREDENTIALS",
            "no access token: say --token-file FILE (or - for standard input), set TUI_UPLOADER_TOKEN_FILE, "
            "or sign in with  tui-uploader login",
        )
    return read_token(text), renewal


def read_token(text: str) -> Secret:
    """A token out of what a file or a person gave. Raises CannotStart for what cannot be one."""
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise CannotStart("MISSING_CREDENTIALS", "the access token is empty or not one word: paste it whole, alone")
    return Secret(token)


def _ask_command(command: str) -> str:
    from tui_uploader import token_command

    try:
        return token_command.run(command)
    except token_command.CommandProblem as problem:
        raise CannotStart("MISSING_CREDENTIALS", str(problem)) from None


def _read_stdin() -> str:
    if sys.stdin is None:  # closed by whoever started us
        return ""
    return sys.stdin.buffer.read(_LONGEST_TOKEN).decode("utf-8", "replace")


def read_private(path: str, what: str = "token") -> str:
    """The text of a secret file: regular, ours, readable by nobody else (of a link, the target is checked).

    Raises CannotStart with the command that mends it.
    """
    try:
        with open(path, encoding="utf-8", errors="replace", opener=_open_calmly) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise CannotStart("MISSING_CREDENTIALS", f"the {what} file {path} is not a regular file")
            if found.st_uid not in (os.geteuid(), 0):
                raise CannotStart("MISSING_CREDENTIALS", f"the {what} file {path} belongs to another user")
            if found.st_mode & 0o077:
                raise CannotStart(
                    "MISSING_CREDENTIALS", f"others may read the {what} file: run  chmod 600 {path}  and start again"
                )
            return file.read(_LONGEST_TOKEN)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        why = error.strerror if isinstance(error, OSError) else "this is no file name"
        raise CannotStart("MISSING_CREDENTIALS", f"the {what} file {path} cannot be read: {why}") from None


def _open_calmly(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
