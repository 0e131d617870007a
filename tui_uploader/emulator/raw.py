"""Answers that an HTTP library cannot give: resets, silence, half heads. They end the connection."""

import asyncio
import socket
import struct

from aiohttp import web


async def cut_off(request: web.BaseRequest, reset: bool) -> web.StreamResponse:
    """Close the connection now: with a RST, or with a FIN after which what still comes is read and dropped."""
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        if reset:
            sock = transport.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        else:
            if transport.can_write_eof():
                transport.write_eof()
                await drain(request)
            transport.close()
    return _nothing()


async def drain(request: web.BaseRequest) -> None:
    """Read what still comes, so that the client reads an answer or a FIN instead of a reset."""
    try:
        async with asyncio.timeout(10):
            while await request.content.readany():
                pass
    except (TimeoutError, OSError):
        return


async def say_nothing(request: web.BaseRequest) -> web.StreamResponse:
    """Wait until the client gives up."""
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - no event says it
        await asyncio.sleep(0.05)
    return _nothing()


async def write_raw(request: web.BaseRequest, data: bytes, pause: float = 0.0) -> web.StreamResponse:
    """Write bytes as they are and close; with a pause, a byte at a time."""
    transport = request.transport
    if transport is not None and not transport.is_closing():
        if pause:
            for at in range(len(data)):
                if transport.is_closing():
                    break
                transport.write(data[at : at + 1])
                await asyncio.sleep(pause)
        else:
            transport.write(data)
        transport.close()
    return _nothing()


def _nothing() -> web.StreamResponse:
    """What is returned to the server when the connection is gone already."""
    return web.Response(status=499)


async def pour(request: web.BaseRequest) -> web.StreamResponse:
    """A 200 whose body never ends."""
    transport = request.transport
    if isinstance(transport, asyncio.Transport):
        transport.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not transport.is_closing():
            if transport.get_write_buffer_size() < 1_000_000:
                transport.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await asyncio.sleep(0.001)
    return _nothing()
