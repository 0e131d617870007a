"""NameTable is a dict, however many names it has; and none of its tables becomes one that takes long to grow."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tui_uploader.ui.widgets import name_table
from tui_uploader.ui.widgets.name_table import FEW, NameTable
from tui_uploader.ui.widgets.tree_marks import MarkState, TreeMarks

NAMES = [b"n%d" % n for n in range(40)]
ACTS = st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from(NAMES)), st.integers(0, 3)), max_size=12)


@settings(max_examples=200, deadline=None)
@given(acts=ACTS, few=st.sampled_from([4, 1000]))
def test_it_is_a_dict(acts: list[tuple[bool, set[bytes], int]], few: int) -> None:
    was, name_table.FEW = name_table.FEW, few
    try:
        table, model = NameTable(), dict[bytes, int]()
        dropped: list[tuple[NameTable, dict[bytes, int]]] = []
        for put, some, code in acts:
            inside, outside = table.split(sorted(some))
            assert (set(inside), set(outside)) == (some & model.keys(), some - model.keys())
            if put:
                table.put(outside, code)
                model.update(dict.fromkeys(outside, code))
            else:
                dropped.append((table.drop(inside), {name: model.pop(name) for name in inside}))
        for gone, known in reversed(dropped):
            free = {name: code for name, code in known.items() if name not in model}
            if len(free) == len(known):
                table.restore(gone)
                model |= known
        pairs = [pair for piece in table.pieces(7) for pair in piece]
        assert sorted(pairs) == sorted(model.items())
        assert (len(table), table.odd()) == (len(model), sum(code & 1 for code in model.values()))
        assert all((name in table) is (name in model) for name in NAMES)
    finally:
        name_table.FEW = was


def test_few_names_keep_their_order() -> None:
    table = NameTable()
    table.put([b"c", b"a"], 0)
    table.put([b"b"], 1)
    assert list(table) == [b"c", b"a", b"b"]


def test_no_table_of_very_many_names_takes_long_to_grow() -> None:
    """One dict of a million names held a key for 45 to 66 ms when it grew."""
    marks, folder = TreeMarks(), b"/srv/huge"
    names = [b"access-%d.log" % n for n in range(30 * FEW)]
    for start in range(0, len(names), 4096):
        marks.mark_files(folder, names[start : start + 4096], folder)
    (points,) = marks._marks.values()
    assert max(map(len, points._tables)) < FEW
    assert marks.state(folder + b"/access-7.log") is MarkState.ALL
    taken = marks.changes()
    assert taken is not None
    pieces = sum(1 for _ in marks.taking_back(taken))
    assert pieces >= len(names) // FEW - 1  # a million names are not taken back while one key waits
    assert marks.counts == (0, 0)


def test_names_that_come_back_are_put_in_by_pieces_too() -> None:
    """Of an inverted folder all that had been dropped came back at once: 68 ms for a million."""
    marks, folder = TreeMarks(), b"/srv/huge"
    names = [b"access-%d.log" % n for n in range(20 * FEW)]
    marks.mark_files(folder, names, folder)
    marks.mark_files(folder, [b"stays"], folder)
    marks.changes()
    for start in range(0, len(names), 4096):
        marks.unmark_files(folder, names[start : start + 4096])
    taken = marks.changes()
    assert taken is not None
    assert sum(1 for _ in marks.taking_back(taken)) >= len(names) // FEW - 1
    assert marks.counts == (len(names) + 1, 0)
