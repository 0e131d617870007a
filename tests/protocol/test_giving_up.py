"""What lies in the buffers when an exchange ends: it is dropped, and what had come is read."""

import asyncio
import contextlib
import socket
import threading

import pytest

from tests.protocol.conftest import uploads
from tests.protocol.hostile import Hostile, Peer
from tests.protocol.scripts import answer
from tui_uploader.protocol.body import BytesBody
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.heads import request_head


def head_of(size: int) -> bytes:
    """The head of a PUT."""
    return request_head(b"PUT", b"/k", [(b"Host", b"t"), (b"Content-Length", b"%d" % size)])


async def test_a_body_that_lies_in_the_buffers_is_dropped_when_the_request_is_cancelled() -> None:
    size, go = 450_000, asyncio.Event()

    async def reads_late(peer: Peer) -> None:
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await go.wait()
        peer.writer.transport.resume_reading()  # type: ignore[attr-defined]
        asked = await peer.head()
        with contextlib.suppress(ConnectionError):
            await peer.body(asked)

    async with Hostile(reads_late, receive_buffer=2048) as server, uploads() as transport:
        written = asyncio.Event()
        busy = transport._busy

        class Body(BytesBody):
            def read(self, limit: int = 1 << 18) -> bytes:
                connection = next(iter(busy))._transport
                assert connection is not None
                connection.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_SNDBUF, 4096
                )  # the rest stays with the program
                block = super().read(limit)
                if self._at == self.size:
                    written.set()
                return block

        target = Target("http", "127.0.0.1", server.port)
        task = asyncio.create_task(transport.send(target, head_of(size), Body(b"x" * size)))
        await written.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        go.set()
        await server.all_closed.wait()
        assert len(server.requests[0].body) < size


@pytest.mark.parametrize("size", [700_000, 5_000_000])
async def test_an_answer_that_came_before_the_write_that_fails_is_read(size: int) -> None:
    """The server answers and resets while the client is busy reading its file: the next thing is a failing write."""
    listening = socket.create_server(("127.0.0.1", 0))
    ready = threading.Event()

    def serve() -> None:
        peer, _ = listening.accept()
        with peer:
            peer.recv(100)
            peer.sendall(answer("403 Forbidden", b"why"))
        ready.set()  # closed with bytes unread: that is a RST

    class Body(BytesBody):
        def read(self, limit: int = 1 << 18) -> bytes:
            if self._at:
                ready.wait(5)
            return super().read(limit)

    server = threading.Thread(target=serve)
    server.start()
    try:
        async with uploads() as transport:
            target = Target("http", "127.0.0.1", listening.getsockname()[1])
            got = await transport.send(target, head_of(size), Body(b"x" * size))
        assert (got.status, got.body, got.early) == (403, b"why", True)
    finally:
        server.join()
        listening.close()
