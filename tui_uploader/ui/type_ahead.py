"""TypeAhead: keys in the order they were typed: the next one waits until the one before has had its effect."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widgets import Input

PATIENCE = 0.5  # seconds for one widget's messages; keys go on even where something is stuck
FIRST = 1.0  # seconds for the first folder
_LOOK = 0.02
_ROUNDS = 2  # up to the app, where a binding is looked up; and once more for what its action has posted

Held = events.Key | events.Paste


class TypeAhead:
    """Holds keys back while the key before them may still open a prompt, close one, or empty a field.

    Textual looks up a binding only when its key has gone from the focused widget up to the app, each step a message in
    another queue. Of keys that come in one read, as a pasted path or a quick hand makes them, the later ones would
    long be in the tree when the prompt opens. Letters for a field go through at once: the field takes them in order.
    Keys that are typed before `ready` (the first folder stands on the screen) wait for it, a second at most.
    """

    def __init__(
        self, app: App[None], dispatch: Callable[[events.Event], Awaitable[None]], ready: Callable[[], bool]
    ) -> None:
        self._app, self._dispatch, self._ready = app, dispatch, ready
        self._begun = False
        self._held: deque[Held] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a key has not had all of its effect yet."""
        return self._task is not None

    async def take(self, event: Held) -> None:
        """Deliver a key or a pasted text now, or after those before it."""
        if isinstance(event, events.Key) and event.key == "ctrl+c":
            self._held.clear()  # as in a shell: what was typed ahead of an interrupt is forgotten
            await self._dispatch(event)
        elif self._task is not None:
            self._held.append(event)
        elif not self._begun and not self._ready():
            self._held.append(event)
            self._task = asyncio.create_task(self._begin())
        else:
            self._begun = True
            await self._deliver(event)

    async def _begin(self) -> None:
        """Wait for the first folder, then deliver what was typed meanwhile."""
        end = time.monotonic() + FIRST
        while not self._ready() and time.monotonic() < end:  # noqa: ASYNC110 - the tree tells nobody, and this is over at once
            await asyncio.sleep(_LOOK)
        self._begun, self._task = True, None
        await self._go_on()

    async def _deliver(self, event: Held) -> None:
        screen, focused = self._app.screen, self._app.focused
        await self._dispatch(event)
        if not (isinstance(focused, Input) and (isinstance(event, events.Paste) or event.is_printable)):
            self._task = asyncio.create_task(self._follow(focused or screen))

    async def _follow(self, target: MessagePump) -> None:
        """Wait for what a key does, then deliver the next ones."""
        try:
            screen = self._app.screen
            for _ in range(_ROUNDS):
                await self._climb(target)
            if self._app.screen is not screen:
                await self._climb(self._app.focused or self._app.screen)
                await self._climb(self._app.focused or self._app.screen)
        finally:
            self._task = None
        await self._go_on()

    async def _go_on(self) -> None:
        """Deliver what is held, as far as nothing has to be waited for."""
        while self._held and self._task is None and self._app.is_running:
            await self._deliver(self._held.popleft())

    async def _climb(self, pump: MessagePump | None) -> None:
        """Wait until a widget, and then each one above it, has handled the messages that it has now."""
        while pump is not None:
            passed = asyncio.Event()
            if pump.call_later(passed.set):
                try:
                    await asyncio.wait_for(passed.wait(), PATIENCE)
                except TimeoutError:
                    return
            pump = pump._parent
