"""`doctor` against the real things: a pty or none, real folders and files, gateways, certificates, clocks, tmux."""

import base64
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import CloudThread
from tests.terminal.conftest import PROGRAM
from tests.terminal.pty_screen import Terminal
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options

Cloud = Callable[..., CloudThread]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    opened: list[CloudThread] = []

    def begin(**options: Any) -> CloudThread:
        opened.append(CloudThread(Options(data=str(tmp_path / f"cloud{len(opened)}"), **options)))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


class Doctor:
    """Runs it as a process; `words` are its options."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self.folder = folder

    def token(self, text: str, mode: int = 0o600) -> str:
        path = self.folder / "token"
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def __call__(self, *words: str, **variables: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """The exit code and the findings by name."""
        ended = subprocess.run(
            [*PROGRAM, "doctor", "--json", *words],
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert ended.stderr == b""
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        assert lines[-1]["event"] == "summary"
        found = {line["name"]: line for line in lines[:-1]}
        assert all(line["mend"] for line in found.values() if line["state"] == "mend")
        assert ended.returncode == (1 if any(line["state"] == "mend" for line in found.values()) else 0)
        return ended.returncode, found


@pytest.fixture
def doctor(environment: dict[str, str], tmp_path: Path) -> Doctor:
    return Doctor(environment, tmp_path)


def states(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: line["state"] for name, line in found.items()}


def test_in_a_good_terminal_with_a_good_token_all_is_well(
    environment: dict[str, str], doctor: Doctor, cloud: Cloud
) -> None:
    emulator = cloud().emulator
    service = ["--gateway", emulator.gateway, "--env-id", emulator.env_id, "--token-file", doctor.token(emulator.token)]
    with Terminal([*PROGRAM, "doctor", *service], environment, columns=120) as terminal:
        terminal.wait("all is well")
        assert terminal.wait_end() == 0
    for name in ("terminal", "locale", "config", "state", "settings", "token", "gateway", "credentials", "clock"):
        assert f"ok    {name} " in terminal.raw.decode()
    assert emulator.token.encode() not in terminal.raw
    assert not emulator.objects()


def test_without_a_terminal(doctor: Doctor) -> None:
    code, found = doctor("--env-id", "x")
    assert code == 1
    assert found["terminal"]["state"] == "mend"
    assert "standard input and error" in found["terminal"]["found"]
    assert "push" in found["terminal"]["mend"]


@pytest.mark.parametrize(
    ("changes", "columns", "rows", "name", "said"),
    [
        ({"TERM": "dumb"}, 80, 24, "terminal", "TERM is dumb"),
        ({}, 39, 24, "terminal", "enlarge it to 40x10"),
        ({}, 80, 9, "terminal", "enlarge it to 40x10"),
        ({"LANG": "C"}, 80, 24, "locale", "not UTF-8"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, 80, 24, "locale", "export LANG=C.UTF-8"),
    ],
)
def test_a_terminal_or_locale_that_is_not_well(
    environment: dict[str, str], changes: dict[str, str], columns: int, rows: int, name: str, said: str
) -> None:
    command = [*PROGRAM, "doctor", "--gateway", "http://127.0.0.1:9"]
    with Terminal(command, environment | changes, columns=columns, rows=rows) as terminal:
        assert terminal.wait_end() == 1
    shown = terminal.raw.decode()
    assert f"MEND  {name} " in shown
    assert said in shown


@pytest.mark.parametrize("variable", ["TUI_UPLOADER_CONFIG_DIR", "TUI_UPLOADER_STATE_DIR"])
@pytest.mark.parametrize("kind", ["file", "link", "below a file", "open to others"])
def test_a_folder_that_cannot_be_used(doctor: Doctor, tmp_path: Path, variable: str, kind: str) -> None:
    place = tmp_path / "place"
    if kind == "link":
        (tmp_path / "other").mkdir()
        place.symlink_to(tmp_path / "other")
    elif kind == "open to others":
        place.mkdir()
        place.chmod(0o777)
    else:
        place.touch()
    folder = str(place / "deeper") if kind == "below a file" else str(place)
    _, found = doctor("--env-id", "x", **{variable: folder})
    line = found["config" if "CONFIG" in variable else "state"]
    assert line["state"] == "mend"
    assert variable in line["mend"] or "chmod go-w" in line["mend"]


@pytest.mark.skipif(not os.path.isdir("/proc/1"), reason="needs /proc, where nobody can write")
def test_a_folder_that_nobody_can_write_to(doctor: Doctor) -> None:
    _, found = doctor("--env-id", "x", TUI_UPLOADER_STATE_DIR="/proc/1/net/state")
    assert found["state"]["state"] == "mend"


def test_settings_that_are_wrong(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[uplaod]\n")
    _, found = doctor("--env-id", "x", TUI_UPLOADER_CONFIG_DIR=str(tmp_path))
    assert found["settings"]["state"] == "mend"
    assert "did you mean 'upload'" in found["settings"]["found"]


def test_a_token_file_that_is_too_open_says_how_to_close_it_and_the_gateway_is_looked_at_all_the_same(
    doctor: Doctor, cloud: Cloud
) -> None:
    path = doctor.token("tok", 0o644)
    _, found = doctor("--gateway", cloud().emulator.gateway, "--token-file", path)
    assert (found["token"]["state"], found["token"]["mend"]) == ("mend", f"chmod 600 {path}")
    assert (found["gateway"]["state"], found["credentials"]["state"]) == ("ok", "unknown")


def test_no_token_at_all(doctor: Doctor) -> None:
    _, found = doctor("--gateway", "http://127.0.0.1:9")
    assert "no access token" in found["token"]["found"]


def test_a_token_that_is_over_by_its_own_word(doctor: Doctor) -> None:
    body = base64.urlsafe_b64encode(json.dumps({"exp": time.time() - 5}).encode()).decode().rstrip("=")
    _, found = doctor("--gateway", "http://127.0.0.1:9", "--token-file", doctor.token(f"e30.{body}.x"))
    assert (found["token"]["state"], "over" in found["token"]["found"]) == ("mend", True)


def test_a_gateway_that_is_not_there(doctor: Doctor) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        gateway = f"http://127.0.0.1:{busy.getsockname()[1]}"
        _, found = doctor("--gateway", gateway, "--token-file", doctor.token("tok"))
    assert found["gateway"]["state"] == "mend"
    assert "NET_REFUSED" in found["gateway"]["found"]
    assert {found["credentials"]["state"], found["clock"]["state"]} == {"unknown"}


def test_a_gateway_whose_name_nobody_knows(doctor: Doctor) -> None:
    _, found = doctor("--gateway", "https://no-such-host.invalid", "--token-file", doctor.token("tok"))
    assert "NET_DNS" in found["gateway"]["found"]


def test_ctrl_c_while_it_waits_is_no_finding(environment: dict[str, str]) -> None:
    """Exit code 1 would say that something is to be mended."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        words = ["--env-id", "emu-1", "--gateway", f"http://127.0.0.1:{silent.getsockname()[1]}"]
        process = subprocess.Popen(
            [*PROGRAM, "doctor", *words], env=environment | {"TUI_UPLOADER_TOKEN": "t" * 20},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=30)[1]
    assert (process.returncode, said) == (130, b"")


def test_an_address_that_cannot_be_used(doctor: Doctor) -> None:
    _, found = doctor("--gateway", "http://example.com", "--token-file", doctor.token("tok"))
    assert "INSECURE_URL" in found["gateway"]["found"]
    _, found = doctor("--env-id", "a/b", "--token-file", doctor.token("tok"))
    assert "no environment ID" in found["settings"]["found"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_a_certificate_that_nobody_vouches_for(doctor: Doctor, tmp_path: Path, cloud: Cloud) -> None:
    pem = str(tmp_path / "both.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-keyout", pem + ".key", "-out", pem, "-days", "2", "-subj", "/CN=x", "-addext"]
        + ["subjectAltName=IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, pem + ".key")
    emulator = cloud(context=context).emulator
    service = ["--gateway", emulator.gateway, "--token-file", doctor.token(emulator.token)]
    _, found = doctor(*service)
    assert (found["gateway"]["state"], found["tls"]["state"]) == ("ok", "mend")
    assert "self-signed" in found["tls"]["found"]
    assert "--ca-file" in found["tls"]["mend"]
    _, found = doctor(*service, "--ca-file", pem)
    assert states(found)["tls"] == states(found)["credentials"] == "ok"
    _, found = doctor(*service, "--ca-file", str(tmp_path / "none"))
    assert "cannot be used" in found["tls"]["found"]


def test_a_token_that_is_refused(doctor: Doctor, cloud: Cloud) -> None:
    _, found = doctor("--gateway", cloud().emulator.gateway, "--token-file", doctor.token("CANARY-other"))
    assert (found["gateway"]["state"], found["credentials"]["state"]) == ("ok", "mend")
    assert "token" in found["credentials"]["mend"]
    assert "CANARY" not in json.dumps(found)


@pytest.mark.parametrize(
    ("offset", "state", "way"),
    [(300.0, "mend", "behind"), (-300.0, "mend", "ahead of"), (30.0, "ok", "within"), (0.0, "ok", "within")],
)
def test_a_clock_that_is_off(doctor: Doctor, cloud: Cloud, offset: float, state: str, way: str) -> None:
    emulator = cloud(clock=lambda: time.time() + offset).emulator
    _, found = doctor("--gateway", emulator.gateway, "--token-file", doctor.token(emulator.token))
    assert found["clock"]["state"] == state
    assert way in found["clock"]["found"]


def test_an_answer_that_leaves_the_object_out_is_an_answer_and_its_date_tells_of_the_clock(
    doctor: Doctor, cloud: Cloud
) -> None:
    emulator = cloud(clock=lambda: time.time() + 600.0, faults=(Fault("cut", "info"),)).emulator
    _, found = doctor("--gateway", emulator.gateway, "--token-file", doctor.token(emulator.token))
    assert (found["gateway"]["state"], found["clock"]["state"]) == ("ok", "mend")
    assert "NO_UPLOAD_INFO" in found["credentials"]["found"]
    assert "press R" not in str(found["credentials"]["mend"])


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed here")
@pytest.mark.parametrize(("setting", "state"), [("external", "mend"), ("off", "mend"), ("on", "ok")])
def test_what_tmux_does_with_a_copy(
    doctor: Doctor, environment: dict[str, str], tmp_path: Path, setting: str, state: str
) -> None:
    server = ["tmux", "-S", str(tmp_path / "t.sock"), "-f", "/dev/null"]
    subprocess.run([*server, "new-session", "-d", "sleep 60"], env=environment, check=True)
    try:
        subprocess.run([*server, "set", "-s", "set-clipboard", setting], env=environment, check=True)
        _, found = doctor("--env-id", "x", TMUX=f"{tmp_path / 't.sock'},1,0")
    finally:
        subprocess.run([*server, "kill-server"], env=environment, check=True)
    assert found["clipboard"]["state"] == state
    assert f"set-clipboard {setting}" in found["clipboard"]["found"]
    assert "allow-passthrough" in found["clipboard"]["found"]
    assert "set-clipboard on" in (found["clipboard"]["mend"] or "set-clipboard on")


def test_a_tmux_that_is_gone(doctor: Doctor, tmp_path: Path) -> None:
    _, found = doctor("--env-id", "x", TMUX=f"{tmp_path / 'none'},1,0")
    assert found["clipboard"]["state"] == "unknown"


def test_a_logout_is_spoken_of(doctor: Doctor) -> None:
    _, found = doctor("--env-id", "x")
    assert "KillUserProcesses=" in found["logout"]["found"]
    assert "lingering o" in found["logout"]["found"]


def test_a_wrong_option_is_usage(environment: dict[str, str]) -> None:
    ended = subprocess.run([*PROGRAM, "doctor", "--no-such"], env=environment, capture_output=True, check=False)
    assert ended.returncode == 2
