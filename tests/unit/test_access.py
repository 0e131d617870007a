"""Who and where: option, then environment, then profile; and a token that nobody else can read."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui_uploader import places
from tui_uploader.access import (
    HOST,
    INTL_HOST,
    CannotStart,
    Given,
    UsageProblem,
    find_token,
    locate,
    read_private,
    resolve,
)
from tui_uploader.visitors import shell_of


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of this machine's own environment or settings."""
    for name in list(os.environ):
        if name.startswith("TUI_UPLOADER_") or name.upper() in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", str(tmp_path))


@pytest.fixture
def token(tmp_path: Path) -> str:
    return secret_file(tmp_path / "token", "tok-file\n")


def secret_file(path: Path, text: str = "tok", mode: int = 0o600) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def profile(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text)


def test_the_gateway_is_made_from_the_environment_id(token: str) -> None:
    access = resolve(Given(env_id="env-1", token_file=token))
    assert (access.gateway, access.env_id, access.token.reveal()) == (f"https://env-1.{HOST}", "env-1", "tok-file")
    assert resolve(Given(env_id="env-1", token_file=token, intl=True)).gateway == f"https://env-1.{INTL_HOST}"
    assert (access.proxy, access.no_proxy, access.ca_file) == (None, "", None)


def test_option_goes_before_environment_before_profile(
    tmp_path: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile(
        tmp_path,
        f"""default_profile = "p"
        [profiles.p]
        env_id = "of-profile"
        gateway = "https://profile.example/"
        ca_file = "/p.pem"
        token_file = "{secret_file(tmp_path / "p-token", "tok-profile")}"
        [profiles.q]
        env_id = "of-q"
        """,
    )
    access = resolve(Given())
    assert (access.env_id, access.gateway, access.ca_file) == ("of-profile", "https://profile.example", "/p.pem")
    assert access.token.reveal() == "tok-profile"
    monkeypatch.setenv("TUI_UPLOADER_ENV_ID", "of-environment")
    monkeypatch.setenv("TUI_UPLOADER_GATEWAY", "https://environment.example")
    monkeypatch.setenv("TUI_UPLOADER_CA_FILE", "/e.pem")
    monkeypatch.setenv("TUI_UPLOADER_TOKEN", "tok-environment")
    access = resolve(Given())
    assert (access.env_id, access.gateway) == ("of-environment", "https://environment.example")
    assert (access.ca_file, access.token.reveal()) == ("/e.pem", "tok-environment")
    access = resolve(Given(env_id="of-option", gateway="https://option.example", ca_file="/o.pem", token_file=token))
    assert (access.env_id, access.gateway) == ("of-option", "https://option.example")
    assert (access.ca_file, access.token.reveal()) == ("/o.pem", "tok-file")
    monkeypatch.delenv("TUI_UPLOADER_ENV_ID")
    monkeypatch.setenv("TUI_UPLOADER_PROFILE", "q")
    assert resolve(Given(token_file=token)).env_id == "of-q"
    assert resolve(Given(profile="p", token_file=token)).env_id == "of-profile"


@pytest.mark.parametrize(
    ("gateway", "env_id"),
    [
        ("https://env-9.api.example", "env-9"),
        ("http://127.0.0.1:80", "127.0.0.1"),
        ("http://[::1]:80", "::1"),
        ("http://localhost:1/", "localhost"),
    ],
)
def test_a_gateway_alone_names_the_environment(token: str, gateway: str, env_id: str) -> None:
    access = resolve(Given(gateway=gateway, token_file=token))
    assert (access.gateway, access.env_id) == (gateway.rstrip("/"), env_id)


def test_what_is_missing_or_wrong_is_usage(tmp_path: Path, token: str) -> None:
    with pytest.raises(UsageProblem, match="which environment"):
        resolve(Given(token_file=token))
    for odd in ("a/b", "a.b", "-a", "a b", "a" * 64, "a\n"):
        with pytest.raises(UsageProblem, match="no environment ID has"):
            resolve(Given(env_id=odd, token_file=token))
    with pytest.raises(UsageProblem, match="no profile 'x'"):
        resolve(Given(profile="x", env_id="e", token_file=token))
    profile(tmp_path, "[uplaod]")
    with pytest.raises(UsageProblem, match="did you mean 'upload'"):
        resolve(Given(env_id="e", token_file=token))


def test_only_the_https_proxy_counts(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://no:1")
    given = Given(env_id="e", token_file=token)
    assert resolve(given).proxy is None
    monkeypatch.setenv("https_proxy", "http://yes:2")
    monkeypatch.setenv("NO_PROXY", "x.example")
    assert (resolve(given).proxy, resolve(given).no_proxy) == ("http://yes:2", "x.example")


# --- the token


def test_the_order_of_tokens(tmp_path: Path, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of_profile = secret_file(tmp_path / "p", "of-profile")
    assert find_token(None, of_profile).reveal() == "of-profile"
    monkeypatch.setenv("TUI_UPLOADER_TOKEN", "of-environment")
    assert find_token(None, of_profile).reveal() == "of-environment"
    monkeypatch.setenv("TUI_UPLOADER_TOKEN", "of-environment")
    monkeypatch.setenv("TUI_UPLOADER_TOKEN_FILE", secret_file(tmp_path / "e", "of-environment-file"))
    assert find_token(None, of_profile).reveal() == "of-environment-file"
    assert find_token(token, of_profile).reveal() == "tok-file"


def test_the_token_leaves_the_environment_whether_it_was_used_or_not(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_UPLOADER_TOKEN", "secret-1")
    find_token(token, "")
    assert "TUI_UPLOADER_TOKEN" not in os.environ
    monkeypatch.setenv("TUI_UPLOADER_TOKEN", "secret-2")
    find_token(None, "")
    shown = subprocess.run([sys.executable, "-c", "import os; print(os.environ)"], capture_output=True, check=True)
    assert b"secret-2" not in shown.stdout


@pytest.mark.parametrize("text", ["", "\n", "two words", "a\nb", "é", "a\x1b", "Bearer x"])
def test_what_is_no_token(tmp_path: Path, text: str) -> None:
    with pytest.raises(CannotStart) as raised:
        find_token(secret_file(tmp_path / "t", text), "")
    assert raised.value.code == "MISSING_CREDENTIALS"
    assert not text.strip() or text not in str(raised.value)


def test_no_token_at_all_says_how_to_give_one() -> None:
    with pytest.raises(CannotStart, match="--token-file"):
        find_token(None, "")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610])
def test_a_token_file_that_others_may_read(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path / "t", "tok", mode)
    with pytest.raises(CannotStart, match=f"chmod 600 {path}"):
        read_private(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_token_file_of_ones_own(tmp_path: Path, mode: int) -> None:
    assert read_private(secret_file(tmp_path / "t", "tok", mode)) == "tok"


def test_of_a_link_the_target_is_checked(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(secret_file(tmp_path / "closed", "tok"))
    assert read_private(str(link)) == "tok"
    link.unlink()
    link.symlink_to(secret_file(tmp_path / "open", "tok", 0o644))
    with pytest.raises(CannotStart, match="others may read"):
        read_private(str(link))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_token_file_of_somebody_else(tmp_path: Path) -> None:
    path = secret_file(tmp_path / "t", "tok")
    os.chown(path, 65534, 65534)
    with pytest.raises(CannotStart, match="belongs to another user"):
        read_private(path)


def test_a_token_file_that_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(CannotStart, match="not a regular file"):
        read_private(str(tmp_path / "pipe"))
    for path in (tmp_path, tmp_path / "none", "nul\0byte"):
        with pytest.raises(CannotStart, match="cannot be read"):
            read_private(str(path))


# --- places


def test_places_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_UPLOADER_CONFIG_DIR", "/c")
    monkeypatch.setenv("TUI_UPLOADER_STATE_DIR", "/s")
    assert (places.settings_file(), places.state_dir()) == ("/c/settings.toml", "/s")
    monkeypatch.delenv("TUI_UPLOADER_CONFIG_DIR")
    monkeypatch.delenv("TUI_UPLOADER_STATE_DIR")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/xc")
    monkeypatch.setenv("XDG_STATE_HOME", "/xs")
    assert (places.config_dir(), places.state_dir()) == ("/xc/tui-uploader", "/xs/tui-uploader")


@pytest.mark.parametrize("name", ["TUI_UPLOADER", "XDG"])
def test_what_only_a_variable_says_of_folders_stands_in_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for variable in ("TUI_UPLOADER_CONFIG_DIR", "TUI_UPLOADER_STATE_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    assert (places.named_state(), places.named_config(), places.state_words()) == ("", "", "")
    monkeypatch.setenv("XDG_STATE_HOME", os.path.expanduser("~/.local/state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", os.path.expanduser("~/.config"))
    assert (places.named_state(), places.named_config()) == ("", "")
    state, config = (
        ("XDG_STATE_HOME", "XDG_CONFIG_HOME") if name == "XDG" else (f"{name}_STATE_DIR", f"{name}_CONFIG_DIR")
    )
    monkeypatch.setenv(state, str(tmp_path / "a\x1bb"))
    monkeypatch.setenv(config, str(tmp_path / "config"))
    assert (places.named_state(), places.named_config()) == (places.state_dir(), places.config_dir())
    assert places.state_words().startswith(" --state-dir ")
    assert "\x1b" not in places.state_words()
    words = shell_of(locate(Given(env_id="env-1")), {}, demo=False)
    assert (*words.service,)[-2:] == ("--state-dir", places.state_dir())
    assert [*words.variables] == [("TUI_UPLOADER_CONFIG_DIR", places.config_dir())]


def test_folders_are_made_for_us_alone(tmp_path: Path) -> None:
    made = places.make_private(str(tmp_path / "a" / "b"))
    assert stat.S_IMODE(os.stat(made).st_mode) == 0o700
    assert places.make_private(made) == made
    (tmp_path / "link").symlink_to(made)
    with pytest.raises(PermissionError):
        places.make_private(str(tmp_path / "link"))
