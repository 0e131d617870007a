"""Twins: names of one folder that another system could take for one and the same (case, composed or not)."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol


class _Named(Protocol):
    @property
    def name(self) -> bytes: ...

    @property
    def path(self) -> bytes: ...


def twins(entries: Sequence[_Named], names: Sequence[bytes]) -> frozenset[bytes]:
    """The paths of the entries whose name, one of `names`, differs from another one's in case or normal form alone."""
    found = twin_names(names)
    return frozenset(entry.path for entry in entries if entry.name in found) if found else frozenset()


def twin_names(names: Sequence[bytes]) -> frozenset[bytes]:
    """Those of the names of one folder that differ from another one in case or normal form alone."""
    whole = b"\0".join(names)
    if whole.isascii() and (whole == whole.lower() or len({name.lower() for name in names}) == len(names)):
        return frozenset()
    alike: defaultdict[str, list[bytes]] = defaultdict(list)
    for name in names:
        text = name.decode("utf-8", "surrogateescape")
        alike[unicodedata.normalize("NFC", text).casefold()].append(name)
    return frozenset(name for same in alike.values() if len(same) > 1 for name in same)
