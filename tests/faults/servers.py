"""The clouds of the fault suite: the emulator, and a raw one that does what no HTTP library can do."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol
from urllib.parse import quote, unquote

from tests.protocol.hostile import Asked, Hostile, Peer
from tests.protocol.scripts import answer
from tui_uploader.emulator.server import Emulator, Options
from tui_uploader.protocol.digest import crc64

BUCKET = "6372-canary-1250000000"
Behaviour = Callable[[Peer, Asked], Awaitable[bool]]
"""What becomes of one request whose head has come; True where the connection goes on."""


class Cloud(Protocol):
    """What a test may know of a cloud."""

    gateway: str
    env_id: str
    token: str

    def held(self) -> dict[str, bytes]: ...

    def canaries(self) -> set[str]: ...

    def close(self) -> None: ...


class Loop:
    """An event loop in a thread, so that a blocking test can use what lives on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` there and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    def end(self) -> None:
        """No more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class Emulated:
    """The emulator with a token that can be found again."""

    def __init__(self, options: Options) -> None:
        self._loop = Loop()
        self.emulator = Emulator(options)
        self._loop.call(self.emulator.__aenter__())
        self.gateway, self.env_id, self.token = self.emulator.gateway, self.emulator.env_id, self.emulator.token
        self.puts = self.emulator.cloud.puts

    def held(self) -> dict[str, bytes]:
        """What the bucket holds, byte for byte."""
        found = {}
        for key, one in self.emulator.objects().items():
            with open(one.file, "rb") as file:
                found[key] = file.read()
        return found

    def canaries(self) -> set[str]:
        """Everything it gave out that nobody else may see."""
        cloud = self.emulator.cloud
        given = {text for issued in cloud.issued.values() for text in (issued.token, issued.file_id)}
        return {self.token, cloud.secret_id, "q-signature=", "?sign="} | given

    def close(self) -> None:
        """End it."""
        self._loop.call(self.emulator.__aexit__(None, None, None))
        self._loop.end()


class Raw:
    """A gateway and a bucket on raw sockets.

    `puts` are behaviours by key: the first try of an object meets the first of them, and so on; behind the last one
    the object is stored as it should be (with `for_ever`, the last one stays). `asks` likewise for the calls of the
    gateway, whoever they ask for; `shape` changes the entries of every whole answer.
    """

    env_id = "raw-1a2b3c"

    def __init__(
        self,
        token: str,
        puts: dict[str, Sequence[Behaviour]] | None = None,
        asks: Sequence[Behaviour] = (),
        shape: Callable[[list[dict[str, Any]]], Any] | None = None,
        *,
        for_ever: bool = False,
        receive_buffer: int = 0,
        tls: Any = None,
    ) -> None:
        self.token = token
        self.puts: Counter[str] = Counter()
        self.asked: list[list[str]] = []
        self._put, self._ask, self._shape, self._for_ever = dict(puts or {}), list(asks), shape, for_ever
        self._held: dict[str, bytes] = {}
        self._given: set[str] = set()
        self._loop = Loop()
        self.server: Hostile = self._loop.call(self._made(receive_buffer, tls))
        self.gateway = self.origin = self.server.url

    async def _made(self, receive_buffer: int, tls: Any) -> Hostile:
        server = Hostile(self._serve, receive_buffer=receive_buffer, tls=tls)
        await server.__aenter__()
        return server

    def meet(self, key: str, behaviours: Sequence[Behaviour]) -> None:
        """What the tries of an object are to meet."""
        self._put[key] = behaviours

    def ask_with(self, behaviours: Sequence[Behaviour]) -> None:
        """What the calls of the gateway are to meet."""
        self._ask = list(behaviours)

    def held(self) -> dict[str, bytes]:
        """What was stored, byte for byte."""
        return dict(self._held)

    def canaries(self) -> set[str]:
        """Everything it gave out."""
        return {self.token, "CANARY-"} | self._given

    def close(self) -> None:
        """End it; an error of a script comes out here."""
        try:
            self._loop.call(self.server.__aexit__(None, None, None))
        finally:
            self._loop.end()

    async def _serve(self, peer: Peer) -> None:
        goes_on = True
        while goes_on:
            asked = await peer.head()
            path = unquote(asked.line.split(" ")[1].partition("?")[0])
            if path.startswith("/b/"):
                goes_on = await self._bucket(peer, asked, path.removeprefix(f"/b/{BUCKET}/"))
            else:
                number = len(self.asked)
                body = await peer.body(asked)
                self.asked.append([item["objectId"] for item in json.loads(body)])
                goes_on = await self._pick(self._ask, number, self.give)(peer, asked)

    async def _bucket(self, peer: Peer, asked: Asked, key: str) -> bool:
        number = self.puts[key]
        self.puts[key] += 1
        return await self._pick(self._put.get(key, ()), number, self.store)(peer, asked)

    def _pick(self, behaviours: Sequence[Behaviour], number: int, usual: Behaviour) -> Behaviour:
        if number < len(behaviours):
            return behaviours[number]
        return behaviours[-1] if self._for_ever and behaviours else usual

    def entry(self, key: str) -> dict[str, Any]:
        """Upload info as it should be."""
        text = f"CANARY-{len(self._given)}-{abs(hash(key))}"
        self._given.add(text)
        url = f"{self.origin}/b/{BUCKET}/{quote(key, safe='/-_.~')}"
        return {
            "objectId": key,
            "uploadUrl": url,
            "authorization": f"q-sign-time=1;9999999999&q-signature={text}-authorization",
            "token": f"{text}-token",
            "cloudObjectMeta": f"{text}-meta",
            "cloudObjectId": f"cloud://{self.env_id}/{key}",
            "downloadUrl": f"{url}?sign={text}",
            "downloadUrlEncoded": f"{url}?sign={text}",
        }

    def entries(self) -> list[dict[str, Any]]:
        """The entries for the last call."""
        return [self.entry(key) for key in self.asked[-1]]

    async def give(self, peer: Peer, asked: Asked) -> bool:
        """Upload info for all that was asked for."""
        made = self._shape(self.entries()) if self._shape is not None else self.entries()
        body = made if isinstance(made, bytes) else json.dumps(made).encode()
        await peer.send(answer("200 OK", body, "Content-Type: application/json", "X-Request-Id: raw-request"))
        return True

    async def store(self, peer: Peer, asked: Asked) -> bool:
        """Keep the object, and give the receipt."""
        await peer.send(self.receipt(asked, await peer.body(asked)))
        return True

    def keep(self, asked: Asked) -> None:
        """Keep what came of a PUT as the object of its key."""
        self._held[unquote(asked.line.split(" ")[1]).removeprefix(f"/b/{BUCKET}/")] = asked.body

    def receipt(self, asked: Asked, body: bytes, *more: str, status: str = "200 OK", content: bytes = b"") -> bytes:
        """Keep the object; the answer that says so."""
        self.keep(asked)
        crc = f"x-cos-hash-crc64ecma: {crc64(body, 0)}"
        return answer(status, content, 'ETag: "e"', crc, "x-cos-request-id: raw-request", *more)
