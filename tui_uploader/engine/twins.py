"""Twins: names of one folder that another system could take for one and the same (case, composed or not)."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from tui_uploader.engine.far_disk import Entry


def twins(entries: Sequence[Entry]) -> frozenset[bytes]:
    """The paths of the entries whose name differs from another one's in case or normal form alone."""
    names = [entry.name for entry in entries]
    if len({name.lower() for name in names}) == len(names) and all(map(bytes.isascii, names)):
        return frozenset()
    alike: defaultdict[str, list[bytes]] = defaultdict(list)
    for entry in entries:
        text = entry.name.decode("utf-8", "surrogateescape")
        alike[unicodedata.normalize("NFC", text).casefold()].append(entry.path)
    return frozenset(path for paths in alike.values() if len(paths) > 1 for path in paths)
