"""From a selection to a plan: walk, filters, keys, verdicts, collisions. Blocking; a file's trouble never raises."""

import errno
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from heapq import nsmallest
from itertools import islice
from operator import attrgetter

from tui_uploader.engine.far_disk import SILENCE, Disk, Entry, Stalled
from tui_uploader.engine.key_template import KeyTemplate
from tui_uploader.engine.plan_options import FOLLOW as FOLLOW
from tui_uploader.engine.plan_options import PlanOptions as PlanOptions
from tui_uploader.engine.rules import GIT_IGNORE_FILE, IGNORE_FILE, Filters, IgnoreRules
from tui_uploader.engine.scouting import is_sparse, kind_of_mode
from tui_uploader.engine.secret_names import looks_secret
from tui_uploader.engine.twins import twins
from tui_uploader.model.files import Kind
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.keys import SKIP, key_text, normal_prefix
from tui_uploader.model.text import has_hidden, shown_path
from tui_uploader.model.value import value

FIRST = 64  # lines of the first chunk, so that a run begins at once
_MANY, _FIRST = 50_000, 1000  # to sort a million names takes 0.6 s
MAX_OBJECT = 5 * 1024**3  # COS, PUT Object: one PUT takes at most 5 GB


@value
class Start:
    """Where a walk begins: `path` on disk, and what its key begins with (empty: its contents go without a name)."""

    path: bytes
    key: bytes


def start_of_argument(argument: bytes) -> Start:
    """A path as it stands on the command line: ``dir`` keeps its name, ``dir/`` and ``dir/.`` give their contents."""
    bare = argument.rstrip(b"/")
    name = os.path.basename(bare)
    if argument.endswith((b"/", b"/.")) or name in (b"", b".", b".."):
        return Start(argument, b"")
    return Start(bare, name)


def start_of_line(line: bytes) -> Start:
    """A line of ``--files-from``: the key keeps the relative path."""
    parts = [part for part in line.split(b"/") if part not in (b"", b".")]
    return Start(line, b"/".join(parts))


class Planner:
    """Walks starts into lines of a plan, lazily, so that a run can begin while the walk goes on.

    `excluded` are absolute paths that no walk meets, nor anything beneath them; a start is a start even there.
    Raises ValueError at once for a prefix or pattern that cannot be used.
    """

    def __init__(self, options: PlanOptions, *, excluded: Collection[bytes] = (), silence: float = SILENCE) -> None:
        self._disk = Disk(silence)
        self._options = options
        self._prefix = normal_prefix(options.prefix)
        self._template = KeyTemplate(options.key_template)
        self._filters = Filters(options.include, options.exclude)
        names = ([GIT_IGNORE_FILE] if options.gitignore else []) + ([IGNORE_FILE] if options.ignore_file else [])
        self._ignore = IgnoreRules(tuple(names))
        self._excluded = frozenset(excluded)
        self._taken: set[str] = set()
        self._twins: frozenset[bytes] = frozenset()

    def plan(self, starts: Iterable[Start]) -> Iterator[Planned]:
        """The lines of the plan, in walking order: sorted by name within each folder."""
        try:
            for start in starts:
                yield from self._start(start)
        finally:
            self._disk.close()

    def _start(self, start: Start) -> Iterator[Planned]:
        try:
            found = self._disk.stat(start.path)
        except OSError as error:
            broken = error.errno in (errno.ENOENT, errno.ELOOP) and self._is_link(start.path)
            detail = error.words if isinstance(error, Stalled) else ""
            yield self._refused(start.path, start.key, "LINK_BROKEN" if broken else _errno_name(error), detail)
            return
        except ValueError:
            yield self._refused(start.path, start.key, "ENOENT")
            return
        kind = kind_of_mode(found.st_mode)
        if kind is Kind.FOLDER:
            yield from self._walk(start)
        elif kind is not Kind.FILE:
            yield self._refused(start.path, start.key or os.path.basename(start.path), "NOT_A_FILE", kind.words)
        else:
            key = start.key or os.path.basename(start.path.rstrip(b"/"))
            out = self._filters.verdict(os.path.basename(key), key, folder=False)
            yield self._left_out(start.path, key, out) if out else self._file(start.path, key, found)

    def _walk(self, start: Start) -> Iterator[Planned]:
        base_length = len(start.path.rstrip(b"/")) + 1 if start.path.strip(b"/") else 1
        top = os.path.abspath(start.path) if self._excluded else b""
        visited: set[tuple[int, int]] = set()
        stack: list[tuple[bytes, IgnoreRules]] = [(start.path, self._ignore)]
        while stack:
            folder, ignore = stack.pop()
            relative = folder[base_length:].strip(b"/") if folder != start.path else b""
            key = _join(start.key, relative)
            try:
                here, entries = self._disk.names_in(folder)
            except OSError as error:
                yield self._refused(folder, key, _errno_name(error), "its contents were not seen")
                continue
            if here in visited:
                yield self._left_out(folder, key, "seen-already")
                continue
            visited.add(here)
            names = [entry.name for entry in entries]
            try:
                ignore = ignore.enter(folder, relative, names.__contains__, self._disk.read)
            except OSError as error:
                yield self._refused(folder, key, _errno_name(error), "its ignore file cannot be read")
                continue
            self._twins = twins(entries, names)
            del names
            folders: list[tuple[bytes, IgnoreRules]] = []
            for entry in _in_order(entries):
                inside = _join(relative, entry.name)
                if self._excluded and os.path.join(top, inside) in self._excluded:
                    continue
                line, below = self._entry(entry, start, inside, ignore)
                if below:
                    folders.append((entry.path, ignore))
                if line is not None:
                    yield line
            stack.extend(reversed(folders))

    def _is_link(self, path: bytes) -> bool:
        try:
            return self._disk.is_link(path)
        except OSError:
            return False

    def _entry(self, entry: Entry, start: Start, relative: bytes, ignore: IgnoreRules) -> tuple[Planned | None, bool]:
        """The line for one name met while walking, and whether to walk into it."""
        key = _join(start.key, relative)
        try:
            folder = entry.is_dir(follow_symlinks=False)
        except OSError:
            folder = False
        out = self._rule(entry.name, relative, key, ignore, folder=folder)
        if out:
            return self._left_out(entry.path, key, out), False
        if folder:
            return None, True
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError as error:
            return self._refused(entry.path, key, _errno_name(error)), False
        kind = kind_of_mode(found.st_mode)
        if kind is Kind.LINK:
            return self._link(entry.path, key, start), False
        if kind is not Kind.FILE:
            return self._left_out(entry.path, key, "not-a-file", "NOT_A_FILE"), False
        return self._file(entry.path, key, found), False

    def _rule(self, name: bytes, relative: bytes, key: bytes, ignore: IgnoreRules, *, folder: bool) -> str | None:
        if not self._options.hidden and name.startswith(b"."):
            return "hidden"
        if self._options.ignore_file and name == IGNORE_FILE:
            return "ignored"
        if ignore.ignores(relative, folder=folder):
            return "ignored"
        return self._filters.verdict(relative, key, folder=folder)

    def _link(self, path: bytes, key: bytes, start: Start) -> Planned:
        try:
            target = self._disk.stat(path)
        except Stalled as error:
            return self._refused(path, key, _errno_name(error), error.words)
        except OSError:
            return self._left_out(path, key, "link-broken", "LINK_BROKEN")
        if self._options.symlinks != FOLLOW or not stat.S_ISREG(target.st_mode):
            return self._left_out(path, key, "symlink")
        try:
            root, real = self._disk.real(start.path), self._disk.real(path)
        except OSError as error:
            return self._refused(path, key, _errno_name(error))
        if os.path.commonpath([root, real]) != root:
            return self._refused(path, key, "LINK_OUTSIDE", f"to {shown_path(real)}")
        return self._file(path, key, target)

    def _file(self, path: bytes, raw_key: bytes, found: os.stat_result) -> Planned:
        key, code = key_text(_join(self._prefix.encode(), self._template.key(raw_key)), self._options.names)
        size = found.st_size
        if code in ("NAME_CONTROL", "NAME_NOT_UTF8") and self._options.names == SKIP:
            return Planned(path, key, size, Verdict.SKIP, code, "name")
        if code is None and size > MAX_OBJECT:
            code = "TOO_LARGE"
        if code is None and key in self._taken:
            code = "KEY_CLASH"
        if code is not None:
            detail = _detail(code, key)
            return Planned(path, key, size, Verdict.REFUSE, code, detail, found.st_mtime_ns, found.st_ino)
        self._taken.add(key)
        verdict, reason = Verdict.UPLOAD, ""
        if looks_secret(path):
            verdict, reason = Verdict.WARN, "looks like a secret: should everybody who may read this prefix have it?"
        elif has_hidden(key):
            verdict, reason = Verdict.WARN, "the name holds invisible characters"
        elif is_sparse(found):
            verdict = Verdict.WARN if found.st_blocks * 5120 < size else Verdict.UPLOAD
            reason = f"sparse: {size} bytes are sent, {found.st_blocks * 512} lie on disk"
        elif path in self._twins:
            reason = "twin: another name here differs in case or in how its accents are written"
        return Planned(path, key, size, verdict, None, reason, found.st_mtime_ns, found.st_ino)

    def _refused(self, path: bytes, raw_key: bytes, code: str, detail: str = "") -> Planned:
        key, _ = key_text(_join(self._prefix.encode(), raw_key), self._options.names)
        return Planned(path, key, 0, Verdict.REFUSE, code, detail)

    def _left_out(self, path: bytes, raw_key: bytes, reason: str, code: str | None = None) -> Planned:
        key, _ = key_text(_join(self._prefix.encode(), raw_key), self._options.names)
        return Planned(path, key, 0, Verdict.SKIP, code, reason)


def chunks(lines: Iterable[Planned], size: int = 1000) -> Iterator[tuple[Planned, ...]]:
    """Lines in tuples of at most `size`; the first ones are small, so that a run begins at once."""
    held: list[Planned] = []
    want = min(FIRST, size)
    for line in lines:
        held.append(line)
        if len(held) >= want:
            yield tuple(held)
            held, want = [], size
    if held:
        yield tuple(held)


def _join(left: bytes, right: bytes) -> bytes:
    return left + b"/" + right if left and right else left or right


def _in_order(entries: "list[Entry]") -> Iterator[Entry]:
    """By name; of very many the first ones before all are sorted, for somebody waits for them."""
    by_name = attrgetter("name")
    first = nsmallest(_FIRST, entries, key=by_name) if len(entries) > _MANY else []
    yield from first
    entries.sort(key=by_name)
    yield from islice(entries, len(first), None)


def _detail(code: str, key: str) -> str:
    return f"{len(key.encode('utf-8', 'surrogatepass'))} of 850 bytes" if code == "KEY_TOO_LONG" else ""


def _errno_name(error: OSError) -> str:
    if isinstance(error, Stalled):
        return "DIR_STALLED"
    return errno.errorcode.get(error.errno or 0, "EIO")
