"""Folder totals against a count from scratch, after any sequence of events."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.widgets.folder_totals import FolderTotals, Tally
from tui_uploader.ui.widgets.tree_words import folder_badge, item_badge

FAILURE = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO)
PATHS = [b"/r/f", b"/r/a/f", b"/r/a/g", b"/r/a/b/f", b"/f", b"/s/f"]
FOLDERS = [b"/", b"/r", b"/r/a", b"/r/a/b", b"/s"]
STEPS = st.lists(st.tuples(st.sampled_from(["add", "stage", "fail", "done", "skip"]), st.integers(0, 99)), max_size=40)


def event(what: str, number: int, state: QueueState) -> ev.Event:
    item_id = number % max(len(state), 1)
    if what == "add" or not len(state):
        path = PATHS[number % len(PATHS)]
        stage = Stage.SKIPPED if number % 7 == 0 else Stage.WAITING
        return ev.ItemsAdded((QueueItem(len(state), path, "k", number - 1, stage),))
    if what == "fail":
        return ev.ItemFailed(item_id, FAILURE, 1, 0.0)
    if what == "done":
        return ev.ItemDone(item_id, Receipt("", None, "", "", True, 1, 0.0), 0.0)
    if what == "skip":
        return ev.ItemSkipped(item_id, "ignored")
    return ev.StageChanged(item_id, Stage(number % 4))


@settings(max_examples=300, deadline=None)
@given(STEPS, st.integers(1, 5))
def test_totals_are_a_count_of_the_newest_item_of_each_path(steps: list[tuple[str, int]], every: int) -> None:
    state, totals, changed = QueueState(), FolderTotals(), set[int]()
    for n, (what, number) in enumerate(steps):
        changed.update(state.apply(event(what, number, state)))
        if n % every == 0:
            totals.take(state, changed)
            changed.clear()
    totals.take(state, changed)
    newest = {state.path(n): n for n in range(len(state))}
    for folder in FOLDERS:
        lead = folder.rstrip(b"/") + b"/"
        ids = [n for path, n in newest.items() if path.startswith(lead)]
        tally = totals.of(folder)
        if not ids:
            assert tally is None
            continue
        assert tally is not None
        assert tally.total == sum(tally.stages) == len(ids)
        assert tally.size == sum(max(state.row(n).size, 0) for n in ids)
        assert tally.stages == [sum(state.stage(n) is stage for n in ids) for stage in Stage]
        assert tally.uploading == sum(state.stage(n).active for n in ids)
    assert all(totals.item(path) == n for path, n in newest.items())


def tally(**stages: int) -> Tally:
    made = Tally()
    for name, count in stages.items():
        made.stages[Stage[name.upper()]] = count
    made.total = sum(stages.values())
    return made


def test_a_folder_is_done_only_when_all_of_it_is_and_shows_its_worst_otherwise() -> None:
    assert folder_badge(tally(done=214), False) == "done"
    assert folder_badge(tally(done=2, waiting=212), False) == "2/214"
    assert folder_badge(tally(done=213, skipped=1), False) == "213/214"
    assert folder_badge(tally(done=38, failed=1, waiting=2), False) == "!1"
    assert folder_badge(tally(done=38, failed=1, waiting=2), True) == "!1 38/41"
    assert folder_badge(tally(skipped=3), False) == "skip"
    assert folder_badge(tally(done=12_345, waiting=900_000), False) == "12k/912k"


def test_an_upload_is_never_at_100_percent_before_the_answer() -> None:
    state = QueueState()
    state.apply(ev.ItemsAdded((QueueItem(0, b"/f", "f", 100), QueueItem(1, b"/e", "e", 0))))
    for item_id in (0, 1):
        state.apply(ev.StageChanged(item_id, Stage.UPLOADING))
    state.apply(ev.BytesSent(0, 100))
    assert (item_badge(state, 0), item_badge(state, 1)) == ("99%", "0%")
    state.apply(ev.StageChanged(0, Stage.CHECKING))
    assert item_badge(state, 0) == "check"
