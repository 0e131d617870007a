"""Rows 19-35: what the bucket answers."""

from tests.faults.ground import Ground
from tests.faults.table import AFFECTED, Case, ever, once, table


@table(
    Case(19, "500 once", once("status", status=500, code="InternalError"), met=("InternalError",), tries=2),
    Case(19, "500 for ever", ever("status", status=500, code="InternalError"), "InternalError", tries=5),
    Case(31, "neither ETag nor CRC", ever("no_digests"), "UNVERIFIED", met=("UNVERIFIED",), tries=2),
)
def test_one_object_meets_it_and_its_neighbours_do_not(ground: Ground, case: Case) -> None:
    ground.fill(12, case.size)
    cloud = ground.cloud(case.fault)
    ended = ground.push(clock=case.clock, **case.options)
    assert ended.failed == ({AFFECTED: case.code} if case.code else {})
    assert ended.summary["done"] == 12 - len(ended.failed)
    assert case.tries in (None, cloud.puts[AFFECTED])
    if case.met is not None:
        assert ended.retried == [(AFFECTED, code) for code in case.met]
    assert {count for key, count in cloud.puts.items() if key != AFFECTED} == {1}
