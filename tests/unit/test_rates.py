"""Rates: speed over a window and the time left, which settles first and does not flicker upwards."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.rates import SETTLE, WINDOW, Rate, clock


def driven(speeds: list[int], began: float = 100.0) -> tuple[Rate, float, int]:
    rate, now, total = Rate(), began, 0
    rate.add(now, total)
    for speed in speeds:
        now, total = now + 1, total + speed
        rate.add(now, total)
    return rate, now, total


def test_speed_is_bytes_a_second() -> None:
    rate, _, _ = driven([1000] * 4)
    assert rate.per_second == pytest.approx(1000)


def test_nothing_is_known_at_first() -> None:
    rate = Rate()
    assert rate.per_second == 0.0
    assert rate.stalled_for(5.0) == 0.0
    assert rate.left(5.0, 100) is None
    rate.add(5.0, 0)
    assert rate.per_second == 0.0


def test_the_window_forgets_what_is_old() -> None:
    rate, _, _ = driven([1_000_000] * 10 + [10] * (int(WINDOW) + 1))
    assert rate.per_second == pytest.approx(10)


def test_the_time_left_waits_until_the_speed_has_settled() -> None:
    rate, now, _ = driven([100] * (int(SETTLE) - 1))
    assert rate.left(now, 1000) is None
    rate, now, _ = driven([100] * int(SETTLE))
    assert rate.left(now, 1000) == pytest.approx(10)


def test_without_speed_there_is_no_time_left() -> None:
    rate, now, _ = driven([0] * 10)
    assert rate.left(now, 1000) is None


@given(st.lists(st.integers(900, 1100), min_size=6, max_size=60))
def test_small_changes_of_speed_never_move_the_end_later(speeds: list[int]) -> None:
    rate, now, total, goal, promises = Rate(), 0.0, 0, 1_000_000, []
    rate.add(now, total)
    for speed in speeds:
        now, total = now + 1, total + speed
        rate.add(now, total)
        left = rate.left(now, goal - total)
        if left is not None:
            promises.append(now + left)
    assert promises
    assert all(later <= sooner + 1e-6 for sooner, later in pairwise(promises))


def test_an_estimate_that_is_plainly_wrong_is_corrected() -> None:
    rate, now, total = driven([1000] * 10)
    first = rate.left(now, 10_000)
    for _ in range(20):
        now, total = now + 1, total + 10
        rate.add(now, total)
        again = rate.left(now, 9_800)
    assert first is not None
    assert again is not None
    assert again > 5 * first


def test_a_slow_second_is_no_later_end_and_slow_seconds_on_end_are() -> None:
    rate, now, total = driven([1000] * 10)
    began = rate.left(now, 6_000)
    assert began == pytest.approx(6)
    said = []
    for _ in range(6):
        now += 1
        rate.add(now, total)
        said.append(rate.left(now, 60_000))  # what is left has grown tenfold
    assert said[:3] == [pytest.approx(5), pytest.approx(4), pytest.approx(3)]
    assert said[3] is not None
    assert said[3] > 30


def test_the_time_left_is_a_second_at_least_while_something_is_left() -> None:
    rate, now, _ = driven([1000] * 10)
    assert rate.left(now, 1) == 1.0
    assert rate.left(now, 0) == 0.0


def test_a_stall_is_noticed_and_ends() -> None:
    rate, now, total = driven([10, 10, 0, 0, 0])
    assert rate.stalled_for(now) == pytest.approx(3)
    rate.add(now + 1, total + 1)
    assert rate.stalled_for(now + 1) == 0.0


def test_fewer_bytes_than_before_begin_anew() -> None:
    rate, now, _ = driven([1000] * 5)
    rate.add(now + 1, 0)
    assert rate.per_second == 0.0


def test_after_a_pause_the_old_speed_is_forgotten() -> None:
    rate, now, total = driven([1000] * 10)
    rate.restart()
    assert rate.per_second == 0.0
    rate.add(now + 100, total)
    rate.add(now + 101, total + 5)
    assert rate.per_second == pytest.approx(5)
    assert rate.left(now + 101, 100) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (0.2, "0:01"), (41, "0:41"), (59.01, "1:00"), (740, "12:20"), (3599.5, "1 h 00"), (11100, "3 h 05")],
)
def test_durations_as_people_read_them(seconds: float, text: str) -> None:
    assert clock(seconds) == text
