"""`push --check`: every object is asked for, nothing is sent, and what would be refused stands in its line."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.engine.conftest import QUICK, CloudThread, fill
from tui_uploader import push, push_check
from tui_uploader.console import JsonLines
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine import permissions
from tui_uploader.engine.planner import Planner, PlanOptions, start_of_argument
from tui_uploader.engine.port import EngineOptions
from tui_uploader.model.failures import Failure
from tui_uploader.model.secret import Secret


def options_for(cloud: CloudThread, **changes: object) -> EngineOptions:
    """Engine options for a cloud."""
    emulator = cloud.emulator
    values: dict[str, object] = {"token": Secret(emulator.token), "clocks": QUICK} | changes
    return EngineOptions(emulator.gateway, emulator.env_id, **values)  # type: ignore[arg-type]


def asked(options: EngineOptions, keys: list[str]) -> dict[str, Failure | None]:
    """What the service says of some keys."""

    async def ask() -> dict[str, Failure | None]:
        return {keys[at]: failure async for at, failure in permissions.check(options, [(key, 5) for key in keys])}

    return asyncio.run(ask())


def test_refusals_stand_in_their_lines_and_nothing_is_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = fill(tmp_path / "files", 30)
    fill(folder / "secret", 3)
    cloud = CloudThread(Options(data=str(tmp_path / "cloud"), refused=("up/secret/",)))
    try:
        planner = Planner(PlanOptions(prefix="up"))
        code = push_check.check(
            options_for(cloud), planner, [start_of_argument(bytes(folder) + b"/")], JsonLines()
        )  # fmt: skip
        assert code == push.SOME_FAILED
        assert cloud.emulator.objects() == {}
        assert {one.kind for one in cloud.emulator.requests} == {"info"}
    finally:
        cloud.close()
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    plans = [event for event in events if event["event"] == "plan"]
    refused = {event["key"]: event["code"] for event in plans if event["verdict"] == "refuse"}
    assert refused == dict.fromkeys((f"up/secret/f{n:04d}.txt" for n in range(3)), "STORAGE_EXCEED_AUTHORITY")
    assert [event["verdict"] for event in plans].count("upload") == 30
    assert (events[-1]["failed"], events[-1]["waiting"], events[-1]["done"]) == (3, 30, 0)


def test_nothing_refused_is_exit_code_zero(tmp_path: Path) -> None:
    cloud = CloudThread(Options(data=str(tmp_path / "cloud")))
    try:
        start = start_of_argument(bytes(fill(tmp_path / "files", 3)))
        assert push_check.check(options_for(cloud), Planner(PlanOptions()), [start], JsonLines()) == push.DONE
    finally:
        cloud.close()


def test_a_wrong_token_is_said_of_all_and_asked_a_few_times_only(tmp_path: Path) -> None:
    cloud = CloudThread(Options(data=str(tmp_path / "cloud")))
    try:
        found = asked(options_for(cloud, token=Secret("wrong")), [f"k{n}" for n in range(2000)])
        assert len(found) == 2000
        assert all(failure is not None for failure in found.values())
        assert len(cloud.emulator.requests) <= 16
    finally:
        cloud.close()


def test_a_call_that_fails_for_a_while_is_tried_again(tmp_path: Path) -> None:
    busy = Fault("status", "info", status=503, times=1, whole=True, per="all")
    cloud = CloudThread(Options(data=str(tmp_path / "cloud"), faults=(busy,)))
    try:
        assert set(asked(options_for(cloud), [f"k{n}" for n in range(25)]).values()) == {None}
    finally:
        cloud.close()


def test_entries_that_belong_to_nobody_are_asked_for_singly(tmp_path: Path) -> None:
    foreign = Fault("extra", "info", times=1, per="all")
    missing = Fault("null_entry", "info", ("k3",), times=1)
    cloud = CloudThread(Options(data=str(tmp_path / "cloud"), faults=(foreign, missing)))
    try:
        assert set(asked(options_for(cloud), [f"k{n}" for n in range(10)]).values()) == {None}
    finally:
        cloud.close()


def test_a_service_that_cannot_be_reached_is_not_asked_a_thousand_times() -> None:
    calls: list[object] = []

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(writer)
        writer.transport.abort()

    async def ask() -> list[Failure | None]:
        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        options = EngineOptions(f"http://127.0.0.1:{port}", "env-1", token=Secret("t"), clocks=QUICK)
        async with server:
            return [failure async for _, failure in permissions.check(options, [(f"k{n}", 1) for n in range(10_000)])]

    found = asyncio.run(ask())
    assert len(found) == 10_000
    assert {failure.code for failure in found if failure is not None} <= {"NET_RESET", "NET_CLOSED", "NO_ANSWER"}
    assert None not in found
    assert len(calls) < 200  # and not each of a thousand calls, and its further tries
