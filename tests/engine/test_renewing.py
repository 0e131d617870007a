"""A token that ends in mid-run is renewed by the engine itself: headless, in a worker that nobody looks at, or not."""

import json
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import QUICK, CloudThread, Start, fill, plan
from tests.terminal.conftest import environment
from tests.terminal.ground import PROGRAM
from tui_uploader import renewal
from tui_uploader.credentials import find, forget, keep_tokens
from tui_uploader.emulator.server import Emulator, Options
from tui_uploader.engine.engine import Engine
from tui_uploader.engine.home import Home
from tui_uploader.engine.port import EngineOptions, Renewal
from tui_uploader.engine.remote import RemotePort, open_job
from tui_uploader.model import events as ev
from tui_uploader.model.queue import QueueState
from tui_uploader.model.secret import Secret
from tui_uploader.protocol.signin import SignIn, Tokens

__all__ = ["environment"]
USERS = (("ops", "right-horse"),)
PATIENCE = 30.0


@pytest.fixture
def machine(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a program of this machine; this process has the same folders."""
    for name in ("CONFIG_DIR", "STATE_DIR"):
        environment[f"TUI_UPLOADER_{name}"] = str(tmp_path / name.lower())
        monkeypatch.setenv(f"TUI_UPLOADER_{name}", environment[f"TUI_UPLOADER_{name}"])
    environment["TUI_UPLOADER_WORKER_IDLE"] = "0.3"
    monkeypatch.setenv("TUI_UPLOADER_WORKER_IDLE", "0.3")
    return environment


@pytest.fixture
def cloud() -> Iterator[CloudThread]:
    thread = CloudThread(Options(users=USERS, limit=400_000))
    yield thread
    thread.close()


def sign_in(emulator: Emulator) -> Tokens:
    """Sign in, and keep it under the environment's name as `login` does."""
    door = SignIn(emulator.gateway, emulator.env_id)
    tokens = door.with_password("ops", Secret("right-horse"))
    assert isinstance(tokens, Tokens)
    keep_tokens(emulator.env_id, door, "ops", tokens)
    return tokens


def service(emulator: Emulator) -> list[str]:
    """The service options of a command."""
    return ["--env-id", emulator.env_id, "--gateway", emulator.gateway]


@contextmanager
def pushing(words: list[str], machine: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A `push` that has one object done."""
    with subprocess.Popen(
        [*PROGRAM, *words, "--json", "--batch", "1", "--parallel", "1"],
        env=machine,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line)["event"] == "done":
                break
        yield child


def the_end(child: "subprocess.Popen[str]") -> tuple[int, list[dict[str, object]]]:
    """The exit code and the events that were still to come."""
    assert child.stdout is not None
    events = [json.loads(line) for line in child.stdout]
    return child.wait(PATIENCE), events


def test_push_with_a_sign_in_goes_on_when_its_token_ends(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    tokens = sign_in(emulator)
    with pushing(["push", f"{files}/", *service(emulator)], machine) as child:
        emulator.cloud.accounts.expire()
        code, events = the_end(child)
    assert (code, events[-1]["done"]) == (0, 12)
    assert emulator.cloud.accounts.renewals == 1
    kept = find(emulator.env_id)
    assert kept is not None
    assert kept.access != tokens.access


def test_two_pushes_whose_token_ends_at_once_renew_it_once(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    sign_in(emulator)
    command = ["push", f"{files}/", *service(emulator)]
    with pushing([*command, "--prefix", "a"], machine) as one, pushing([*command, "--prefix", "b"], machine) as other:
        emulator.cloud.accounts.expire()
        ends = [the_end(one), the_end(other)]
    assert [(code, events[-1]["done"]) for code, events in ends] == [(0, 12), (0, 12)]
    assert emulator.cloud.accounts.renewals == 1


def test_push_ends_with_3_when_the_sign_in_is_revoked_and_resume_goes_on_after_another(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    sign_in(emulator)
    with pushing(["push", f"{files}/", *service(emulator)], machine) as child:
        emulator.cloud.accounts.revoke("ops")
        code, events = the_end(child)
        assert child.stderr is not None
        said = child.stderr.read()
    assert code == 3
    assert [event["code"] for event in events if event["event"] == "stopped"] == ["ACCESS_TOKEN_EXPIRED"]
    assert "REFRESH_TOKEN_EXHAUSTED" in said
    assert "sign in again" in said
    sign_in(emulator)
    words = [*PROGRAM, "resume", "--json", *service(emulator)]
    done = subprocess.run(words, env=machine, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(emulator.cloud.objects.all()) == 12


def command_file(path: Path, emulator: Emulator) -> Path:
    """A program that prints the token which the test has written beside it."""
    path.write_text(f"#!/bin/sh\nexec cat {path}.token\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (path.parent / f"{path.name}.token").write_text(emulator.token)
    return path


def test_push_with_a_token_command_asks_it_again(cloud: CloudThread, machine: dict[str, str], tmp_path: Path) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    tokens = sign_in(emulator)
    forget(emulator.env_id)
    command = command_file(tmp_path / "token-of-vault", emulator)
    token = Path(f"{command}.token")
    token.write_text(tokens.access.reveal())
    config = Path(machine["TUI_UPLOADER_CONFIG_DIR"])
    config.mkdir(exist_ok=True)
    (config / "settings.toml").write_text(
        f'default_profile = "p"\n[profiles.p]\nenv_id = "{emulator.env_id}"\ngateway = "{emulator.gateway}"\n'
        f'token_command = "{command}"\n'
    )
    with pushing(["push", f"{files}/"], machine) as child:
        token.write_text(emulator.token)
        emulator.cloud.accounts.expire()
        code, events = the_end(child)
    assert (code, events[-1]["done"]) == (0, 12)


def test_a_token_file_is_read_again_and_the_same_token_ends_the_run(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    first = sign_in(emulator)
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(first.access.reveal())
    command = ["push", f"{files}/", *service(emulator), "--token-file", str(file)]
    with pushing([*command, "--prefix", "a"], machine) as child:
        file.write_text(emulator.token)
        emulator.cloud.accounts.expire()
        code, events = the_end(child)
    assert (code, events[-1]["done"]) == (0, 12)
    file.write_text(sign_in(emulator).access.reveal())
    with pushing([*command, "--prefix", "b"], machine) as child:
        emulator.cloud.accounts.expire()
        code, events = the_end(child)
    assert code == 3
    assert emulator.cloud.accounts.renewals == 0  # the sign-in that is kept is another way in, and nobody asked for it


def test_a_token_from_the_environment_is_nobody_elses(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    tokens = sign_in(emulator)
    environment = machine | {"TUI_UPLOADER_TOKEN": tokens.access.reveal()}
    with pushing(["push", f"{files}/", *service(emulator)], environment) as child:
        emulator.cloud.accounts.expire()
        code, _ = the_end(child)
    assert code == 3
    assert emulator.cloud.accounts.renewals == 0


# --- the worker


class View:
    """A port and the state that its events make."""

    def __init__(self, port: RemotePort) -> None:
        self.port, self.state, self.said = port, QueueState(), list[str]()

    def until(self, what: object, patience: float = PATIENCE) -> None:
        """Apply events until `what` holds."""
        end = time.monotonic() + patience
        while not what(self):  # type: ignore[operator]
            for event in self.port.drain():
                self.state.apply(event)
                if isinstance(event, ev.Noted):
                    self.said.append(event.text)
            assert time.monotonic() < end, f"never came about: {self.state.counts} {self.said} {self.state.paused}"
            self.port.wait(0.1)


def worker_options(emulator: Emulator, token: Secret, renewal: Renewal) -> EngineOptions:
    """What a screen asks for."""
    return EngineOptions(emulator.gateway, emulator.env_id, token, parallel=1, batch=1, renewal=renewal)


def kept_in(machine: dict[str, str], emulator: Emulator) -> Renewal:
    """The way of a sign-in that is kept."""
    return Renewal(sign_in=emulator.env_id, config=machine["TUI_UPLOADER_CONFIG_DIR"])


def test_a_worker_that_nobody_looks_at_renews_its_token_by_itself(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    options = worker_options(emulator, sign_in(emulator).access, kept_in(machine, emulator))
    view = View(open_job(Home.make(emulator.env_id), options))
    view.port.add(plan(files))
    view.until(lambda view: view.state.counts.done > 0)
    view.port.close()
    emulator.cloud.accounts.expire()
    end = time.monotonic() + PATIENCE
    while len(emulator.cloud.objects.all()) < 12:
        assert time.monotonic() < end, emulator.cloud.accounts
        view.port.wait(0.05)
    assert emulator.cloud.accounts.renewals == 1
    written = [path for path in Path(machine["TUI_UPLOADER_STATE_DIR"]).rglob("*") if path.is_file()]
    log = "".join(path.read_text("utf-8", "replace") for path in written)
    kept = find(emulator.env_id)
    assert kept is not None
    assert "the access token is renewed" in log
    assert kept.access.reveal() not in log
    assert options.token.reveal() not in log


def test_a_token_that_is_replaced_through_a_real_worker_works_and_is_renewed_in_its_turn(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 16, 40_000)
    first = sign_in(emulator)
    view = View(open_job(Home.make(emulator.env_id), worker_options(emulator, first.access, Renewal())))
    view.port.add(plan(files))
    view.until(lambda view: view.state.counts.done > 0)
    emulator.cloud.accounts.expire()
    view.until(lambda view: view.state.paused is not None)
    view.port.set_token(sign_in(emulator).access, kept_in(machine, emulator))
    view.port.resume()
    before = view.state.counts.done
    view.until(lambda view: view.state.counts.done > before + 2)
    emulator.cloud.accounts.expire()
    view.until(lambda view: view.state.counts.done == 16)
    assert emulator.cloud.accounts.renewals == 1
    view.port.close()


def test_after_a_renewal_that_failed_the_run_pauses_and_a_sign_in_elsewhere_is_found(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path, start: Start
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 12, 40_000)
    run, _ = start(
        None, gateway=emulator.gateway, env_id=emulator.env_id, patience=None, token=sign_in(emulator).access
    )
    run.engine.close()
    options = worker_options(emulator, sign_in(emulator).access, kept_in(machine, emulator))
    asked = list[bool]()

    def renew(options: EngineOptions, refused: Secret, look: bool) -> Secret | None:
        asked.append(look)
        return renewal.ask(options, refused, look)

    run.engine = Engine(replace(options, clocks=QUICK), None, renew)
    run.engine.add(plan(files))
    emulator.cloud.accounts.revoke("ops")
    run.until(lambda run: run.state.paused is not None)
    run.until(lambda _: True in asked)
    sign_in(emulator)
    run.to_the_end()
    assert run.state.counts.done == 12
    assert asked[0] is False
    assert all(asked[1:])


@pytest.mark.parametrize("parallel", [1, 8])
def test_a_renewed_token_that_is_refused_as_well_ends_the_run_after_one_renewal(
    cloud: CloudThread, machine: dict[str, str], tmp_path: Path, start: Start, parallel: int
) -> None:
    emulator, files = cloud.emulator, fill(tmp_path / "files", 40, 100)
    asked = list[bool]()

    def renew(options: EngineOptions, refused: Secret, look: bool) -> Secret | None:
        asked.append(look)
        return Secret(f"never-given-{len(asked)}")

    run, _ = start(None)
    run.engine.close()
    options = replace(worker_options(emulator, Secret("wrong"), kept_in(machine, emulator)), parallel=parallel)
    run.engine = Engine(replace(options, clocks=QUICK, patience=1.0), None, renew)
    run.engine.add(plan(files))
    run.to_the_end()
    assert run.state.stopped is not None
    assert run.state.counts.failed == 0
    assert asked == [False]
