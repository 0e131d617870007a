"""Drives a library through one job and times it itself: ``python -m tests.bench.drive put|httpx|cos JOB``."""

import asyncio
import json
import os
import resource
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

Entry = tuple[str, str, int, str]
_CHUNK = 65536  # what httpx itself reads from a file at a time


class Job:
    """What to send, where to, and how many at once."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
        self.base: str = values["base"]
        self.authority: str | None = values["ca"]
        self.parallel: int = values["parallel"]
        self.files: list[Entry] = [tuple(entry) for entry in values["files"]]


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(seconds: float, cpu: float) -> None:
    print(json.dumps({"seconds": seconds, "cpu": cpu}), flush=True)


def _whole(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _blocks(path: str) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as file:
        while block := file.read(_CHUNK):
            yield block


async def _many(job: Job, one: Callable[[Any], Awaitable[None]], entries: list[Any]) -> None:
    """Call `one` for each entry, as many at once as the job says, and say what it took."""
    rest: Iterator[Any] = iter(entries)

    async def slot() -> None:
        for entry in rest:
            await one(entry)

    began, cpu = time.perf_counter(), _used()
    await asyncio.gather(*[slot() for _ in range(min(job.parallel, len(entries)))])
    _say(time.perf_counter() - began, _used() - cpu)


async def put_path(job: Job) -> None:
    """Our own path of one PUT: open, head, CRC-64, send, judge the answer; no queue, no gateway."""
    from tui_uploader.protocol.bucket import Bucket, Stored
    from tui_uploader.protocol.dialling import Target
    from tui_uploader.protocol.sending import Limits, Sender, Sending
    from tui_uploader.protocol.threads import Threads
    from tui_uploader.protocol.trust import trust
    from tui_uploader.protocol.upload_info import UploadInfo

    parts = urlsplit(job.base)
    target = Target(parts.scheme, "127.0.0.1", parts.port or 0)
    context = trust(job.authority) if job.authority else None
    transport = Threads(Sender(context=context), lambda: Sender(context=context))
    bucket = Bucket(transport, lambda size: Limits())
    signature = "q-sign-algorithm=sha1&q-ak=x&q-sign-time=1;9999999999&q-signature=" + "0" * 40

    def info(key: str, crc: str) -> UploadInfo:
        path = f"/b/{crc}/{key}".encode()
        headers = (("content-type", "application/octet-stream"),)
        return UploadInfo(key, target, path, headers, "", 1, 9999999999, signature, "t" * 800, "m" * 100)

    async def one(entry: tuple[UploadInfo, bytes, int]) -> None:
        stored = await bucket.put(entry[0], entry[1], entry[2], sending=Sending(entry[2]))
        if not isinstance(stored, Stored):
            raise SystemExit(f"failed: {stored.code} {stored.detail}")

    await _many(job, one, [(info(key, crc), os.fsencode(path), size) for path, key, size, crc in job.files])
    await transport.aclose()


async def plain_httpx(job: Job) -> None:
    """One stock httpx.AsyncClient."""
    import httpx

    async def blocks(path: str) -> AsyncIterator[bytes]:
        for block in _blocks(path):
            yield block

    verify = ssl.create_default_context(cafile=job.authority) if job.authority else True
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(verify=verify, limits=limits, timeout=120, trust_env=False) as client:

        async def one(entry: Entry) -> None:
            path, key, size, _ = entry
            content: Any = blocks(path)
            if size <= _CHUNK:
                content = _whole(path)
            answer = await client.put(f"{job.base}/b/0/{key}", content=content, headers={"Content-Length": str(size)})
            answer.raise_for_status()

        await _many(job, one, job.files)


def cos_python(job: Job) -> None:
    """Tencent's cos-python-sdk-v5 in threads."""
    import logging

    from qcloud_cos import CosConfig, CosS3Client

    logging.disable(logging.CRITICAL)
    parts = urlsplit(job.base)
    config = CosConfig(
        Region="ap-x", SecretId="x" * 36, SecretKey="y" * 32, Scheme=parts.scheme, Domain=parts.netloc,
        PoolConnections=job.parallel, PoolMaxSize=job.parallel, VerifySSL=job.authority,
    )  # fmt: skip
    client = CosS3Client(config)

    def one(entry: Entry) -> None:
        with open(entry[0], "rb") as body:
            client.put_object(Bucket="b-1250000000", Key=f"b/{entry[3]}/{entry[1]}", Body=body)

    began, cpu = time.perf_counter(), _used()
    with ThreadPoolExecutor(job.parallel) as pool:
        list(pool.map(one, job.files))
    _say(time.perf_counter() - began, _used() - cpu)


def main() -> int:
    """Run one."""
    mode, job = sys.argv[1], Job(sys.argv[2])
    if mode == "put":
        try:
            import uvloop
        except ImportError:
            asyncio.run(put_path(job))
        else:
            uvloop.run(put_path(job))
    elif mode == "httpx":
        asyncio.run(plain_httpx(job))
    else:
        cos_python(job)
    return 0


if __name__ == "__main__":
    sys.exit(main())
