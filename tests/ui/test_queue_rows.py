"""QueueRows against plain sorting, and at a size where sorting would be felt."""

import time
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.ui.widgets.queue_rows import BLOCK, TALL, Group, QueueRows

GROUPS = st.integers(0, len(Group) - 1)


@given(
    st.lists(st.lists(GROUPS, max_size=40), max_size=4),
    st.lists(st.tuples(st.integers(0, 200), GROUPS), max_size=60),
    st.booleans(),
)
def test_rows_stand_as_sorting_would_put_them(
    arrivals: list[list[int]], moves: list[tuple[int, int]], tall: bool
) -> None:
    rows, model = QueueRows(tall=tall), list[int]()
    for groups in arrivals:
        rows.extend(groups)
        model += groups
    for item_id, group in moves:
        if item_id < len(model):
            assert rows.move(item_id, group) == (model[item_id] != group)
            model[item_id] = group
    order = sorted(range(len(model)), key=lambda item_id: (model[item_id], item_id))
    assert [rows.at(row) for row in range(len(order))] == order
    assert [rows.row_of(item_id) for item_id in order] == list(range(len(order)))
    for start in range(0, len(order), 7):
        assert list(rows.walk(start)) == order[start:]
    lines = [(row, part) for row, item_id in enumerate(order) for part in range(rows.height(item_id))]
    assert rows.line_count == len(lines)
    assert [rows.row_at_line(line) for line in range(len(lines))] == lines
    assert all(lines[rows.line_of(item_id)] == (row, 0) for row, item_id in enumerate(order))
    assert all((rows.height(item_id) == 2) == (tall and model[item_id] in TALL) for item_id in order)


def test_blocks_are_crossed() -> None:
    rows = QueueRows()
    rows.extend([Group.WAITING] * (BLOCK * 3 + 5))
    rows.move(BLOCK * 2, Group.FAILED)
    assert rows.at(0) == BLOCK * 2
    assert rows.at(1) == 0
    assert rows.at(BLOCK * 2 + 1) == BLOCK * 2 + 1
    assert rows.row_of(BLOCK * 3) == BLOCK * 3


def test_a_million_rows_open_and_move_at_once() -> None:
    rows = QueueRows(tall=True)
    began = time.perf_counter()
    rows.extend(bytes([Group.WAITING]) * 1_000_000)
    for item_id in range(0, 1_000_000, 1000):
        rows.move(item_id, Group.DONE)
        rows.at(500_000)
        rows.row_of(999_999)
    assert list(islice(rows.walk(999_000), 3)) == [0, 1000, 2000]
    assert time.perf_counter() - began < 2.0
