"""QueueFinder: going to an item or to a key with some text, in a queue of any length and in groups that are closed."""

import asyncio
from itertools import islice

from textual import work

from tui_uploader.model.text import printable
from tui_uploader.ui.language import t
from tui_uploader.ui.many import BETWEEN, in_turns
from tui_uploader.ui.widgets.queue_groups import ALL
from tui_uploader.ui.widgets.queue_moves import newcomers, settle
from tui_uploader.ui.widgets.queue_page import QueuePage
from tui_uploader.ui.widgets.queue_rows import HIDDEN

AT_ONCE = 5_000  # rows looked through before keys have their turn again


class QueueFinder(QueuePage):
    """Finds from the cursor on, and begins anew at the other end."""

    looked_for = ""

    def go_to(self, item_id: int) -> None:
        """Put the cursor on an item and keep it there, wherever it is."""
        self._note(())
        newcomers(self.groups, self.rows, self._noted)
        settle(self.groups, self.rows, item_id)
        if item_id < self._noted and self.groups.of(item_id) == HIDDEN:
            self.groups.remove([item_id], back=True)
            self.show_rows(showing=ALL)
        if item_id < self._noted:
            if not self.rows.shown(item_id):
                self.turn(self.rows.group(item_id))
            self.go(item_id)

    def _place(self) -> int:
        assert self.at is not None
        return self.rows.index_of(self.at) if self.rows.shown(self.at) else min(self._index, len(self.rows) - 1)

    def look_for(self, text: str) -> None:
        """Go to the first row from here on whose key holds `text`."""
        self.looked_for = text
        self._find(text, 1, here=True)

    def action_again(self, by: int) -> None:
        """The next one, or the one before."""
        self._pressed_at = self._clock()
        if not self.looked_for:
            self.post_message(self.Said(t("nothing was looked for yet: press /")))
        else:
            self._find(self.looked_for, by, here=False)

    @work(group="find", exclusive=True, exit_on_error=False)
    async def _find(self, text: str, by: int, *, here: bool) -> None:
        """In slices, so that a long queue does not hold the keys."""
        wanted, total = text.casefold(), len(self.rows)
        start = self._place() if self.at is not None and total else 0
        first = start + (0 if here else by)
        done = 0
        while done < total:
            part = min(AT_ONCE, total - done)
            at = (first + done * by) % total
            part = min(part, total - at if by > 0 else at + 1)
            low = at if by > 0 else at - part + 1
            rows = list(islice(self.rows.walk(low), part))
            for row in rows if by > 0 else reversed(rows):
                if row >= 0 and wanted in self._state.key(row).casefold():
                    self._pressed_at = self._clock()
                    self.go(row)
                    return
            done += part
            await asyncio.sleep(BETWEEN)
            total = min(total, len(self.rows))
        await self._open_and_find(wanted, text)

    async def _open_and_find(self, wanted: str, text: str) -> None:
        """What is nowhere in sight may be in a group that is closed."""
        key = self._state.key
        for group in range(len(self.groups.shapes())):
            if not self.rows.total(group) or self.rows.is_open(group):
                continue
            async for part in in_turns(self.rows.picked(group)):
                found = next((one for one in part if wanted in key(one).casefold()), None)
                if found is not None:
                    self.turn(group)
                    self.go(found)
                    return
        self.post_message(self.Said(t("no key here has {text}", text=printable(text))))
