"""A walk is faster than the queue: the engine says when enough lies before it."""

import threading

from tui_uploader.engine.engine import Engine
from tui_uploader.engine.port import EngineOptions
from tui_uploader.model.items import Planned
from tui_uploader.model.secret import Secret


def test_there_is_no_room_while_the_engine_has_not_taken_what_was_added() -> None:
    engine = Engine(EngineOptions("http://127.0.0.1:9", "env", Secret("token")))
    busy, go = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        go.wait(10)

    try:
        engine.pause()
        assert engine._loop is not None
        engine._loop.call_soon_threadsafe(hold)
        assert busy.wait(10)
        assert engine.wait_for_room(0)
        engine.add([Planned(b"/%d" % n, str(n), 1) for n in range(6000)], last=False)
        assert not engine.wait_for_room(0)
        go.set()
        assert engine.wait_for_room(10)
    finally:
        go.set()
        engine.close()
