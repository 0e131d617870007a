"""Everyday faults, driven through the real engine: retried by their class, named by their code, nothing claimed."""

import os
from pathlib import Path

import pytest

from tests.engine.conftest import Run, Start, fill
from tui_uploader.emulator.script import Fault
from tui_uploader.emulator.server import Emulator, Options
from tui_uploader.model import events as ev


def retries(run: Run) -> list[str]:
    """The codes of the attempts that were retried."""
    return [event.failure.code for event in run.of(ev.ItemRetrying) if isinstance(event, ev.ItemRetrying)]


def agree(run: Run, cloud: Emulator) -> None:
    """What is claimed done is stored whole, and the counts add up."""
    counts = run.state.counts
    assert (
        counts.total == counts.done + counts.failed + counts.skipped + counts.cancelled + counts.waiting + counts.active
    )
    for item_id in range(len(run.state)):
        row = run.state.row(item_id)
        if row.receipt is not None:
            one = cloud.objects()[row.key]
            assert (one.size, str(one.crc64)) == (row.size, row.receipt.crc64 or str(one.crc64))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("status", status=500, code="InternalError", times=1), "InternalError"),
        (Fault("status", status=502, times=1), "HTTP_502"),
        (Fault("status", status=503, code="SlowDown", times=2), "SlowDown"),
        (Fault("status", status=429, times=1, headers={"Retry-After": "0"}), "HTTP_429"),
        (Fault("reset", times=1), "NET_RESET"),
        (Fault("close", times=1), "NET_CLOSED"),
        (Fault("stall", times=1), "NET_STALLED"),
        (Fault("no_answer", times=1), "NO_ANSWER"),
        (Fault("lost_answer", times=1), "NO_ANSWER"),
        (Fault("drop", times=1), "NO_ANSWER"),
        (Fault("cut_head", times=1), "BAD_ANSWER"),
        (Fault("garbage", times=1), "BAD_ANSWER"),
        (Fault("big_head", times=1), "BAD_ANSWER"),
        (Fault("endless", times=1), "BAD_ANSWER"),
        (Fault("drip", times=1), "NO_ANSWER"),
        (Fault("expired", times=1), "AccessDenied"),
        (Fault("wrong_crc", times=2), "CHECKSUM"),
        (Fault("corrupt", times=1), "CHECKSUM"),
        (Fault("no_digests", times=1), "UNVERIFIED"),
        (Fault("no_request_id", times=1), "NOT_COS"),
        (Fault("html", times=1), "NOT_COS"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value,
)
def test_a_passing_fault_is_retried_and_the_object_arrives(
    start: Start, tmp_path: Path, fault: Fault, code: str
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "big").write_bytes(os.urandom(24_000_000 if fault.kind in ("reset", "close", "stall") else 300_000))
    (folder / "neighbour").write_bytes(b"fine")
    fault.keys = ("big",)
    run, cloud = start(folder, Options(faults=(fault,)))
    run.to_the_end()
    assert run.codes() == {}
    assert set(retries(run)) == {code}
    assert run.state.counts.done == 2
    assert cloud.cloud.puts["neighbour"] == 1
    agree(run, cloud)


@pytest.mark.parametrize(
    ("fault", "code", "puts"),
    [
        (Fault("status", status=500, code="InternalError"), "InternalError", 5),
        (Fault("status", status=404, code="NoSuchBucket"), "NoSuchBucket", 1),
        (Fault("status", status=403, code="AccessDenied"), "AccessDenied", 2),
        (Fault("status", status=400, code="BadDigest"), "BadDigest", 2),
        (Fault("early", status=403, code="AccessDenied"), "AccessDenied", 2),
        (Fault("redirect", status=307), "REDIRECT", 1),
        (Fault("redirect", status=301), "REDIRECT", 1),
        (Fault("wrong_crc"), "CHECKSUM", 3),
        (Fault("wrong_etag"), "CHECKSUM", 3),
        (Fault("no_digests"), "UNVERIFIED", 2),
        (Fault("status", status=204), "BAD_ANSWER", 5),
    ],
    ids=lambda value: f"{value.kind}{value.status}" if isinstance(value, Fault) else str(value),
)
def test_a_lasting_fault_fails_under_its_code_and_claims_nothing(
    start: Start, tmp_path: Path, fault: Fault, code: str, puts: int
) -> None:
    folder = fill(tmp_path / "files", 12, 100_000)
    fault.keys = ("f0003.txt",)
    run, cloud = start(folder, Options(faults=(fault,)))
    run.to_the_end()
    assert run.codes() == {"f0003.txt": code}
    assert cloud.cloud.puts["f0003.txt"] == puts
    assert run.state.counts.done == 11
    agree(run, cloud)


def test_a_bucket_without_crc_is_verified_by_md5_and_remembered(start: Start, tmp_path: Path) -> None:
    run, cloud = start(fill(tmp_path / "files", 20, 5000), Options(faults=(Fault("no_crc"),)))
    run.to_the_end()
    assert run.state.counts.done == 20
    digests = {run.state.row(item_id).receipt.digest for item_id in range(20)}  # type: ignore[union-attr]
    assert digests == {"md5"}
    agree(run, cloud)


@pytest.mark.parametrize("kind", ["cut", "reorder", "duplicate", "extra", "bom"])
def test_a_gateway_that_answers_oddly_never_mixes_objects_up(start: Start, tmp_path: Path, kind: str) -> None:
    odd = Fault(kind, "info", ("f0004.txt",), times=1)
    run, cloud = start(fill(tmp_path / "files", 25, 400), Options(faults=(odd,), refused=("f0007",)))
    run.to_the_end()
    assert run.codes() == {"f0007.txt": "STORAGE_EXCEED_AUTHORITY"}
    assert run.state.counts.done == 24
    for key, one in cloud.objects().items():
        with open(one.file, "rb") as file, open(tmp_path / "files" / key, "rb") as source:
            assert file.read() == source.read()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("null_entry", "BAD_ANSWER"),
        ("wrong_type", "BAD_ANSWER"),
        ("missing_field", "BAD_ANSWER"),
        ("crlf_token", "BAD_ANSWER"),
    ],
)
def test_one_bad_entry_fails_one_object(start: Start, tmp_path: Path, kind: str, code: str) -> None:
    odd = Fault(kind, "info", ("f0004.txt",))
    run, cloud = start(fill(tmp_path / "files", 25), Options(faults=(odd,)))
    run.to_the_end()
    assert run.codes() == {"f0004.txt": code}
    assert run.state.counts.done == 24
    agree(run, cloud)


@pytest.mark.parametrize("kind", ["foreign_url", "http_url", "wrong_key_url"])
def test_a_link_of_a_stranger_gets_nothing_and_stops_the_queue(start: Start, tmp_path: Path, kind: str) -> None:
    odd = Fault(kind, "info", ("f0004.txt",))
    run, cloud = start(fill(tmp_path / "files", 25), Options(faults=(odd,)))
    run.to_the_end()
    assert run.state.stopped is not None
    assert run.codes()["f0004.txt"] in ("FOREIGN_URL", "INSECURE_URL")
    assert "f0004.txt" not in cloud.objects()
    agree(run, cloud)


@pytest.mark.parametrize(
    "kind", ["not_json", "empty", "truncated_json", "nan", "deep", "huge", "html", "reset", "drop"]
)
def test_a_broken_gateway_answer_is_asked_again_and_is_nobodys_failure(start: Start, tmp_path: Path, kind: str) -> None:
    odd = Fault(kind, "info", ("f0004.txt",), times=1)
    run, cloud = start(fill(tmp_path / "files", 25), Options(faults=(odd,)))
    run.to_the_end()
    assert run.codes() == {}
    assert run.state.counts.done == 25
    agree(run, cloud)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", "info", status=500, code="SYS_ERR", whole=True),
        Fault("not_json", "info"),
        Fault("redirect", "info", status=302),
        Fault("status", "info", status=403, code="ACTION_FORBIDDEN", whole=True),
        Fault("object_code_200", "info", code="INVALID_ENV"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.code}",
)
def test_a_gateway_that_stays_broken_stops_the_run_with_everything_waiting(
    start: Start, tmp_path: Path, fault: Fault
) -> None:
    run, cloud = start(fill(tmp_path / "files", 25), Options(faults=(fault,)))
    run.to_the_end()
    assert run.state.stopped is not None
    assert run.state.counts.waiting == 25
    assert run.state.counts.failed == 0
    assert cloud.objects() == {}


def test_upload_info_that_is_nearly_over_is_minted_again(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 12)
    run, cloud = start(folder, Options(faults=(Fault("expired", "info", ("f0001.txt",), times=1),)))
    run.to_the_end()
    assert run.state.counts.done == 12
    assert retries(run) == []  # it was never sent with what was over
    assert cloud.cloud.puts["f0001.txt"] == 1


def test_a_network_that_is_down_pauses_the_screen_and_ends_a_push(start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "files", 25)
    run, _ = start(None, gateway="http://127.0.0.1:9", patience=None)
    from tests.engine.conftest import plan

    run.engine.add(plan(folder))
    run.until(lambda run: run.state.paused is not None)
    assert run.state.paused is not None
    assert run.state.paused.failure is not None
    assert run.state.paused.failure.code == "NET_REFUSED"
    assert run.state.counts.waiting == 25
    ended, _ = start(folder, gateway="http://127.0.0.1:9", patience=0.5)
    ended.to_the_end()
    assert ended.state.stopped is not None
    assert ended.state.counts.waiting == 25
