"""LeftBehind: the questions about a job that was left behind, and the page of the files that changed meanwhile."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from tui_uploader.model.jobs import JobInfo, JobItem
from tui_uploader.model.text import printable
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import CHANGED, LEFT, Key, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.screens.confirm import Confirm
from tui_uploader.ui.screens.sheet import Drawn, Section, Sheet
from tui_uploader.ui.words import fit_path, number, plural


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
