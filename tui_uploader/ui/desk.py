"""Desk: what the screens share: the pump, the scout, where we are, and the options of this start."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.port import EnginePort, Renewal
from tui_uploader.engine.survival import Lasting
from tui_uploader.model.failures import Failure
from tui_uploader.model.queue import QueueState
from tui_uploader.model.secret import Secret
from tui_uploader.model.value import record, value
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.pump import Pump
from tui_uploader.ui.undo import Undo

if TYPE_CHECKING:
    from tui_uploader.engine.job_rows import JobRows
    from tui_uploader.model.jobs import JobInfo, JobItem
    from tui_uploader.ui.review import Scout

Check = Callable[[Sequence[tuple[str, int]], str], AsyncIterator[tuple[int, Failure | None]]]


@value
class DemoHooks:
    """What `demo` adds: a line that guides, and a way to lift the rule that refuses; its answer is said."""

    guide: str
    lift_rules: Callable[[], Awaitable[str]]


@value
class LeftHooks:
    """What the screen may ask about a job that was left behind: what became of its objects, and to forget it.

    `rows` reads the journal: in a thread. It gives a sentence where the job cannot be looked at.
    """

    job: "JobInfo"
    rows: "Callable[[], JobRows | str]"
    discard: Callable[[], str]


@value
class JobsHooks:
    """What the page of jobs may ask. All of it reads from a disk or waits for the worker: in a thread.

    `listed` gives the environment's jobs, newest first, and what is wrong with their journal; `rows` what became of
    the objects of one, or a sentence; `ready` why a course (``resume``, ``all``, ``failed``, ``changed``) cannot be
    taken, empty where it can; the others a sentence to be said. `stop` takes whether what is being sent may end first.
    """

    listed: "Callable[[], tuple[Sequence[JobInfo], str]]"
    rows: "Callable[[str], JobRows | str]"
    ready: Callable[[str, str], str]
    report: Callable[[str, str], str]  # job, path
    stop: Callable[[str, bool], str]
    discard: Callable[[str], str]


@value
class Stay:
    """What becomes of the uploads without the screen, and what it says about them when it opens.

    `lasting` is asked at every paint, None where it is not known yet; `greeting` is said once; `left` is a job that
    may go on; `job` is the one here; `changed` tells which open files of a job are not what they were, and how: it
    reads from disks, so that only a thread may ask it.
    """

    lasting: Callable[[], Lasting | None] = lambda: Lasting.HERE
    greeting: str = ""
    left: LeftHooks | None = None
    job: str = ""
    changed: "Callable[[str], Sequence[tuple[JobItem, str]]]" = lambda job: ()
    before: tuple[int, int] = (0, 0)  # so many of the job were done and had failed before this screen went on with it
    over: Callable[[], bool] = lambda: False  # whether the job takes nothing more: ended elsewhere, or only looked at
    here: Callable[[], str] = lambda: ""  # the id under which the journal keeps the job, as soon as it does

    @property
    def kept(self) -> bool:
        """Whether the uploads go on when the screen leaves: they run in a process of their own."""
        return self.lasting() in (Lasting.YES, Lasting.NO, Lasting.UNKNOWN)

    @property
    def looking(self) -> bool:
        """Whether this screen only shows an old job: nothing runs in it."""
        return self.lasting() is Lasting.LOOK


@value
class Form:
    """What a person typed on the credentials screen; empty where nothing. Secrets stay secrets."""

    env_id: str = ""
    user: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    token: Secret = field(default_factory=lambda: Secret(""))


@value
class Answer:
    """What became of a form: whether the service accepts it, words for people, and the token to go on with."""

    accepted: bool
    words: str
    token: Secret | None = None
    renewal: Renewal | None = None  # how that token is renewed in its turn; None: as before


async def _nowhere(_place: str) -> str:
    return ""


@value
class AccessHooks:
    """Credentials as the screen sees them. `sources` says where each field comes from: flag, environment, file.

    `sign_in` tries a form, and keeps what is good where `keep`; `renew` gives another token after one was refused,
    None where only a person can.
    """

    sources: Callable[[], tuple[tuple[str, str, str], ...]]  # label, value, where it comes from
    sign_in: Callable[[Form, bool], Awaitable[Answer]]
    renew: Callable[[], Awaitable[Answer]]
    places: Callable[[], tuple[tuple[str, str, str, bool], ...]] = tuple  # id, profile, environment, open now
    reach: Callable[[str], Awaitable[str]] = _nowhere  # why another place cannot be gone to; empty: it can


@value
class LastPrefix:
    """The prefix that a plan was started with last in this environment: what it is, and to keep another."""

    read: Callable[[], str] = str
    keep: Callable[[str], None] = lambda prefix: None


class PlanList(Protocol):
    """A list of paths and keys being written. Every method may block and raise OSError."""

    def write(self, lines: Sequence[tuple[bytes, str]]) -> None:
        """The next ones."""
        ...

    def keep(self) -> str:
        """All are there: where."""
        ...

    def leave(self) -> None:
        """Take it away, unfinished."""
        ...


@value
class Shell:
    """What a command needs to know of this start: the options that name the service, and the prefix of its profile.

    `begin_list` begins a list for ``--plan``, of so many lines; `variables` stand before the program's name.
    """

    service: Sequence[str] = ()
    prefix: str = ""
    begin_list: Callable[[int], PlanList] | None = None
    variables: Sequence[tuple[str, str]] = ()


@record
class Desk:
    """Handed to the main screen by the app, which sets `stay` when it is known where the uploads run."""

    pump: Pump
    scout: "Scout"
    root: bytes
    plan_options: PlanOptions
    env_label: str
    glyphs: Glyphs
    hold: Callable[[], None]  # write no frame for the moment in which a screen opens
    demo: DemoHooks | None = None
    stay: Stay = field(default_factory=Stay)
    access: AccessHooks | None = None
    hidden: bool = True
    check: Check | None = None  # asks for permission for objects, by key and size, under a conflict policy
    undo: Undo = field(default_factory=Undo)
    last_prefix: LastPrefix = field(default_factory=LastPrefix)
    jobs: JobsHooks | None = None
    shell: Shell = field(default_factory=Shell)

    @property
    def state(self) -> QueueState:
        """The one reducer."""
        return self.pump.state

    @property
    def port(self) -> EnginePort:
        """The engine."""
        return self.pump.port
