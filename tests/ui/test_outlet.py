"""The way out to a terminal, on a real pty: in order, at once where it takes it, and nobody waits where it does not."""

import asyncio
import os
import threading
import tty
from collections.abc import Callable, Iterator

import pytest

from tui_uploader.ui import outlet
from tui_uploader.ui.outlet import Outlet


class Pty:
    """Both ends, and an Outlet that writes to one of them."""

    def __init__(self) -> None:
        self.far, near = os.openpty()
        tty.setraw(near)
        self.file = open(near, "w", encoding="utf-8")  # noqa: SIM115 - closed by `close`
        self.out = Outlet(self.file)
        self.out.start()

    def read(self, count: int) -> bytes:
        """So many bytes, as they come."""
        found = b""
        while len(found) < count:
            found += os.read(self.far, count - len(found))
        return found

    def close(self) -> None:
        """Whatever is open."""
        self.file.close()
        if self.far >= 0:
            os.close(self.far)


@pytest.fixture(params=["at once", "by the thread"])
def pty(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pty]:
    """A pty, also one that cannot be opened a second time, as where it belongs to another user."""
    if request.param == "by the thread":
        monkeypatch.setattr(outlet, "_beside", lambda fd: -1)
    made = Pty()
    yield made
    made.close()


def test_what_is_written_comes_in_its_order(pty: Pty) -> None:
    texts = [f"{number:05}é\r\n" for number in range(2000)]

    def write_all() -> None:
        for text in texts:
            pty.out.write(text)

    threading.Thread(target=write_all, daemon=True).start()
    wanted = "".join(texts).encode()
    assert pty.read(len(wanted)) == wanted
    pty.out.stop()


def test_a_terminal_that_takes_nothing_holds_nobody_and_loses_nothing(pty: Pty) -> None:
    """Twenty frames of 64 KiB, and a terminal that shows none of them yet."""
    frames = [bytes([65 + number]).decode() * 65536 for number in range(20)]
    for frame in frames:
        pty.out.write(frame)
        pty.out.flush()
    assert pty.read(20 * 65536) == "".join(frames).encode()
    pty.out.write("and now it keeps up")
    pty.out.flush()
    assert pty.read(19) == b"and now it keeps up"
    pty.out.stop()


def test_stopping_writes_the_rest(pty: Pty) -> None:
    pty.out.write("x" * 200_000)
    pty.out.write("the end")
    found: list[bytes] = []
    reading = threading.Thread(target=lambda: found.append(pty.read(200_007)), daemon=True)
    reading.start()
    pty.out.stop()
    reading.join(20)
    assert found[0].endswith(b"xthe end")


def test_a_terminal_that_is_gone_ends_in_silence(pty: Pty) -> None:
    os.close(pty.far)
    pty.far = -1
    for _ in range(100):  # more than lie in the queue
        pty.out.write("x" * 1000)
        pty.out.flush()
    pty.out.stop()
    assert not pty.out.is_alive()


async def test_what_is_written_in_one_turn_of_the_loop_is_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    write: Callable[[int, bytes], int] = os.write
    pty = Pty()

    def noted(fd: int, data: bytes) -> int:
        made.append(bytes(data))
        return write(fd, data)

    monkeypatch.setattr(os, "write", noted)
    for text in ("a", "b", "c"):
        pty.out.write(text)
    assert made == []
    await asyncio.sleep(0)
    assert made == [b"abc"]
    assert await asyncio.to_thread(pty.read, 3) == b"abc"
    pty.out.stop()
    pty.close()
