"""Apart: whether some refused objects have a folder to themselves, in which nothing was ever stored."""

import os
from collections.abc import Set

from tui_uploader.engine.store import Store
from tui_uploader.model.items import Stage


class Apart:
    """Told from the keys alone. A look goes over all that is done, and holds until more is or the folder is another."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: set[int] = set()
        self._successes = 0
        self._shared = ""
        self._looked: tuple[str, bool] = ("", False)

    def __call__(self, ids: Set[int], successes: int) -> bool:
        """Whether these objects share a folder to which none of the `successes` ones belongs."""
        keys = self._store.keys
        if successes != self._successes or not self._seen <= ids:
            self._seen, self._successes, self._looked = set(), successes, ("", False)
        new = [keys[item_id] for item_id in ids - self._seen]
        if new:
            known = [self._shared] if self._seen else []
            self._shared = os.path.commonprefix([*known, *new])  # noqa: RUF071 - it is cut at a slash below
            self._seen.update(ids)
        folder = self._shared[: self._shared.rfind("/") + 1]
        if not folder or not successes:
            return False
        if self._looked[0] != folder:
            self._looked = folder, not self._holds(folder)
        return self._looked[1]

    def _holds(self, folder: str) -> bool:
        """Whether anything below the folder is done."""
        keys, stages = self._store.keys, self._store.stages
        at = stages.find(Stage.DONE)
        while at >= 0:
            if keys[at].startswith(folder):
                return True
            at = stages.find(Stage.DONE, at + 1)
        return False
