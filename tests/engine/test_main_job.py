"""The main job of the engine against the emulator: everything stored right, everything refused named, counts add up."""

import hashlib
import os
from pathlib import Path

from tests.engine.conftest import Start, fill, plan
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Emulator, Options
from tui_uploader.model import events as ev
from tui_uploader.model.items import Stage


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file by its key."""
    found = {}
    for place, _, names in os.walk(bytes(folder)):
        for name in names:
            path = os.path.join(place, name)
            key = os.path.relpath(path, bytes(folder)).decode()
            with open(path, "rb") as file:
                found[key] = hashlib.sha256(file.read()).hexdigest()
    return found


def stored(cloud: Emulator) -> dict[str, str]:
    """The same of what the bucket holds."""
    return {key: one.sha256 for key, one in cloud.objects().items()}


def test_two_thousand_files_with_odd_names_arrive_byte_for_byte(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    for number in range(1990):
        place = folder / f"d{number % 7}" / f"e{number % 13}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.bin").write_bytes(os.urandom(number % 700))
    odd = [
        "100%",
        "a+b c.txt",
        "%2F",
        "x#y?z=1&k",
        "季度报告.docx",
        "back\\slash",
        "[bold]x",
        "'q'\"",
        "~tilde",
        "é-e\u0301",
    ]
    for name in odd:
        (folder / name).write_bytes(name.encode() * 3)
    run, cloud = start(folder)
    run.to_the_end()
    assert run.codes() == {}
    assert run.state.counts.done == 2000
    assert stored(cloud) == digests(folder)
    batches = cloud.batches()
    assert sum(batches) == 2000
    assert max(batches) == 10
    assert len(batches) <= 215  # groups of ten, but for the last ones


def test_refusals_are_named_once_each_and_neighbours_go_on(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 60)
    fill(folder / "secret", 45)
    broken = Fault("status", "info", ("f001*",), code="COS_ACTION_FAILED", message="broken")
    options = Options(refused=("secret/",), faults=(broken,))
    run, cloud = start(folder, options)
    run.to_the_end()
    codes = run.codes()
    assert {key for key, code in codes.items() if code == "STORAGE_EXCEED_AUTHORITY"} == {
        f"secret/f{n:04d}.txt" for n in range(45)
    }
    assert {key for key, code in codes.items() if code == "COS_ACTION_FAILED"} == {
        f"f{n:04d}.txt" for n in range(10, 20)
    }
    failed = [event.id for event in run.of(ev.ItemFailed) if isinstance(event, ev.ItemFailed)]
    assert len(failed) == len(set(failed)) == 55
    assert run.state.counts.done == 50 == len(cloud.objects())
    assert run.state.by_code == {"STORAGE_EXCEED_AUTHORITY": 45, "COS_ACTION_FAILED": 10}


def test_a_folder_that_the_bucket_denies_fails_alone_even_when_it_comes_first(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files" / "aa", 70)
    fill(tmp_path / "files" / "zz", 300)
    denied = Fault("status", "put", ("aa/*",), status=403, code="AccessDenied")
    run, cloud = start(folder.parent, Options(faults=(denied,)), parallel=8)
    run.to_the_end()
    assert run.state.stopped is None
    assert run.state.by_code == {"AccessDenied": 70}
    assert run.state.counts.done == 300 == len(cloud.objects())


def test_a_refused_folder_that_comes_last_fails_alone(start: Start, tmp_path: Path) -> None:
    fill(tmp_path / "files" / "aa", 12)
    fill(tmp_path / "files" / "zz", 45)
    slow = Fault("latency", "put", delay=60)
    run, _ = start(tmp_path / "files", Options(refused=("zz/",), faults=(slow,)), parallel=2)
    run.to_the_end()
    assert run.state.counts.done == 12
    assert run.state.counts.failed >= 20


def test_everything_refused_stops_after_twenty_with_the_rest_waiting(start: Start, tmp_path: Path) -> None:
    run, _ = start(fill(tmp_path / "files", 80), Options(refused=("",)))
    run.to_the_end()
    assert run.state.stopped is not None
    assert run.state.stopped.failure is not None
    assert run.state.stopped.failure.code == "STORAGE_EXCEED_AUTHORITY"
    assert run.state.counts.failed == 20
    assert run.state.counts.waiting == 60


def test_a_wrong_token_stops_the_run_and_fails_no_object(start: Start, tmp_path: Path) -> None:
    from tui_uploader.model.secret import Secret

    run, cloud = start(fill(tmp_path / "files", 30), token=Secret("wrong"))
    run.to_the_end()
    assert run.state.stopped is not None
    assert run.state.stopped.failure is not None
    assert run.state.stopped.failure.code == "INVALID_CREDENTIALS"
    assert run.state.counts.failed == 0
    assert run.state.counts.waiting == 30
    assert len(cloud.batches()) == 1


def test_a_batch_too_large_is_halved_and_remembered(start: Start, tmp_path: Path) -> None:
    run, cloud = start(fill(tmp_path / "files", 40), Options(batch_limit=3))
    run.to_the_end()
    assert run.state.counts.done == 40
    refused = [one for one in cloud.requests if one.kind == "info" and one.status == 403]
    assert 2 <= len(refused) <= 3  # 10, then 5
    assert max(len(one.keys) for one in cloud.requests if one.kind == "info" and one.status == 200) == 2


def test_parallel_uploads_stay_within_the_number_said(start: Start, tmp_path: Path) -> None:
    slow = Fault("latency", "put", delay=30)
    run, cloud = start(fill(tmp_path / "files", 40), Options(faults=(slow,)), parallel=3)
    run.to_the_end()
    assert cloud.cloud.most_putting == 3
    assert run.state.counts.done == 40


def test_content_type_and_extra_headers_are_signed_and_sent(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "page.html").write_text("<p>")
    run, cloud = start(folder, headers=(("cache-control", "max-age=60"),))
    run.to_the_end()
    assert cloud.objects()["page.html"].content_type == "text/html"


def test_skip_and_fail_leave_existing_objects_alone(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 3)
    run, cloud = start(folder)
    run.to_the_end()
    before = stored(cloud)
    (folder / "f0000.txt").write_text("newer")
    for policy, stage, count in (("skip", Stage.SKIPPED, 3), ("fail", Stage.FAILED, 3)):
        from tests.engine.conftest import Run
        from tui_uploader.engine.port import EngineOptions
        from tui_uploader.model.secret import Secret

        options = EngineOptions(cloud.gateway, cloud.env_id, Secret(cloud.token), if_exists=policy, patience=1.0)
        again = Run(options)
        again.engine.add(plan(folder))
        again.to_the_end()
        assert len(again.state.ids(stage)) == count
        assert stored(cloud) == before
        again.engine.close()


def test_pause_cancel_retry_and_resume(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 30)
    slow = Fault("latency", "put", delay=50)
    run, cloud = start(folder, Options(faults=(slow,), refused=("f0001",)), parallel=2, patience=None)
    run.until(lambda run: run.state.counts.done >= 2)
    run.engine.pause()
    run.until(lambda run: run.state.paused is not None and run.state.counts.active == 0)
    held = run.state.counts.done
    waiting = run.state.ids(Stage.WAITING)
    run.engine.cancel(waiting[-3:])
    run.until(lambda run: run.state.counts.cancelled == 3)
    assert run.state.counts.done == held
    run.engine.resume()
    run.to_the_end()
    assert run.state.counts.done == 26
    assert run.codes() == {"f0001.txt": "STORAGE_EXCEED_AUTHORITY"}
    cloud.cloud.refused.clear()
    run.engine.retry([*run.state.ids(Stage.FAILED), *run.state.ids(Stage.CANCELLED)])
    run.until(lambda run: run.state.counts.done == 30)
    assert stored(cloud) == digests(folder)
    assert not run.state.by_code


def test_cancelling_an_active_upload_leaves_no_object(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "big").write_bytes(os.urandom(30_000_000))
    run, cloud = start(folder, Options(limit=4_000_000))
    run.until(lambda run: run.state.bytes_moving > 0)
    run.engine.cancel([0])
    run.until(lambda run: run.state.counts.cancelled == 1)
    assert run.state.bytes_moving == 0
    run.engine.close()
    assert cloud.objects() == {}


def test_closing_in_the_middle_puts_active_items_back_to_waiting(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}").write_bytes(os.urandom(8_000_000))
    run, cloud = start(folder, Options(limit=4_000_000))
    run.until(lambda run: run.state.bytes_moving > 0)
    run.engine.close()
    run.drain()
    counts = run.state.counts
    assert counts.active == 0
    assert counts.waiting + counts.done == 6
    assert len(cloud.objects()) == counts.done
