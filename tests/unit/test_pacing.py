"""How much at once and how fast, by a clock that the tests move."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.engine import pacing
from tui_uploader.engine.pacing import BLOCK, Parallelism, SpeedLimit
from tui_uploader.engine.port import DEFAULT_PARALLEL, MAX_PARALLEL


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop whose time jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__(_Impatient(self))
        self.moved = 0.0

    def time(self) -> float:
        return self.moved


class _Impatient(selectors.DefaultSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._jumping = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self._jumping.moved += timeout
        return super().select(0)


def drive(test: Callable[[JumpingLoop], Coroutine[Any, Any, float]]) -> float:
    loop = JumpingLoop()
    try:
        return loop.run_until_complete(test(loop))
    finally:
        loop.close()


# --- parallelism


def good(parallel: Parallelism, clock: Clock, objects: int, *, size: int = 0, seconds: float = 0.0) -> None:
    for _ in range(objects):
        clock.now += seconds / objects
        parallel.moved(size)
        parallel.stored()


def test_by_hand_it_is_what_was_said() -> None:
    clock = Clock()
    parallel = Parallelism(6, clock)
    assert (parallel.now, parallel.automatic) == (6, False)
    good(parallel, clock, 500, size=10**6, seconds=500)
    assert parallel.now == 6
    parallel.set(3)
    assert parallel.now == 3
    parallel.set(9999)
    assert parallel.now == MAX_PARALLEL
    parallel.set(0)
    assert parallel.now == 1


def test_overload_halves_and_twenty_good_objects_double() -> None:
    clock = Clock()
    parallel = Parallelism(10, clock)
    assert parallel.slowed()
    assert parallel.now == 5
    assert not parallel.slowed()
    clock.now += 2.0
    assert parallel.slowed()
    assert parallel.now == 2
    good(parallel, clock, 19)
    assert parallel.now == 2
    assert parallel.stored()
    assert parallel.now == 4
    good(parallel, clock, 40)
    assert parallel.now == 10


def test_a_sign_of_overload_begins_the_twenty_anew() -> None:
    clock = Clock()
    parallel = Parallelism(8, clock)
    parallel.slowed()
    good(parallel, clock, 19)
    parallel.slowed()  # too soon to halve again
    good(parallel, clock, 19)
    assert parallel.now == 4
    parallel.stored()
    assert parallel.now == 8


def test_one_is_the_least() -> None:
    clock = Clock()
    parallel = Parallelism(1, clock)
    assert not parallel.slowed()
    assert parallel.now == 1


def scaled(parallel: Parallelism, clock: Clock, best: int, epochs: int) -> list[int]:
    """What it comes to where throughput grows up to `best` slots and no further."""
    seen = []
    for _ in range(epochs):
        objects = max(min(parallel.now, best), 1) * 10
        good(parallel, clock, objects - 1, size=1000)
        clock.now += 1.0
        parallel.moved(1000)  # what ends the epoch
        parallel.stored()
        seen.append(parallel.now)
    return seen


def test_automatically_it_grows_while_that_helps_and_settles_there() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    assert parallel.automatic
    seen = scaled(parallel, clock, best=24, epochs=60)
    assert 18 <= sorted(seen[10:])[len(seen[10:]) // 2] <= 54
    assert max(seen) <= MAX_PARALLEL


def test_automatically_it_does_not_grow_where_nothing_is_gained() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    seen = scaled(parallel, clock, best=8, epochs=60)
    assert max(seen) <= 16
    assert sum(now <= 8 for now in seen) >= 45


def test_what_did_not_help_once_is_tried_again_later_and_ever_more_seldom() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    assert max(scaled(parallel, clock, best=8, epochs=5)) == 16
    assert scaled(parallel, clock, best=60, epochs=60)[-1] > 40
    seen = scaled(parallel, clock, best=60, epochs=300)
    trials = [now for now in seen if now > min(seen)]
    assert 2 <= len(trials) <= 25


def test_a_long_way_up_is_climbed_within_two_seconds_where_answers_take_80_ms() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    for _ in range(25):  # rounds of 80 ms, each of which ends one object for each slot
        clock.now += 0.08
        good(parallel, clock, parallel.now, size=4096)
    assert parallel.now == MAX_PARALLEL


def rounds(parallel: Parallelism, clock: Clock, took: Callable[[int], float], count: int) -> list[int]:
    """Rounds in which each slot ends one small object, which took `took` seconds at that many slots."""
    seen = []
    for _ in range(count):
        seconds, slots = took(parallel.now), parallel.now
        clock.now += seconds
        for _ in range(slots):
            parallel.stored(seconds)
        seen.append(parallel.now)
    return seen


def test_small_objects_that_take_no_longer_double_it_with_each_round() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    assert parallel.soon == 2 * parallel.now
    assert rounds(parallel, clock, lambda slots: 0.008, 6) == [16, 32, 64, 128, 256, 256]
    assert parallel.soon == parallel.now == MAX_PARALLEL


def test_where_the_way_takes_most_of_the_time_four_times_as_many_follow() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    clock.now += 0.08
    parallel.stored(0.08)
    assert parallel.soon == 4 * parallel.now
    assert rounds(parallel, clock, lambda slots: 0.08, 4) == [32, 128, 256, 256]
    assert parallel.soon == parallel.now == MAX_PARALLEL


def test_rounds_end_where_objects_take_as_much_longer_as_there_are_more_of_them() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    seen = rounds(parallel, clock, lambda slots: 0.008 * max(slots, 32) / 32, 5)
    assert seen[:4] == [16, 32, 64, 64]
    assert seen[4] == 32  # 64 took twice as long as 32, and again: nothing was gained
    assert parallel.soon == parallel.now
    parallel = Parallelism(None, clock)
    assert rounds(parallel, clock, lambda slots: 0.08 * max(slots, 48) / 48, 4) == [32, 128, 128, 48]


def test_a_single_slow_round_after_a_step_is_no_sign() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    assert rounds(parallel, clock, lambda slots: 0.02, 1) == [32]
    assert rounds(parallel, clock, lambda slots: 0.06, 1) == [32]  # connections were opened
    assert rounds(parallel, clock, lambda slots: 0.02, 2) == [128, 256]


def test_half_is_given_back_where_objects_take_far_longer_than_they_did() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    rounds(parallel, clock, lambda slots: 0.08, 20)
    assert parallel.now == MAX_PARALLEL
    seen = rounds(parallel, clock, lambda slots: slots / 400, 10)  # 400 objects a second, however many are sent at once
    assert (seen[3], max(seen[3:])) == (MAX_PARALLEL // 2, MAX_PARALLEL // 2)
    parallel = Parallelism(None, clock)
    rounds(parallel, clock, lambda slots: 0.08, 20)
    assert rounds(parallel, clock, lambda slots: 0.15, 20)[-1] == MAX_PARALLEL  # it varies that much by itself


def test_large_objects_that_do_not_end_count_by_their_bytes() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    for _ in range(40):
        clock.now += 0.25
        parallel.moved(parallel.now * 1_000_000)
    assert parallel.now > 16


def test_it_never_leaves_its_bounds() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    assert max(scaled(parallel, clock, best=10_000, epochs=100)) == MAX_PARALLEL


def test_automatically_overload_halves_and_is_not_forgotten_at_once() -> None:
    clock = Clock()
    parallel = Parallelism(None, clock)
    scaled(parallel, clock, best=10_000, epochs=6)
    before = parallel.now
    assert parallel.slowed()
    assert parallel.now == before // 2
    assert set(scaled(parallel, clock, best=10_000, epochs=7)) == {before // 2}
    assert scaled(parallel, clock, best=10_000, epochs=3)[-1] > before // 2


@pytest.mark.parametrize("wanted", [None, 60])
def test_where_handles_are_short_there_are_never_more_again(
    wanted: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    parallel = Parallelism(wanted, clock)
    monkeypatch.setattr(pacing, "slots_by_descriptors", lambda: 3)
    assert parallel.short_of_handles()
    assert parallel.now == 3
    rounds(parallel, clock, lambda slots: 0.08, 200)
    assert parallel.now == 3
    assert parallel.short_of_handles()  # there should be some, and there are none: the system itself is out of them
    assert parallel.now == 1


def test_back_to_automatic() -> None:
    clock = Clock()
    parallel = Parallelism(2, clock)
    parallel.set(None)
    assert parallel.automatic
    assert parallel.now == DEFAULT_PARALLEL


@given(
    st.none() | st.integers(1, MAX_PARALLEL),
    st.lists(st.sampled_from(["good", "slowed", "by hand", "auto"]), max_size=200),
)
def test_whatever_happens_it_is_a_number_of_slots(wanted: int | None, steps: list[str]) -> None:
    clock = Clock()
    parallel = Parallelism(wanted, clock)
    for step in steps:
        clock.now += 0.7
        before = parallel.now
        match step:
            case "good":
                assert parallel.stored() == (parallel.now != before)
            case "slowed":
                assert parallel.slowed() == (parallel.now != before)
            case "by hand":
                parallel.set(5)
            case _:
                parallel.set(None)
        assert 1 <= parallel.now <= MAX_PARALLEL


# --- the speed limit


@pytest.mark.parametrize(("limit", "slots"), [(10_000, 1), (1_000_000, 1), (1_000_000, 8), (100 * 2**20, 4)])
def test_the_limit_holds_over_all_slots(limit: int, slots: int) -> None:
    total = limit * 10

    async def run(loop: JumpingLoop) -> float:
        speed, left = SpeedLimit(limit, loop.time), total

        async def slot() -> None:
            nonlocal left
            while left > 0:
                size = min(speed.block, left)
                left -= size
                await speed.take(size)

        await asyncio.gather(*(slot() for _ in range(slots)))
        return loop.time()

    assert drive(run) == pytest.approx(10.0, abs=0.3)


def test_no_slot_starves() -> None:
    async def run(loop: JumpingLoop) -> float:
        speed, got = SpeedLimit(100_000, loop.time), [0] * 4

        async def slot(which: int) -> None:
            while loop.time() < 10:
                await speed.take(speed.block)
                got[which] += speed.block

        await asyncio.gather(*(slot(which) for which in range(4)))
        return min(got) / max(got)

    assert drive(run) > 0.5


def test_without_a_limit_nothing_waits() -> None:
    async def run(loop: JumpingLoop) -> float:
        speed = SpeedLimit(None, loop.time)
        for _ in range(1000):
            await speed.take(10**9)
        return loop.time()

    assert drive(run) == 0.0


def test_an_idle_minute_buys_no_burst() -> None:
    async def run(loop: JumpingLoop) -> float:
        speed = SpeedLimit(100_000, loop.time)
        loop.moved += 60
        for _ in range(20):
            await speed.take(speed.block)
        return loop.time() - 60

    assert drive(run) == pytest.approx(0.9, abs=0.15)


@pytest.mark.parametrize("limit", [None, 10**9])
def test_a_new_limit_frees_what_waits(limit: int | None) -> None:
    async def run(loop: JumpingLoop) -> float:
        speed = SpeedLimit(1024, loop.time)
        await speed.take(1024 * 3600)  # an hour's worth
        waiting = asyncio.create_task(speed.take(2048))
        await asyncio.sleep(1)
        assert not waiting.done()
        speed.set(limit)
        await waiting
        return loop.time()

    assert drive(run) == pytest.approx(1.0, abs=0.01)


@given(st.integers(1024, 10**10))
def test_blocks_are_a_twentieth_of_a_second_within_bounds(limit: int) -> None:
    block = SpeedLimit(limit, lambda: 0.0).block
    assert 2048 <= block <= BLOCK
    assert block in (2048, BLOCK) or block == limit // 20
    assert SpeedLimit(None, lambda: 0.0).block == BLOCK
