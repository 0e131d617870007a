"""The table of who holds a key says what a dict says."""

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.engine.holders import Holders


@given(st.lists(st.tuples(st.text(alphabet="ab", max_size=4), st.text(alphabet="ab", max_size=4) | st.none())))
def test_as_a_dict(texts: list[tuple[str, str | None]]) -> None:
    keys: list[str] = []
    holders, wanted = Holders(keys), dict[str, int]()
    for item_id, (key, later) in enumerate(texts):
        keys.append(key)
        assert holders.get(key) == wanted.get(key)
        holders.put(item_id)
        wanted[key] = item_id
        if later is not None:
            holders.drop(item_id)
            del wanted[key]
            keys[item_id] = later
            holders.put(item_id)
            wanted[later] = item_id
    assert {key: holders.get(key) for key in wanted} == wanted
    assert holders.get("c") is None


def test_it_grows() -> None:
    keys = [f"part-{number}" for number in range(20_000)]
    holders = Holders(keys)
    for item_id in range(len(keys)):
        holders.put(item_id)
    assert [holders.get(key) for key in keys] == list(range(len(keys)))
    assert len(holders._slots) >= len(keys)
