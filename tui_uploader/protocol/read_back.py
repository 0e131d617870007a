"""Reads a piece of a stored object back through its link: what a right receipt cannot prove (FAULTS row 33)."""

import asyncio
import os
from urllib.parse import quote, urlsplit

from tui_uploader.model.failures import Failure, Phase
from tui_uploader.protocol import deep_paths
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.failures import of_cos_answer, of_exception
from tui_uploader.protocol.heads import request_head
from tui_uploader.protocol.sending import Limits, Sender
from tui_uploader.protocol.threads import Threads
from tui_uploader.protocol.upload_info import UploadInfo, is_loopback

PIECE = 16 * 1024
_PORTS = {"http": 80, "https": 443}
_SAFE = "/%!$&'()*+,;=:@-._~?"


async def read_back(
    transport: Sender | Threads, info: UploadInfo, path: bytes, size: int, limits: Limits
) -> Failure | None:
    """None where the object's last bytes are those of the file; else why not. Nothing secret but the link is sent."""
    link = read_link(info)
    if link is None:
        return Failure("UNVERIFIED", Phase.VERIFY, detail="the service named no link to read it back")
    target, raw_path = link
    begin = max(size - PIECE, 0)
    port = "" if target.port == _PORTS[target.scheme] else f":{target.port}"
    headers = [(b"Host", f"{target.host}{port}".encode()), (b"Cache-Control", b"no-cache")]
    if size:
        headers.append((b"Range", f"bytes={begin}-{size - 1}".encode()))
    try:
        answer = await transport.send(target, request_head(b"GET", raw_path, headers), None, limits=limits)
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a value with a code
        return of_exception(error, Phase.VERIFY, target.host)
    if answer.status not in (200, 206):
        return of_cos_answer(answer, target.host).at(Phase.VERIFY)
    begin = begin if answer.status == 206 else 0
    try:
        async with asyncio.timeout(limits.stalled):  # in a thread: no file system may hold the loop
            piece = await asyncio.to_thread(_piece, path, begin, size)
    except (OSError, TimeoutError):
        piece = None  # the file is gone or silent: only the length can be compared
    if len(answer.body) != size - begin or (piece is not None and answer.body != piece):
        return Failure("CHECKSUM", Phase.VERIFY, "", answer.status, detail="what was read back differs")
    return None


def _piece(path: bytes, begin: int, size: int) -> bytes:
    number = deep_paths.open_file(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(number, size - begin, begin)
    finally:
        os.close(number)


def read_link(info: UploadInfo) -> tuple[Target, bytes] | None:
    """Where an object can be fetched, or None: https, or loopback where the upload itself went there."""
    try:
        parts = urlsplit(info.download_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    plain = parts.scheme == "http" and info.target.scheme == "http" and is_loopback(host)
    if not host.isascii() or not host or parts.username is not None or not (plain or parts.scheme == "https"):
        return None
    path = quote(parts.path, safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    return Target(parts.scheme, host, port or _PORTS[parts.scheme]), path.encode("ascii")
