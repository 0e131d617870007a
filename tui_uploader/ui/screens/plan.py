"""PlanScreen: what would happen, before anything moves, and what a person changes of it. Fills while it streams in."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from tui_uploader.engine.port import OVERWRITE
from tui_uploader.model.items import Verdict
from tui_uploader.model.text import printable, shown_path
from tui_uploader.model.value import value
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import PLAN, Key, bindings
from tui_uploader.ui.language import t
from tui_uploader.ui.plan_command import POLICIES, PlanCommand, policy_words
from tui_uploader.ui.plan_tally import UPLOADED, PlanTally
from tui_uploader.ui.screens.plan_rows import PlanRows, total_line
from tui_uploader.ui.screens.prompt import Prompt
from tui_uploader.ui.screens.sheet import Drawn, Page, Section, Sheet, fact
from tui_uploader.ui.words import number, plural, size_text, skip_words, wrapped


@value
class PlanHooks:
    """What the plan's keys need of the main screen; each answers with words for the person, empty where all is well.

    `replan` plans anew with another prefix and key template; `check` asks the service about all, `copy` takes the
    command to the clipboard; `last_prefix` is the one that a plan was started with last, empty where none is known.
    """

    replan: Callable[[str, str], str]
    check: Callable[[], str]
    copy: Callable[[], str]
    last_prefix: Callable[[], str] = str


class PlanScreen(Sheet[bool]):
    """Closes with True when the plan shall start. `command` is the same as one command line."""

    KEYS: ClassVar[tuple[Key, ...]] = PLAN
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PLAN)]

    def __init__(
        self, tally: PlanTally, *, prefix: str, template: str, command: PlanCommand, hooks: PlanHooks,
        glyphs: Glyphs, if_exists: str = OVERWRITE,
    ) -> None:  # fmt: skip
        super().__init__(glyphs=glyphs)
        self._hooks = hooks
        self.if_exists = if_exists
        self._start_when_counted = False
        self.take(tally, prefix, template, command)

    def take(self, tally: PlanTally, prefix: str, template: str, command: PlanCommand) -> None:
        """Another plan, of the same files."""
        self.tally, self._prefix, self._template, self.command = tally, prefix, template, command
        self.rows = PlanRows(tally, self.glyphs)
        self._steps: list[tuple[int, str]] = []  # lines that were changed, and the key before, where that was it

    def grown(self) -> None:
        """The tally has taken more lines, or is complete now."""
        if self.tally.complete and self._start_when_counted:
            self._start_when_counted = False
            self._start()
            return
        if self.is_mounted:
            self.repaint()

    @property
    def heading(self) -> str:
        """How much it is, and whether it is still being counted."""
        tally, prefix = self.tally, self._prefix.strip("/")
        where = t("to {prefix}/", prefix=printable(prefix)) if prefix else t("to the top folder")
        if not tally.complete:
            return t("Plan: counting... {files}", files=plural(tally.seen, "file"))
        objects, amount = plural(tally.uploads, "object"), size_text(tally.upload_bytes)
        return t("Plan: {objects}, {upload_bytes}, {where}", objects=objects, upload_bytes=amount, where=where)

    def moves(self) -> bool:
        """The lines of a plan have a cursor."""
        return True

    def offered_keys(self) -> list[tuple[Key, str]]:
        """Start stands there only where there is something to start; a row's keys where a row is chosen."""
        works = bool(self.tally.uploads or self.tally.again)
        keys = [(key, label) for key, label in super().offered_keys() if key.id != "plan.start" or works]
        return [pair for pair in keys if self.rows.at is not None or pair[0].id not in ("plan.rename", "plan.exclude")]

    def head(self, width: int) -> list[Drawn]:
        """Totals, an example, and the same as a command."""
        tally = self.tally
        total = partial(total_line, width)
        lines: list[Drawn] = [
            [],
            total("upload", tally.counts[Verdict.UPLOAD], tally.sizes[Verdict.UPLOAD], "", "done"),
            total("warn", tally.counts[Verdict.WARN], tally.sizes[Verdict.WARN], t("uploaded, but look"), "warning"),
            total("skip", tally.counts[Verdict.SKIP], None, t("left out"), "dim"),
            total("refuse", tally.counts[Verdict.REFUSE], None, t("cannot be uploaded"), "failed"),
        ]
        if tally.lines.dropped:
            lines.append(total("dropped", len(tally.lines.dropped), None, t("left out by you (x)"), "dim"))
        if tally.again:
            lines.append(total("again", len(tally.again), None, t("failed before, tried again"), "warning"))
        if tally.queued_already:
            lines.append(total("known", tally.queued_already, None, t("queued already"), "dim"))
        for problem in filter(None, (tally.problem, tally.unanswered)):
            lines += [[], *([(" " + line, "failed")] for line in wrapped(problem, width - 2))]
        example = tally.example
        if example is not None:
            lines += [[], *fact("example", shown_path(example.path), width)]
            lines += fact("  " + t("-> key"), printable(example.key), width, "strong")
            lines += fact("overwrite", policy_words(self.if_exists), width)
        command, to_do = self.command.shown(self.if_exists)
        if not to_do or not tally.complete or tally.uploads or tally.again:
            lines += [[], [(" " + t("as a command (y copies, --check asks):"), "dim")]]
            lines += [[("   " + line, "plain")] for line in wrapped(command, width - 4)]
            lines += [[("   " + line, "dim")] for line in (wrapped(to_do, width - 4) if to_do else ())]
        if tally.skip_reasons:
            reasons = ", ".join(f"{skip_words(reason)} x{number(n)}" for reason, n in tally.skip_reasons.most_common())
            lines += [[], *fact("skipped", reasons, width, "dim")]
        return lines

    def sections(self) -> Sequence[Section]:
        """The lines that the filter shows."""
        return self.rows.sections()

    # --- keys

    def action_page_cursor(self, by: int) -> None:
        """Another line of the plan; above the first one the page itself scrolls."""
        if not (by > 0 and self._head_goes_on()) and self.rows.move(by):
            self.said = self.rows.advice
            self._show_row()
        elif by > 0 and len(self.tally.lines) and not self.rows.count and self._at_end():
            self.say(t("no lines are listed: f shows all lines"))
        else:
            self.scroll_page(by)

    def action_page_page(self, by: int) -> None:
        """A page of lines further; of the page itself as long as no line is chosen."""
        height = self.query_one(Page).size.height
        if (self.rows.at is None and (by < 0 or self._head_goes_on())) or not self.rows.move(by * max(height // 2, 1)):
            super().action_page_page(by)
        else:
            self.said = self.rows.advice
            self._show_row()

    def _head_goes_on(self) -> bool:
        """Whether no line is chosen and the totals have more lines than are in view: those come first."""
        page = self.query_one(Page)
        return self.rows.at is None and page.top + page.size.height < len(self.head(page.size.width)) + 2

    def _at_end(self) -> bool:
        page = self.query_one(Page)
        return page.top + page.size.height >= page.line_count()

    def action_page_end(self, row: int) -> None:
        """The first or the last line."""
        self.rows.jump(0 if row == 0 else -1)
        super().action_page_end(row)

    def _show_row(self) -> None:
        page = self.query_one(Page)
        line = len(self.head(page.size.width)) + self.rows.line()
        page.top = max(min(page.top, line - 1), line + 2 - page.size.height, 0)
        self.repaint()

    def change(self, change: Callable[[], None]) -> None:
        """Change the plan; the cursor stays on its line, where that is shown still."""
        at = self.rows.at
        change()
        if at is not None:
            self.rows.keep(at)
        if self.is_mounted:
            self.repaint()

    def action_filter(self) -> None:
        """The next verdict."""
        words = self.rows.next_filter()
        self._show_row() if self.rows.at is not None else self.repaint()
        self.say(words)

    def action_exclude(self) -> None:
        """Leave the chosen line out of the plan, or take it in again."""
        at = self.rows.at
        if at is None:
            self.say(t("choose a line with j first; f shows all lines"))
        elif self.tally.lines.verdict(at) not in UPLOADED:
            self.say(t("this line is not uploaded anyway"))
        else:
            self._steps.append((at, ""))
            held = at in self.tally.lines.dropped
            words = t("left out; x takes it in again") if self.tally.drop(at) else t("taken in again")
            if held and at in self.tally.lines.dropped:
                words = t("another file of this plan has this key")
            self.rows.choose(at)
            self._show_row()  # the totals have a line more or less
            self.say(words)

    def action_rename(self) -> None:
        """Another key for the chosen line."""
        at = self.rows.at
        if at is None:
            self.say(t("choose a line with j first; f shows all lines"))
            return
        if self.tally.lines.verdict(at) not in UPLOADED or not self.tally.complete:
            self.say(t("this line is not uploaded: it needs no key") if self.tally.complete else t("still counting"))
            return
        before = self.tally.lines.key(at)

        def renamed(text: str | None) -> None:
            if text is not None and self.tally.lines.key(at) != before:
                self._steps.append((at, before))
            self.say(t("renamed") if text is not None else "")

        check = partial(self._rename, at)
        self.app.push_screen(Prompt(t("key"), glyphs=self.glyphs, value=before, check=check), renamed)

    def _rename(self, at: int, text: str) -> str:
        return self.tally.rename(at, text.strip())

    def action_undo(self) -> None:
        """Take back the last change by hand."""
        if not self._steps:
            self.say(t("nothing to undo: U takes back x and e"))
            return
        at, before = self._steps.pop()
        if before:
            words = self.tally.rename(at, before)
        else:
            stays = at in self.tally.lines.dropped
            words = t("another file of this plan has this key") if self.tally.drop(at) and stays else ""
        self.rows.keep(at)
        self.say(words or t("taken back"))

    def action_prefix(self) -> None:
        """Another prefix: everything is planned anew."""
        last = "" if self._prefix else self._hooks.last_prefix()
        hint = t("the prefix of last time: ^u clears it") if last else ""
        value = self._prefix or last
        self._ask_plan(t("prefix"), value, lambda text: self._hooks.replan(text.strip(), self._template), hint)

    def action_template(self) -> None:
        """Another key template: everything is planned anew."""
        value = self._template or "{relpath}"
        self._ask_plan(t("key template"), value, lambda text: self._hooks.replan(self._prefix, text.strip()))

    def _ask_plan(self, label: str, value: str, check: Callable[[str], str], hint: str = "") -> None:
        self.said = ""  # it was said of the plan as it is now
        prompt = Prompt(label, glyphs=self.glyphs, value=value, check=check)
        prompt.said = hint
        self.app.push_screen(prompt, lambda _: self.repaint())

    def action_policy(self) -> None:
        """What becomes of an object that is there already: overwrite, skip, fail."""
        self.if_exists = POLICIES[(POLICIES.index(self.if_exists) + 1) % len(POLICIES)]
        self.say(policy_words(self.if_exists))

    def action_check(self) -> None:
        """Ask the service about every object, without sending data."""
        self.say(self._hooks.check() if self.tally.complete else t("still counting: c works when it is counted"))

    def action_copy(self) -> None:
        """The command line to the clipboard."""
        if self.command.words(self.if_exists):
            self.say(self._hooks.copy())
        elif not self.tally.complete:
            self.say(t("still counting: y works when it is counted"))
        elif not (self.tally.uploads or self.tally.again):
            self.say(self._nothing())
        else:
            self.say(self._hooks.copy())

    def action_start(self) -> None:
        """Start, or as soon as everything is counted."""
        if not self.tally.complete:
            self._start_when_counted = True
            self.say(t("still counting: starts by itself when it is counted, Esc goes back"))
        else:
            self._start()

    def action_back(self) -> None:
        """Back to the files, the marks kept."""
        self.dismiss(False)

    def _start(self) -> None:
        if self.tally.uploads or self.tally.again:
            self.dismiss(True)
        else:
            self.say(self._nothing())

    def _nothing(self) -> str:
        if self.tally.lines.dropped:
            return t("nothing is left: x takes a line in again")
        return t("nothing here can be uploaded: the reasons stand below")
