"""What the scout's helper does to list a folder: names by kind, in pages, sorted. Blocking; never raises."""

import os
import stat
import time
from array import array
from collections.abc import Generator, Iterator, Sequence
from itertools import islice

from tui_uploader.engine.scouting import TELL, Message, code_of, is_sparse, kind_of_mode
from tui_uploader.engine.twins import twin_names
from tui_uploader.model.files import Kind
from tui_uploader.model.ordering import DATE, SIZE, TYPE, sorted_names, type_key
from tui_uploader.protocol import deep_paths

FIRST_PAGE = 2_000  # names sent before the folder is known as a whole
PIECE = 16_384  # names in one message: taken in within 2 ms


def list_pages(folder: bytes, order: str) -> Iterator[Message]:
    """A folder in messages: ``page`` (a first one), ``seen``, ``names`` (all, sorted), at last ``end`` and the twins.

    Only names and types are read, unless the order wants sizes or dates. What was read before an error is given too.
    """
    by_kind: dict[int, list[bytes]] = {}
    seen, told, error = 0, time.monotonic(), None
    try:
        with deep_paths.listing(folder) as listing:
            some: Iterator[deep_paths.Named] = iter(listing)
            while _take(some, by_kind):
                before, seen = seen, sum(map(len, by_kind.values()))
                if before == FIRST_PAGE:
                    yield from _sorted(folder, by_kind, order, "page")
                elif time.monotonic() - told > TELL:
                    told = time.monotonic()
                    yield ("seen", seen)
    except (OSError, ValueError) as trouble:
        error = code_of(trouble)
    if seen > FIRST_PAGE:
        yield ("seen", seen)
    yield from _sorted(folder, by_kind, order, "names")
    yield ("end", error, [*twin_names([name for names in by_kind.values() for name in names])])


def _take(listing: "Iterator[deep_paths.Named]", by_kind: dict[int, list[bytes]]) -> bool:
    """Sort the next names of a listing by kind; False where there are none. Plain files, the most, come cheaply."""
    some: list[deep_paths.Named] = []
    try:
        some.extend(islice(listing, FIRST_PAGE))
    finally:  # what was read before an error counts
        files = _plain_files(some)
        if len(files) == len(some):
            by_kind.setdefault(Kind.FILE, []).extend(files)
        else:
            for entry in some:
                by_kind.setdefault(_kind(entry), []).append(entry.name)
    return bool(some)


def _plain_files(some: "Sequence[deep_paths.Named]") -> list[bytes]:
    try:
        return [entry.name for entry in some if entry.is_file(follow_symlinks=False)]
    except OSError:
        return []


def _kind(entry: deep_paths.Named) -> int:
    try:
        if entry.is_file(follow_symlinks=False):
            return 0
        if entry.is_dir(follow_symlinks=False):
            return 1
        if entry.is_symlink():
            return 2
        return int(kind_of_mode(entry.stat(follow_symlinks=False).st_mode))
    except OSError:
        return int(Kind.OTHER)


def _sorted(folder: bytes, by_kind: dict[int, list[bytes]], order: str, word: str) -> Iterator[Message]:
    folders = sorted_names(by_kind.get(Kind.FOLDER, ()))
    others = {name: kind for kind, names in by_kind.items() if kind > Kind.FOLDER for name in names}
    files = sorted_names([*by_kind.get(Kind.FILE, ()), *others])
    if order == TYPE:
        files.sort(key=type_key)
    found: dict[bytes, tuple[int, float]] = {}
    sparse: set[bytes] = set()
    if order in (SIZE, DATE):
        found = yield from _stats(folder, folders + files, sparse)
        at = 0 if order == SIZE else 1
        files.sort(key=lambda name: -found[name][at])
        if order == DATE:
            folders.sort(key=lambda name: -found[name][1])
    names = folders + files
    for start in range(0, len(names), PIECE):
        piece = names[start : start + PIECE]
        if others or start < len(folders):
            kinds = bytes(
                Kind.FOLDER if start + at < len(folders) else others.get(name, 0) for at, name in enumerate(piece)
            )
        else:
            kinds = bytes(len(piece))
        if found:
            sizes, times = zip(*map(found.__getitem__, piece), strict=True)
            holes = [name for name in piece if name in sparse] if sparse else []
            yield (word, b"\0".join(piece), kinds, array("q", sizes).tobytes(), array("d", times).tobytes(), holes)
        else:
            yield (word, b"\0".join(piece), kinds, b"", b"", [])


def _stats(
    folder: bytes, names: Sequence[bytes], sparse: set[bytes]
) -> Generator[Message, None, dict[bytes, tuple[int, float]]]:
    """Size and time of each name, and which are `sparse`; a count in between: a million take long."""
    found = {}
    told = time.monotonic()
    for name in names:
        try:
            result = deep_paths.stat(os.path.join(folder, name), follow=False)
            if is_sparse(result):
                sparse.add(name)
            found[name] = (result.st_size if stat.S_ISREG(result.st_mode) else -1, result.st_mtime)
        except OSError:
            found[name] = (-1, 0.0)
        if len(found) % FIRST_PAGE == 0 and time.monotonic() - told > TELL:
            told = time.monotonic()
            yield ("seen", len(names))
    return found
