"""Review: from marks to a plan on the screen to items in the queue. Walks nothing itself, the scout does."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from time import monotonic
from typing import Protocol

from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.port import EnginePort
from tui_uploader.model.failures import bug
from tui_uploader.model.files import Inspection, Mark
from tui_uploader.model.items import Planned
from tui_uploader.model.marked import Marked
from tui_uploader.model.text import clean_message
from tui_uploader.ui.language import t
from tui_uploader.ui.plan_tally import PlanTally
from tui_uploader.ui.widgets.tree_looker import FolderReader
from tui_uploader.ui.words import plural

_PAINT_EVERY = 0.25  # seconds
_BREATH = 0.002  # seconds between two chunks: a key goes through a dozen queues, all of them in one pause


class Scout(FolderReader, Protocol):
    """What the screen knows of the helper that lists and plans."""

    async def inspect(self, path: bytes, timeout: float = 5.0) -> Inspection:
        """All that the file system says of a path."""
        ...

    async def completions(self, typed: bytes, timeout: float = 2.0) -> Sequence[bytes]:
        """The folders that a path being typed may become. Raises NotListed."""
        ...

    def plan(
        self, marks: Sequence[Mark] | Marked, excluded: Collection[bytes], options: PlanOptions
    ) -> AsyncIterator[tuple[Planned, ...]]:
        """The lines of a plan, in chunks."""
        ...

    async def close(self) -> None:
        """End the helper."""
        ...


class Review:
    """One plan being made. `opened` is called at the first line that is new, `grown` at each further chunk."""

    def __init__(
        self,
        tally: PlanTally,
        *,
        opened: Callable[[PlanTally], None],
        grown: Callable[[], None],
        said: Callable[[str], None],
        announced: bool = True,
    ) -> None:
        """`announced` where nothing else says that a plan is being made."""
        self.tally = tally
        self._opened, self._grown, self._said = opened, grown, said
        self._open, self._announced = False, announced

    async def fill(self, chunks: AsyncIterator[tuple[Planned, ...]]) -> None:
        """Take the whole plan in; an error of the scout ends in a sentence, not in the app."""
        if self._announced:
            self._said(t("planning... Esc stops"))
        shown = 0.0
        gc.disable()  # a million lines make no circles, and each look for some would take as long as a key may
        try:
            async for chunk in chunks:
                self.tally.take(chunk)
                if not self._open or monotonic() - shown > _PAINT_EVERY:  # a million lines come in a thousand chunks
                    self._show()
                    shown = monotonic()
                    gc.collect(0)  # what painting left behind, now that it is little: at the end it would be 0.15 s
                await asyncio.sleep(_BREATH)  # chunks that lie ready would follow each other without a gap for keys
        except (OSError, RuntimeError, EOFError, ValueError) as error:
            self.tally.problem = t("the plan is not whole: {error}", error=clean_message(str(error)))
        except Exception as error:  # noqa: BLE001 - a bug must not leave "counting..." for ever
            self.tally.problem = t("the plan is not whole: internal error ({detail})", detail=bug(error).detail)
        finally:
            gc.enable()
        if kept := self.tally.carry():
            self._said(kept)
        self.tally.complete = True
        self._show()
        if not self._open:
            self._said(self.nothing_new())

    def nothing_new(self) -> str:
        """Why no plan opens."""
        if self.tally.problem:
            return self.tally.problem
        if self.tally.queued_already:
            return t("nothing new: {files} queued already", files=plural(self.tally.queued_already, "file"))
        return t("nothing to upload in what is marked: the folders are empty")

    def _show(self) -> None:
        if self._open:
            self._grown()
        elif self.tally.something_new:
            self._open = True
            self._opened(self.tally)
        elif not self.tally.complete:
            self._said(t("planning... {files}, nothing new yet, Esc stops", files=plural(self.tally.seen, "file")))


def start(port: EnginePort, tally: PlanTally) -> str:
    """Put a plan into the queue; answers with what was done."""
    for _ in starting(port, tally):
        pass
    return started_words(tally)


def starting(port: EnginePort, tally: PlanTally) -> Iterator[int]:
    """Put a plan into the queue piece by piece; how many lines so far."""
    added = 0
    for piece in tally.to_add():
        added += len(piece)
        port.add(piece, last=False)
        yield added
    port.add((), last=True)
    if tally.again:
        port.retry(tally.again)


def started_words(tally: PlanTally) -> str:
    """What was done, in words."""
    words = []
    if tally.uploads:
        words.append(t("{objects} added", objects=plural(tally.uploads, "object")))
    if tally.again:
        words.append(t("{objects} tried again", objects=plural(len(tally.again), "object")))
    return ", ".join(words)
