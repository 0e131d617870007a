"""Row 40: a token that is over, before the run and in the middle of it."""

import pytest

from tests.faults import wire_tricks as trick
from tests.faults.ground import Ground
from tests.faults.table import rows
from tests.protocol.scripts import answer


@rows(40)
@pytest.mark.parametrize("how", ["command", "push"])
def test_a_token_that_is_over_ends_a_push_at_once_with_everything_waiting(ground: Ground, how: str) -> None:
    ground.fill(12)
    cloud = ground.cloud()
    cloud.emulator.cloud.expired_tokens.add(cloud.token)
    ended = ground.command() if how == "command" else ground.push(patience=60.0)
    assert (ended.code, ended.stop, ended.summary["waiting"]) == (3, "ACCESS_TOKEN_EXPIRED", 12)


@rows(40)
def test_what_was_being_sent_when_a_token_ended_runs_on_and_is_counted(ground: Ground) -> None:
    ground.file("a.bin", 1_500_000)
    ground.fill(30, folder="b")
    over = trick.says(answer("401 No", b'{"code": "ACCESS_TOKEN_EXPIRED"}'))
    cloud = ground.raw(asks=[], receive_buffer=8192)
    cloud.meet("a.bin", [trick.slow(100_000, 0.05, cloud.store)])
    cloud.ask_with([cloud.give, *[over] * 50])
    ended = ground.command("--parallel", "2", clock=1.0)
    assert (ended.code, ended.stop) == (3, "ACCESS_TOKEN_EXPIRED")
    assert "a.bin" in {event["key"] for event in ended.of("done")}
    assert (cloud.puts["a.bin"], ended.summary["waiting"]) == (1, 31 - ended.summary["done"])


@rows(40)
def test_what_does_not_end_soon_holds_up_no_ending(ground: Ground) -> None:
    ground.file("a.bin", 1_500_000)
    ground.fill(30, folder="b")
    over = trick.says(answer("401 No", b'{"code": "ACCESS_TOKEN_EXPIRED"}'))
    cloud = ground.raw({"a.bin": [trick.deaf()]}, receive_buffer=8192)
    cloud.ask_with([cloud.give, *[over] * 50])
    ended = ground.command("--parallel", "2", "--clocks", "stalled=30")
    assert (ended.code, ended.stop) == (3, "ACCESS_TOKEN_EXPIRED")
    assert "a.bin" not in cloud.held()
