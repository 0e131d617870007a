"""What a hostile connection does: answers in pieces, early, cut short, dripping or without end; a CONNECT proxy."""

import asyncio
import contextlib

from tests.protocol.hostile import GONE, Peer, Script, clock, turns


def answer(status: str = "200 OK", body: bytes = b"", *headers: str, length: bool = True) -> bytes:
    """An answer as bytes."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def says(*pieces: bytes) -> Script:
    """Serve requests for ever: each gets the pieces as separate segments."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.request()
            await peer.send_apart(pieces)

    return script


def says_once(*pieces: bytes) -> Script:
    """One whole request, the pieces, then close."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send_apart(pieces)
        await peer.close()

    return script


def refuses_early(status: bytes, *, drain: bool) -> Script:
    """Answer `status` after the head while the body still comes; then drain it, or close on it."""

    async def script(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, 1)
        await peer.send(status)
        if drain:
            await peer.gone()
        else:
            await peer.close()

    return script


def resets_at(count: int) -> Script:
    """Reset the connection when `count` body bytes have come."""

    async def script(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, count)
        peer.reset()

    return script


def closes_at(count: int) -> Script:
    """Close (FIN) when `count` body bytes have come, after reading what is there."""

    async def script(peer: Peer) -> None:
        asked = await peer.head()
        await peer.body(asked, count)
        await peer.close()

    return script


def drips(data: bytes, seconds: float = 0.0) -> Script:
    """Answer one byte at a time, `seconds` between two (none: as fast as the loop turns)."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for at in range(len(data)):
            await peer.send(data[at : at + 1])
            await (clock(seconds) if seconds else turns())

    return script


def endless(first: bytes, again: bytes) -> Script:
    """`first`, then `again` without end."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(first)
        while True:
            await peer.send(again)

    return script


def proxy(status: bytes, to_port: int = 0) -> Script:
    """A CONNECT proxy: answers `status`, and where `to_port` is given joins both ends."""

    async def script(peer: Peer) -> None:
        await peer.head()
        await peer.send(status)
        if not to_port:
            await peer.close()
            return
        reader, writer = await asyncio.open_connection("127.0.0.1", to_port)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with contextlib.suppress(*GONE):
                while part := await source.read(1 << 16):
                    sink.write(part)
                    await sink.drain()
            sink.close()

        try:
            await asyncio.gather(pump(peer.reader, writer), pump(reader, peer.writer))
        finally:
            writer.transport.abort()

    return script
