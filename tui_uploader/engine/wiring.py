"""The clocks of a PUT by the size of its object."""

from tui_uploader.engine.port import Clocks
from tui_uploader.protocol.bucket import LimitsFor
from tui_uploader.protocol.sending import Limits

_NO_TIME = 1024 * 1024  # bytes of an object whose size says nothing about how long its answer may take


def limits_of(clocks: Clocks) -> LimitsFor:
    """The clocks for an object of a size in bytes."""
    base = Limits(clocks.connect, clocks.stalled, clocks.answer, clocks.whole_answer)

    def limits_for(size: int) -> Limits:
        if size < _NO_TIME:
            return base
        return Limits(clocks.connect, clocks.stalled, clocks.answer_clock(size), clocks.whole_answer)

    return limits_for
