"""A port before its engine: what is asked for meanwhile reaches the engine, in its order, once."""

from typing import cast

from tests.ui.fake_port import FakePort
from tui_uploader.connection import Connection
from tui_uploader.engine.late import LatePort
from tui_uploader.engine.port import EnginePort
from tui_uploader.ui.desk import Stay


class Heard:
    """An engine that only listens."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[object, ...]]] = []

    def __getattr__(self, name: str) -> object:
        return lambda *given: self.calls.append((name, given))


def test_what_is_asked_early_reaches_the_engine_in_order_and_once() -> None:
    late, heard = LatePort(), Heard()
    port = cast(EnginePort, late)
    assert port.drain() == []
    port.pause()
    port.retry([1, 2])
    assert late.waiting
    late.connect(cast(EnginePort, heard))
    port.resume()
    assert heard.calls == [("pause", ()), ("retry", ([1, 2],)), ("resume", ())]
    assert not late.waiting


def test_the_real_ports_events_come_through() -> None:
    late, fake = LatePort(), FakePort()
    late.connect(cast(EnginePort, fake))
    fake.seed(2)
    assert late.drain()
    assert late.drain() == []


def test_an_engine_that_cannot_begin_is_said_and_leaving_waits_for_nothing() -> None:
    def work() -> object:
        raise ValueError("no such gateway")

    told: list[Stay] = []
    failed: list[bool] = []
    connection = Connection(work, lambda: None)  # type: ignore[arg-type]
    connection.begin(told.append, lambda: failed.append(True))
    assert connection.leave("keep") is False
    assert (told, failed, connection.problem) == ([], [True], "tui-uploader: no such gateway")
