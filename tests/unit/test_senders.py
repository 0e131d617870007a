"""Which of two processes sends: what stays with the first keeps its connections."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from tui_uploader.engine.senders import Senders
from tui_uploader.protocol.bucket import Stored
from tui_uploader.protocol.sending import Sending

SLOTS = 32
STORED = Stored("e", None, "r", "", source_gone=False)


@dataclass
class Near:
    """The first process's bucket, and how often its idle connections were closed."""

    closed: int = 0
    puts: int = 0

    async def put(self, *_: Any, **__: Any) -> Stored:
        self.puts += 1
        await asyncio.sleep(0)
        return STORED

    def let_go(self) -> None:
        self.closed += 1


@dataclass
class Far:
    """The second process."""

    alive: bool = True
    most: int = 0
    puts: int = 0
    closed: int = 0

    def limit(self, most: int) -> None:
        self.most = most

    def let_go(self) -> None:
        self.closed += 1

    async def put(self, *_: Any) -> tuple[Stored, float]:
        self.puts += 1
        await asyncio.sleep(0)
        return STORED, 0.1


@dataclass
class Mounts:
    """Whether a file lies where reading may hang."""

    hangs: bool = False
    sizes: dict[bytes, int] = field(default_factory=dict)

    def careful(self, _: bytes) -> bool:
        return self.hangs


@dataclass
class Limited:
    """A speed limit."""

    limit: int | None = 1000


async def sent(near: Near, far: Far, mounts: Mounts, **more: Any) -> None:
    """A hundred small objects, a few at a time, while this process counts as busy."""
    senders = Senders(near, mounts, far, lambda failure: failure, busy=0.0)  # type: ignore[arg-type]
    assert senders.room(SLOTS) >= SLOTS
    far.alive = far.alive and "dies" not in more
    more.pop("dies", None)
    for _ in range(25):
        put = senders.put
        await asyncio.gather(*[put(None, b"/f", 4096, sending=Sending(4096), **more) for _ in range(4)])  # type: ignore[arg-type]
        senders.room(SLOTS)


@pytest.mark.parametrize(
    ("mounts", "more"), [(Mounts(), {"dies": True}), (Mounts(hangs=True), {}), (Mounts(), {"pace": Limited()})]
)
async def test_what_the_first_process_keeps_to_itself_keeps_its_connections(
    mounts: Mounts, more: dict[str, Any]
) -> None:
    near, far = Near(), Far()
    await sent(near, far, mounts, **more)
    assert (near.puts, far.puts, near.closed) == (100, 0, 0)


async def test_all_else_goes_by_the_second_one() -> None:
    near, far = Near(), Far()
    await sent(near, far, Mounts())
    assert (near.puts, far.puts, far.most) == (0, 100, SLOTS)
