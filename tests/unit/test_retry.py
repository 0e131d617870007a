"""When to try again: the classes of FAULTS, and one allowance for the whole run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.engine.port import Clocks
from tui_uploader.engine.retry import History, RetryBudget, backoff, pause_before
from tui_uploader.model.codes import ROWS
from tui_uploader.model.failures import Failure, Phase, RetryClass

CLOCKS = Clocks()


def pauses(code: str, *, retries: int = 4, jitter: float = 1.0, tries: int = 12, **failure: object) -> list[float]:
    """The pauses that an item gets which meets `code` each time, until it is given up."""
    history, met = History(), Failure(code, Phase.PUT, **failure)  # type: ignore[arg-type]
    granted: list[float] = []
    for _ in range(tries):
        history.met(met)
        pause = pause_before(met, history, retries, CLOCKS, lambda: jitter)
        if pause is None:
            return granted
        granted.append(pause)
    raise AssertionError(f"{code} is tried for ever")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("STORAGE_EXCEED_AUTHORITY", []),
        ("EACCES", []),
        ("NET_RESET", [1, 2, 4, 8]),
        ("SlowDown", [1, 2, 4, 8]),
        ("NO_ANSWER", [1, 2, 4, 8]),
        ("UNVERIFIED", [1]),
        ("ESTALE", [1]),
        ("NET_REFUSED", [1, 2]),
        ("CHECKSUM", [1, 2]),
        ("AccessDenied", [0]),
        ("UPLOAD_INFO_EXPIRED", [0]),
        ("NO_UPLOAD_INFO", [0]),
        ("SOURCE_CHANGED", [3, 4]),
        ("SOURCE_REPLACED", [3]),
        ("HTTP_500", [1, 2, 4, 8]),
        ("HTTP_404", []),
    ],
)
def test_pauses_of_a_class(code: str, expected: list[float]) -> None:
    assert pauses(code) == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_no_code_is_tried_more_often_than_asked(row: "object") -> None:
    code = str(getattr(row, "code"))  # noqa: B009
    assert len(pauses(code)) <= 4
    assert pauses(code, retries=0) == []
    assert bool(pauses(code)) == (getattr(row, "retry") is not RetryClass.NEVER)  # noqa: B009


def test_retry_after_is_obeyed_up_to_its_cap() -> None:
    assert pauses("SlowDown", retry_after=3.0) == [3.0] * 4
    assert pauses("SlowDown", retry_after=0.0) == [0.0] * 4
    assert pauses("SlowDown", retry_after=9999.0)[0] == CLOCKS.retry_after_cap == 120.0
    assert pauses("STORAGE_EXCEED_AUTHORITY", retry_after=3.0) == []


def test_fresh_info_is_asked_for_once_whatever_the_refusals_are_called() -> None:
    history = History()
    for code, expected in (("UPLOAD_INFO_EXPIRED", 0.0), ("AccessDenied", None)):
        failure = Failure(code, Phase.PUT)
        history.met(failure)
        assert pause_before(failure, history, 4, CLOCKS, lambda: 1.0) == expected


def test_a_class_counts_its_own_code_and_the_item_counts_all() -> None:
    history = History()
    for code, expected in (
        ("NET_RESET", 1.0),
        ("CHECKSUM", 2.0),
        ("BadDigest", 4.0),
        ("NET_RESET", 8.0),
        ("NET_RESET", None),
    ):
        failure = Failure(code, Phase.PUT)
        history.met(failure)
        assert pause_before(failure, history, 4, CLOCKS, lambda: 1.0) == expected


@given(st.integers(1, 200), st.floats(0, 1))
def test_backoff_has_full_jitter_below_its_cap(attempt: int, share: float) -> None:
    pause = backoff(attempt, CLOCKS, lambda: share)
    assert 0 <= pause <= CLOCKS.backoff_cap
    assert pause == pytest.approx(share * min(30.0, 2.0 ** (attempt - 1)))


def taken(budget: RetryBudget, now: float) -> int:
    count = 0
    while budget.take(now) == 0.0:
        count += 1
    return count


def test_the_budget_is_fifty_and_a_second_gives_one_back() -> None:
    budget = RetryBudget(10.0)
    assert taken(budget, 10.0) == 50
    assert budget.take(10.0) == pytest.approx(1.0)
    assert budget.take(10.75) == pytest.approx(0.25)
    assert budget.take(11.0) == 0.0
    assert taken(budget, 14.0) == 3
    assert taken(budget, 1e6) == 50


def test_five_successes_give_one_back_and_never_more_than_it_holds() -> None:
    budget = RetryBudget(0.0)
    assert taken(budget, 0.0) == 50
    for _ in range(5):
        budget.succeeded()
    assert taken(budget, 0.0) == 1
    for _ in range(1000):
        budget.succeeded()
    assert taken(budget, 0.0) == 50


def test_the_budget_grows_with_the_slots() -> None:
    assert taken(RetryBudget(0.0, 100), 0.0) == 200
    budget = RetryBudget(0.0)
    budget.resize(100)
    assert taken(budget, 0.0) == 200
    budget = RetryBudget(0.0, 100)
    budget.resize(1)
    assert taken(budget, 0.0) == 50
