"""Rekeying: `e` gives a row of the queue another key, and says what the engine answers."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from tui_uploader.model import late_events as ev
from tui_uploader.model.failures import info_of
from tui_uploader.model.items import Stage
from tui_uploader.model.keys import invalid_key
from tui_uploader.model.text import has_controls
from tui_uploader.ui.language import said, t
from tui_uploader.ui.screens.panes import Panes

_KEY_IS_FREE = (Stage.WAITING, Stage.FAILED, Stage.CANCELLED)


class Rekeying(Panes, inherit_bindings=False):
    """Only the answer to a key that was asked for here is said; what failed or was cancelled is tried again with it."""

    _rekeyed: frozenset[int] = frozenset()  # failed items whose new key is on its way: they are tried again with it
    _renaming: frozenset[int] = frozenset()  # all items whose new key was asked for here: others are no answer

    def moved_on(self, ids: AbstractSet[int]) -> None:
        """Rows that changed; one that is on its way has kept its key, and no answer comes any more."""
        late = {item_id for item_id in self._renaming & ids if self.state.stage(item_id) not in _KEY_IS_FREE}
        self._renaming, self._rekeyed = self._renaming - late, self._rekeyed - late

    def _queue_edit(self, ids: Sequence[int]) -> None:
        from tui_uploader.ui.screens.prompt import Prompt

        if not ids or self._key_is_taken(ids[0]):
            return
        item_id = ids[0]
        asked = Prompt(
            t("key"), glyphs=self.desk.glyphs, value=self.state.key(item_id), check=wrong_key, typed=wrong_key
        )
        self.show_page(asked, partial(self._rekey, item_id))

    def _key_is_taken(self, item_id: int) -> bool:
        """Whether an item goes, or went, with the key that it has; then it is said."""
        taken = self.state.stage(item_id) not in _KEY_IS_FREE
        if taken:
            self.say(t("only the key of what waits, failed or was cancelled can be edited"))
        return taken

    def _rekey(self, item_id: int, key: str | None) -> None:
        if key is None or key == self.state.key(item_id) or self._key_is_taken(item_id):
            return
        if self.state.stage(item_id) in (Stage.FAILED, Stage.CANCELLED):
            self._rekeyed |= {item_id}
        self._renaming |= {item_id}
        self.desk.port.set_key(item_id, key)

    def rekeyed(self, fact: ev.KeyChanged | ev.KeyRefused) -> None:
        """The engine's answer to a new key; another screen's question is none of ours."""
        if fact.id not in self._renaming:
            return
        self._renaming -= {fact.id}
        again, self._rekeyed = fact.id in self._rekeyed, self._rekeyed - {fact.id}
        if isinstance(fact, ev.KeyRefused):
            meaning = said(info_of(fact.code).meaning)
            self.say(t("{code}: {meaning}; e names another key", code=fact.code, meaning=meaning))
        elif again:
            self.desk.port.retry([fact.id])
            self.say(t("key changed, tried again with it") + self._if_paused())
        else:
            self.say(t("key changed"))


def wrong_key(key: str) -> str:
    """What is wrong with a key that a person types."""
    code = "NAME_CONTROL" if has_controls(key) else invalid_key(key)
    return f"{code}: {said(info_of(code).label)}" if code else ""
