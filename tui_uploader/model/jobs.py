"""A job as the journal knows it: what was asked for, how it stands, and what became of each object."""

from dataclasses import field

from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage
from tui_uploader.model.value import value

RUNNING, LEFT_BEHIND, STOPPED, ENDED = "running", "left-behind", "stopped", "ended"


@value
class Asked:
    """What a job was asked to do, as far as a re-run needs it; no secret.

    `starts` are pairs of an absolute path and the beginning of its keys; empty where lines were added one by one (the
    screen). `options` are words and values as the command line has them. `lost` names headers whose values are not
    kept because they may be secret.
    """

    env_id: str
    gateway: str  # host and port alone
    starts: tuple[tuple[bytes, bytes], ...] = ()
    options: dict[str, object] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """What keys begin with."""
        return str(self.options.get("prefix", ""))


@value
class JobInfo:
    """One job. Times are seconds since the epoch, sizes bytes; an object on its way counts as waiting."""

    id: str
    asked: Asked
    state: str  # RUNNING, LEFT_BEHIND, STOPPED or ENDED
    started: float
    ended: float | None
    walked: bool  # whether everything that was asked for had been found
    done: int
    failed: int
    skipped: int
    cancelled: int
    waiting: int
    bytes_wanted: int
    bytes_done: int
    cause: str = ""  # the code of what stopped it for all
    paused: str = ""  # while it runs: the code of what paused it, ``by hand`` for a person; where somebody asked

    @property
    def total(self) -> int:
        """All objects of the job that were found."""
        return self.done + self.failed + self.skipped + self.cancelled + self.waiting

    @property
    def resumable(self) -> bool:
        """Whether there is something left that `resume` could go on with."""
        return self.state != RUNNING and (self.waiting > 0 or not self.walked)


@value
class JobItem:
    """What became of one object; `path` is absolute. `at` is when its stage was noted, 0 where nothing happened yet."""

    id: int
    path: bytes
    key: str
    size: int
    mtime_ns: int
    inode: int
    stage: Stage
    at: float = 0.0
    attempts: int = 0
    seconds: float = 0.0
    code: str = ""
    phase: str = ""
    http_status: int | None = None
    message: str = ""
    detail: str = ""
    request_id: str = ""
    etag: str = ""
    crc64: str | None = None
    cloud_object_id: str = ""
    verified: bool = False
    reason: str = ""

    @property
    def failure(self) -> Failure | None:
        """Why it failed, or what its last attempt met."""
        if not self.code:
            return None
        phase = Phase(self.phase) if self.phase else Phase.LOCAL
        return Failure(self.code, phase, self.message, self.http_status, self.request_id, self.detail)
