"""Plans made from old jobs: what one left, what failed in it, and leaving out what is known as uploaded."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tui_uploader.engine.far_disk import Disk, Stalled
from tui_uploader.engine.journal import Journal, file_mark
from tui_uploader.engine.planner import MAX_OBJECT, Planner, PlanOptions, Start
from tui_uploader.model.failures import os_failure
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.jobs import JobInfo, JobItem
from tui_uploader.model.keys import invalid_key
from tui_uploader.model.text import has_controls
from tui_uploader.model.whole import whole
from tui_uploader.protocol import deep_paths

_OF_NAMES = frozenset({"KEY_CLASH", "NAME_NOT_UTF8", "NAME_CONTROL", "LINK_OUTSIDE", "KEY_INVALID", "KEY_TOO_LONG"})
UNCHANGED = "unchanged"


class LeftPlanner(Planner):
    """What a job left: its open items, their sources checked, then what its walk had not found yet."""

    def __init__(self, journal: Journal, job: JobInfo, rest: Planner, *, take_changed: bool) -> None:
        self._rest = rest
        self._journal = journal
        self._job = job
        self._take_changed = take_changed
        self._disk = Disk()

    def plan(self, starts: Iterable[Start]) -> Iterator[Planned]:
        """See Planner."""
        try:
            for item in self._journal.items(self._job.id, open_only=True):
                yield checked(item, self._disk, take_changed=self._take_changed)
        finally:
            self._disk.close()
        if not self._job.walked:
            known = {hash((item.path, item.key)) for item in self._journal.items(self._job.id)}
            yield from (line for line in self._rest.plan(starts) if hash((line.path, line.key)) not in known)


class ItemsPlanner(Planner):
    """Items of an old job once more under their old keys, as they are on disk now."""

    def __init__(self, options: PlanOptions, journal: Journal, job: JobInfo, *, failed_only: bool) -> None:
        super().__init__(options)
        self._plain = options
        self._journal = journal
        self._job = job
        self._failed_only = failed_only

    def plan(self, starts: Iterable[Start]) -> Iterator[Planned]:
        """See Planner."""
        try:
            for item in self._journal.items(self._job.id, failed_only=self._failed_only):
                if item.code in _OF_NAMES:
                    yield Planned(item.path, item.key, item.size, Verdict.REFUSE, item.code, item.detail)
                elif self._is_folder(item.path):  # it could not be listed then
                    prefix = self._plain.prefix.strip("/")
                    key = item.key.removeprefix(prefix + "/") if prefix else item.key
                    yield from super().plan([Start(item.path, key.encode("utf-8", "surrogatepass"))])
                elif not item.reason or item.reason == UNCHANGED:
                    yield checked(item, self._disk, take_changed=True)
        finally:
            self._disk.close()

    def _is_folder(self, path: bytes) -> bool:
        try:
            return stat.S_ISDIR(self._disk.stat(path).st_mode)
        except Stalled:
            return True  # whatever it is, the walk says that it is silent
        except (OSError, ValueError):
            return False


class NewsPlanner(Planner):
    """Another planner's lines, but for what the journal knows as uploaded and unchanged."""

    def __init__(self, planner: Planner, journal: Journal, gateway: str) -> None:
        self._planner = planner
        self._journal = journal
        self._gateway = gateway
        self._folder = os.getcwdb()

    def plan(self, starts: Iterable[Start]) -> Iterator[Planned]:
        """See Planner."""
        known = self._journal.uploaded(self._gateway)
        for line in self._planner.plan(starts):
            path = whole(self._folder, line.path)
            mark = file_mark(path, line.size, line.mtime_ns, line.inode)
            if line.verdict in (Verdict.UPLOAD, Verdict.WARN) and known.get(hash(line.key)) == mark:
                yield replace(line, verdict=Verdict.SKIP, code=None, reason=UNCHANGED)
            else:
                yield line


def checked(item: JobItem, disk: Disk, *, take_changed: bool) -> Planned:
    """An old item as a line of a plan: refused where its source is gone, or is another than it was.

    With `take_changed` another source is taken as it is now.
    """
    try:
        found = disk.stat(item.path)
    except Stalled as error:
        return Planned(item.path, item.key, item.size, Verdict.REFUSE, "SOURCE_STALLED", error.words)
    except (OSError, ValueError) as error:
        gone = os_failure(error).code if isinstance(error, OSError) else "ENOENT"
        return Planned(item.path, item.key, item.size, Verdict.REFUSE, gone)
    code: str | None
    if not stat.S_ISREG(found.st_mode):
        code = "NOT_A_FILE"
    elif found.st_size > MAX_OBJECT:
        code = "TOO_LARGE"
    else:
        code = "NAME_CONTROL" if has_controls(item.key) else invalid_key(item.key)
    if code is not None:
        return Planned(item.path, item.key, item.size, Verdict.REFUSE, code)
    if not take_changed and _changed(item, found):
        return Planned(item.path, item.key, item.size, Verdict.REFUSE, "SOURCE_CHANGED", _what(item, found))
    return Planned(item.path, item.key, found.st_size, Verdict.UPLOAD, mtime_ns=found.st_mtime_ns, inode=found.st_ino)


def difference(item: JobItem) -> str:
    """What is other about an old item's file now, in words; empty where it is as it was, or cannot be uploaded."""
    try:
        found = deep_paths.stat(item.path)
    except (OSError, ValueError):
        return ""
    return _what(item, found) if stat.S_ISREG(found.st_mode) and _changed(item, found) else ""


def _changed(item: JobItem, found: os.stat_result) -> bool:
    same_time = item.mtime_ns in (0, found.st_mtime_ns)
    return item.size != found.st_size or not same_time or item.inode not in (0, found.st_ino)


def _what(item: JobItem, found: os.stat_result) -> str:
    if item.size != found.st_size:
        return f"{item.size} bytes then, {found.st_size} now"
    return "written to since then" if item.mtime_ns not in (0, found.st_mtime_ns) else "another file has its name"
