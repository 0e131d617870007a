"""settings.toml to dataclasses: strict. An unknown key is an error that names file, key and the nearest right one."""

import os
import re
from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any, TypeVar

from tui_uploader.model.value import value

_T = TypeVar("_T", "Profile", "Upload", "Screen", "Network")


class SettingsError(ValueError):
    """What is wrong, in one sentence that names the file and the key."""


@value
class Profile:
    """One environment and how to reach it. `token_file` may hold an access token, an API key or a publishable key."""

    env_id: str = ""
    gateway: str = ""
    intl: bool = False
    token_file: str = ""
    token_command: str = ""  # its standard output is the token; run without a shell
    user: str = ""  # whom `login` signs in
    ca_file: str = ""
    prefix: str = ""


@value
class Upload:
    """How uploads run unless the command line says otherwise."""

    parallel: int = 0  # 0: automatic
    batch: int = 10
    retries: int = 4
    limit_rate: str = ""
    allowed_hosts: tuple[str, ...] = (".myqcloud.com", ".tencentcos.cn")
    after: str = ""  # a command that is run when a job has ended, the summary on its standard input; no shell


@value
class Screen:
    """How the screen looks."""

    theme: str = ""
    mouse: bool = False
    low_bandwidth: bool = False
    glyphs: str = ""
    lang: str = ""
    hidden: bool = True
    kitty: bool = False
    bell: bool = True


@value
class Network:
    """How the service is reached. `https_proxy` stands in where HTTPS_PROXY is not set."""

    https_proxy: str = ""
    no_proxy: str = ""


_RANGES = {"parallel": (0, 256), "batch": (1, 1000), "retries": (0, 100)}  # those of the command line
_CHOICES = {"glyphs": ("ascii", "unicode"), "lang": ("en", "zh")}
_SHAPES = {
    "limit_rate": (r"\d{1,15}(\.\d{1,9})?\s*[kKmMgG]?(i?[bB])?(/s)?", "a rate, as 500K, 10M or 1G"),
    "env_id": (r"[A-Za-z0-9][A-Za-z0-9-]{0,62}", "an environment ID: letters, digits and -"),
    "gateway": (r"https?://[^\s/]+.*", "an address that begins with https://"),
    "https_proxy": (r"https?://[^\s/]+/?", "an address, as http://proxy.example:3128"),
    "user": (r"[A-Za-z0-9\-_.:+@]{2,48}", "a user name: 2 to 48 letters, digits and - _ . : + @"),
    "allowed_hosts": (r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", "host names, or endings as .example.com"),
}


@value
class Settings:
    """The whole file. `default_profile` is used where neither option nor environment names one.

    `keys` is the keymap by binding id; `told` names what the file says itself (``screen.theme``), for a default and
    a value written by a person are not the same where the program keeps choices of its own.
    """

    default_profile: str = ""
    profiles: dict[str, Profile] = field(default_factory=dict)
    upload: Upload = field(default_factory=Upload)
    screen: Screen = field(default_factory=Screen)
    network: Network = field(default_factory=Network)
    keys: dict[str, str] = field(default_factory=dict)
    told: frozenset[str] = field(default=frozenset(), compare=False)

    def profile(self, name: str | None) -> Profile:
        """The profile of that name, or the default one. Raises SettingsError for a name that is not there."""
        wanted = name or self.default_profile
        if not wanted:
            return Profile()
        if wanted not in self.profiles:
            known = ", ".join(sorted(self.profiles)) or "none is set up"
            raise SettingsError(f"there is no profile {wanted!r} (known: {known})")
        return self.profiles[wanted]


def load(path: str, kept: Mapping[str, Profile] | None = None) -> Settings:
    """The settings in `path`; defaults where there is no such file. `kept` are profiles made in the program.

    Raises SettingsError naming the file, the key and, for an unknown key, the nearest right one.
    """
    data = read_toml(path)
    known_keys(path, "", data, tuple(f.name for f in fields(Settings) if f.name != "told"))
    profiles = {**(kept or {}), **read_profiles(path, data)}
    default = data.get("default_profile", "")
    if not isinstance(default, str):
        raise SettingsError(f"{path}: default_profile: must be text")
    if default and default not in profiles:
        raise SettingsError(f"{path}: default_profile: there is no profile {default!r}{_near(default, profiles)}")
    keys = _table(path, "keys", data.get("keys", {}))
    for name, given in keys.items():
        if not isinstance(given, str) or not given:
            raise SettingsError(f'{path}: keys.{name}: must be text, as "f5,ctrl+r", not {given!r}')
    sections = ("upload", "screen", "network", "keys")
    return Settings(
        default_profile=default,
        profiles=profiles,
        upload=_make(Upload, path, "upload", data.get("upload", {})),
        screen=_make(Screen, path, "screen", data.get("screen", {})),
        network=_make(Network, path, "network", data.get("network", {})),
        keys=dict(keys),
        told=frozenset(f"{section}.{key}" for section in sections for key in data.get(section, {})),
    )


def read_profiles(path: str, data: dict[str, Any]) -> dict[str, Profile]:
    """The table `profiles` of a file's content. Raises SettingsError."""
    profiles = {}
    for name, table in _table(path, "profiles", data.get("profiles", {})).items():
        profiles[name] = _make(Profile, path, f"profiles.{name}", table)
        if profiles[name].token_file and profiles[name].token_command:
            raise SettingsError(
                f"{path}: profiles.{name}.token_command: there is a token_file as well; keep one of both"
            )
    return profiles


def read_toml(path: str) -> dict[str, Any]:
    """A file's content, nothing where there is no such file. Raises SettingsError."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    import tomllib  # many starts find no file

    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from None


def known_keys(path: str, where: str, table: dict[str, Any], names: tuple[str, ...]) -> None:
    """Refuse what is not in `names`, with the nearest that is. Raises SettingsError."""
    for key in table:
        if key not in names:
            full = f"{where}.{key}" if where else key
            raise SettingsError(
                f"{path}: {full}: unknown setting" + (_near(key, names) or f"; known here: {', '.join(names)}")
            )


def _near(word: str, names: Any) -> str:
    import difflib  # for mistakes alone

    near = difflib.get_close_matches(word, list(names), 1, 0.4)
    return f"; did you mean {near[0]!r}?" if near else ""


def _table(path: str, where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: {where}: must be a table")
    return value


def _make(kind: type[_T], path: str, where: str, value: Any) -> _T:
    table = _table(path, where, value)
    known_keys(path, where, table, tuple(f.name for f in fields(kind)))
    default = kind()
    made: dict[str, Any] = {}
    for key, given in table.items():
        usual = getattr(default, key)
        if isinstance(usual, tuple):
            if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
                raise SettingsError(f"{path}: {where}.{key}: must be a list of texts")
        elif type(given) is not type(usual):
            words = {bool: "true or false", int: "a whole number", str: "text"}[type(usual)]
            shown = str(given).lower() if isinstance(given, bool) else repr(given)  # as TOML writes it
            raise SettingsError(f"{path}: {where}.{key}: must be {words}, not {shown}")
        if wrong := _wrong_value(key, given):
            raise SettingsError(f"{path}: {where}.{key}: {wrong}")
        if isinstance(usual, tuple):
            made[key] = tuple(given)
        else:
            made[key] = os.path.expanduser(given) if key.endswith("_file") else given
    return kind(**made)


def _wrong_value(key: str, given: Any) -> str:
    """What is wrong with a value of the right type; empty where nothing is."""
    if key in _RANGES:
        low, high = _RANGES[key]
        return "" if low <= given <= high else f"must be from {low} to {high}, not {given}"
    if key in _CHOICES and given and given not in _CHOICES[key]:
        return f"must be {' or '.join(map(repr, _CHOICES[key]))}, not {given!r}{_near(given, _CHOICES[key])}"
    if key == "after":
        return _wrong_command(given)
    if key in _SHAPES:
        shape, words = _SHAPES[key]
        for one in given if isinstance(given, list) else [given] if given else []:
            if not re.fullmatch(shape, one):
                return f"must be {words}, not {one!r}"
    return ""


def _wrong_command(given: str) -> str:
    import shlex  # here: few settings have a command

    try:
        words = shlex.split(given)
    except ValueError as error:
        return f"cannot be split into words: {error}"
    return "" if words or not given else "names no command"


def check_value(section: str, key: str, value: Any) -> None:
    """Raise SettingsError where settings.toml could not hold this value there."""
    kinds: dict[str, type[Any]] = {"upload": Upload, "screen": Screen, "network": Network}
    if section not in kinds:
        raise SettingsError(f"{section}: unknown setting")
    _make(kinds[section], "choices", section, {key: value})
