"""The walk of a push: what it was stopped in, or could not finish, is never told as the whole."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from tui_uploader.engine.planner import Planner, PlanOptions, Start
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.push import _Walk


class Lines(Planner):
    """A plan of so many lines, which then waits or breaks where it is to."""

    def __init__(self, count: int, trouble: Exception | None = None, until: Callable[[], bool] = lambda: True) -> None:
        super().__init__(PlanOptions())
        self._count, self._trouble, self._until = count, trouble, until

    def plan(self, starts: Iterable[Start]) -> Iterator[Planned]:
        """See Planner."""
        for number in range(self._count):
            yield Planned(b"/srv/%d" % number, f"{number}", 1, Verdict.UPLOAD)
        self.waited = self._until()
        if self._trouble is not None:
            raise self._trouble


class Taker:
    """What a walk asks of the engine; a signal comes when it has `enough`."""

    def __init__(self, enough: int = 1_000_000) -> None:
        self.count, self.ended, self.enough = 0, False, enough
        self.full = threading.Event()  # set when it has enough
        self.walk: _Walk | None = None

    def wait_for_room(self, timeout: float) -> bool:
        """See Engine."""
        if self.walk is not None and self.count >= self.enough:
            self.walk.abandoned = True
        return True

    def add(self, planned: Sequence[Planned], last: bool) -> None:
        """See Engine."""
        self.count += len(planned)
        if self.count >= self.enough:
            self.full.set()
        self.ended = self.ended or last


def walked(planner: Planner, taker: Taker) -> _Walk:
    """A walk after its end."""
    walk = taker.walk = _Walk(planner, (), taker)  # type: ignore[arg-type]
    walk.run()
    return walk


def test_a_whole_walk_is_told() -> None:
    taker = Taker()
    assert walked(Lines(2500), taker).error is None
    assert (taker.count, taker.ended) == (2500, True)


def test_a_walk_that_a_signal_ends_is_not_told_as_the_whole() -> None:
    """The journal would have it as walked, and `resume` would never find the other files."""
    taker = Taker(enough=1000)
    walked(Lines(2500), taker)
    assert 1000 <= taker.count < 2500
    assert not taker.ended


def test_a_walk_that_breaks_is_not_told_as_the_whole() -> None:
    taker = Taker()
    assert str(walked(Lines(2500, ValueError("damaged")), taker).error) == "damaged"
    assert not taker.ended
    assert taker.count >= 2000, "what was found before it is known to the journal"


def test_what_was_found_is_uploaded_while_the_walk_waits_for_a_slow_folder() -> None:
    """It is alone for a moment only: the next folder may take its time."""
    taker = Taker(enough=2000)
    taker.walk = None
    slow = Lines(2500, until=lambda: taker.full.wait(20))
    _Walk(slow, (), taker).run()  # type: ignore[arg-type]
    assert slow.waited
    assert taker.ended
