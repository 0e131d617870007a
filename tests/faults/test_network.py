"""Rows 1-18: the network, and answers that are cut, late or none."""

from tests.faults.ground import Ground
from tests.faults.servers import Raw
from tests.faults.table import AFFECTED, Case, table
from tests.protocol.hostile import Asked, Peer


async def resets(peer: Peer, asked: Asked) -> bool:
    """RST after a part of the body."""
    await peer.body(asked, 100_000)
    peer.reset()
    return False


@table(Case(5, "reset in mid body", [resets], met=("NET_RESET",), tries=2, size=8_000_000))
def test_one_object_meets_it_once_and_arrives(ground: Ground, case: Case) -> None:
    cloud = stage(ground, case)
    ended = ground.push(clock=case.clock, **case.options)
    assert (ended.code, ended.summary["done"], cloud.puts[AFFECTED]) == (0, 12, case.tries)
    assert ended.retried == [(AFFECTED, code) for code in case.met or ()]


def stage(ground: Ground, case: Case, for_ever: bool = False) -> Raw:
    """Twelve files, one of which meets the case on a raw cloud."""
    ground.fill(12)
    ground.file(AFFECTED, case.size)
    return ground.raw({AFFECTED: case.fault}, receive_buffer=8192, for_ever=for_ever)


def test_the_real_command_meets_a_reset_and_goes_on(ground: Ground) -> None:
    cloud = stage(ground, Case(5, "", [resets], size=8_000_000))
    ended = ground.command()
    assert (ended.code, ended.summary["done"], cloud.puts[AFFECTED]) == (0, 12, 2)
