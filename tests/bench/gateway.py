"""A gateway that is not the limit: ``gateway.py SINK CHECKSUMS DELAY_MS`` prints its port; the end of stdin ends it."""

import asyncio
import json
import re
import sys
from typing import cast
from urllib.parse import quote

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SIGN = (
    "q-sign-algorithm=sha1&q-ak=x&q-sign-time=1;9999999999&q-key-time=1;9999999999"
    "&q-header-list=&q-url-param-list=&q-signature=" + "0" * 40
)


class Asked(asyncio.Protocol):
    """One connection: answers calls for upload info with addresses that name the object's CRC-64."""

    def __init__(self, sink: str, checksums: dict[str, str], delay: float) -> None:
        self._sink, self._checksums, self._delay = sink, checksums, delay
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass of asyncio's

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._data, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._data) < whole:
                return
            asked, self._data = self._data[end + 4 : whole], self._data[whole:]
            body = json.dumps([self._info(entry["objectId"]) for entry in json.loads(asked)]).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: r\r\nContent-Length: %d\r\n\r\n"
            assert self._transport is not None
            answer = head % len(body) + body
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _info(self, key: str) -> dict[str, str]:
        return {
            "objectId": key,
            "uploadUrl": f"{self._sink}/b/{self._checksums.get(key, '0')}/{quote(key, safe='/-_.~')}",
            "authorization": _SIGN,
            "token": "t" * 800,
            "cloudObjectMeta": "m" * 100,
            "cloudObjectId": f"cloud://bench/{key}",
        }


async def main(checksums: dict[str, str]) -> None:
    """Serve until stdin ends."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(0, over.set)
    delay = float(sys.argv[3]) / 1000
    server = await loop.create_server(lambda: Asked(sys.argv[1], checksums, delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await over.wait()


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        known = json.load(file)
    try:
        import uvloop
    except ImportError:
        asyncio.run(main(known))
    else:
        uvloop.run(main(known))
