"""Picked and the ticks of the queue against sets."""

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.picked import Picked, both, either, less, where
from tui_uploader.ui.widgets.queue_ticks import QueueTicks

IDS = st.frozensets(st.integers(0, 40), max_size=20)


def mask(ids: frozenset[int], length: int) -> bytes:
    """A mask at least that long."""
    return bytes(at in ids for at in range(max([length, *(one + 1 for one in ids)])))


@given(IDS, IDS, st.integers(0, 30), st.integers(0, 30))
def test_masks_do_what_sets_do_whatever_their_lengths(one: frozenset[int], two: frozenset[int], a: int, b: int) -> None:
    first, second = mask(one, a), mask(two, b)
    assert {*Picked(both(first, second))} == one & two
    assert {*Picked(either(first, second))} == one | two
    assert {*Picked(less(first, second))} == one - two
    picked = Picked(first)
    assert len(picked) == len(one)
    assert [*picked] == sorted(one)
    assert [picked[at] for at in range(len(one))] == sorted(one)
    assert picked[1:3] == sorted(one)[1:3]
    assert {at for at in range(50) if at in picked} == one
    assert {*picked.within(second)} == one & two
    assert {*picked.without(second)} == one - two


def test_a_column_is_asked_for_values() -> None:
    assert where(bytearray((4, 0, 5, 4)), 4, 5) == bytes((1, 0, 1, 1))


@given(st.lists(st.integers(0, 20) | IDS, max_size=12), IDS)
def test_ticks_are_a_set(steps: list[int | frozenset[int]], gone: frozenset[int]) -> None:
    ticks, known = QueueTicks(), set[int]()
    for step in steps:
        if isinstance(step, int):
            ticks.turn(step)
            known ^= {step}
        else:
            ticks.turn_all(Picked(mask(step, 0)))
            known = known - step if step <= known else known | step
        assert (len(ticks), bool(ticks), {*ticks.picked}) == (len(known), bool(known), known)
        assert {at for at in range(50) if at in ticks} == known
    ticks.drop(Picked(mask(gone, 0)))
    assert {*ticks.picked} == known - gone
    ticks.drop([3, 77])
    assert {*ticks.picked} == known - gone - {3}
    ticks.clear()
    assert not ticks
