"""How long each phase of an exchange may take."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Limits:
    """Seconds for each phase of one exchange, and bytes of the answer's body.

    `stalled` is since the last byte that the peer acknowledged; `answer` since the last byte of the request;
    `whole` since the first byte of the answer.
    """

    connect: float = 10.0
    stalled: float = 30.0
    answer: float = 60.0
    whole: float = 30.0

    @cached_property
    def turn(self) -> float:
        """Seconds between two looks at a connection's clocks."""
        return min(1.0, max(min(self.stalled, self.answer, self.whole) / 5, 0.01))
