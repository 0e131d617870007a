"""What the engine tells: facts in the past tense, in order. The front end applies them and draws.

A newcomer starts here: together with `QueueState.apply` this is all that a screen, a report or a JSON line
can ever know of a run. Progress (`BytesSent`) may be coalesced; every other fact is delivered once.
`at` is wall-clock time in seconds since the epoch, for people; nothing is computed from it.
"""

from dataclasses import field

from tui_uploader.model.failures import Failure
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.value import value


@value
class ItemsAdded:
    """Items entered the queue, in the order of their ids."""

    items: tuple[QueueItem, ...]
    at: float = 0.0


@value
class ItemsStand:
    """Many items that entered before a view joined, as they stand: waiting, or done where `receipts` has a text.

    `first` is the id of the first; a path is `root` and its key without `skipped` bytes; no receipts: all wait.
    """

    first: int
    keys: tuple[str, ...]
    sizes: tuple[int, ...]
    root: bytes
    skipped: int
    receipts: tuple[str, ...]


@value
class WalkEnded:
    """No more items will come from the running walk: totals are final until more is added."""

    at: float


@value
class StageChanged:
    """An item went to a stage that needs no more words. Of short objects one that is over in a moment is not told."""

    id: int
    stage: Stage


@value
class StagesChanged:
    """What a person did to many at once: all of them wait, or are cancelled. One fact for each would be a million."""

    ids: tuple[int, ...]
    stage: Stage


@value
class SizeChanged:
    """The file had another size, in bytes, than when it was planned; what is announced and sent is this one."""

    id: int
    size: int


@value
class TimeChanged:
    """The file was written to between plan and upload: what was sent is of this modification time."""

    id: int
    mtime_ns: int


@value
class BytesSent:
    """Progress of one PUT: `sent` bytes of the object so far, from 0 again on each attempt."""

    id: int
    sent: int


@value
class ItemRetrying:
    """An attempt failed and the item waits `after` seconds to be tried again."""

    id: int
    failure: Failure
    attempt: int
    after: float
    at: float


@value
class ItemDone:
    """The service stored the object and the digest matched (or was not asked for)."""

    id: int
    receipt: Receipt
    at: float


@value
class ItemFailed:
    """The item failed for good, unless a person retries it."""

    id: int
    failure: Failure
    attempts: int
    at: float


@value
class ItemSkipped:
    """The item was left out by a rule, with the reason."""

    id: int
    reason: str


@value
class RunPaused:
    """Nothing new starts. `failure` says why where the service or the machine caused it; None: a person did."""

    failure: Failure | None
    at: float


@value
class RunResumed:
    """Items start again."""

    at: float
    by_probe: bool = False


@value
class RunStopped:
    """The run ended before everything was tried: `failure` is the cause for all, None where a person stopped it."""

    failure: Failure | None
    at: float


@value
class RunFinishing:
    """Nothing new starts any more; what is on its way was said before this."""

    at: float


@value
class ParallelChanged:
    """The number of concurrent PUTs is `parallel` now; `reason` is a short phrase (``by you``, ``503 SlowDown``)."""

    parallel: int
    reason: str
    at: float


@value
class SpeedLimitChanged:
    """The speed limit over all PUTs, in bytes a second; None is no limit."""

    limit: int | None
    at: float


@value
class Noted:
    """Something worth a line in the log that belongs to no stage (an answer dropped, a batch halved)."""

    text: str
    at: float
    id: int | None = None


@value
class ItemsMoved:
    """A person moved waiting items, in this order, right before `before`; None is before everything that waits."""

    ids: tuple[int, ...]
    before: int | None


@value
class KeyChanged:
    """A person gave an item another key."""

    id: int
    key: str


@value
class KeyRefused:
    """A key that a person wanted for an item cannot be: `code` says why, and the item keeps the key that it has."""

    id: int
    key: str
    code: str


@value
class ItemsHeld:
    """A person paused these items: they count as waiting and do not start."""

    ids: tuple[int, ...]


@value
class ItemsReleased:
    """Items that were paused one by one may start again."""

    ids: tuple[int, ...]


@value
class Link:
    """The temporary link of a stored object, or the `code` of what the service said instead of giving one."""

    id: int
    url: str = field(repr=False)
    code: str = ""


@value
class LinksReady:
    """Links that a person asked for. They open the object to whoever has them: never logged, journalled or kept."""

    links: tuple[Link, ...]


@value
class RunIdle:
    """Nothing is waiting or active any more."""

    at: float


@value
class Attached:
    """A view joined a job, which may run already: until `CaughtUp` what comes is the state so far, not news."""

    job: str
    at: float


@value
class CaughtUp:
    """The state so far is whole: from here on everything is news."""

    at: float


@value
class WhileAway:
    """What ended while nobody looked, said once: `seconds` long, so many done and failed, the first new failure."""

    seconds: float
    done: int
    failed: int
    first_failed: int | None = None


Event = (
    ItemsAdded
    | ItemsStand
    | WalkEnded
    | StageChanged
    | StagesChanged
    | SizeChanged
    | TimeChanged
    | BytesSent
    | ItemRetrying
    | ItemDone
    | ItemFailed
    | ItemSkipped
    | RunPaused
    | RunResumed
    | RunStopped
    | RunFinishing
    | ParallelChanged
    | SpeedLimitChanged
    | Noted
    | ItemsMoved
    | KeyChanged
    | KeyRefused
    | ItemsHeld
    | ItemsReleased
    | LinksReady
    | RunIdle
    | Attached
    | CaughtUp
    | WhileAway
)
