"""A bare HTTP client for these tests: sends exactly the bytes it is told to, and reads what comes."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tui_uploader.emulator.server import Emulator

INFO = "/v1/storages/get-objects-upload-info"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `status` 0 where the connection ended before a whole head."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


async def send(emulator: Emulator, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Answer:
    """One request on a connection of its own, as given; raises ConnectionResetError on a RST."""
    url = urlsplit(emulator.gateway)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    try:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {url.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)
        await writer.drain()
        data = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.transport.abort()
    head, gap, rest = data.partition(b"\r\n\r\n")
    if not gap:
        return Answer(0, {}, data)
    first, *others = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in others)
    return Answer(int(first.split(" ")[1]), {name.lower(): value for name, value in pairs}, rest)


async def ask(emulator: Emulator, items: object, token: str | None = None) -> Answer:
    """One POST for upload info."""
    body = json.dumps(items).encode()
    headers = {"Authorization": f"Bearer {token or emulator.token}", "Content-Length": str(len(body))}
    return await send(emulator, "POST", INFO, headers, body)


async def info(emulator: Emulator, key: str, signed: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """The upload info of one key."""
    entry: dict[str, Any] = (await ask(emulator, [{"objectId": key, "signedHeader": signed or {}}])).json[0]
    return entry


async def put(emulator: Emulator, given: dict[str, Any], body: bytes, **changed: str | None) -> Answer:
    """One PUT by upload info; `changed` replaces headers ("_" for "-"), None leaves one out."""
    headers = {
        "Authorization": given["authorization"],
        "X-Cos-Security-Token": given["token"],
        "X-Cos-Meta-Fileid": given["cloudObjectMeta"],
        "Content-Length": str(len(body)),
    }
    for name, value in changed.items():
        same = next((known for known in headers if known.lower() == name.replace("_", "-").lower()), None)
        headers.pop(same or "", None)
        if value is not None:
            headers[same or name.replace("_", "-")] = value
    return await send(emulator, "PUT", urlsplit(given["uploadUrl"]).path, headers, body)
