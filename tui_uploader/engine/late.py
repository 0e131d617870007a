"""LatePort: an EnginePort before its engine is there: what is asked for meanwhile waits and reaches it in order."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_uploader.engine.port import EnginePort
    from tui_uploader.model.events import Event


class LatePort:
    """What the screen holds from its first paint on. `connect` gives it the engine; may be called from any thread.

    What an engine refuses at once (`set_token` raises ValueError) can be told only once it is there.
    """

    def __init__(self) -> None:
        self._port: EnginePort | None = None
        self._early: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._turn = threading.Lock()

    @property
    def waiting(self) -> bool:
        """Whether something was asked for that no engine has heard of."""
        return bool(self._early)

    def connect(self, port: "EnginePort") -> None:
        """From now on `port` answers; what waited is asked of it first."""
        with self._turn:
            for name, given, named in self._early:
                getattr(port, name)(*given, **named)
            self._early.clear()
            self._port = port

    def drain(self) -> "list[Event]":
        """See EnginePort."""
        return self._port.drain() if self._port is not None else []

    def close(self, *, timeout: float = 3.0) -> None:
        """See EnginePort."""
        if self._port is not None:
            self._port.close(timeout=timeout)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*given: Any, **named: Any) -> None:
            with self._turn:
                if self._port is None:
                    self._early.append((name, given, named))
                    return
            getattr(self._port, name)(*given, **named)

        return call
