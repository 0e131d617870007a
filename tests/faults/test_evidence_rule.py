"""The Evidence rule, a test for each of its sentences, through the code behind push and through the command."""

import random
import resource
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import QUICK, Start, fill, plan, start
from tests.faults import wire_tricks as trick
from tests.faults.ground import Ground
from tests.faults.table import rows
from tests.protocol.scripts import answer
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Options
from tui_uploader.engine import wake
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage
from tui_uploader.model.secret import Secret

__all__ = ["start"]
_REFUSED = Fault("status", "info", code="STORAGE_EXCEED_AUTHORITY")


@rows(23)
@pytest.mark.parametrize("parallel", ["1", "4", "32", "auto"])
@pytest.mark.parametrize("count", [25, 400])
def test_20_denied_objects_fail_after_fresh_info_and_the_others_wait(ground: Ground, parallel: str, count: int) -> None:
    ground.fill(count)
    cloud = ground.cloud(Fault("status", status=403, code="AccessDenied"))
    ended = ground.command("--parallel", parallel)
    assert (ended.code, ended.stop) == (3, "AccessDenied")
    assert (ended.summary["failed"], ended.summary["waiting"]) == (20, count - 20)
    assert {(event["attempts"], cloud.puts[event["key"]]) for event in ended.of("failed")} == {(2, 2)}
    assert max(cloud.puts.values()) == 2


@rows(26)
@pytest.mark.parametrize("parallel", [1, 32, 128])
def test_20_objects_fail_where_the_bucket_is_gone_however_many_were_under_way(ground: Ground, parallel: int) -> None:
    ground.fill(200)
    ground.cloud(Fault("status", status=404, code="NoSuchBucket"))
    ended = ground.push(parallel=parallel, batch=100, patience=60.0)
    assert (ended.code, ended.stop) == (3, "NoSuchBucket")
    assert (ended.summary["failed"], ended.summary["waiting"]) == (20, 180)


@rows(41)
@pytest.mark.parametrize("batch", [1, 7, 10, 100])
@pytest.mark.parametrize("count", [21, 400])
def test_refused_objects_are_20_failures_and_the_others_wait(ground: Ground, batch: int, count: int) -> None:
    ground.fill(count)
    ground.cloud(_REFUSED, batch_limit=batch)
    ended = ground.push(batch=batch, patience=60.0)
    assert (ended.code, ended.stop) == (3, "STORAGE_EXCEED_AUTHORITY")
    assert (ended.summary["failed"], ended.summary["waiting"]) == (20, count - 20)


@rows(23)
@pytest.mark.parametrize(("parallel", "batch"), [(1, 10), (32, 10), (128, 100)])
@pytest.mark.parametrize("place", ["a", "z"])
def test_a_folder_that_the_bucket_denies_stops_nobody(ground: Ground, place: str, parallel: int, batch: int) -> None:
    ground.fill(40, folder=place)
    ground.fill(60, folder="m")
    ground.cloud(Fault("status", keys=(f"{place}/*",), status=403, code="AccessDenied"), batch_limit=batch)
    ended = ground.push(parallel=parallel, batch=batch)
    assert (ended.code, ended.summary["done"], ended.summary["failed"]) == (1, 60, 40)


@rows(41)
def test_on_the_screen_a_probe_that_is_refused_again_fails_nobody(start: Start, tmp_path: Path) -> None:
    run, cloud = start(fill(tmp_path / "files", 60), Options(faults=(_REFUSED,)), patience=None)
    run.until(lambda run: run.state.paused is not None)
    asked = len([one for one in cloud.cloud.arrived if one.kind == "info"])
    run.until(lambda _: len([one for one in cloud.cloud.arrived if one.kind == "info"]) >= asked + 3)
    assert run.state.counts.failed == 20
    assert len(run.of(ev.RunPaused)) == 1
    cloud.cloud.script.lift("STORAGE_EXCEED_AUTHORITY")
    run.until(lambda run: run.state.counts.done == 40)


@pytest.mark.parametrize("where", [pytest.param("put", marks=rows(23)), pytest.param("info", marks=rows(41))])
@pytest.mark.parametrize("folder", ["", "logs"])
@pytest.mark.parametrize("parallel", [1, 32])
def test_20_in_a_row_pause_the_run_however_much_has_succeeded_before(
    ground: Ground, where: str, folder: str, parallel: int
) -> None:
    """Every success of what was under way begins the row anew."""
    ground.fill(300, folder=folder)
    ground.cloud(Fault("status", where, status=403, code="AccessDenied", after=150, per="all"))
    ended = ground.push(parallel=parallel, patience=60.0)
    assert (ended.code, ended.stop) == (3, "AccessDenied")
    assert 20 <= ended.summary["failed"] < 20 + max(20, 2 * parallel)
    assert ended.summary["done"] >= 100
    assert ended.summary["waiting"] > 0


@rows(41)
def test_while_something_is_being_sent_no_more_are_asked_for_than_can_decide(ground: Ground) -> None:
    ground.file("a.txt")
    ground.fill(300, folder="b")
    cloud = ground.cloud(
        Fault("latency", keys=("a.txt",), delay=400), Fault("status", "info", ("b/*",), code="STORAGE_EXCEED_AUTHORITY")
    )
    ended = ground.push(ground.files / "a.txt", ground.files / "b", parallel=8, clock=0.4)
    asked = [arrived for arrived in cloud.emulator.requests if arrived.kind == "info"]
    assert (ended.code, ended.stop, ended.summary["done"]) == (3, "STORAGE_EXCEED_AUTHORITY", 1)
    assert len(asked) <= 8  # of the 31 groups


@pytest.mark.parametrize("where", [pytest.param("put", marks=rows(23)), pytest.param("info", marks=rows(41))])
@pytest.mark.parametrize("parallel", [1, 8, 32])
def test_60_refused_of_300_that_lie_about_stop_nobody(ground: Ground, where: str, parallel: int) -> None:
    ground.fill(300)
    ground.cloud(Fault("status", where, ("*5.txt", "*7.txt"), status=403, code="AccessDenied"))
    ended = ground.push(parallel=parallel, patience=60.0)
    assert (ended.code, ended.summary["done"], ended.summary["failed"]) == (1, 240, 60)


@rows(41)
def test_30_refused_of_812_stop_nobody(ground: Ground) -> None:
    ground.fill(391, folder="a")
    ground.fill(30, folder="locked")
    ground.fill(391, folder="z")
    ground.cloud(Fault("status", "info", ("locked/*",), code="STORAGE_EXCEED_AUTHORITY"))
    ended = ground.command(clock=20.0)
    assert (ended.code, ended.summary["done"], ended.summary["failed"]) == (1, 782, 30)


@pytest.mark.parametrize("place", ["a", "z"])
def test_a_refused_folder_at_the_head_or_the_end_stops_nobody(ground: Ground, place: str) -> None:
    ground.fill(40, folder=place)
    ground.fill(60, folder="m")
    ground.cloud(Fault("status", "info", (f"{place}/*",), code="STORAGE_EXCEED_AUTHORITY"))
    ended = ground.push()
    assert (ended.code, ended.summary["done"], ended.summary["failed"]) == (1, 60, 40)


@pytest.mark.parametrize("status", [401, 402, 403, 423, 451])
def test_these_statuses_of_a_whole_call_end_a_push_at_once(ground: Ground, status: int) -> None:
    ground.fill(12)
    cloud = ground.raw(asks=[trick.says(answer(f"{status} No", b'{"code": "SOMETHING"}'))], for_ever=True)
    ended = ground.push(patience=60.0)
    assert (ended.code, ended.stop, ended.summary["waiting"], len(cloud.asked)) == (3, "SOMETHING", 12, 1)


@pytest.mark.parametrize("code", ["ACTION_FORBIDDEN", "INVALID_ENV", "INVALID_ENV_SOURCE", "INVALID_HOST"])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_these_codes_of_a_whole_call_end_a_push_at_once(ground: Ground, code: str, status: int) -> None:
    ground.fill(12)
    body = b'{"code": "%s", "message": "m"}' % code.encode()
    cloud = ground.raw(asks=[trick.says(answer(f"{status} X", body))], for_ever=True)
    ended = ground.push(patience=60.0)
    assert (ended.code, ended.stop, ended.summary["waiting"], len(cloud.asked)) == (3, code, 12, 1)


@rows(42)
def test_neither_a_batch_too_large_nor_a_rate_limit_is_everybodys(ground: Ground) -> None:
    ground.fill(40)
    slow = trick.says(answer("403 No", b'{"code": "EXCEED_RATELIMIT"}', "Retry-After: 0"))
    ground.raw(asks=[trick.says(answer("403 No", b'{"code": "OBJECT_BATCH_TOO_LARGE"}')), slow])
    assert ground.push(batch=40).summary["done"] == 40
    ground.cloud(batch_limit=3)
    assert ground.push(batch=40).summary["done"] == 40


@rows(1, 42)
def test_a_bucket_that_comes_back_is_found_by_a_probe_and_the_run_goes_on(ground: Ground) -> None:
    ground.fill(40)
    cloud = ground.cloud(Fault("html", times=9, per="all"))
    ended = ground.push(patience=30.0)
    assert (ended.code, ended.summary["done"]) == (0, 40)
    assert sum(text.startswith("RunPaused") for text in ended.reprs) == 1
    assert sum(text.startswith("RunResumed") and "by_probe=True" in text for text in ended.reprs) == 1
    assert max(cloud.puts.values()) <= 3


def test_a_probe_is_one_request_at_a_time(ground: Ground) -> None:
    ground.fill(40)
    cloud = ground.raw(asks=[trick.says(answer("503 No"))], for_ever=True)
    ended = ground.push(patience=1.0, retries=0)
    assert (ended.code, ended.stop) == (3, "HTTP_503")
    assert [len(keys) for keys in cloud.asked[1:]] == [1] * (len(cloud.asked) - 1)
    assert 4 <= len(cloud.asked) - 1 <= 6  # every 0.2 s of the 1 s


@rows(40)
def test_a_new_token_in_mid_run_lets_the_run_go_on_and_what_was_being_sent_ran_on(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 40)
    run, cloud = start(None, Options(faults=(Fault("latency", delay=600, keys=("f0000.txt",)),)), patience=None)
    run.engine.add(plan(folder)[:1])
    run.until(lambda run: run.state.stage(0) is Stage.UPLOADING if len(run.state) else False)
    cloud.cloud.expired_tokens.add(cloud.token)
    run.engine.add(plan(folder)[1:])
    run.until(lambda run: run.state.paused is not None)
    assert run.state.paused is not None
    assert run.state.paused.failure is not None
    assert run.state.paused.failure.code == "ACCESS_TOKEN_EXPIRED"
    run.until(lambda run: run.state.counts.done == 1)  # paused, and what was under way arrived
    fresh = "CANARY-fresh-token"
    cloud.cloud.token = fresh
    run.engine.set_token(Secret(fresh))
    run.engine.resume()
    run.until(lambda run: run.state.counts.done == 40)
    assert cloud.cloud.puts["f0000.txt"] == 1
    assert fresh not in repr(run.events)


@rows(18)
def test_after_a_sleep_pauses_are_over_and_upload_info_is_fresh(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = [0.0]
    monkeypatch.setattr(wake, "slept", lambda: asleep[0])
    folder = fill(tmp_path / "files", 6)
    busy = Fault("status", status=503, code="SlowDown", times=1, headers={"Retry-After": "100"})
    run, _ = start(folder, Options(faults=(busy,)), clocks=replace(QUICK, retry_after_cap=100.0))
    run.until(lambda run: len(run.of(ev.ItemRetrying)) == 6)
    asleep[0] += 59.0
    run.until(lambda run: True)
    asleep[0] += 61.0
    run.to_the_end()
    assert run.state.counts.done == 6
    assert any("slept for" in repr(event) for event in run.of(ev.Noted))


@rows(93)
def test_a_wall_clock_that_jumps_about_changes_nothing(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    real, dice = time.time, random.Random(93)
    monkeypatch.setattr(time, "time", lambda: real() + dice.choice((-86400.0, -3600.0, 0.0, 3600.0, 864000.0)))
    ground.fill(60)
    cloud = ground.cloud(Fault("status", status=500, code="InternalError", keys=("f00*",), times=1), clock=real)
    ended = ground.push()
    assert (ended.code, ended.summary["done"]) == (0, 60)
    assert ended.summary["seconds"] < 5
    assert sum(cloud.puts.values()) == 70


@rows(94)
def test_no_file_handle_left_is_this_machines_trouble_and_passes(ground: Ground) -> None:
    ground.fill(150)
    ground.cloud(Fault("latency", delay=20))

    def take_them_away(process: "subprocess.Popen[bytes]", line: bytes) -> None:
        if b'"total": null' in line or b'"total":null' in line:  # before any connection is opened
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (40, 40))

    ended = ground.command("--parallel", "60", "--patience", "20", clock=6.0, watched=take_them_away)
    assert (ended.code, ended.summary["done"]) == (0, 150)
    assert {code for _, code in ended.retried} == {"LOCAL_LIMIT"}


@rows(94)
def test_a_run_holds_no_more_descriptors_than_its_slots_need(ground: Ground) -> None:
    ground.fill(120)
    ground.cloud(Fault("latency", delay=20))
    before, most, over = len(list(Path("/proc/self/fd").iterdir())), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.005):
            most = max(most, len(list(Path("/proc/self/fd").iterdir())))

    watcher = threading.Thread(target=watch)
    watcher.start()
    ended = ground.push(parallel=16)
    over.set()
    watcher.join()
    assert ended.code == 0
    server = 16 + 16 + 4  # the emulator lives in this process: a socket and a file for each upload
    assert most - before <= 2 * 16 + 32 + server
