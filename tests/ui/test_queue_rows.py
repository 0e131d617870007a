"""QueueRows against plain sorting, and at a size where sorting would be felt."""

import time
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.order import Order
from tui_uploader.ui.widgets.queue_rows import BLOCK, HIDDEN, QueueRows, Shape

SHAPES = st.lists(st.builds(Shape, st.integers(0, 2), st.integers(0, 2)), min_size=5, max_size=5)
GROUPS = st.sampled_from([0, 1, 2, 3, 4, HIDDEN])


@given(
    SHAPES,
    st.lists(st.lists(GROUPS, max_size=40), max_size=4),
    st.lists(st.tuples(st.integers(0, 200), GROUPS), max_size=60),
    st.lists(st.tuples(st.integers(0, 39), st.none() | st.integers(0, 39)), max_size=5),
)
def test_rows_stand_as_sorting_would_put_them(
    shapes: list[Shape],
    arrivals: list[list[int]],
    moves: list[tuple[int, int]],
    swaps: list[tuple[int, int | None]],
) -> None:
    order = Order()
    rows, model = QueueRows(order), list[int]()
    rows.arrange(shapes, [])
    for groups in arrivals:
        rows.extend(groups)
        model += groups
    for item_id, before in swaps:
        if item_id < len(model) and (before or 0) < len(model) and item_id != before:
            for changed in order.move([item_id], before):
                rows.move(changed, model[changed])
    for item_id, group in moves:
        if item_id < len(model):
            assert rows.move(item_id, group) == (model[item_id] != group)
            model[item_id] = group
    wanted: list[int] = []
    for group, shape in enumerate(shapes):
        members = sorted((one for one in range(len(model)) if model[one] == group), key=order.place)
        assert rows.members(group) == members
        assert [*rows.picked(group)] == sorted(members)
        wanted += [-1 - group] if shape.head and members else []
        wanted += members if shape.item else []
    assert len(rows) == len(wanted)
    assert [rows.at(index) for index in range(len(wanted))] == wanted
    assert [rows.index_of(row) for row in wanted] == list(range(len(wanted)))
    assert all(rows.shown(row) for row in wanted)
    for start in range(0, len(wanted), 7):
        assert list(rows.walk(start)) == wanted[start:]
    lines = [(index, part) for index, row in enumerate(wanted) for part in range(rows.height(row))]
    assert rows.line_count == len(lines)
    assert [rows.row_at_line(line) for line in range(len(lines))] == lines
    assert all(lines[rows.line_of(row)] == (index, 0) for index, row in enumerate(wanted))


def test_blocks_are_crossed() -> None:
    rows = QueueRows()
    rows.arrange([Shape(), Shape()], bytes([1]) * (BLOCK * 3 + 5))
    rows.move(BLOCK * 2, 0)
    assert rows.at(0) == BLOCK * 2
    assert rows.at(1) == 0
    assert rows.at(BLOCK * 2 + 1) == BLOCK * 2 + 1
    assert rows.index_of(BLOCK * 3) == BLOCK * 3


def test_a_million_rows_open_and_move_at_once() -> None:
    rows = QueueRows()
    began = time.perf_counter()
    rows.arrange([Shape(1, 2), Shape()], bytes(1_000_000))
    for item_id in range(0, 1_000_000, 1000):
        rows.move(item_id, 1)
        rows.at(500_000)
        rows.index_of(999_999)
    assert list(islice(rows.walk(999_001), 3)) == [0, 1000, 2000]
    assert time.perf_counter() - began < 2.0
