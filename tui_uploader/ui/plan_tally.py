"""PlanTally: a plan as it streams in, counted. What is queued already is left out and counted apart."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from tui_uploader.model.items import Planned, Stage, Verdict
from tui_uploader.model.keys import MAX_KEY_BYTES, invalid_key
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import has_controls
from tui_uploader.ui.language import t
from tui_uploader.ui.plan_lines import PlanLines
from tui_uploader.ui.words import number

UPLOADED = (Verdict.UPLOAD, Verdict.WARN)
ByHand = Mapping[bytes, tuple[str, bool]]
Known = Callable[[bytes], int | None]


def why_no_key(text: str) -> str:
    """Why a text that a person typed cannot be a key, short enough for the line above it; empty where it can."""
    if has_controls(text):
        return t("no control character in a key, please")
    if any("\ud800" <= char <= "\udfff" for char in text):
        return t("a key is UTF-8: this is not")
    if (wrong := invalid_key(text)) == "KEY_TOO_LONG":
        return t("too long: {length} of {most} bytes", length=len(text.encode()), most=MAX_KEY_BYTES)
    if wrong:
        return t("no empty, '.' or '..' part, no / at its ends") if text else t("a key cannot be empty")
    return ""


class PlanTally:
    """Totals, the lines to add, and the items that are queued already but failed and shall be tried again."""

    def __init__(self, state: QueueState, known: Known, by_hand: "ByHand | None" = None) -> None:
        """`by_hand` is what was changed in a plan of the same files: `carry` does it here once more."""
        self._state, self._known = state, known
        self._by_hand: ByHand = by_hand or {}
        self._met: list[int] = []  # lines of which there is something in `by_hand`
        self.lines = PlanLines()
        self.again: list[int] = []
        self.counts: Counter[Verdict] = Counter()
        self.sizes: Counter[Verdict] = Counter()
        self.skip_reasons: Counter[str] = Counter()
        self.queued_already = 0
        self.seen = 0
        self.complete = False
        self.problem = ""
        self.unanswered = ""  # why the service did not say of all whether they may go
        self.changes = 0  # made by hand or by the service, so that a list being written knows that it is another's

    def take(self, chunk: Sequence[Planned]) -> None:
        """Count the next lines of the plan."""
        self.seen += len(chunk)
        for line in chunk:
            item_id = self._known(line.path)
            if item_id is not None and self._state.key(item_id) == line.key:
                stage = self._state.stage(item_id)
                uploads = line.verdict in (Verdict.UPLOAD, Verdict.WARN)
                if uploads and stage in (Stage.FAILED, Stage.CANCELLED):
                    self.again.append(item_id)
                else:
                    self.queued_already += 1
                continue
            at = self.lines.append(line)
            if line.path in self._by_hand and line.verdict in UPLOADED:
                self._met.append(at)
            self.counts[line.verdict] += 1
            self.sizes[line.verdict] += max(line.size, 0)
            if line.verdict is Verdict.SKIP:
                self.skip_reasons[line.reason or t("left out")] += 1

    def drop(self, at: int) -> bool:
        """Leave a line out, or take it in again; whether it is left out now.

        The key of one that is left out goes to the first line that was refused for it.
        """
        lines = self.lines
        self.changes += 1
        if at in lines.dropped:
            if lines.holds_key(lines.key(at)):
                return True
            lines.dropped.remove(at)
            self._count(at, 1)
            return False
        self._count(at, -1)
        lines.dropped.add(at)
        self._give_on(lines.key(at))
        return True

    def _give_on(self, key: str) -> None:
        at = self.lines.next_claim(key)
        if at is not None:
            self.counts[Verdict.REFUSE] -= 1
            self.sizes[Verdict.REFUSE] -= max(self.lines.size(at), 0)
            self._count(at, 1)

    def _count(self, at: int, by: int) -> None:
        verdict = self.lines.verdict(at)
        self.counts[verdict] += by
        self.sizes[verdict] += by * max(self.lines.size(at), 0)

    def rename(self, at: int, key: str) -> str:
        """Give a line another key; why it cannot have it, empty where it has it now."""
        if key == self.lines.key(at):
            return ""
        if why := why_no_key(key):
            return why
        if self.lines.holds_key(key):
            return t("another file of this plan has this key")
        self.changes += 1
        before = self.lines.key(at)
        self.lines.set_key(at, key)
        if at not in self.lines.dropped:
            self._give_on(before)
        return ""

    @property
    def by_hand(self) -> "ByHand":
        """What a person changed, by path: the key that was given, empty where none, and whether it is left out."""
        lines = self.lines
        changed = lines.renamed | lines.dropped
        made = {lines.path(at): (lines.key(at) if at in lines.renamed else "", at in lines.dropped) for at in changed}
        return made if self.complete else {**self._by_hand, **made}  # those before were not all met again so far

    def carry(self) -> str:
        """Do what was changed by hand before, now that all lines are here; words for the person, if there are any."""
        kept = 0
        for at in self._met:
            key, dropped = self._by_hand[self.lines.path(at)]
            if self.lines.verdict(at) in UPLOADED and not (key and self.rename(at, key)):
                kept += 1
                if dropped:
                    self.drop(at)
        self._met = []
        if not self._by_hand:
            return ""
        lost = len(self._by_hand) - kept
        if lost:
            return t("changed by hand and kept: {kept}, not fitting here: {lost}", kept=number(kept), lost=number(lost))
        return t("changed by hand and kept: {kept}", kept=number(kept))

    def refuse(self, whys: Mapping[int, tuple[str, str]]) -> None:
        """The service would refuse these lines: code and reason by position."""
        self.changes += 1
        for at in whys:
            verdict = self.lines.verdict(at)
            self.counts[verdict] -= 1
            self.sizes[verdict] -= max(self.lines.size(at), 0)
        self.counts[Verdict.REFUSE] += len(whys)
        self.lines.refuse(whys)

    def admit(self, places: Sequence[int]) -> None:
        """The service would take these lines after all, which it refused before."""
        self.changes += 1
        self.lines.admit(places)
        self.counts[Verdict.REFUSE] -= len(places)
        for at in places:
            self._count(at, 1)

    def to_add(self, size: int = 1000) -> Iterator[list[Planned]]:
        """The lines for the queue, in pieces: all but those that a person left out."""
        for start in range(0, len(self.lines), size):
            end = min(start + size, len(self.lines))
            piece = [self.lines[at] for at in range(start, end) if at not in self.lines.dropped]
            if piece:
                yield piece

    def targets(self, size: int = 500) -> Iterator[list[tuple[bytes, str]]]:
        """Paths and keys of all that would be uploaded, what failed before and is tried again included, in pieces."""
        again = self.again
        for start in range(0, len(again), size):
            yield [(self._state.path(item), self._state.key(item)) for item in again[start : start + size]]
        lines = self.lines
        for verdict in UPLOADED:
            places = lines.by_verdict[verdict]
            for start in range(0, len(places), size):
                piece = [at for at in places[start : start + size] if at not in lines.dropped]
                yield [(lines.path(at), lines.key(at)) for at in piece]

    @property
    def left_out(self) -> "set[int] | None":
        """The lines that are not uploaded though their marks say so; None where marks and names alone cannot say it."""
        if self.lines.renamed - self.lines.dropped or self.again or self.queued_already:
            return None
        return self.lines.dropped.union(self.lines.denied)

    @property
    def uploads(self) -> int:
        """How many new objects would be uploaded."""
        return self.counts[Verdict.UPLOAD] + self.counts[Verdict.WARN]

    @property
    def upload_bytes(self) -> int:
        """Their bytes."""
        return self.sizes[Verdict.UPLOAD] + self.sizes[Verdict.WARN]

    @property
    def something_new(self) -> bool:
        """Whether there is a line that is not in the queue, or one there that would be tried again."""
        return bool(len(self.lines) or self.again)

    @property
    def example(self) -> Planned | None:
        """The first line that would be uploaded, with the key that it has by now."""
        lines = self.lines
        first = (next((at for at in lines.by_verdict[one] if at not in lines.dropped), None) for one in UPLOADED)
        at = min((at for at in first if at is not None), default=None)
        return None if at is None else lines[at]
