"""OpenedApp: the app in a real terminal: leaves when told from another thread, and crashes with one plain sentence."""

import asyncio
import signal
from contextlib import suppress

from rich.segment import Segment, Segments
from textual.worker import WorkerFailed

from tui_uploader.crash import crash, guard_loop
from tui_uploader.ui.app import UploaderApp

CRASHED = 70


class OpenedApp(UploaderApp):
    """The screen in a real terminal. `rest` holds events that came while it was closing."""

    _outside: asyncio.AbstractEventLoop | None = None
    _told_to_leave = False

    def on_mount(self) -> None:
        """Learn the loop, and settle two signals that the driver has taken: see TEXTUAL, "Signals"."""
        super().on_mount()
        self._outside = asyncio.get_running_loop()
        guard_loop(self._outside)
        if not self.is_headless:
            signal.signal(signal.SIGCONT, signal.SIG_DFL)  # it would start the driver again in the middle of the end
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # stopping the process would stop the uploads
        if self._told_to_leave:
            self.exit()

    async def on_unmount(self) -> None:
        """End the scout's helper processes while the loop still runs."""
        await self.desk.scout.close()

    def leave_from_outside(self) -> None:
        """Leave at once; may be called from any thread."""
        self._told_to_leave = True  # read in `on_mount`, where this comes before the loop is known
        if self._outside is not None:
            with suppress(RuntimeError):  # the loop has ended: it is leaving already
                self._outside.call_soon_threadsafe(self.exit)

    def take_rest(self) -> None:
        """Apply what the engine told while it was closed, so that the last lines count everything."""
        for event in self.pump.port.drain():
            self.state.apply(event)

    def _fatal_error(self) -> None:
        """One sentence instead of Textual's traceback, whose local variables would hold tokens."""
        error: BaseException | None = self._exception
        error = error.error if isinstance(error, WorkerFailed) else error
        text = (crash(error) if error is not None else "tui-uploader: internal error (unknown)") + "\n"
        self._return_code = CRASHED
        self._exit_renderables.append(Segments([Segment(text)]))
        self._close_messages_no_wait()
