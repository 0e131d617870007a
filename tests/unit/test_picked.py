"""Picked and the ticks of the queue against sets."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.id_set import IdSet
from tui_uploader.model.picked import Picked, both, either, less, where
from tui_uploader.ui.widgets.queue_rows import QueueRows, Shape
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
    ticks, rows, known = QueueTicks(), QueueRows(), set[int]()
    rows.arrange([Shape(1, 0)] * 3, bytes(at % 3 for at in range(50)))
    for step in steps:
        if isinstance(step, int):
            ticks.turn(step, rows)
            known ^= {step}
        else:
            ticks.turn_all(Picked(mask(step, 0)))
            known = known - step if step <= known else known | step
        assert (len(ticks), bool(ticks), {*ticks.picked}) == (len(known), bool(known), known)
        assert {at for at in range(50) if at in ticks} == known
        assert [ticks.count(group, rows) for group in range(3)] == [sum(at % 3 == g for at in known) for g in range(3)]
    ticks.drop(Picked(mask(gone, 0)))
    assert {*ticks.picked} == known - gone
    ticks.drop([3, 77])
    assert {*ticks.picked} == known - gone - {3}
    ticks.clear()
    assert not ticks


@given(st.lists(st.tuples(st.sampled_from(["update", "difference_update", "discard", "clear"]), IDS), max_size=12))
def test_an_id_set_is_a_set(steps: list[tuple[str, frozenset[int]]]) -> None:
    ours, known = IdSet(), set[int]()
    for what, ids in steps:
        for one in (ours, known):
            if what == "clear":
                one.clear()
            elif what == "discard":
                one.discard(min(ids, default=99))
            else:
                getattr(one, what)(ids)
        assert (len(ours), [*ours], {*ours.picked}) == (len(known), sorted(known), known)
        assert {at for at in range(-1, 50) if at in ours} == known


def test_ticks_are_counted_once_for_a_page_of_headings_and_not_again_for_one_more_tick() -> None:
    class Counting(QueueRows):
        """Rows that note how often all of them were looked through."""

        looks = 0

        def groups_of(self, mask: bytes) -> bytes:
            self.looks += 1
            return super().groups_of(mask)

    ticks, rows = QueueTicks(), Counting()
    rows.arrange([Shape(1, 0)] * 40, bytes(at % 40 for at in range(4000)))
    ticks.turn_all(Picked(bytes((1, 1, 0, 0)) * 1000))
    for at in range(10):  # ten paints, and a row is ticked between them
        assert sum(ticks.count(group, rows) for group in range(40)) == 2000 + at
        ticks.turn(at * 4 + 2, rows)
    assert rows.looks == 1
    assert rows.move(2, 7)
    assert [ticks.count(group, rows) for group in (2, 7)] == [ticks.picked.mask[2::40].count(1) - 1, 1]
    assert rows.looks == 2


def test_a_million_ids_grow_by_a_byte_each() -> None:
    """A set of numbers is copied whole when it grows: that held a key for 0.15 s while a million rows were paused."""
    ours = IdSet()
    ours.update(range(1_000_000))
    assert (len(ours), len(ours.picked.mask)) == (1_000_000, 1_000_000)
    tracemalloc.start()
    try:
        ours.update(range(1_000_000, 1_000_100))
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
