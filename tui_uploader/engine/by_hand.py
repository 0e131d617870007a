"""What a person does to single items: their order, their keys, holding them back, and asking for their links."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tui_uploader.engine.run_state import RunState
from tui_uploader.engine.store import Store
from tui_uploader.engine.waiting import Waiting
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage
from tui_uploader.model.keys import invalid_key
from tui_uploader.model.text import has_controls
from tui_uploader.protocol.gateway import Gateway

LINKS_AT_ONCE = 50  # objects in one call for links
LINK_CALLS = 4  # such calls at once


class ByHand:
    """The port's calls about single items. Lives on the pipeline's loop."""

    def __init__(
        self,
        store: Store,
        waiting: Waiting,
        run: RunState,
        gateway: Gateway,
        post: Callable[[ev.Event], None],
        active: Mapping[int, tuple[asyncio.Task[None], Any]],
        to: Callable[[Sequence[int], Stage], None],
    ) -> None:
        self._store, self._waiting, self._run, self._gateway = store, waiting, run, gateway
        self._post, self._active, self._to = post, active, to
        self._again: set[int] = set()  # cut off and wanted again before it was: they wait as soon as it is

    @property
    def holding(self) -> bool:
        """Whether an item waits because a person holds it: then the run has not ended."""
        return any(self._is(item_id, Stage.WAITING) for item_id in self._store.held)

    def retry(self, ids: Sequence[int]) -> bool:
        """Failed and cancelled items wait again; a key that cannot be fails at once, as before. Whether any waits."""
        again: list[int] = []
        for item_id in ids:
            if item_id in self._active:
                self._again.add(item_id)
            if not self._is(item_id, Stage.FAILED) and not self._is(item_id, Stage.CANCELLED):
                continue
            wrong = invalid_key(self._store.keys[item_id]) or (None if self._store.claim(item_id) else "KEY_CLASH")
            if wrong is not None:
                self._post(ev.ItemFailed(item_id, Failure(wrong, Phase.LOCAL), 0, time.time()))
                continue
            self._store.forget_history(item_id)
            self._store.stages[item_id] = Stage.WAITING  # now: a twin that comes next finds its key taken
            again.append(item_id)
        self._to(again, Stage.WAITING)
        self._waiting.add(again)
        return bool(again)

    def cancel(self, ids: Sequence[int]) -> None:
        """Waiting items leave at once; what is being sent is cut off, and leaves when it is."""
        gone: list[int] = []
        for item_id in ids:
            if not 0 <= item_id < len(self._store):
                continue
            self._store.held.discard(item_id)
            self._again.discard(item_id)
            if item_id in self._active:
                self._active[item_id][0].cancel()
            elif not self._store.stage(item_id).ended:
                gone.append(item_id)
        self._to(gone, Stage.CANCELLED)

    def wanted_again(self, item_id: int) -> bool:
        """Whether a retry came while it was being cut off; asked once, when its attempt is over."""
        wanted = item_id in self._again
        self._again.discard(item_id)
        return wanted

    def move(self, ids: Sequence[int], before: int | None) -> None:
        """Another order among what waits; items that do not wait any more stay where they are."""
        waiting = tuple(item_id for item_id in ids if self._is(item_id, Stage.WAITING) and item_id != before)
        if waiting and (before is None or self._is(before, Stage.WAITING)):
            self._waiting.move(waiting, before)
            self._post(ev.ItemsMoved(waiting, before))

    def set_key(self, item_id: int, key: str) -> None:
        """Another key for an item that is not on its way and not stored."""
        if not any(self._is(item_id, stage) for stage in (Stage.WAITING, Stage.FAILED, Stage.CANCELLED)):
            return
        code = "NAME_CONTROL" if has_controls(key) else invalid_key(key)
        if code is None and not self._store.rename(item_id, key):
            code = "KEY_CLASH"
        self._post(ev.KeyChanged(item_id, key) if code is None else ev.KeyRefused(item_id, key, code))

    def hold(self, ids: Sequence[int]) -> None:
        """Hold items back; one that is being sent is cut off, and begins from its first byte again later."""
        held = tuple(
            item_id
            for item_id in ids
            if 0 <= item_id < len(self._store)
            and not self._store.stage(item_id).ended
            and item_id not in self._store.held
        )
        self._store.held.update(held)
        if held:
            self._post(ev.ItemsHeld(held))
        for item_id in held:
            if item_id in self._active:
                self._active[item_id][0].cancel()  # the pipeline puts it back to waiting, for it is held
            elif self._store.stage(item_id) is Stage.GETTING_INFO:
                self._store.stages[item_id] = Stage.WAITING
                self._post(ev.StageChanged(item_id, Stage.WAITING))

    def release(self, ids: Sequence[int]) -> None:
        """Held items wait for their turn again: they come next."""
        free = tuple(item_id for item_id in ids if item_id in self._store.held)
        self._store.held.difference_update(free)
        for item_id in reversed(free):
            if self._is(item_id, Stage.WAITING):
                self._waiting.add_first(item_id)
            elif item_id in self._active:
                self._again.add(item_id)
        if free:
            self._post(ev.ItemsReleased(free))
            self._run.kick()

    def request_links(self, wanted: Sequence[tuple[int, str]]) -> None:
        """Ask for links, some objects a call and few calls at once; each call's answer is an event of its own."""
        calls = iter([wanted[at : at + LINKS_AT_ONCE] for at in range(0, len(wanted), LINKS_AT_ONCE)])
        for _ in range(min(LINK_CALLS, -(-len(wanted) // LINKS_AT_ONCE))):
            self._run.spawn(self._some_links(calls))

    async def _some_links(self, calls: Iterator[Sequence[tuple[int, str]]]) -> None:
        for wanted in calls:
            await self._links(wanted)

    async def _links(self, wanted: Sequence[tuple[int, str]]) -> None:
        answer = await self._gateway.request_links([object_id for _, object_id in wanted])
        if isinstance(answer, Failure):
            links = tuple(ev.Link(item_id, "", answer.code) for item_id, _ in wanted)
        else:
            links = tuple(
                ev.Link(item_id, url.reveal(), code) for (item_id, _), (url, code) in zip(wanted, answer, strict=True)
            )
        self._post(ev.LinksReady(links))

    def _is(self, item_id: int, stage: Stage) -> bool:
        return 0 <= item_id < len(self._store) and self._store.stage(item_id) is stage
