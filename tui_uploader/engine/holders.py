"""Which item holds a key: a hash table of ids alone, for a million of them a dict is too large."""

from array import array

_LEAST = 1024
_FREE, _LEFT = -1, -2  # never held anything; held something once, so that who comes behind is still found


class Holders:
    """From key to the id of the item that has it; the keys themselves are in `keys`, by id."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys
        self._slots = array("i", [_FREE]) * _LEAST
        self._used = 0

    def get(self, key: str) -> int | None:
        """The id of the item that holds `key`, or None."""
        found = self._slots[self._slot(key)]
        return found if found >= 0 else None

    def put(self, item_id: int) -> None:
        """The item holds its key from now on, whoever held it before."""
        slot = self._slot(self._keys[item_id])
        self._used += self._slots[slot] == _FREE
        self._slots[slot] = item_id
        if self._used * 3 > len(self._slots) * 2:
            before, self._slots, self._used = self._slots, array("i", [_FREE]) * (len(self._slots) * 2), 0
            for found in before:
                if found >= 0:
                    self._slots[self._slot(self._keys[found])] = found
                    self._used += 1

    def drop(self, item_id: int) -> None:
        """The item gives its key back, if it is the holder; before the key in `keys` becomes another."""
        slot = self._slot(self._keys[item_id])
        if self._slots[slot] == item_id:
            self._slots[slot] = _LEFT

    def _slot(self, key: str) -> int:
        """Where the holder of `key` is, or would be."""
        keys, slots, mask = self._keys, self._slots, len(self._slots) - 1
        slot = hash(key) & mask
        while (found := slots[slot]) != _FREE and (found == _LEFT or keys[found] != key):
            slot = (slot + 1) & mask
        return slot
