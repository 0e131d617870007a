"""EnginePort: all that a front end may know of the engine. Plain frozen values, so that it can cross a socket."""

from collections.abc import Sequence
from dataclasses import field
from typing import Protocol

from tui_uploader.model import late_events as ev
from tui_uploader.model.items import Planned
from tui_uploader.model.secret import Secret
from tui_uploader.model.value import value

OVERWRITE, SKIP, FAIL = "overwrite", "skip", "fail"
DEFAULT_PARALLEL = 8
MAX_PARALLEL = 256


@value
class Clocks:
    """How long each phase may take, in seconds (FAULTS, "Clocks"). Tests shorten them."""

    connect: float = 10.0
    stalled: float = 30.0
    answer: float = 60.0
    answer_per_50_mib: float = 1.0
    answer_limit: float = 300.0
    whole_answer: float = 30.0
    backoff_base: float = 1.0
    backoff_cap: float = 30.0
    retry_after_cap: float = 120.0
    probe: float = 15.0
    quiet_source: float = 2.0
    source: float = 30.0  # how long a slow file system may be silent
    linger: float = 0.05  # how long a lone item waits for company in its batch
    busy: float = 0.8  # processor seconds in a second of this process from which a second one helps to send

    def answer_clock(self, size: int) -> float:
        """Seconds to wait for the answer to a PUT of `size` bytes once its last byte is acknowledged."""
        return min(self.answer + size / (50 * 1024 * 1024) * self.answer_per_50_mib, self.answer_limit)


@value
class Renewal:
    """Where another access token comes from when the service refuses one; all empty: from nowhere but a person.

    `sign_in` is the name that `login` has kept it under, in the folder `config`; `command` prints one, with
    `environment` beside what every child gets; `file` is read again.
    """

    sign_in: str = ""
    config: str = ""
    command: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    file: str = ""


NO_RENEWAL = Renewal()


@value
class EngineOptions:
    """What a run needs to know. `gateway` is a URL without a path; `token` never leaves this value but in a header.

    `parallel` None is automatic; `limit` is bytes a second over all PUTs, None is none; `patience` is how many
    seconds a run without a screen probes a network that is down (None: for ever, a person decides).
    `headers` are extra request headers for every object, signed through ``signedHeader``. `after` is a command that
    whoever holds the engine runs when the job has ended; the engine itself runs nothing.
    """

    gateway: str
    env_id: str
    token: Secret
    parallel: int | None = None
    batch: int = 10
    retries: int = 4
    patience: float | None = None
    limit: int | None = None
    if_exists: str = OVERWRITE
    verify: bool = True
    read_back: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    ca_file: str | None = None
    proxy: str | None = None
    no_proxy: str = ""
    allowed_hosts: tuple[str, ...] = (".myqcloud.com", ".tencentcos.cn")
    clocks: Clocks = field(default_factory=Clocks)
    renewal: Renewal = NO_RENEWAL
    after: str = ""


class EnginePort(Protocol):
    """A running engine. Every call returns at once; what came of it arrives as events."""

    def drain(self) -> "list[ev.Event]":
        """All events since the last call, in order; progress is coalesced to the newest value of each item."""
        ...

    def add(self, planned: Sequence[Planned], *, last: bool = True) -> None:
        """Put lines of a plan into the queue. `last` False: more of the same walk will come.

        Lines to upload start when the run is not paused; refused and skipped lines are recorded so that counts add up.
        """
        ...

    def pause(self) -> None:
        """Start nothing new; what is being sent goes on."""
        ...

    def resume(self) -> None:
        """Go on after a pause, whoever made it."""
        ...

    def retry(self, ids: Sequence[int]) -> None:
        """Put failed or cancelled items back to waiting, with fresh tries."""
        ...

    def cancel(self, ids: Sequence[int]) -> None:
        """Take items out: waiting ones at once, active ones by closing their connection."""
        ...

    def move(self, ids: Sequence[int], before: int | None) -> None:
        """Let waiting items start in this order right before the waiting item `before`; None: before all others."""
        ...

    def set_key(self, item_id: int, key: str) -> None:
        """Give a waiting, failed or cancelled item another key; `KeyChanged` or `KeyRefused` says what came of it."""
        ...

    def pause_items(self, ids: Sequence[int]) -> None:
        """Hold single items: they wait until `resume_items`; one that is being sent is cut off and waits, too."""
        ...

    def resume_items(self, ids: Sequence[int]) -> None:
        """Let held items start again."""
        ...

    def request_links(self, wanted: Sequence[tuple[int, str]]) -> None:
        """Ask for temporary links of done items, each with its cloudObjectId; `LinksReady` brings them."""
        ...

    def set_parallel(self, parallel: int | None) -> None:
        """Concurrent PUTs from now on; None is automatic. Fewer: running ones finish and none start."""
        ...

    def set_if_exists(self, policy: str) -> None:
        """Overwrite, skip or fail where an object of the same key exists, for what is asked for from now on."""
        ...

    def set_limit(self, limit: int | None) -> None:
        """Bytes a second over all PUTs from now on; None is no limit."""
        ...

    def set_token(self, token: Secret, renewal: Renewal | None = None) -> None:
        """Use another access token from now on; a run that is paused for the old one stays so until `resume`.

        `renewal` says how it is renewed in its turn; None: as before.

        Raises ValueError for what cannot be a token.
        """
        ...

    def finish(self) -> None:
        """Start nothing any more; let what is active end."""
        ...

    def close(self, *, timeout: float = 3.0) -> None:
        """Stop everything and give back threads and connections within `timeout` seconds."""
        ...
