"""OpenedApp: the app in a real terminal: leaves when told from another thread, and crashes with one plain sentence."""

import asyncio
import gc
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from rich.segment import Segment, Segments
from textual.events import CursorPosition
from textual.worker import WorkerFailed

from tui_uploader.crash import crash, guard_loop
from tui_uploader.ui.app import UploaderApp
from tui_uploader.ui.desk import Stay

CRASHED, NO_ENGINE = 70, 2
Connect = Callable[[Callable[[Stay], None], Callable[[], None]], None]


class Width(Protocol):
    """A question to the terminal whose answer may still come."""

    @property
    def awaited(self) -> float:
        """Seconds for which it may; 0 where none is waited for."""
        ...

    def answered(self, cells: int) -> bool:
        """Keep the answer; whether ASCII is to be drawn."""
        ...


YOUNG = (5_000, 10, 1_000)  # objects, looks: each look is over within a key's time, however many facts have come


class OpenedApp(UploaderApp):
    """The screen in a real terminal. `rest` holds events that came while it was closing."""

    _outside: asyncio.AbstractEventLoop | None = None
    _told_to_leave = False
    connect: Connect | None = None  # finds the engine, in a thread: called after the first paint
    width: Width | None = None

    def on_mount(self) -> None:
        """Learn the loop, and settle two signals that the driver has taken: see TEXTUAL, "Signals"."""
        self._outside = asyncio.get_running_loop()
        guard_loop(self._outside)
        if not self.is_headless:
            signal.signal(signal.SIGCONT, signal.SIG_DFL)  # it would start the driver again in the middle of the end
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # stopping the process would stop the uploads
        if self._told_to_leave:
            self.exit()

    def begun(self) -> None:
        """The terminal has the first frame: the engine is found a little later, for the first folder comes first."""
        super().begun()
        self.set_timer(0.02, self._begin)

    def _begin(self) -> None:
        gc.freeze()  # what the start has loaded stays: no later collection looks it through
        gc.set_threshold(*YOUNG)
        gc.enable()
        if self.width is not None and self.width.awaited:
            self.set_timer(self.width.awaited, self._no_answer)
        if self.connect is not None:
            self.connect(self._told, self._failed)

    # --- from the thread that finds the engine

    def _told(self, stay: Stay) -> None:
        self.desk.stay = stay
        self._in_loop(partial(self.call_later, self._joined))  # in the app's own context, which its timers need

    def _failed(self) -> None:
        self._in_loop(partial(self.exit, return_code=NO_ENGINE))

    def _in_loop(self, call: Callable[[], object]) -> None:
        assert self._outside is not None
        with suppress(RuntimeError):  # the loop has ended: nobody wants to know any more
            self._outside.call_soon_threadsafe(call)

    def _joined(self) -> None:
        self.main.joined()
        self.set_timer(0.01, self._tick)

    # --- the answer of a slow terminal to how wide it draws

    def on_cursor_position(self, event: CursorPosition) -> None:
        """Where the cursor stood after one sign of ambiguous width."""
        if self.width is not None and self.width.awaited and self.width.answered(event.x):
            self.draw_ascii()

    def _no_answer(self) -> None:
        if self.width is not None and self.width.awaited:
            self.width.answered(0)

    async def on_unmount(self) -> None:
        """End the scout's helper processes while the loop still runs."""
        await self.desk.scout.close()

    def leave_from_outside(self) -> None:
        """Leave at once; may be called from any thread."""
        self._told_to_leave = True  # read in `on_mount`, where this comes before the loop is known
        if self._outside is not None:
            self._in_loop(self.exit)

    def take_rest(self) -> None:
        """Apply what the engine told while it was closed."""
        self.pump.take_rest()

    def _fatal_error(self) -> None:
        """One sentence instead of Textual's traceback, whose local variables would hold tokens."""
        error: BaseException | None = self._exception
        error = error.error if isinstance(error, WorkerFailed) else error
        text = (crash(error) if error is not None else "tui-uploader: internal error (unknown)") + "\n"
        self._return_code = CRASHED
        self._exit_renderables.append(Segments([Segment(text)]))
        self._close_messages_no_wait()
