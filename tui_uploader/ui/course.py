"""Course: where the screen goes on after it has closed: with an old job, with one that runs, or with a new one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

from textual.message import Message

from tui_uploader.model.value import value

if TYPE_CHECKING:
    from tui_uploader.engine.port import EnginePort

    Feed = Callable[[EnginePort], None]

What = Literal["resume", "open", "feed", "all", "failed", "changed"]
RESUME: Final = "resume"
OPEN: Final = "open"
FEED: Final = "feed"
ALL: Final = "all"
FAILED: Final = "failed"
CHANGED: Final = "changed"


@value
class Course:
    """What is wanted next.

    ``resume``: what `job` left, with `take_changed` files as they are now. ``open``: a view of it, nothing starts.
    ``feed``: a new job that `feed` puts its objects into. ``all``, ``failed``, ``changed``: the selection of `job`
    once more as a new job, its failures, or what is new and changed since.
    """

    what: What
    job: str = ""
    take_changed: bool = False
    feed: "Feed | None" = None


class Onward(Message):
    """A person wants the screen once more, on a course."""

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course
