"""The walk of a push: what it was stopped in, or could not finish, is never told as the whole."""

from collections.abc import Iterable, Iterator, Sequence

from tui_uploader.engine.planner import Planner, PlanOptions, Start
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.push import _Walk


class Lines(Planner):
    """A plan of so many lines, which then breaks where it is to."""

    def __init__(self, count: int, trouble: Exception | None = None) -> None:
        super().__init__(PlanOptions())
        self._count, self._trouble = count, trouble

    def plan(self, starts: Iterable[Start]) -> Iterator[Planned]:
        """See Planner."""
        for number in range(self._count):
            yield Planned(b"/srv/%d" % number, f"{number}", 1, Verdict.UPLOAD)
        if self._trouble is not None:
            raise self._trouble


class Taker:
    """What a walk asks of the engine; a signal comes when it has `enough`."""

    def __init__(self, enough: int = 1_000_000) -> None:
        self.count, self.ended, self.enough = 0, False, enough
        self.walk: _Walk | None = None

    def wait_for_room(self, timeout: float) -> bool:
        """See Engine."""
        if self.walk is not None and self.count >= self.enough:
            self.walk.abandoned = True
        return True

    def add(self, planned: Sequence[Planned], last: bool) -> None:
        """See Engine."""
        self.count += len(planned)
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
