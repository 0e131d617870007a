"""The child of `second_sender`: reads, sends and judges whole small objects, and ends when its parent does."""

import asyncio
import socket

from tui_uploader.engine.collecting import collect_seldom
from tui_uploader.engine.descriptors import slots_by_descriptors
from tui_uploader.engine.loops import new_loop
from tui_uploader.engine.port import EngineOptions
from tui_uploader.engine.second_sender import Row, packed, row_of, unpacked
from tui_uploader.engine.wiring import limits_of
from tui_uploader.model.failures import bug
from tui_uploader.protocol.bucket import Bucket
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.sending import Sender, Sending
from tui_uploader.protocol.trust import Trust
from tui_uploader.protocol.upload_info import UploadInfo


def live(fd: int, options: EngineOptions, trust: Trust) -> None:
    """Work for the parent at the other end of a socket until it ends."""
    theirs = socket.socket(fileno=fd)
    collect_seldom()
    slots_by_descriptors()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(_serve(theirs, options, trust))


async def _serve(theirs: socket.socket, options: EngineOptions, trust: Trust) -> None:
    loop = asyncio.get_running_loop()
    limits_for = limits_of(options.clocks)
    transport = Sender(context=trust, proxy=options.proxy, no_proxy=options.no_proxy, limits=limits_for(0))
    bucket = Bucket(transport, limits_for, verify=options.verify, read_back=options.read_back)
    over = asyncio.Event()
    await loop.create_unix_connection(lambda: _Work(bucket, over), sock=theirs)
    await over.wait()  # the parent has ended, or has no more: what is on its way ends with us


class _Work(asyncio.Protocol):
    """What the parent asks for: an object to send, one to cut off, how many at once. What is more waits its turn here.

    So the next object lies ready when one is over: the way to the parent and back would leave the slots empty.
    """

    def __init__(self, bucket: Bucket, over: asyncio.Event) -> None:
        self._bucket, self._over = bucket, over
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._queue: dict[int, Row] = {}
        self._most = 0
        self._leaving = False  # nothing more comes for now: what is over leaves no connection behind
        self._answers: list[Row] = []
        self._received = b""
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._over.set()

    def data_received(self, data: bytes) -> None:
        rows, self._received = unpacked(self._received + data if self._received else data)
        for row in rows:
            match row:
                case (number,):
                    self._cut_off(number)
                case (0, most):
                    self._most = most
                case _:
                    self._leaving = False
                    self._queue[row[0]] = row
        self._start()

    def _start(self) -> None:
        while self._queue and len(self._tasks) < self._most:
            number = next(iter(self._queue))
            self._tasks[number] = self._loop.create_task(self._send(*self._queue.pop(number)))

    def _cut_off(self, number: int) -> None:
        if number == 0:
            self._leaving = True
            self._bucket.let_go()
        elif self._queue.pop(number, None) is None and number in self._tasks:
            self._tasks[number].cancel()

    async def _send(
        self, number: int, path: bytes, size: int, inode: int, target: tuple[str, str, int], raw_path: bytes,
        headers: tuple[tuple[str, str], ...], authorization: str, token: str, meta: str, link: str,
    ) -> None:  # fmt: skip
        began = self._loop.time()
        info = UploadInfo("", Target(*target), raw_path, headers, "", 0, 0, authorization, token, meta, link)
        try:
            result = await self._bucket.put(info, path, size, inode=inode, sending=Sending(size))
            row = row_of(number, result, self._loop.time() - began)
        except Exception as error:  # noqa: BLE001 - the parent waits for an answer, whatever came
            row = row_of(number, bug(error), 0.0)
        finally:
            del self._tasks[number]
            if self._leaving and not self._queue:
                self._bucket.let_go()
            self._start()
        if not self._answers:
            self._loop.call_soon(self._flush)
        self._answers.append(row)

    def _flush(self) -> None:
        rows, self._answers = self._answers, []
        self._transport.write(packed(rows))
