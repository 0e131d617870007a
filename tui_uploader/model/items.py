"""An item of the queue, the stages it goes through, and what a plan says of a file."""

from enum import Enum, IntEnum
from typing import NamedTuple

from tui_uploader.model.failures import Failure
from tui_uploader.model.value import value


class Stage(IntEnum):
    """Where an item is. The numbers are storage, not order; the word is :attr:`word`."""

    WAITING = 0
    GETTING_INFO = 1
    UPLOADING = 2
    CHECKING = 3
    DONE = 4
    FAILED = 5
    SKIPPED = 6
    CANCELLED = 7

    @property
    def word(self) -> str:
        """The one word for this stage on every screen and in every report (UX, "Stages")."""
        return _WORDS[self]

    @property
    def short(self) -> str:
        """The same in at most five cells; an uploading item shows its percentage instead."""
        return _SHORT[self]

    @property
    def active(self) -> bool:
        """Getting info, uploading or checking."""
        return self in _ACTIVE

    @property
    def ended(self) -> bool:
        """Done, failed, skipped or cancelled: nothing happens any more unless a person acts."""
        return self >= Stage.DONE


_WORDS = ("waiting", "getting info", "uploading", "checking", "done", "failed", "skipped", "cancelled")
_SHORT = ("wait", "info", "up", "check", "done", "!fail", "skip", "cancl")
_ACTIVE = frozenset({Stage.GETTING_INFO, Stage.UPLOADING, Stage.CHECKING})
UNFINISHED = (Stage.WAITING, Stage.GETTING_INFO, Stage.UPLOADING, Stage.CHECKING)


class Verdict(Enum):
    """What the plan says of one path."""

    UPLOAD = "upload"
    SKIP = "skip"
    REFUSE = "refuse"
    WARN = "warn"  # uploaded, but a person should look


BADGES = ("sparse", "twin")


def badge_in(reason: str) -> str:
    """The badge that a plan's line gives what it uploads: the word before the colon, or nothing."""
    word = reason.partition(":")[0]
    return word if word in BADGES else ""


@value
class Planned:
    """One line of a plan: a path found on disk, the key it would get and the verdict.

    `size` is in bytes; `path` is the name as the system has it (bytes, any). `code` is a catalogued code where
    there is one. `reason` is a word for a skipped path (``symlink``, ``not-a-file``, ``ignored``, ``hidden``,
    ``excluded``...) and a detail or sentence for people on a refused or warned one.
    """

    path: bytes
    key: str
    size: int
    verdict: Verdict = Verdict.UPLOAD
    code: str | None = None
    reason: str = ""
    mtime_ns: int = 0
    inode: int = 0


@value
class QueueItem:
    """An item as it enters the queue. `id` counts from 0 within a job, so it is an index as well.

    Refused and skipped lines of a plan enter too, with the stage FAILED or SKIPPED, so that counts add up.
    """

    id: int
    path: bytes
    key: str
    size: int
    stage: Stage = Stage.WAITING
    failure: Failure | None = None
    reason: str = ""  # of a skipped item; of another one its badge


class Past(NamedTuple):
    """What the journal says of a file: done or failed in its newest job, `at` seconds since the epoch.

    `changed` says of a done one whether the file is another than was uploaded.
    """

    stage: Stage
    code: str
    at: float
    key: str
    changed: bool


class PastBeneath(NamedTuple):
    """What the journal says of the files beneath a folder, each by its newest job; `whole` is False where it says more.

    Files that no job ever had are not known to it.
    """

    done: int
    failed: int
    whole: bool = True


@value
class Receipt:
    """What the service said of a stored object; digests as text, exactly as they came."""

    etag: str
    crc64: str | None
    request_id: str
    cloud_object_id: str
    verified: bool
    attempts: int
    seconds: float
    digest: str = ""  # "crc64", "md5" or "" where none was compared
    source_gone: bool = False  # the file was deleted while it was sent; what was sent is whole
