"""Names in few cells: measured by cell, both ends kept, never two alike."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_uploader.model.text import shown_name
from tui_uploader.ui.widgets.name_cut import Label, cut, distinct, link_text, steady
from tui_uploader.ui.widgets.tree_words import short_size

NAMES = st.binary(min_size=1, max_size=60) | st.text("ab季🚀e\u0301.-_0", min_size=1, max_size=40).map(str.encode)


def shown(name: bytes) -> str:
    return steady(shown_name(name))


@given(NAMES, st.integers(0, 40))
def test_a_cut_name_fits_and_a_short_one_is_whole(name: bytes, room: int) -> None:
    text = shown(name)
    done = cut(text, room, "~")
    assert cell_len(done) <= room
    if cell_len(text) <= room:
        assert done == text
    elif room > 8:
        assert done[0] == text[0]
        assert done[-1] == text[-1]


@given(st.lists(NAMES, max_size=30, unique=True), st.integers(8, 30))
def test_no_two_names_look_the_same(names: list[bytes], room: int) -> None:
    texts = distinct([Label(0, shown(name), room) for name in names], "~")
    assert len(set(texts)) == len(texts)
    assert all(cell_len(text) <= room for text in texts)


def test_names_that_differ_in_the_middle_are_cut_where_they_differ() -> None:
    names = [f"application-server-production-{n:02d}-of-the-north-access.log" for n in range(20)]
    texts = distinct([Label(0, name, 18) for name in names], "~")
    assert texts[:2] == ["ap~00-o~access.log", "ap~01-o~access.log"]
    assert len(set(texts)) == 20


def test_twins_of_composed_and_decomposed_letters_are_told_apart() -> None:
    texts = distinct([Label(0, "caf\u00e9", 20), Label(0, "cafe\u0301", 20)], "~")
    assert texts == ["caf\u00e9", "cafe\u0301~2"]


def test_names_of_two_folders_may_be_the_same() -> None:
    assert distinct([Label(1, "same", 9), Label(2, "same", 9)], "~") == ["same", "same"]


def test_a_link_keeps_its_name_before_its_target() -> None:
    assert link_text("old", "..", 20, "~") == "old -> .."
    assert link_text("latest.log", "/var/log/app/2026.log", 24, "~") == "latest.log -> /va~26.log"
    assert link_text("a-long-name-of-a-link", "/var/log", 24, "~") == "a-long-name-of-a-link"


def test_sizes_have_at_most_five_cells_and_read_as_ls_writes_them() -> None:
    sizes = {-1: "", 0: "0B", 999: "999B", 1023: "1023B", 1024: "1.0K", 88_000: "86K", 1_258_291: "1.2M",
             41_000_000: "39M", 1_073_741_823: "1.0G", 1_288_490_188: "1.2G", 2**70: "1.0Z"}  # fmt: skip
    assert {size: short_size(size) for size in sizes} == sizes


@given(st.integers(0, 2**80))
def test_no_size_is_wider_than_its_column(size: int) -> None:
    assert len(short_size(size)) <= 5
