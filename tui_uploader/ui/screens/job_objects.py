"""JobObjects: what became of each object of an old job, failed ones first; read from the journal as one scrolls."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from tui_uploader.engine.job_rows import Group, JobRows
from tui_uploader.engine.journal_file import JournalError
from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import JobInfo, JobItem
from tui_uploader.model.text import printable, shown_path
from tui_uploader.ui.aside import aside
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.job_words import asked_words, became_words, count_words, course_words, state_words, why_words
from tui_uploader.ui.keys import OBJECTS, Key, bindings
from tui_uploader.ui.language import retold, t
from tui_uploader.ui.screens.sheet import Drawn, Page, Section, Sheet
from tui_uploader.ui.words import fit, fit_path, number, size_text, wrapped

_INK = {Stage.FAILED: "failed", Stage.DONE: "done"}


class JobObjects(Sheet[None]):
    """Its rows are read in a thread; until then it shows the counts. `open_rows` gives a sentence where it cannot."""

    KEYS: ClassVar[tuple[Key, ...]] = OBJECTS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OBJECTS)]

    def __init__(self, job: JobInfo, open_rows: Callable[[], JobRows | str], *, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self._job, self._open = job, open_rows
        self._rows: JobRows | None = None
        self._groups: Sequence[Group] = ()
        self._shown: Stage | None = None  # None: all of them
        self._text = ""

    def on_mount(self) -> None:
        """Read what there is."""
        super().on_mount()
        self.said = t("reading the journal...")
        self._read()

    @work(group="read", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        rows = await aside(self._open)
        if isinstance(rows, str):
            self.say(t("{why}: Esc goes back", why=retold(rows)))
            return
        self._rows, self._groups = rows, rows.groups
        self.say("" if any(self._groups) else t("this job holds no object: Esc goes back"))

    def on_unmount(self) -> None:
        """Give the journal back."""
        if self._rows is not None:
            self._rows.close()

    @property
    def heading(self) -> str:
        """Which job."""
        return t("Objects of job {job}: {state}", job=printable(self._job.id), state=state_words(self._job))

    def head(self, width: int) -> list[Drawn]:
        """The job in three lines."""
        job = self._job
        lines = [(count_words(job), "strong"), (asked_words(job), "plain"), (course_words(job), "dim")]
        drawn: list[Drawn] = [[(" " + part, ink)] for words, ink in lines for part in wrapped(words, width - 2)]
        if self._text:
            words = t("only keys that hold {text}: / and Enter shows all", text=printable(self._text))
            drawn.append([(" " + fit(words, width - 2, self.glyphs.more), "warning")])
        return drawn

    def offered_keys(self) -> Iterable[tuple[Key, str]]:
        """Showing and finding only where there are objects."""
        there = self._rows is not None
        return [pair for pair in super().offered_keys() if there or not pair[0].id.startswith("objects.")]

    def sections(self) -> list[Section]:
        """The groups that are shown."""
        chosen = [group for group in self._groups if self._shown in (None, group.stage)]
        return [self._section(group) for group in chosen]

    def _section(self, group: Group) -> Section:
        count = number(len(group))
        names = {
            Stage.FAILED: t("{count} failed", count=count),
            Stage.WAITING: t("{count} waiting", count=count),
            Stage.CANCELLED: t("{count} cancelled", count=count),
            Stage.SKIPPED: t("{count} skipped", count=count),
            Stage.DONE: t("{count} done", count=count),
        }
        return Section(names[group.stage], group, self._lines, height=3 if group.stage is Stage.FAILED else 1)

    def _lines(self, item: JobItem, width: int) -> list[Drawn]:
        word = became_words(item)
        lead = f"  {size_text(item.size):>5}  "
        name = fit_path(printable(item.key), max(width - len(lead) - len(word) - 3, 8), self.glyphs.more)
        first: Drawn = [(lead, "dim"), (f"{word}  ", _INK.get(item.stage, "dim")), (name, "plain")]
        if item.stage is not Stage.FAILED:
            return [first]
        path = fit_path(shown_path(item.path), max(width - 10, 8), self.glyphs.more)
        why = fit(why_words(item), max(width - 10, 8), self.glyphs.more)
        return [first, [("         " + why, "dim")], [("         " + path, "dim")]]

    def action_show(self) -> None:
        """All, then one group after the other: those that hold something."""
        there: list[Stage | None] = [None, *(group.stage for group in self._groups if group)]
        at = there.index(self._shown) if self._shown in there else 0
        self._shown = there[(at + 1) % len(there)]
        self.query_one(Page).top = 0
        self.repaint()

    def action_find(self) -> None:
        """Narrow to keys that hold a text."""
        from tui_uploader.ui.screens.prompt import Prompt

        prompt = Prompt(t("keys that hold"), glyphs=self.glyphs, value=self._text)
        self.app.push_screen(prompt, self._narrowed)

    def _narrowed(self, text: str | None) -> None:
        if text is not None and self._rows is not None:
            self._narrow(self._rows, text)

    @work(group="read", exclusive=True, exit_on_error=False)
    async def _narrow(self, rows: JobRows, text: str) -> None:
        try:
            groups = await aside(partial(rows.holding, text))
        except (JournalError, KeyError):
            self.say(t("job {job} has gone from the journal", job=printable(self._job.id)))
            return
        self._text, self._groups, self._shown = text, groups, None
        self.query_one(Page).top = 0
        self.say("" if any(groups) else t("no key holds {text}", text=printable(text)))
