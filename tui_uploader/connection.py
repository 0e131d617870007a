"""Connection: the engine of a screen that is open already: begun in a thread of its own after the first paint."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_uploader.engine.late import LatePort

if TYPE_CHECKING:
    from tui_uploader.model.jobs import JobInfo
    from tui_uploader.session import Session
    from tui_uploader.ui.desk import Stay

_PATIENCE = 2.0  # seconds that leaving waits for an engine that is being begun and of which nothing was asked
_DELIVERY = 15.0  # seconds where something was: it must not be lost


class Connection:
    """`port` is there at once; `begin` finds or starts the engine behind it and says what stays and what went wrong.

    `work` gives the session and raises WorkerProblem, OSError or ValueError where there can be none; `look` finds a
    job that was left behind. Both run in the thread.
    """

    def __init__(self, work: "Callable[[], Session]", look: "Callable[[], JobInfo | None]") -> None:
        self.port = LatePort()
        self.problem = ""  # why there is no engine
        self._work, self._look = work, look
        self._session: Session | None = None
        self._thread: threading.Thread | None = None

    @property
    def job(self) -> str:
        """The job's id in the worker; empty where there is none."""
        return self._session.job if self._session is not None else ""

    @property
    def kept(self) -> str:
        """The id under which the journal keeps the job; empty where none does."""
        return self._session.kept if self._session is not None else ""

    def begin(self, told: "Callable[[Stay], None]", failed: Callable[[], None]) -> None:
        """Start; `told` and `failed` are called from the thread, one of them, once."""
        self._thread = threading.Thread(target=self._begin, args=(told, failed), name="connection", daemon=True)
        self._thread.start()

    def begin_now(self) -> "Stay":
        """Find or start the engine before the screen opens. Raises what `work` raises."""
        self._session, stay = self._found()
        self.port.connect(self._session.port)
        return stay

    def _found(self) -> "tuple[Session, Stay]":
        session = self._work()
        return session, session.stay(self._look())

    def _begin(self, told: "Callable[[Stay], None]", failed: Callable[[], None]) -> None:
        from tui_uploader.engine.starting import WorkerProblem

        try:
            self._session, stay = self._found()
        except (WorkerProblem, OSError, ValueError) as error:
            self.problem = f"tui-uploader: {error}"
            failed()
        except Exception as error:  # noqa: BLE001 - a screen without an engine would wait for ever
            from tui_uploader.crash import crash

            self.problem = crash(error)
            failed()
        else:
            told(stay)  # before the engine's first words: they are said in the light of it
            self.port.connect(self._session.port)

    def leave(self, how: str) -> bool:
        """Let go of the engine, as `Session.leave` says; whether its job goes on without the screen."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_DELIVERY if self.port.waiting else _PATIENCE)
        return self._session.leave(how) if self._session is not None else False
