"""The one reducer: whatever is told, in whatever order, the counts add up."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.queue import QueueState

RECEIPT = Receipt('"e"', "1", "req", "cloud://x", True, 2, 0.1)
REFUSED = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO)
RESET = Failure("NET_RESET", Phase.PUT)
N = 6

ids = st.integers(-1, N)
failures = st.sampled_from([REFUSED, RESET, Failure("EACCES", Phase.LOCAL)])
plain_stages = st.sampled_from(
    [Stage.WAITING, Stage.GETTING_INFO, Stage.UPLOADING, Stage.CHECKING, Stage.CANCELLED, Stage.FAILED, Stage.DONE]
)
facts: st.SearchStrategy[ev.Event] = st.one_of(
    st.builds(ev.StageChanged, ids, plain_stages),
    st.builds(ev.SizeChanged, ids, st.integers(0, 5000)),
    st.builds(ev.BytesSent, ids, st.integers(0, 6000)),
    st.builds(ev.ItemRetrying, ids, failures, st.just(1), st.just(0.5), st.just(0.0)),
    st.builds(ev.ItemDone, ids, st.just(RECEIPT), st.just(0.0)),
    st.builds(ev.ItemFailed, ids, failures, st.just(3), st.just(0.0)),
    st.builds(ev.ItemSkipped, ids, st.just("exists")),
    st.builds(ev.RunPaused, st.none() | failures, st.just(0.0)),
    st.builds(ev.RunResumed, st.just(0.0)),
    st.builds(ev.RunStopped, st.none() | failures, st.just(0.0)),
    st.builds(ev.Noted, st.just("x"), st.just(0.0)),
    st.builds(ev.RunIdle, st.just(0.0)),
)
sizes = st.lists(st.integers(0, 4000), min_size=1, max_size=N)


def item(item_id: int, size: int = 100, stage: Stage = Stage.WAITING, failure: Failure | None = None) -> QueueItem:
    return QueueItem(item_id, b"/srv/%d" % item_id, f"k/{item_id}", size, stage, failure)


def queue(*sizes: int) -> QueueState:
    state = QueueState()
    state.apply(ev.ItemsAdded(tuple(item(at, size) for at, size in enumerate(sizes))))
    return state


def check(state: QueueState) -> None:
    rows = [state.row(at) for at in range(len(state))]
    counts = state.counts
    parts = (counts.done, counts.failed, counts.skipped, counts.cancelled, counts.waiting, counts.active)
    assert sum(parts) == counts.total == len(rows)
    assert all(part >= 0 for part in parts)
    of = Counter(row.stage for row in rows)
    assert counts.failed == of[Stage.FAILED]
    assert counts.done == of[Stage.DONE]
    codes = Counter(row.failure.code for row in rows if row.stage is Stage.FAILED and row.failure is not None)
    assert state.by_code == codes
    assert min(state.by_code.values(), default=1) > 0
    assert state.bytes_done == sum(row.size for row in rows if row.stage is Stage.DONE)
    left_out = (Stage.SKIPPED, Stage.CANCELLED)
    assert state.bytes_wanted == sum(row.size for row in rows if row.stage not in left_out)
    assert state.bytes_moving == sum(row.sent for row in rows if row.stage.active)
    assert state.bytes_moving >= 0
    assert state.bytes_remaining >= 0
    for stage in Stage:
        assert state.ids(stage) == [row.id for row in rows if row.stage is stage]
    assert all(row.sent == row.size for row in rows if row.stage is Stage.DONE)
    assert all(row.sent == 0 for row in rows if row.stage in (Stage.WAITING, Stage.FAILED, *left_out))


@settings(max_examples=300)
@given(sizes, st.lists(facts, max_size=60))
def test_counts_add_up_after_any_sequence(lengths: list[int], told: list[ev.Event]) -> None:
    state = queue(*lengths)
    check(state)
    for event in told:
        changed = state.apply(event)
        assert all(0 <= at < len(lengths) for at in changed)
        check(state)


@settings(max_examples=100)
@given(sizes, st.lists(facts, max_size=40))
def test_only_items_that_fail_without_a_cause_are_missing_from_the_codes(
    lengths: list[int], told: list[ev.Event]
) -> None:
    state = queue(*lengths)
    for event in told:
        if not (isinstance(event, ev.StageChanged) and event.stage is Stage.FAILED):
            state.apply(event)
    assert sum(state.by_code.values()) == state.counts.failed


def test_a_persons_retry_moves_and_never_adds() -> None:
    state = queue(10, 20)
    state.apply(ev.ItemFailed(0, REFUSED, 1, 1.0))
    assert state.counts.failed == 1
    assert dict(state.by_code) == {"STORAGE_EXCEED_AUTHORITY": 1}
    assert state.apply(ev.StageChanged(0, Stage.WAITING)) == (0,)
    assert state.counts.total == 2
    assert state.counts.waiting == 2
    assert dict(state.by_code) == {}
    assert state.failure(0) is None
    assert [attempt.failure for attempt in state.attempts(0)] == [REFUSED]


def test_a_retry_of_ours_keeps_the_cause_and_starts_its_bytes_again() -> None:
    state = queue(100)
    for event in (ev.StageChanged(0, Stage.UPLOADING), ev.BytesSent(0, 60)):
        state.apply(event)
    assert (state.bytes_moving, state.bytes_remaining) == (60, 40)
    state.apply(ev.ItemRetrying(0, RESET, 1, 0.5, 1.0))
    assert (state.bytes_moving, state.bytes_remaining) == (0, 100)
    assert state.failure(0) == RESET
    assert state.row(0).attempts == 1
    assert state.ever_retried == 1


def test_done_says_what_the_receipt_says() -> None:
    state = queue(100)
    state.apply(ev.StageChanged(0, Stage.UPLOADING))
    state.apply(ev.ItemDone(0, RECEIPT, 1.0))
    row = state.row(0)
    assert (row.stage, row.sent, row.attempts, row.receipt, row.failure) == (Stage.DONE, 100, 2, RECEIPT, None)
    assert (state.bytes_done, state.bytes_moving) == (100, 0)


def test_refused_and_skipped_lines_of_a_plan_count_from_the_start() -> None:
    state = QueueState()
    failed = item(0, 5, Stage.FAILED, Failure("EACCES", Phase.LOCAL))
    skipped = QueueItem(1, b"/l", "l", 0, Stage.SKIPPED, None, "symlink")
    assert state.apply(ev.ItemsAdded((failed, skipped))) == (0, 1)
    assert (state.counts.failed, state.counts.skipped) == (1, 1)
    assert dict(state.by_code) == {"EACCES": 1}
    assert state.row(1).reason == "symlink"
    check(state)


def test_progress_of_what_is_not_active_is_ignored() -> None:
    state = queue(100)
    assert state.apply(ev.BytesSent(0, 50)) == ()
    assert state.apply(ev.BytesSent(9, 50)) == ()
    assert state.bytes_moving == 0


def test_progress_is_a_level_and_no_sum() -> None:
    state = queue(100, 100)
    for item_id in (0, 1):
        state.apply(ev.StageChanged(item_id, Stage.UPLOADING))
    for sent in (10, 40, 40, 25):
        state.apply(ev.BytesSent(0, sent))
    state.apply(ev.BytesSent(1, 5))
    assert (state.row(0).sent, state.bytes_moving, state.bytes_remaining) == (25, 30, 170)
    state.apply(ev.StageChanged(0, Stage.CHECKING))
    assert state.bytes_moving == 30
    state.apply(ev.StageChanged(0, Stage.CANCELLED))
    assert (state.bytes_moving, state.bytes_remaining) == (5, 95)


def test_a_size_that_changed_changes_the_totals() -> None:
    state = queue(100, 50)
    state.apply(ev.SizeChanged(0, 300))
    assert state.bytes_wanted == 350
    assert state.row(0).size == 300


def test_an_id_out_of_turn_is_a_bug_and_said_so() -> None:
    state = queue(1)
    with pytest.raises(ValueError, match="item 5"):
        state.apply(ev.ItemsAdded((item(5),)))


def test_pause_resume_stop_and_pace_are_remembered() -> None:
    state = queue(1)
    pause, stop = ev.RunPaused(REFUSED, 1.0), ev.RunStopped(None, 2.0)
    for event in (pause, ev.ParallelChanged(7, "by you", 1.0), ev.SpeedLimitChanged(99, 1.0)):
        state.apply(event)
    assert (state.paused, state.parallel, state.limit) == (pause, 7, 99)
    state.apply(ev.RunResumed(2.0))
    state.apply(stop)
    assert (state.paused, state.stopped) == (None, stop)
    assert not state.walk_ended
    state.apply(ev.WalkEnded(3.0))
    assert state.walk_ended


def test_receipts_are_kept_for_those_who_look_at_them() -> None:
    for wanted in (True, False):
        state = QueueState(receipts=wanted)
        state.apply(ev.ItemsAdded((QueueItem(0, b"/a", "a", 5),)))
        assert state.apply(ev.ItemDone(0, Receipt("e", "1", "r", "cloud://x", True, 1, 0.1), 1.0)) == (0,)
        assert (state.counts.done, state.bytes_done) == (1, 5)
        assert (state.row(0).receipt is not None) == wanted
