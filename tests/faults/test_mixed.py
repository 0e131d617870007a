"""Faults that the table does not name: many kinds at once, at the first and at the last object, on both sides."""

import random

import pytest

from tests.faults import wire_tricks as trick
from tests.faults.ground import Ground
from tests.faults.table import covered
from tests.protocol.scripts import answer
from tui_uploader.emulator.script import Fault

_PASSING = [
    ("status", {"status": 500, "code": "InternalError"}), ("status", {"status": 503, "code": "SlowDown"}),
    ("status", {"status": 403, "code": "AccessDenied"}), ("reset", {}), ("close", {}), ("no_answer", {}), ("drop", {}),
    ("lost_answer", {}), ("wrong_crc", {}), ("corrupt", {}), ("no_digests", {}), ("cut_head", {}), ("cut_body", {}),
    ("drip", {}), ("garbage", {}), ("big_head", {}), ("endless", {}), ("html", {}), ("expired", {}), ("early", {}),
]  # fmt: skip
_ASKED = ["null_entry", "missing_field", "crlf_token", "cut", "reorder", "duplicate", "extra", "not_json", "reset"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_objects_with_five_in_a_hundred_in_trouble(ground: Ground, seed: int) -> None:
    dice = random.Random(seed)
    ground.fill(1000)
    keys = [f"f{number:03d}.txt" for number in range(1000)]
    faults = []
    for key in dice.sample(keys, 50):
        if dice.random() < 0.7:
            kind, more = dice.choice(_PASSING)
            faults.append(Fault(kind, "put", (key,), times=1, **more))  # type: ignore[arg-type]
        else:
            faults.append(Fault(dice.choice(_ASKED), "info", (key,), times=1))
    lost = dice.sample(keys, 10)
    faults = [fault for fault in faults if fault.keys[0] not in lost]
    faults += [Fault("status", "put", (key,), status=404, code="NoSuchUpload") for key in lost]
    cloud = ground.cloud(*faults)
    ended = ground.push(clock=10.0, patience=30.0)
    assert ended.failed == dict.fromkeys(lost, "NoSuchUpload")
    assert (ended.code, ended.summary["done"]) == (1, 990)
    assert max(cloud.puts.values()) <= 3


@pytest.mark.parametrize("key", ["f000.txt", "f039.txt"])
@pytest.mark.parametrize("kind", ["no_answer", "cut_head", "reset", "html", "wrong_crc", "garbage"])
def test_the_first_and_the_last_object(ground: Ground, key: str, kind: str) -> None:
    ground.fill(40)
    ground.cloud(Fault(kind, "put", (key,)))
    ended = ground.push(clock=3.0)
    assert (ended.code, list(ended.failed), ended.summary["done"]) == (1, [key], 39)


@pytest.mark.parametrize("seed", [4, 5])
def test_a_different_trouble_at_each_try_of_each_object(ground: Ground, seed: int) -> None:
    dice = random.Random(seed)
    ground.fill(30)
    tricks = [
        trick.says(answer("500 Oops", trick.XML % b"InternalError"), close=False), trick.closes(), trick.closes(10),
        trick.says(b"HTTP/1.1 200 OK\r\nETag"), trick.says(b"nonsense\r\n\r\n"), trick.silent, trick.resets(10),
        trick.says(answer("408 Slow", b"")), trick.says(answer("200 OK", b"", "x-cos-request-id: r1")),
    ]  # fmt: skip
    ground.raw({f"f{number:03d}.txt": [dice.choice(tricks) for _ in range(2)] for number in range(30)})
    ended = ground.push(clock=5.0, patience=30.0)
    assert ended.summary["done"] + ended.summary["failed"] == 30
    assert set(ended.failed.values()) <= {"BAD_ANSWER", "UNVERIFIED"}  # what two of a kind use up


def test_a_gateway_and_a_bucket_that_are_ill_at_once(ground: Ground) -> None:
    ground.fill(120)
    ground.cloud(
        Fault("status", "info", keys=("*9.txt",), code="STORAGE_EXCEED_AUTHORITY"),
        Fault("status", "info", status=500, code="SYS_ERR", whole=True, times=3, per="all"),
        Fault("reorder", "info", times=40, per="all"),
        Fault("status", "put", status=503, code="SlowDown", times=1, keys=("*5.txt",)),
        Fault("close", "put", times=1, keys=("*7.txt",)),
    )
    ended = ground.push(patience=30.0)
    assert (ended.code, ended.summary["done"], ended.summary["failed"]) == (1, 108, 12)


def test_the_readme_says_how_many_rows_the_suite_covers() -> None:
    import pathlib

    said = pathlib.Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
    assert f"covers {len(covered())} of the 103 rows" in said
