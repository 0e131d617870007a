"""Paths by item, in four bytes each where a path is a folder and the rest of its key: a million fit in memory."""

from array import array

_MOST_ROOTS = 4096


class Paths:
    """The paths of items, in the order of their ids, next to `keys`, which holds their keys in the same order."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys
        self._roots: list[tuple[bytes, int]] = []  # what the path has before the key, and what the key has before that
        self._known: dict[tuple[bytes, int], int] = {}
        self._root = array("i")
        self._odd: dict[int, bytes] = {}  # by id: those that no root fits

    def __len__(self) -> int:
        return len(self._root)

    def __getitem__(self, item_id: int) -> bytes:
        at = self._root[item_id]
        if at < 0:
            return self._odd[item_id if item_id >= 0 else item_id + len(self._root)]
        root, skipped = self._roots[at]
        return root + self._keys[item_id].encode()[skipped:]

    def append(self, path: bytes) -> None:
        """The path of the next id, whose key is in `keys` already."""
        item_id = len(self._root)
        try:
            key = self._keys[item_id].encode()
        except UnicodeEncodeError:
            key = b""
        at = self._find(path, key) if key else -1
        if at < 0:
            self._odd[item_id] = path
        self._root.append(at)

    def root_of(self, item_id: int) -> tuple[bytes, int] | None:
        """What its path has before its key, and how much of the key stands not in it; None for a path of its own."""
        at = self._root[item_id]
        return self._roots[at] if at >= 0 else None

    def extend(self, root: bytes, skipped: int, count: int) -> None:
        """The paths of the next ids, whose keys are in `keys` already: all of one root."""
        found = (root, skipped)
        at = self._known.get(found, -1)
        if at < 0 and len(self._roots) < _MOST_ROOTS:
            at = self._known[found] = len(self._roots)
            self._roots.append(found)
        first = len(self._root)
        if at < 0:
            self._odd |= {one: root + self._keys[one].encode()[skipped:] for one in range(first, first + count)}
        self._root.extend([at] * count)

    def pin(self, item_id: int) -> None:
        """Keep this path by itself: its key in `keys` is about to become another."""
        if self._root[item_id] >= 0:
            self._odd[item_id] = self[item_id]
            self._root[item_id] = -1

    def let_go(self, count: int) -> bool:
        """Forget so many of the paths that stand by themselves; False where there are none left."""
        for _ in range(min(count, len(self._odd))):
            self._odd.popitem()
        return bool(self._odd)

    def _find(self, path: bytes, key: bytes) -> int:
        if self._root and self._root[-1] >= 0:
            root, skipped = self._roots[self._root[-1]]
            if len(path) - len(root) == len(key) - skipped and path == root + key[skipped:]:
                return self._root[-1]
        found = root_between(path, key)
        if found is None:
            return -1
        at = self._known.get(found, -1)
        if at < 0 and len(self._roots) < _MOST_ROOTS:
            at = self._known[found] = len(self._roots)
            self._roots.append(found)
        return at


def root_between(path: bytes, key: bytes) -> tuple[bytes, int] | None:
    """What a path has before its key, and how much of the key stands not in it; None where they share no end."""
    shared, most = 0, min(len(path), len(key))
    while shared < most and path[-shared - 1] == key[-shared - 1]:
        shared += 1
    return (path[: len(path) - shared], len(key) - shared) if shared else None
