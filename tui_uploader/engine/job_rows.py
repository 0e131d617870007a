"""JobRows: what became of a job's objects, by how they ended, read from the journal as they are looked at."""

import sqlite3
from array import array
from collections.abc import Sequence
from typing import overload

from tui_uploader.engine.journal import Journal, JournalError
from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import JobItem

ORDER = (Stage.FAILED, Stage.WAITING, Stage.CANCELLED, Stage.SKIPPED, Stage.DONE)
_PAGE = 128
_PAGES = 8  # kept: what a screen shows, and what lies beside it


class Group(Sequence[JobItem]):
    """The objects of one stage, by their place in it. Four bytes an object, and a few pages of what is looked at.

    One that has left the journal meanwhile is shown without its name.
    """

    def __init__(self, journal: Journal, job: str, stage: Stage, ids: "array[int]") -> None:
        self.stage = stage
        self._journal, self._job, self._ids = journal, job, ids
        self._pages: dict[int, list[JobItem]] = {}

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> JobItem: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[JobItem]: ...
    def __getitem__(self, at: int | slice) -> JobItem | Sequence[JobItem]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        number, place = divmod(at if at >= 0 else at + len(self), _PAGE)
        page = self._pages.pop(number, None)
        if page is None:
            page = self._read(self._ids[number * _PAGE : (number + 1) * _PAGE])
            while len(self._pages) >= _PAGES:
                del self._pages[next(iter(self._pages))]
        self._pages[number] = page  # the newest comes last
        return page[place]

    def _read(self, ids: "array[int]") -> list[JobItem]:
        try:
            found = {item.id: item for item in self._journal.some(self._job, ids)}
        except (sqlite3.Error, JournalError, KeyError):
            found = {}
        return [found.get(item_id) or JobItem(item_id, b"?", "?", -1, 0, 0, self.stage) for item_id in ids]


class JobRows:
    """The groups of one job, as they stood when this was made. Making it reads every row once; `close` it.

    Raises JournalError, KeyError and sqlite3.Error.
    """

    def __init__(self, folder: str, job: str) -> None:
        self._journal, self._job = Journal(folder), job
        try:
            self.groups = self.holding("")
        except BaseException:  # whatever it is goes on to whoever asked; the file does not stay open
            self._journal.close()
            raise

    def holding(self, text: str) -> list[Group]:
        """The groups of the objects whose keys hold `text`. Raises JournalError, KeyError and sqlite3.Error."""
        numbers = {stage: array("I") for stage in ORDER}
        for item_id, stage in self._journal.stages(self._job, text):
            numbers[stage if stage.ended else Stage.WAITING].append(item_id)
        return [Group(self._journal, self._job, stage, numbers[stage]) for stage in ORDER]

    def close(self) -> None:
        """Give the journal back."""
        self._journal.close()
