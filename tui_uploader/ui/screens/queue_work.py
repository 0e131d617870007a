"""QueueWork: what the keys of the queue do with its rows: retry, cancel, order, pause, and taking rows away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from textual import on, work

from tui_uploader.model.items import UNFINISHED, Stage
from tui_uploader.model.picked import Picked
from tui_uploader.ui.language import said, t
from tui_uploader.ui.many import AT_ONCE, in_turns
from tui_uploader.ui.retrying import cannot_retry, helped_among, left_words
from tui_uploader.ui.screens.rekeying import Rekeying
from tui_uploader.ui.widgets.queue_view import QueueView
from tui_uploader.ui.words import number, plural

_OF_A_RUN = frozenset({"retry", "first", "move", "hold", "edit", "links", "qr"})
MOST_FIRST = 20_000  # rows that are moved to the top at once: each keeps a place of its own
_TITLES = {"stage": "by stage", "code": "by code", "folder": "by folder", "order": "in order"}


class QueueWork(Rekeying, inherit_bindings=False):
    """One row: at once. More than one: a question with the number."""

    _cancelling: frozenset[int] = frozenset()  # the first of each cancel that the engine has not answered yet

    @on(QueueView.Wanted)
    def _wanted(self, message: QueueView.Wanted) -> None:
        if message.what in _OF_A_RUN and self.takes_nothing():
            return
        work = getattr(self, f"_queue_{message.what}")
        work(message.ids)

    def takes_nothing(self) -> bool:
        """Whether the job of this screen is over, so that no key can change it; then it is said."""
        if self.desk.stay.over():
            self.say(t("nothing runs here: p goes on with the job, H lists all jobs"))
        return self.desk.stay.over()

    def ask_first(self, ids: Sequence[int], question: str, then: Callable[[], None]) -> None:
        """Do it for one row; for more only after a yes."""
        from tui_uploader.ui.screens.confirm import Confirm

        if len(ids) < 2:
            then()
        else:
            confirm = Confirm(question, glyphs=self.desk.glyphs)
            self.show_page(confirm, lambda answer: then() if answer == "yes" else None)

    def tell(self, call: Callable[[Sequence[int]], None], ids: Sequence[int]) -> None:
        """Tell the engine of some rows; of a great number some at a time, in the turns of the keys."""
        if len(ids) <= AT_ONCE:
            call(list(ids))
        else:
            self._tell(call, ids)

    @work(group="tell", description="tell", exit_on_error=False)
    async def _tell(self, call: Callable[[Sequence[int]], None], ids: Sequence[int]) -> None:
        async for part in in_turns(ids):
            call(part)

    # --- details, retry, cancel

    def _queue_detail(self, ids: Sequence[int]) -> None:
        from tui_uploader.ui.screens.failure_detail import FailureDetail

        for item_id in ids[:1]:
            page = FailureDetail(self.state, item_id, glyphs=self.desk.glyphs)
            self.show_page(page, partial(self._from_detail, item_id))

    def _from_detail(self, item_id: int, choice: str | None) -> None:
        if choice is not None:
            getattr(self, f"_queue_{choice}")((item_id,))

    def _queue_retry(self, ids: Sequence[int], *, ask: bool = True) -> None:
        left: Counter[str] = Counter()
        helped = helped_among(self.state, left, ids, self.queue.groups.failed_with)
        if len(ids) == 1 and not helped:
            self.say(cannot_retry(self.state, ids[0]))
        elif not helped:
            self.say(t("nothing of this failed in a way that a retry can help"))
        else:
            question = t("retry {objects}?", objects=plural(len(helped), "object"))
            then = partial(self._retry_these, helped, left, alone=len(ids) == 1)
            self.ask_first(helped if ask else helped[:1], question, then)

    def _retry_these(self, helped: Sequence[int], left: Counter[str], *, alone: bool = False) -> None:
        self.tell(self.desk.port.retry, helped)
        words = t("one object retried") if alone else t("{n} retried", n=plural(len(helped), "object"))
        self.queue.untick()
        self.say(words + left_words(left) + self._if_paused())

    def retry_failed(self) -> None:
        """Retry all that failed; where no retry can help, only after a yes."""
        from tui_uploader.ui.screens.confirm import Confirm

        failed, left = self.state.picked(Stage.FAILED), Counter[str]()
        chosen = helped_among(self.state, left, failed, self.queue.groups.failed_with)
        if chosen:
            self._retry_these(chosen, left)
        elif failed:
            self.say(t("nothing retried") + left_words(left))
            question = t("a retry cannot help these {n}. Retry all the same?", n=number(len(failed)))
            confirm = Confirm(question, glyphs=self.desk.glyphs)
            self.show_page(confirm, lambda answer: self.tell(self.desk.port.retry, failed) if answer == "yes" else None)
        else:
            self.say(t("nothing failed, so there is nothing to retry"))

    def _queue_cancel(self, ids: Sequence[int]) -> None:
        unfinished = self.state.among(ids, *UNFINISHED)
        if unfinished and self.takes_nothing():
            return
        if unfinished:
            count = plural(len(unfinished), "object")
            self.ask_first(ids, t("cancel {count}?", count=count), partial(self._cancel, unfinished))
        elif ids:
            count = plural(len(ids), "row")
            self.ask_first(ids, t("take {count} away? they count as before", count=count), partial(self._away, ids))

    def _cancel(self, ids: Sequence[int]) -> None:
        waiting = self.state.among(ids, Stage.WAITING)
        self.tell(self.desk.port.cancel, ids)
        self.queue.untick()
        if waiting:
            self._cancelling |= {waiting[0]}
            words = t("{objects} waiting again", objects=plural(len(waiting), "object"))
            self.desk.undo.push(words, partial(self._uncancel, waiting))
        one = t("cancelled; r on its row takes it back")
        self.say(one if len(ids) == 1 else t("{objects} cancelled, U undoes", objects=plural(len(ids), "object")))

    def _uncancel(self, ids: Sequence[int]) -> bool:
        """All that waited, for what is cancelled a moment later is told later; what waits again hears nothing new."""
        unanswered, self._cancelling = ids[0] in self._cancelling, self._cancelling - {ids[0]}
        if not unanswered and not self.state.among(ids, Stage.CANCELLED):
            return False  # retried since, or gone otherwise: an older step is meant
        open_or_cancelled = self.state.among(ids, *UNFINISHED, Stage.CANCELLED)
        if open_or_cancelled:
            self.tell(self.desk.port.retry, open_or_cancelled)
        return bool(open_or_cancelled)

    def moved_on(self, ids: AbstractSet[int]) -> None:
        """Rows that changed; one that has ended is cancelled, or was too late for it."""
        super().moved_on(ids)
        self._cancelling -= {item_id for item_id in self._cancelling & ids if self.state.stage(item_id).ended}

    def _away(self, ids: Sequence[int]) -> None:
        self.queue.take_away(ids)
        count = plural(len(ids), "row")
        self.desk.undo.push(t("{count} back in the queue", count=count), partial(self._back, ids))
        self._describe()  # the cursor is on another row now: what is said comes after that
        self.say(t("{count} taken away, still counted; U brings back", count=count))

    def _back(self, ids: Sequence[int]) -> bool:
        self.queue.take_away(ids, back=True)
        return True

    def _queue_clear(self, ids: Sequence[int]) -> None:
        if ids:
            self._away(ids)
        else:
            self.say(t("nothing is done yet, so there is nothing to clear"))

    # --- order, pause

    def _queue_first(self, ids: Sequence[int]) -> None:
        ids = self.state.among(ids, Stage.WAITING)
        if not ids:
            self.say(t("only what waits can be moved to the top"))
            return
        if len(ids) > MOST_FIRST:
            self.say(t("at most {most} can be moved to the top: P pauses all others", most=number(MOST_FIRST)))
            return
        self.queue.settle_now()
        self.desk.port.move(ids, None)
        self.queue.untick()
        self.say(t("{objects} next", objects=plural(len(ids), "object")) + self._if_paused())

    def _queue_move(self, ids: Sequence[int]) -> None:
        if len(ids) == 2:
            self.queue.settle_now()
            self.desk.port.move(ids[:1], ids[1])
        else:
            self.say(t("only what waits can be moved, one at a time"))

    def _queue_hold(self, ids: Sequence[int]) -> None:
        unfinished = self.state.among(ids, *UNFINISHED)
        if not unfinished:
            self.say(
                t("this one has ended: nothing to pause") if len(ids) < 2 else t("all have ended: nothing to pause")
            )
        elif self._all_held(unfinished):
            question = t("let {objects} go on?", objects=plural(len(unfinished), "object"))
            self.ask_first(unfinished, question, partial(self._let_go_on, unfinished))
        else:
            question = t("pause {objects}?", objects=plural(len(unfinished), "object"))
            self.ask_first(unfinished, question, partial(self._pause_these, unfinished))

    def _all_held(self, ids: Sequence[int]) -> bool:
        held = self.state.held
        if len(held) < len(ids):
            return False
        return not ids.without(held.picked.mask) if isinstance(ids, Picked) else all(map(held.__contains__, ids))

    def _pause_these(self, ids: Sequence[int]) -> None:
        self.tell(self.desk.port.pause_items, ids)
        self.say(t("{objects} paused: P lets go on", objects=plural(len(ids), "object")))
        self.queue.untick()

    def _let_go_on(self, ids: Sequence[int]) -> None:
        self.tell(self.desk.port.resume_items, ids)
        self.say(t("{objects} let go on", objects=plural(len(ids), "object")) + self._if_paused())
        self.queue.untick()

    # --- what is shown, and how

    def _queue_filter(self, _ids: Sequence[int]) -> None:
        from tui_uploader.ui.screens.menu import ShowMenu

        self.show_page(ShowMenu(t("show which rows?"), glyphs=self.desk.glyphs), self._show_only)

    def _show_only(self, answer: str | None) -> None:
        if answer:
            self.queue.show_rows(showing=answer)
            self._describe()

    def _queue_group(self, _ids: Sequence[int]) -> None:
        from tui_uploader.ui.screens.menu import GroupMenu

        self.show_page(GroupMenu(t("group the queue how?"), glyphs=self.desk.glyphs), self._group_by)

    def _group_by(self, answer: str | None) -> None:
        if answer:
            self.queue.show_rows(mode=answer)
            self._describe()

    def _queue_find(self, _ids: Sequence[int]) -> None:
        from tui_uploader.ui.screens.prompt import Prompt

        def found(text: str | None) -> None:
            if text:
                self.queue.look_for(text)

        self.show_page(Prompt(t("find in the keys"), glyphs=self.desk.glyphs), found)

    def _queue_tick(self, _ids: Sequence[int]) -> None:
        """Said by the queue itself."""

    def queue_order_words(self) -> str:
        """How the queue is grouped and what of it is shown: ``failed, by code``."""
        groups = self.queue.groups
        words = said(_TITLES[groups.mode])
        return words if groups.showing == "all" else f"{said(groups.showing)}, {words}"
