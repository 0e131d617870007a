"""settings.toml to dataclasses: strict. An unknown key is an error that names file, key and the nearest right one."""

import difflib
import os
import tomllib
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

_T = TypeVar("_T", "Profile", "Upload", "Screen")


class SettingsError(ValueError):
    """What is wrong, in one sentence that names the file and the key."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One environment and how to reach it."""

    env_id: str = ""
    gateway: str = ""
    intl: bool = False
    token_file: str = ""
    ca_file: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """How uploads run unless the command line says otherwise."""

    parallel: int = 0  # 0: automatic
    batch: int = 10
    retries: int = 4
    limit_rate: str = ""
    allowed_hosts: tuple[str, ...] = (".myqcloud.com", ".tencentcos.cn")


_RANGES = {"parallel": (0, 128), "batch": (1, 1000), "retries": (0, 100)}  # those of the command line


@dataclass(frozen=True, slots=True)
class Screen:
    """How the screen looks."""

    theme: str = ""
    mouse: bool = False
    low_bandwidth: bool = False
    glyphs: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole file. `default_profile` is used where neither option nor environment names one."""

    default_profile: str = ""
    profiles: dict[str, Profile] = field(default_factory=dict)
    upload: Upload = field(default_factory=Upload)
    screen: Screen = field(default_factory=Screen)

    def profile(self, name: str | None) -> Profile:
        """The profile of that name, or the default one. Raises SettingsError for a name that is not there."""
        wanted = name or self.default_profile
        if not wanted:
            return Profile()
        if wanted not in self.profiles:
            known = ", ".join(sorted(self.profiles)) or "none is set up"
            raise SettingsError(f"there is no profile {wanted!r} (known: {known})")
        return self.profiles[wanted]


def load(path: str) -> Settings:
    """The settings in `path`; defaults where there is no such file.

    Raises SettingsError naming the file, the key and, for an unknown key, the nearest right one.
    """
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not TOML: {error}") from None
    _known(path, "", data, ("default_profile", "profiles", "upload", "screen"))
    profiles = {}
    for name, table in _table(path, "profiles", data.get("profiles", {})).items():
        profiles[name] = _make(Profile, path, f"profiles.{name}", table)
    default = data.get("default_profile", "")
    if not isinstance(default, str):
        raise SettingsError(f"{path}: default_profile: must be text")
    settings = Settings(
        default_profile=default,
        profiles=profiles,
        upload=_make(Upload, path, "upload", data.get("upload", {})),
        screen=_make(Screen, path, "screen", data.get("screen", {})),
    )
    if default and default not in profiles:
        raise SettingsError(f"{path}: default_profile: there is no profile {default!r}")
    return settings


def _table(path: str, where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: {where}: must be a table")
    return value


def _known(path: str, where: str, table: dict[str, Any], names: tuple[str, ...]) -> None:
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(key, names, 1, 0.4)
            full = f"{where}.{key}" if where else key
            hint = f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(names)}"
            raise SettingsError(f"{path}: {full}: unknown setting{hint}")


def _make(kind: type[_T], path: str, where: str, value: Any) -> _T:
    table = _table(path, where, value)
    _known(path, where, table, tuple(f.name for f in fields(kind)))
    default = kind()
    ranges: dict[str, tuple[int, int]] = _RANGES if kind is Upload else {}
    made: dict[str, Any] = {}
    for key, given in table.items():
        usual = getattr(default, key)
        if isinstance(usual, tuple):
            if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
                raise SettingsError(f"{path}: {where}.{key}: must be a list of texts")
            made[key] = tuple(given)
        elif type(given) is not type(usual):
            words = {bool: "true or false", int: "a whole number", str: "text"}[type(usual)]
            raise SettingsError(f"{path}: {where}.{key}: must be {words}, not {given!r}")
        elif key in ranges and not ranges[key][0] <= given <= ranges[key][1]:
            low, high = ranges[key]
            raise SettingsError(f"{path}: {where}.{key}: must be from {low} to {high}, not {given}")
        else:
            made[key] = os.path.expanduser(given) if key.endswith("_file") else given
    return kind(**made)
