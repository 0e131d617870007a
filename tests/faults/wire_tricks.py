"""What a raw connection does to one PUT or one call: the behaviours that no HTTP library has."""

import asyncio
from collections.abc import Callable

from tests.faults.servers import Behaviour
from tests.protocol.hostile import Asked, Peer, clock
from tests.protocol.scripts import answer
from tui_uploader.protocol.digest import crc64

XML = b"<Error><Code>%s</Code><Message>said so</Message><RequestId>r9</RequestId></Error>"


def resets(upto: int = 100_000) -> Behaviour:
    """RST after a part of the body."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked, min(upto, max(asked.declared, 0)))
        peer.reset()
        return False

    return trick


def closes(upto: int | None = None) -> Behaviour:
    """FIN after a part of the body, or after all of it."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked, upto)
        peer.writer.write_eof()
        await peer.gone()  # with bytes unread the system would make it a RST
        return False

    return trick


def deaf(upto: int = 1000) -> Behaviour:
    """Stops reading."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked, upto)
        await peer.deaf()
        return False

    return trick


def slow(block: int, pause: float, then: Behaviour) -> Behaviour:
    """Reads a little at a time, never so slowly that nothing moves."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        while len(asked.body) < asked.declared:
            await peer.body(asked, min(len(asked.body) + block, asked.declared))
            await clock(pause)
        return await then(peer, asked)

    return trick


async def silent(peer: Peer, asked: Asked) -> bool:
    """Takes everything and says nothing."""
    await peer.body(asked)
    await peer.silent()
    return False


def says(data: bytes, *, close: bool = True) -> Behaviour:
    """These very bytes for an answer, with nothing kept."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked)
        await peer.send(data)
        if close:
            await peer.close()
        return not close

    return trick


def drips(data: bytes, pause: float) -> Behaviour:
    """The same a byte at a time."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked)
        for at in range(len(data)):
            await peer.send(data[at : at + 1])
            await clock(pause)
        return True

    return trick


def endless(first: bytes, again: bytes) -> Behaviour:
    """An answer without end."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked)
        await peer.send(first)
        while True:
            await peer.send(again)

    return trick


def early(data: bytes, *, drain: bool) -> Behaviour:
    """Answers before the body was read, and then reads the rest or closes on it."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked, 1)
        await peer.send(data)
        if drain:
            await peer.gone()
        else:
            await peer.close()
        return False

    return trick


def stores(change: Callable[[bytes], bytes], keep: Callable[[Asked], None], *, close: bool = True) -> Behaviour:
    """Keeps the object, and changes the bytes of the good answer."""

    async def trick(peer: Peer, asked: Asked) -> bool:
        body = await peer.body(asked)
        keep(asked)
        crc = f"x-cos-hash-crc64ecma: {crc64(body, 0)}"
        whole = answer("200 OK", b"0123456789", 'ETag: "e"', crc, "x-cos-request-id: r1")
        await peer.send(change(whole))
        if close:
            await peer.close()
        return not close

    return trick


async def never(peer: Peer, asked: Asked) -> bool:
    """Nothing at all until the test is over."""
    await asyncio.Event().wait()
    return False
