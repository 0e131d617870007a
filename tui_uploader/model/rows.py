"""What the reducer answers with: a row, an attempt, the counts. Frozen values."""

from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Receipt, Stage
from tui_uploader.model.value import value


@value
class Attempt:
    """One failed attempt, for the failure detail: when, and what it met."""

    at: float
    failure: Failure


@value
class Row:
    """Everything a screen shows of one item; sizes and progress in bytes."""

    id: int
    path: bytes
    key: str
    size: int
    stage: Stage
    sent: int
    failure: Failure | None
    attempts: int
    reason: str
    receipt: Receipt | None


@value
class Counts:
    """How many items are where. ``total = done + failed + skipped + cancelled + waiting + active``, always."""

    total: int
    done: int
    failed: int
    skipped: int
    cancelled: int
    waiting: int
    active: int
