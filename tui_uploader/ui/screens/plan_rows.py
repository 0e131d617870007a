"""PlanRows: which lines of a plan are listed, the chosen one, and how each is drawn."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len

from tui_uploader.model.failures import info_of
from tui_uploader.model.items import Verdict
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said, t
from tui_uploader.ui.plan_tally import UPLOADED, PlanTally
from tui_uploader.ui.screens.sheet import Drawn, Section
from tui_uploader.ui.words import fit, fit_path, number, padded, size_text, skip_words

_LOOK = (Verdict.REFUSE, Verdict.WARN, Verdict.SKIP)  # what a person should look at
_FILTERS: tuple[tuple[Verdict, ...], ...] = (
    _LOOK, (*_LOOK, Verdict.UPLOAD), (Verdict.UPLOAD,), (Verdict.WARN,), (Verdict.SKIP,), (Verdict.REFUSE,),
)  # fmt: skip
_INKS = {Verdict.REFUSE: "failed", Verdict.WARN: "warning", Verdict.SKIP: "dim", Verdict.UPLOAD: "done"}


class PlanRows:
    """Two screen lines for each line of the plan. `at` is the chosen line's position in the plan, None for none."""

    def __init__(self, tally: PlanTally, glyphs: Glyphs) -> None:
        self._tally, self._glyphs = tally, glyphs
        self._filter = 0
        self._chosen: tuple[Verdict, int] | None = None  # and its place among those

    @property
    def at(self) -> int | None:
        """The chosen line."""
        if self._chosen is None:
            return None
        verdict, place = self._chosen
        lines = self._tally.lines.by_verdict[verdict]
        return lines[place] if place < len(lines) else None

    def next_filter(self) -> str:
        """Show other verdicts, of those that the plan has; what is shown now."""
        for _ in _FILTERS:
            self._filter = (self._filter + 1) % len(_FILTERS)
            if self._filter == 0 or self._groups():
                break
        self._chosen = None
        self.move(1)
        if self._filter == 0:
            return t("shown: what needs a look") if self._groups() else t("nothing needs a look: f shows all lines")
        shown = _FILTERS[self._filter]
        return t("shown: all lines") if len(shown) > 1 else t("shown: {word}", word=said(shown[0].value))

    def _groups(self) -> list[tuple[Verdict, int]]:
        found = ((verdict, len(self._tally.lines.by_verdict[verdict])) for verdict in _FILTERS[self._filter])
        return [(verdict, count) for verdict, count in found if count]

    @property
    def count(self) -> int:
        """How many lines of the plan are listed."""
        return sum(count for _, count in self._groups())

    def move(self, by: int) -> bool:
        """Choose a line so many lines further, the last or first at most; False where there is none that way."""
        groups, last = self._groups(), self.count - 1
        at = -1
        if self._chosen is not None:
            verdict, place = self._chosen
            above = 0
            for known, count in groups:
                if known is verdict and place < count:
                    at = above + place
                above += count
        to = min(at + by, last) if by > 0 else at + by
        if to == at or last < 0:
            return False
        self._chosen = None
        for verdict, count in groups:
            if 0 <= to < count:
                self._chosen = (verdict, to)
            to -= count
        return self._chosen is not None

    def choose(self, at: int) -> None:
        """Keep a line chosen whose place among its verdict's may be another now."""
        verdict = self._tally.lines.verdict(at)
        self._chosen = (verdict, self._tally.lines.by_verdict[verdict].index(at))

    def keep(self, at: int) -> None:
        """The same, of a line that may have another verdict now; one that is not listed now stays where it was."""
        if self._tally.lines.verdict(at) in _FILTERS[self._filter]:
            self.choose(at)
        else:
            self.move(1 if self.at is None else 0)

    def jump(self, end: int) -> None:
        """Choose none (0) or the last line (-1)."""
        self._chosen = None
        if end:
            self.move(self.count)

    def line(self) -> int:
        """On which line under the head the chosen one begins."""
        if self._chosen is None:
            return 0
        above = 0
        for verdict, count in self._groups():
            if verdict is self._chosen[0]:
                return above + 2 + 2 * self._chosen[1]
            above += 2 + 2 * count
        return above

    def sections(self) -> Sequence[Section]:
        """The shown verdicts with their lines."""
        words = {
            Verdict.REFUSE: t("Refused ({refused})", refused=self._count(Verdict.REFUSE)),
            Verdict.WARN: t("Warnings ({warned})", warned=self._count(Verdict.WARN)),
            Verdict.SKIP: t("Skipped ({skipped})", skipped=self._count(Verdict.SKIP)),
            Verdict.UPLOAD: t("Uploaded ({uploaded})", uploaded=self._count(Verdict.UPLOAD)),
        }
        lines = self._tally.lines.by_verdict
        return [
            Section(words[verdict], lines[verdict], self._draw(verdict), 2) for verdict in _FILTERS[self._filter]
        ]  # fmt: skip

    def _count(self, verdict: Verdict) -> str:
        return number(len(self._tally.lines.by_verdict[verdict]))

    def _draw(self, verdict: Verdict) -> Callable[[int, int], Sequence[Drawn]]:
        return lambda at, width: self._two_lines(at, verdict, width)

    def _two_lines(self, at: int, verdict: Verdict, width: int) -> Sequence[Drawn]:
        line, more, ink = self._tally.lines[at], self._glyphs.more, _INKS[verdict]
        here = at == self.at
        lead = f" {self._glyphs.focus if here else ' '} "
        dropped = t("left out by you") if at in self._tally.lines.dropped else ""
        code = printable(line.code or "")
        why = clean_message(line.reason) or (said(info_of(line.code).meaning) if line.code else "")
        if verdict is Verdict.SKIP:
            code, why = "", skip_words(line.reason)
        elif verdict in UPLOADED:
            why = why or said(verdict.value)
        first: Drawn = [
            (lead, "strong"), (code, ink),
            ("  " * bool(code) + fit(dropped or why, max(width - len(code) - 5, 0), more), "plain"),
        ]  # fmt: skip
        path = shown_path(line.path)
        if verdict not in UPLOADED:
            return [first, [("     " + fit_path(path, width - 6, more), "dim")]]
        size = f"{size_text(line.size):>6} "
        room = width - 6 - len(size)
        key = printable(line.key)
        if cell_len(path) + cell_len(key) + 4 > room and not dropped and not line.reason:  # a line for each, then
            begin: Drawn = [(lead, "strong"), (size, ink), (fit_path(path, width - 4 - len(size), more), "dim")]
            return [begin, [("     -> " + fit_path(key, width - 9, more), "plain")]]
        shown = fit_path(path, max(room - cell_len(key) - 4, (room - 4) // 2), more)
        key = fit_path(key, max(room - cell_len(shown) - 4, 0), more)
        return [first, [("     " + size, "plain"), (shown, "dim"), (f" -> {key}", "plain")]]

    @property
    def advice(self) -> str:
        """What to do about the chosen line, where it is refused."""
        at = self.at
        line = self._tally.lines[at] if at is not None else None
        if line is None or line.verdict is not Verdict.REFUSE or not line.code:
            return ""
        return f"{printable(line.code)}: {said(info_of(line.code).check)}"


def total_line(width: int, word: str, count: int, size: int | None, words: str, ink: str) -> Drawn:
    """One line of the totals."""
    amount = f"{size_text(size):>6}" if size is not None and count else " " * 6
    words = words if cell_len(words) + 27 <= width else ""
    return [
        (" " + padded(said(word), 8), ink if count else "dim"),
        (f"{number(count):>9} {amount}  ", "plain"),
        (words, "dim"),
    ]
