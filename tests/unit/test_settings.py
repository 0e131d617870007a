"""settings.toml: what is wrong in it is said with the file, the key and the nearest right one."""

import dataclasses
import os
import re
from pathlib import Path

import pytest

import tui_uploader
from tui_uploader.settings import Network, Profile, Screen, Settings, SettingsError, Upload, load


def written(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "settings.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def complaint(tmp_path: Path, text: str | bytes) -> str:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as raised:
        load(path)
    said = str(raised.value)
    assert said.startswith(path + ": ")
    assert "\n" not in said.removeprefix(path)
    return said.removeprefix(path + ": ")


def test_no_file_is_the_defaults(tmp_path: Path) -> None:
    assert load(str(tmp_path / "none.toml")) == Settings()
    assert load(written(tmp_path, "")) == Settings()


def test_a_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ops")
    known = load(
        written(
            tmp_path,
            """
            default_profile = "prod"
            [profiles.prod]
            env_id = "env-1"
            intl = true
            token_file = "~/token"
            prefix = "logs"
            [profiles.test]
            gateway = "http://127.0.0.1:9"
            ca_file = "/etc/ca.pem"
            [upload]
            parallel = 8
            batch = 20
            retries = 0
            limit_rate = "10M"
            allowed_hosts = [".example.com"]
            [screen]
            theme = "nord"
            mouse = true
            lang = "zh"
            [network]
            no_proxy = "*"
            [keys]
            "run.start" = "f5"
            """,
        )
    )
    prod = Profile(env_id="env-1", intl=True, token_file="/home/ops/token", prefix="logs")
    assert known.profile(None) == known.profile("prod") == prod
    assert known.profile("test").ca_file == "/etc/ca.pem"
    assert known.upload == Upload(8, 20, 0, "10M", (".example.com",))
    assert known.screen == Screen(theme="nord", mouse=True, lang="zh")
    assert known.network == Network(no_proxy="*")
    assert known.keys == {"run.start": "f5"}
    assert {"screen.theme", "keys.run.start"} <= known.told
    assert "screen.glyphs" not in known.told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("default_profil = 'x'", "default_profil: unknown setting; did you mean 'default_profile'?"),
        ("[uplaod]", "uplaod: unknown setting; did you mean 'upload'?"),
        ("[upload]\nparalel = 3", "upload.paralel: unknown setting; did you mean 'parallel'?"),
        ("[screen]\nMouse = true", "screen.Mouse: unknown setting; did you mean 'mouse'?"),
        ("[profiles.a]\ntoken = 'x'", "profiles.a.token: unknown setting; did you mean 'token_file'?"),
        (
            "[screen]\nqqq = 1",
            "screen.qqq: unknown setting; known here: theme, mouse, low_bandwidth, glyphs, lang, hidden, kitty, bell",
        ),
        ("[upload]\nparallel = '8'", "upload.parallel: must be a whole number, not '8'"),
        ("[upload]\nparallel = true", "upload.parallel: must be a whole number, not true"),
        ("[upload]\nbatch = 1.5", "upload.batch: must be a whole number, not 1.5"),
        ("[upload]\nlimit_rate = 10", "upload.limit_rate: must be text, not 10"),
        ("[screen]\nmouse = 1", "screen.mouse: must be true or false, not 1"),
        ("[upload]\nallowed_hosts = '.x'", "upload.allowed_hosts: must be a list of texts"),
        ("[upload]\nallowed_hosts = ['.x', 1]", "upload.allowed_hosts: must be a list of texts"),
        ("[upload]\nparallel = -1", "upload.parallel: must be from 0 to 256, not -1"),
        ("[upload]\nparallel = 257", "upload.parallel: must be from 0 to 256, not 257"),
        ("[upload]\nbatch = 0", "upload.batch: must be from 1 to 1000, not 0"),
        ("[upload]\nretries = -1", "upload.retries: must be from 0 to 100, not -1"),
        ("upload = 3", "upload: must be a table"),
        ("profiles = []", "profiles: must be a table"),
        ("[profiles]\na = 'x'", "profiles.a: must be a table"),
        ("default_profile = 1", "default_profile: must be text"),
        ("default_profile = 'gone'", "default_profile: there is no profile 'gone'"),
        (
            "default_profile = 'prd'\n[profiles.prod]",
            "default_profile: there is no profile 'prd'; did you mean 'prod'?",
        ),
        ("[screen]\nglyphs = 'asci'", "screen.glyphs: must be 'ascii' or 'unicode', not 'asci'; did you mean 'ascii'?"),
        ("[screen]\nlang = 'de'", "screen.lang: must be 'en' or 'zh', not 'de'; did you mean 'en'?"),
        ("[screen]\nhidden = 'no'", "screen.hidden: must be true or false, not 'no'"),
        ("[upload]\nlimit_rate = 'fast'", "upload.limit_rate: must be a rate, as 500K, 10M or 1G, not 'fast'"),
        (
            "[upload]\nallowed_hosts = ['*.x']",
            "upload.allowed_hosts: must be host names, or endings as .example.com, not '*.x'",
        ),
        ("[upload]\nafter = true", "upload.after: must be text, not true"),
        (
            "[profiles.a]\nenv_id = 'a b'",
            "profiles.a.env_id: must be an environment ID: letters, digits and -, not 'a b'",
        ),
        (
            "[profiles.a]\ngateway = 'ftp://x'",
            "profiles.a.gateway: must be an address that begins with https://, not 'ftp://x'",
        ),
        (
            "[profiles.a]\nuser = '王'",
            "profiles.a.user: must be a user name: 2 to 48 letters, digits and - _ . : + @, not '王'",
        ),
        (
            "[profiles.a]\ntoken_file = 'x'\ntoken_command = 'y'",
            "profiles.a.token_command: there is a token_file as well; keep one of both",
        ),
        ("[network]\nhttps_prox = 'x'", "network.https_prox: unknown setting; did you mean 'https_proxy'?"),
        (
            "[network]\nhttps_proxy = 'proxy'",
            "network.https_proxy: must be an address, as http://proxy.example:3128, not 'proxy'",
        ),
        ("[keys]\n'run.start' = 5", 'keys.run.start: must be text, as "f5,ctrl+r", not 5'),
        ("keys = 'x'", "keys: must be a table"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert complaint(tmp_path, text) == said


@pytest.mark.parametrize("text", ["a = ", "[a", b"\xff\xfe", "a = 1\na = 2"])
def test_what_is_no_toml(tmp_path: Path, text: str | bytes) -> None:
    assert complaint(tmp_path, text).startswith("is not TOML: ")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(str(tmp_path))


def test_a_profile_that_is_not_there_and_those_that_are() -> None:
    known = Settings(profiles={"b": Profile(), "a": Profile()})
    assert known.profile(None) == Profile()
    with pytest.raises(SettingsError, match=r"no profile 'c' \(known: a, b\)"):
        known.profile("c")
    with pytest.raises(SettingsError, match="none is set up"):
        Settings().profile("c")


def test_defaults_obey_their_own_rules(tmp_path: Path) -> None:
    usual = Upload()
    text = f"[upload]\nparallel = {usual.parallel}\nbatch = {usual.batch}\nretries = {usual.retries}"
    assert load(written(tmp_path, text)).upload == usual
    assert os.path.exists(tmp_path / "settings.toml")


EXAMPLE = (Path(tui_uploader.__file__).parent / "example.toml").read_text("utf-8")


def test_the_example_is_right_as_it_stands_and_with_every_line_in_use(tmp_path: Path) -> None:
    assert load(written(tmp_path, EXAMPLE)) == Settings()
    in_use = re.sub(r"(?m)^# (?=\[|\"?[a-z_.]+\"? = )", "", EXAMPLE)
    known = load(written(tmp_path, in_use))
    assert set(known.profiles) == {"prod", "test", "team"}
    assert known.upload == Upload()
    assert known.told >= {f"screen.{one.name}" for one in dataclasses.fields(Screen)}
    assert known.told >= {f"upload.{one.name}" for one in dataclasses.fields(Upload)}
    told = {name for profile in known.profiles.values() for name in _given(profile)}
    assert told >= {one.name for one in dataclasses.fields(Profile)} - {"intl"}


def _given(profile: Profile) -> list[str]:
    return [one.name for one in dataclasses.fields(Profile) if getattr(profile, one.name)]
