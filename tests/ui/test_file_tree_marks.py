"""The algebra of marks against a model that marks every path one by one."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.tree_host import Host, press
from tui_uploader.model.files import Mark
from tui_uploader.model.marked import Marked
from tui_uploader.ui.widgets.tree_folder import parent_of
from tui_uploader.ui.widgets.tree_marks import MarkState, TreeMarks

FOLDERS = [b"/r", b"/r/a", b"/r/b", b"/r/a/x", b"/r/a/y", b"/r/ab"]
FILES = [folder + b"/f" for folder in FOLDERS] + [b"/r/a/x/g"]
LINKS = [folder + b"/link" for folder in FOLDERS]
ACTS = st.lists(st.tuples(st.booleans(), st.sampled_from(FOLDERS + FILES + LINKS)), max_size=20)


class Model:
    """Every path of the world, marked or not."""

    def __init__(self) -> None:
        self.on = dict.fromkeys(FOLDERS + FILES, False)
        self.links = dict.fromkeys(LINKS, False)

    def set(self, path: bytes, on: bool) -> None:
        if path in self.links:
            self.links[path] = on
            return
        for other in self.on:
            if other == path or other.startswith(path + b"/"):
                self.on[other] = on
        for other in self.links:
            if not on and other.startswith(path + b"/"):
                self.links[other] = False

    def state(self, path: bytes) -> MarkState:
        if path in self.links:
            return MarkState.ALL if self.links[path] else MarkState.NONE
        beneath = [on for other, on in self.on.items() if other.startswith(path + b"/")]
        links = [on for other, on in self.links.items() if other.startswith(path + b"/")]
        if self.on[path]:
            return MarkState.ALL if all(beneath) else MarkState.PARTLY
        return MarkState.PARTLY if any(beneath) or any(links) else MarkState.NONE


def uploaded(marks: tuple[Mark, ...], excluded: frozenset[bytes]) -> set[bytes]:
    """What a walk of the marks would upload: the nearest mark or exclusion above a file decides."""
    marked = {mark.path for mark in marks}
    found = set()
    for path in FILES:
        here = path
        while here not in marked and here not in excluded and here != b"/":
            here = parent_of(here)
        if here in marked:
            found.add(path)
    return found | (marked & set(LINKS))


@settings(max_examples=400, deadline=None)
@given(ACTS)
def test_marks_and_exclusions_say_the_same_as_marking_path_by_path(acts: list[tuple[bool, bytes]]) -> None:
    marks, model = TreeMarks(), Model()
    for on, path in acts:
        link = path in model.links
        if on:
            marks.mark(path, b"/r", folder=path in FOLDERS, link=link)
        else:
            marks.unmark(path, link=link)
        model.set(path, on)
        for other in FOLDERS + FILES + LINKS:
            assert marks.state(other, link=other in model.links) is model.state(other), other
        wanted = {path for path in FILES if model.on[path]} | {path for path, on in model.links.items() if on}
        assert uploaded(marks.marks, marks.excluded) == wanted
        assert marks.counts == (
            sum(not mark.folder for mark in marks.marks), sum(mark.folder for mark in marks.marks),
        )  # fmt: skip


@given(ACTS)
def test_there_is_no_mark_and_no_exclusion_more_than_needed(acts: list[tuple[bool, bytes]]) -> None:
    marks = TreeMarks()
    for on, path in acts:
        if on:
            marks.mark(path, b"/r", folder=path in FOLDERS, link=path in LINKS)
        else:
            marks.unmark(path, link=path in LINKS)
    points = {mark.path: True for mark in marks.marks if mark.path not in LINKS} | dict.fromkeys(marks.excluded, False)
    for path, on in points.items():
        above = parent_of(path)
        while above not in points and above != b"/":
            above = parent_of(above)
        assert points.get(above, False) is not on


def test_a_mark_keeps_the_root_it_was_made_under() -> None:
    marks = TreeMarks()
    marks.mark(b"/r/a", b"/r", folder=True)
    marks.mark(b"/r/f", b"/", folder=False)
    marks.mark(b"/r/a/f", b"/", folder=False)  # covered by the first mark, with its root
    assert marks.marks == (Mark(b"/r/a", b"/r", True), Mark(b"/r/f", b"/", False))


def test_marking_walks_nothing_and_clearing_forgets_all() -> None:
    marks = TreeMarks()
    marks.mark(b"/", b"/", folder=True)
    assert marks.state(b"/any/where/at/all") is MarkState.ALL
    marks.unmark(b"/any")
    marks.mark(b"/l", b"/", folder=False, link=True)
    assert marks.state(b"/") is MarkState.PARTLY
    marks.clear()
    assert (marks.marks, marks.excluded, marks.counts) == ((), frozenset(), (0, 0))
    assert marks.state(b"/") is marks.state(b"/any") is marks.state(b"/l", link=True) is MarkState.NONE


async def test_many_marks_are_made_and_taken_back_beside_the_keys(tmp_path: Path) -> None:
    for n in range(9000):
        (tmp_path / f"f{n}").touch()
    (tmp_path / "folder").mkdir()
    host = Host(tmp_path)
    tree = host.tree_widget
    async with host.run_test(size=(38, 20)) as pilot:
        await press(pilot)
        tree.mark_by("f*")
        await pilot.app.workers.wait_for_complete()
        assert tree.mark_counts() == (9000, 0)
        assert tree.undo.undo() == "the last change of the marks is taken back"
        assert tree.mark_counts() != (0, 0)  # a key came in between
        await pilot.app.workers.wait_for_complete()
        assert tree.mark_counts() == (0, 0)
        (tmp_path / "folder").rmdir()
        tree.relist()
        await press(pilot)
        tree.mark_by("*")
        assert tree.mark_counts() == (0, 1)  # all of a huge folder is one mark
        assert tree.undo.undo()
        assert tree.mark_counts() == (0, 0)
        tree.action_invert()
        assert tree.mark_counts() == (0, 1)
        tree.action_invert()
        assert tree.mark_counts() == (0, 0)


def test_many_files_and_folders_of_one_folder_leave_in_few_groups() -> None:
    """Names that are kept by their hash stood in turns: each was a group of its own."""
    marks, marked = TreeMarks(), Marked()
    for number in range(20_000):
        marks.mark(b"/r/%d" % number, b"/r", folder=bool(number % 2))
    for _ in marks.packed(marked):
        pass
    assert len(marked.marks) <= 6
    assert len({*marked.folders()}) == 10_000
    assert sum(len(names.split(b"\0")) for *_, names in marked.marks) == 20_000
