"""PlanTally: a plan as it streams in, counted. What is queued already is left out and counted apart."""

from collections import Counter
from collections.abc import Callable, Sequence

from tui_uploader.model.items import Planned, Stage, Verdict
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.language import t

Known = Callable[[bytes], int | None]


class PlanTally:
    """Totals, the lines to add, and the items that are queued already but failed and shall be tried again."""

    def __init__(self, state: QueueState, known: Known) -> None:
        self._state, self._known = state, known
        self.lines: list[Planned] = []
        self.refused: list[Planned] = []
        self.warned: list[Planned] = []
        self.skipped: list[Planned] = []
        self.again: list[int] = []
        self.counts: Counter[Verdict] = Counter()
        self.sizes: Counter[Verdict] = Counter()
        self.skip_reasons: Counter[str] = Counter()
        self.queued_already = 0
        self.seen = 0
        self.complete = False
        self.problem = ""

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
            self.lines.append(line)
            self.counts[line.verdict] += 1
            self.sizes[line.verdict] += max(line.size, 0)
            if line.verdict is Verdict.REFUSE:
                self.refused.append(line)
            elif line.verdict is Verdict.WARN:
                self.warned.append(line)
            elif line.verdict is Verdict.SKIP:
                self.skipped.append(line)
                self.skip_reasons[line.reason or t("left out")] += 1

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
        return bool(self.lines or self.again)

    @property
    def example(self) -> Planned | None:
        """The first line that would be uploaded."""
        return next((line for line in self.lines if line.verdict in (Verdict.UPLOAD, Verdict.WARN)), None)
