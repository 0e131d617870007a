"""Every event that a screen is told becomes a line of the log, on the front end's side of the port."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tui_uploader.engine.port import EnginePort, Renewal
from tui_uploader.log_file import LogFile
from tui_uploader.model import late_events as ev
from tui_uploader.model.secret import Secret


class LoggedPort:
    """`port` itself but for `drain`, which writes down what it gives. Progress is no fact and is left out.

    What somebody leaves in `asides` comes as an event of its own, once. `on_token` is told of another token.
    """

    def __init__(
        self,
        port: EnginePort,
        log: LogFile,
        asides: list[str],
        on_token: Callable[[Secret, Renewal | None], None] = lambda *_: None,
    ) -> None:
        self._port = port
        self._log = log
        self._asides = asides
        self._on_token = on_token

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def set_token(self, token: Secret, renewal: Renewal | None = None) -> None:
        """See EnginePort."""
        self._port.set_token(token, renewal)
        self._on_token(token, renewal)

    def drain(self) -> list[ev.Event]:
        """See EnginePort."""
        events = self._port.drain()
        if events and self._log.off is None:
            from tui_uploader.log_lines import log_lines  # here: the start has none to write

            self._log.lines(line for event in events for line in log_lines(event))
        if self._asides:
            events = [*events, *(ev.Noted(text, time.time()) for text in self._asides)]
            self._asides.clear()
        return events
