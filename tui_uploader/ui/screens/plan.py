"""PlanScreen: what would happen, before anything moves. It fills while the plan streams in."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from tui_uploader.model.failures import info_of
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.keys import PLAN, Key, bindings
from tui_uploader.ui.language import said, t
from tui_uploader.ui.plan_tally import PlanTally
from tui_uploader.ui.screens.sheet import Drawn, Section, Sheet, fact
from tui_uploader.ui.words import fit, fit_path, number, padded, plural, size_text, skip_words, wrapped


class PlanScreen(Sheet[bool]):
    """Closes with True when the plan shall start. `command` is the same as one command line."""

    KEYS: ClassVar[tuple[Key, ...]] = PLAN
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PLAN)]

    def __init__(self, tally: PlanTally, *, prefix: str, command: str, glyphs: Glyphs) -> None:
        super().__init__(glyphs=glyphs)
        self.tally, self._prefix, self._command = tally, prefix, command
        self._start_when_counted = False

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
        tally = self.tally
        where = (
            t("to {prefix}/", prefix=printable(self._prefix.strip("/")))
            if self._prefix.strip("/")
            else t("to the top folder")
        )
        if not tally.complete:
            return t("Plan: counting... {files}", files=plural(tally.seen, "file"))
        return t(
            "Plan: {objects}, {upload_bytes}, {where}",
            objects=plural(tally.uploads, "object"),
            upload_bytes=size_text(tally.upload_bytes),
            where=where,
        )

    def offered_keys(self) -> list[tuple[Key, str]]:
        """Start stands there only where there is something to start."""
        works = bool(self.tally.uploads or self.tally.again)
        return [(key, label) for key, label in super().offered_keys() if key.id != "plan.start" or works]

    def head(self, width: int) -> list[Drawn]:
        """Totals, an example, and the same as a command."""
        tally = self.tally
        total = partial(_total, width)
        lines: list[Drawn] = [
            [],
            total("upload", tally.counts[Verdict.UPLOAD], tally.sizes[Verdict.UPLOAD], "", "done"),
            total("warn", tally.counts[Verdict.WARN], tally.sizes[Verdict.WARN], t("uploaded, but look"), "warning"),
            total("skip", tally.counts[Verdict.SKIP], None, t("left out"), "dim"),
            total("refuse", tally.counts[Verdict.REFUSE], None, t("cannot be uploaded"), "failed"),
        ]
        if tally.again:
            lines.append(total("again", len(tally.again), None, t("failed before, tried again"), "warning"))
        if tally.queued_already:
            lines.append(total("known", tally.queued_already, None, t("queued already"), "dim"))
        if tally.problem:
            lines += [[], *([(" " + line, "failed")] for line in wrapped(tally.problem, width - 2))]
        example = tally.example
        if example is not None:
            lines += [[], *fact("example", shown_path(example.path), width)]
            lines += fact("  " + t("-> key"), printable(example.key), width, "strong")
            lines += fact("overwrite", t("an existing object of the same key is overwritten"), width)
        lines += [
            [],
            [(" " + t("as a command:"), "dim")],
            *([("   " + line, "plain")] for line in wrapped(self._command, width - 4)),
        ]
        if tally.skip_reasons:
            reasons = ", ".join(f"{skip_words(reason)} x{number(n)}" for reason, n in tally.skip_reasons.most_common())
            lines += [[], *fact("skipped", reasons, width, "dim")]
        return lines

    def sections(self) -> Sequence[Section]:
        """Every refusal, warning and skip with its reason."""
        tally = self.tally
        return [
            Section(
                t("Refused ({refused})", refused=number(len(tally.refused))), tally.refused, self._reason("failed"), 2
            ),
            Section(
                t("Warnings ({warned})", warned=number(len(tally.warned))), tally.warned, self._reason("warning"), 2
            ),
            Section(
                t("Skipped ({skipped})", skipped=number(len(tally.skipped))), tally.skipped, self._reason("dim"), 2
            ),
        ]

    def _reason(self, ink: str) -> Callable[[Planned, int], Sequence[Drawn]]:
        def draw(line: Planned, width: int) -> Sequence[Drawn]:
            code = printable(line.code or "")
            room = max(width - len(code) - 5, 0)
            why = clean_message(line.reason) or (said(info_of(line.code).meaning) if line.code else "")
            if line.verdict is Verdict.SKIP:
                code, why = "", skip_words(line.reason)
            return [
                [
                    ("   ", "plain"),
                    (code, ink),
                    ("  " * bool(code) + fit(why, room, self.glyphs.more), "plain"),
                ],
                [("     " + fit_path(shown_path(line.path), width - 6, self.glyphs.more), "dim")],
            ]

        return draw

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
            self.say(t("nothing here can be uploaded: the reasons stand below"))


def _total(width: int, word: str, count: int, size: int | None, words: str, ink: str) -> Drawn:
    amount = f"{size_text(size):>6}" if size is not None and count else " " * 6
    words = words if cell_len(words) + 27 <= width else ""
    return [
        (" " + padded(said(word), 8), ink if count else "dim"),
        (f"{number(count):>9} {amount}  ", "plain"),
        (words, "dim"),
    ]
