"""LeftBehind: the question about a job that was left behind, and the page that shows what it left."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import JobInfo, JobItem
from tui_uploader.model.text import printable
from tui_uploader.ui.desk import LeftHooks
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import CHANGED, LEFT, Key, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.screens.confirm import Confirm
from tui_uploader.ui.screens.sheet import Drawn, Section, Sheet
from tui_uploader.ui.words import fit_path, number, plural, size_text


def left_words(job: JobInfo) -> str:
    """``left behind: 500 waiting, 2 failed``."""
    more = "" if job.walked else "+"
    return t(
        "left behind: {waiting} waiting, {failed} failed (job {job}): go on?",
        waiting=number(job.waiting) + more,
        failed=number(job.failed),
        job=job.id,
    )


class LeftQuestion(Confirm, inherit_bindings=False):
    """Resume, look, discard, or later: nothing goes on by itself."""

    KEYS: ClassVar[tuple[Key, ...]] = LEFT
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LEFT)]

    def __init__(self, job: JobInfo, *, glyphs: Glyphs) -> None:
        super().__init__(left_words(job), glyphs=glyphs)


class ChangedQuestion(Confirm, inherit_bindings=False):
    """Files are not what they were when the job found them: take them as they are, leave them out, look, or later."""

    KEYS: ClassVar[tuple[Key, ...]] = CHANGED
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CHANGED)]

    def __init__(self, count: int, *, glyphs: Glyphs) -> None:
        words = t("{files} changed since the job found them: upload as they are now?", files=plural(count, "file"))
        super().__init__(words, glyphs=glyphs)


class ChangedPage(Sheet[None]):
    """The files that changed, each with what is other."""

    def __init__(self, job: str, changed: Sequence[tuple[JobItem, str]], *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._job, self._changed = job, changed

    @property
    def heading(self) -> str:
        """What this is."""
        return t("Changed since job {job} found them", job=self._job)

    def head(self, width: int) -> list[Drawn]:
        """Nothing above the list."""
        return []

    def sections(self) -> list[Section]:
        """The files."""
        words = t("{files} changed", files=plural(len(self._changed), "file"))
        return [Section(words, self._changed, self._line, height=2)]

    def _line(self, changed: tuple[JobItem, str], width: int) -> list[Drawn]:
        item, words = changed
        name = fit_path(printable(item.path.decode("utf-8", "surrogateescape")), max(width - 2, 8))
        return [[("  ", "plain"), (name, "plain")], [("    " + words, "dim")]]


class LeftPage(Sheet[None]):
    """The items that a job left, failed ones first; read once."""

    def __init__(self, hooks: LeftHooks, *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._hooks = hooks
        items = list(hooks.items())
        self._failed = [item for item in items if item.stage is Stage.FAILED]
        self._open = [item for item in items if not item.stage.ended]

    @property
    def heading(self) -> str:
        """What this is."""
        return t("Left behind: job {job}", job=self._hooks.job.id)

    def head(self, width: int) -> list[Drawn]:
        """The counts."""
        job = self._hooks.job
        words = t("{done} done of {total}", done=number(job.done), total=number(job.total))
        return [[], [(" " + words, "strong")]]

    def sections(self) -> list[Section]:
        """The failed and the waiting ones."""
        return [
            Section(t("{count} failed", count=number(len(self._failed))), self._failed, self._line),
            Section(t("{count} waiting", count=number(len(self._open))), self._open, self._line),
        ]

    def _line(self, item: JobItem, width: int) -> list[Drawn]:
        word = printable(item.code) if item.stage is Stage.FAILED else said(Stage.WAITING.word)
        lead = f"  {size_text(item.size):>5}  {word}  "
        name = fit_path(printable(item.key), max(width - len(lead), 8))
        return [[(lead, "failed" if item.stage is Stage.FAILED else "dim"), (name, "plain")]]
