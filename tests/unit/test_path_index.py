"""PathIndex against a dictionary, with paths that come again and tables that grow."""

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.ui.widgets.path_index import PathIndex


@given(st.lists(st.integers(0, 300), max_size=600))
def test_the_newest_item_of_each_path_is_found_as_a_dictionary_finds_it(numbers: list[int]) -> None:
    paths = [b"/srv/%d" % number for number in numbers]
    index, known = PathIndex(), dict[bytes, int]()
    for item_id, path in enumerate(paths):
        assert index.put(path, item_id, paths.__getitem__) == known.get(path)
        known[path] = item_id
    assert {path: index.get(path, paths.__getitem__) for path in known} == known
    assert index.get(b"/nowhere", paths.__getitem__) is None


def test_tables_grow_and_lose_nothing() -> None:
    paths = [b"/srv/data/d%d/f%06d" % (one // 1000, one) for one in range(100_000)]
    index = PathIndex()
    assert all(index.put(path, item_id, paths.__getitem__) is None for item_id, path in enumerate(paths))
    assert all(index.get(path, paths.__getitem__) == item_id for item_id, path in enumerate(paths))
