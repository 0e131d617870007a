"""Apart: a folder in which nothing was stored."""

from tui_uploader.engine.apart import Apart
from tui_uploader.engine.store import Store
from tui_uploader.model.items import Planned, Stage


def store_of(*keys: str, done: int) -> Store:
    """A store of these keys, of which the first `done` are done."""
    store = Store()
    store.add([Planned(key.encode(), key, 1) for key in keys])
    for item_id in range(done):
        store.stages[item_id] = Stage.DONE
    return store


def test_a_folder_to_themselves_is_one_where_nothing_is_done() -> None:
    store = store_of("a/1", "m/n/1", "m/n/2", "b/1", "b/2", "a/2", "top", done=2)
    apart = Apart(store)
    assert apart({3, 4}, 2)
    assert not apart({3, 5}, 2)  # no folder holds both
    assert not apart({2}, 2)  # m/n/1 is done
    assert not apart({6}, 2)  # no folder
    assert not apart({3, 4}, 0)  # nothing was ever stored


def test_more_of_them_and_more_successes_are_looked_at_again() -> None:
    store = store_of("a/1", "b/c/1", "b/c/2", "b/d/1", "b/d/2", done=1)
    apart = Apart(store)
    assert apart({1}, 1)
    assert apart({1, 2}, 1)
    assert apart({1, 2, 3}, 1)
    store.stages[4] = Stage.DONE
    assert not apart({1, 2, 3}, 2)
    assert apart({1, 2}, 2)


def test_a_name_that_begins_alike_is_another_folder() -> None:
    store = store_of("data/1", "data-old/1", "data-old/2", done=1)
    assert Apart(store)({1, 2}, 1)
