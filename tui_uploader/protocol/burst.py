"""Writes the small requests of one turn of the loop together."""

import asyncio
from typing import Protocol

from tui_uploader.protocol.errors import WriteError


class Held(Protocol):
    """A connection that holds a request back."""

    def release(self) -> None:
        """Write it. May raise what a closed transport raises."""
        ...

    def fail(self, error: Exception) -> None:
        """End the exchange with `error`."""
        ...


class Burst:
    """Small requests of one turn of the loop, written together at its end: a peer that is woken for each costs more."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._holding: list[Held] = []

    def hold(self, connection: Held) -> None:
        """`connection` has something to write at the end of this turn."""
        if not self._holding:
            self._loop.call_soon(self._write)
        self._holding.append(connection)

    def _write(self) -> None:
        holding, self._holding = self._holding, []
        for connection in holding:
            try:
                connection.release()
            except (OSError, RuntimeError) as error:  # asyncio's own: its transport is closed
                connection.fail(WriteError(str(error)))
