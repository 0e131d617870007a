"""PlanLines: the lines of a plan in columns, so that a million of them stay light; a line is made when asked for."""

from array import array
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.paths import Paths

_PIECE = 16_384
_VERDICTS = tuple(Verdict)
_NUMBERS = {verdict: number for number, verdict in enumerate(_VERDICTS)}


class PlanLines(Sequence[Planned]):
    """Lines by position. `by_verdict` holds the positions of each verdict, in order.

    `dropped` are those left out by a person, `renamed` those with another key than planned, `denied` those that the
    service was asked for and would refuse.
    """

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._paths = Paths(self._keys)
        self._sizes = array("q")
        self._mtimes = array("q")
        self._inodes = array("Q")
        self._verdicts = bytearray()
        self._whys: dict[int, tuple[str | None, str]] = {}
        self.by_verdict: dict[Verdict, array[int]] = {verdict: array("I") for verdict in _VERDICTS}
        self.dropped: set[int] = set()
        self.renamed: set[int] = set()
        self.denied: dict[int, tuple[Verdict, tuple[str | None, str] | None]] = {}  # and what they were before

    def append(self, line: Planned) -> int:
        """Add a line; its position."""
        at = len(self._paths)
        self._keys.append(line.key)
        self._paths.append(line.path)
        self._sizes.append(line.size)
        self._mtimes.append(line.mtime_ns)
        self._inodes.append(line.inode)
        self._verdicts.append(_NUMBERS[line.verdict])
        if line.code is not None or line.reason:
            self._whys[at] = (line.code, line.reason)
        self.by_verdict[line.verdict].append(at)
        return at

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, at: int) -> Planned: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Planned]: ...
    def __getitem__(self, at: int | slice) -> Planned | Sequence[Planned]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        code, reason = self._whys.get(at, (None, ""))
        return Planned(
            self._paths[at], self._keys[at], self._sizes[at], _VERDICTS[self._verdicts[at]], code, reason,
            self._mtimes[at], self._inodes[at],
        )  # fmt: skip

    def verdict(self, at: int) -> Verdict:
        """The verdict alone."""
        return _VERDICTS[self._verdicts[at]]

    def size(self, at: int) -> int:
        """The size alone, in bytes."""
        return self._sizes[at]

    def key(self, at: int) -> str:
        """The key alone."""
        return self._keys[at]

    def path(self, at: int) -> bytes:
        """The path alone."""
        return self._paths[at]

    def set_key(self, at: int, key: str) -> None:
        """Another key."""
        self._paths.pin(at)
        self._keys[at] = key
        self.renamed.add(at)

    def holds_key(self, key: str) -> bool:
        """Whether a line that would be uploaded, and is not left out, has this key."""
        uploads, at = (_NUMBERS[Verdict.UPLOAD], _NUMBERS[Verdict.WARN]), -1
        try:
            while True:  # as fast as can be: there may be a million, and somebody waits
                at = self._keys.index(key, at + 1)
                if self._verdicts[at] in uploads and at not in self.dropped:
                    return True
        except ValueError:
            return False

    def next_claim(self, key: str) -> int | None:
        """The first line that was refused because another had this key; it has it from now on. None: there is none."""
        refused = self.by_verdict[Verdict.REFUSE]
        for place, at in enumerate(refused):
            if self._keys[at] == key and self._whys[at][0] == "KEY_CLASH":
                self._verdicts[at] = _NUMBERS[Verdict.UPLOAD]
                del refused[place], self._whys[at]
                insort(self.by_verdict[Verdict.UPLOAD], at)
                return at
        return None

    def let_go(self) -> Iterator[None]:
        """Forget all, in pieces of some milliseconds: nobody looks at it any more. A million at once held a key."""
        keys, whys = self._keys, self._whys
        while self._paths.let_go(_PIECE) or whys or keys:
            del keys[-_PIECE:]
            for _ in range(min(_PIECE, len(whys))):
                whys.popitem()
            yield

    def refuse(self, whys: Mapping[int, tuple[str, str]]) -> None:
        """The service would refuse these lines: code and reason of each. Linear in the plan, not in the refusals."""
        for at, why in whys.items():
            self.denied[at] = (self.verdict(at), self._whys.get(at))
            self._verdicts[at] = _NUMBERS[Verdict.REFUSE]
            self._whys[at] = why
        for verdict in (Verdict.UPLOAD, Verdict.WARN):
            self.by_verdict[verdict] = array("I", (at for at in self.by_verdict[verdict] if at not in whys))
        self.by_verdict[Verdict.REFUSE].extend(whys)

    def admit(self, places: Iterable[int]) -> None:
        """The service would take these lines after all, which it refused before. Linear in the plan."""
        freed: dict[int, Verdict] = {}
        for at in places:
            verdict, why = self.denied.pop(at)
            freed[at] = verdict
            self._verdicts[at] = _NUMBERS[verdict]
            if why is None:
                del self._whys[at]
            else:
                self._whys[at] = why
        for verdict in set(freed.values()):
            back = (at for at, before in freed.items() if before is verdict)
            self.by_verdict[verdict] = array("I", sorted([*self.by_verdict[verdict], *back]))
        refused = self.by_verdict[Verdict.REFUSE]
        self.by_verdict[Verdict.REFUSE] = array("I", (at for at in refused if at not in freed))
