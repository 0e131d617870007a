"""What is found on disk: the entries of a folder, as a browser shows them. Names are bytes."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from enum import IntEnum
from typing import NamedTuple, overload

from tui_uploader.model.names import Names
from tui_uploader.model.value import value


class Kind(IntEnum):
    """The kind of a directory entry, not followed through links."""

    FILE = 0
    FOLDER = 1
    LINK = 2
    FIFO = 3
    SOCKET = 4
    CHAR_DEVICE = 5
    BLOCK_DEVICE = 6
    OTHER = 7

    @property
    def words(self) -> str:
        """The kind in words: ``a pipe``, ``a socket``..."""
        return _WORDS[self]


_WORDS = ("a file", "a folder", "a link", "a pipe", "a socket", "a device", "a device", "no file")


@value
class Entry:
    """One name in a folder. `size` is in bytes, -1 where it is not known; `mtime` in seconds since the epoch.

    For a link `target` is what it says, and `link` how it ends: "file", "folder", "loop", "broken", "stalled",
    "unread", "" otherwise; `climbs` is how many folders above its own one must begin to come to what it leads to.
    `badge` is "sparse", "twin" (another name of its folder differs in case or in normal form alone) or "".
    """

    name: bytes
    kind: Kind
    size: int = -1
    mtime: float = 0.0
    target: bytes = b""
    link: str = ""
    badge: str = ""
    climbs: int = 0


class Facts(NamedTuple):
    """What `stat` said of one name, beside its kind. The fields are those of `Entry`."""

    size: int
    mtime: float
    target: bytes = b""
    link: str = ""
    badge: str = ""
    climbs: int = 0


class Entries(Sequence[Entry]):
    """The entries of a folder in columns: a name and a byte for each, so that a million of them stay light.

    `facts` are known of those that were looked at, by name; an entry is made when it is asked for.
    """

    __slots__ = ("facts", "hidden", "kinds", "mtimes", "names", "sizes", "sparse", "twins")

    def __init__(self) -> None:
        self.names = Names()
        self.kinds = bytearray()
        self.hidden = 0  # names that begin with a dot
        self.twins: frozenset[bytes] = frozenset()
        self.sparse: set[bytes] = set()  # as far as sizes are known of all
        self.facts: dict[bytes, Facts] = {}
        self.sizes: array[int] | None = None  # of all, where they had to be sorted by it
        self.mtimes: array[float] | None = None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Entries":
        """Columns of entries, in their order."""
        made, entries = cls(), list(entries)
        made.names = Names(entry.name for entry in entries)
        for entry in entries:
            made.kinds.append(entry.kind)
            made.hidden += entry.name.startswith(b".")
            if entry.size >= 0 or entry.mtime or entry.target or entry.link:
                made.facts[entry.name] = Facts(
                    entry.size, entry.mtime, entry.target, entry.link, entry.badge, entry.climbs
                )
        return made

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        name, kind = self.names[at], _KINDS[self.kinds[at]]
        facts = self.facts.get(name)
        if facts is not None:
            entry = Entry(name, kind, *facts)
        elif self.sizes is not None and self.mtimes is not None:
            badge = SPARSE if name in self.sparse else ""
            entry = Entry(name, kind, self.sizes[at], self.mtimes[at], badge=badge)
        else:
            entry = Entry(name, kind)
        return replace(entry, badge=TWIN) if name in self.twins and not entry.badge else entry

    def __iter__(self) -> Iterator[Entry]:
        return (self[at] for at in range(len(self.names)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Entry.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def take(self, names: bytes, kinds: bytes, sizes: bytes, mtimes: bytes, sparse: Iterable[bytes]) -> None:
        """Add a piece of a sorted listing: names with a zero byte between each two, columns as arrays have them."""
        self.sparse.update(sparse)
        self.names.add(names)
        self.kinds += kinds
        self.hidden += names.count(b"\0.") + names.startswith(b".")
        if sizes:
            if self.sizes is None or self.mtimes is None:
                self.sizes, self.mtimes = array("q"), array("d")
            self.sizes.frombytes(sizes)
            self.mtimes.frombytes(mtimes)

    def has_facts(self, at: int) -> bool:
        """Whether more than name and kind is known of an entry, as far as more is to be known."""
        kind = self.kinds[at]
        return kind not in (Kind.FILE, Kind.LINK) or self.names[at] in self.facts or (
            self.sizes is not None and kind == Kind.FILE
        )  # fmt: skip


SPARSE, TWIN = "sparse", "twin"
STALLED, UNREAD = "stalled", "unread"  # how a link ends of which nobody could say more
_KINDS = tuple(Kind)


@value
class Listing:
    """A folder's entries, sorted as asked. `error` is a code (``EACCES``, ``DIR_GONE``, ``DIR_STALLED``...) or None.

    `complete` is False while the rest is still being read; `seen` is how many names were seen until now. A first page
    has entries, those that only tell `seen` have none.
    """

    folder: bytes
    entries: Entries = field(default_factory=Entries)
    error: str | None = None
    complete: bool = True
    seen: int = 0


class NotListed(Exception):
    """The names of a folder cannot be told; the text is the code of why."""


@value
class Inspection:
    """All that the file system says of one path, not followed through a link; times in seconds since the epoch.

    `permissions` as ``ls -l`` writes them, `head` the first bytes of a file, or `head_error` why there are none.
    """

    kind: Kind = Kind.OTHER
    permissions: str = ""
    mode: int = 0
    owner: str = ""
    group: str = ""
    size: int = -1
    names: int = 0  # hard links
    modified: float = 0.0
    changed: float = 0.0
    read: float = 0.0
    target: bytes = b""
    head: bytes = b""
    head_error: str = ""
    error: str | None = None

    def with_head(self, head: bytes, error: str) -> "Inspection":
        """The same with what came of reading its beginning."""
        return replace(self, head=head, head_error=error)


@value
class Totals:
    """What is beneath a folder: files, their bytes, folders, and folders that could not be read."""

    files: int = 0
    size: int = 0
    folders: int = 0
    unread: int = 0
    complete: bool = False
    error: str | None = None


@value
class Mark:
    """A path that a person chose, and the folder its key is relative to (fixed when it was marked).

    A `link` is uploaded only where it is marked itself: a mark on a folder above it does not reach it.
    """

    path: bytes
    root: bytes
    folder: bool
    link: bool = False
