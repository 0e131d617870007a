"""The bucket: PUTs one object and reads the receipt. No retry: one PUT, one Receipt or Failure."""

import asyncio
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from tui_uploader.model.failures import Failure, Phase, bug
from tui_uploader.model.redact import short_id
from tui_uploader.model.value import value
from tui_uploader.protocol.answer import Answer, BadAnswer
from tui_uploader.protocol.body import FileBody, SourceProblem
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.failures import of_cos_answer, of_exception
from tui_uploader.protocol.far_body import FarBody, Readers
from tui_uploader.protocol.gateway import USER_AGENT
from tui_uploader.protocol.heads import checked_head
from tui_uploader.protocol.read_back import read_back
from tui_uploader.protocol.sending import Limits, Pace, Sender, Sending
from tui_uploader.protocol.threads import Threads
from tui_uploader.protocol.upload_info import UploadInfo
from tui_uploader.protocol.whole_file import WholeFile, body_of

_MD5 = re.compile(r"[0-9a-f]{32}\Z")
_NUMBER = re.compile(r"[0-9]{1,20}\Z")  # no CRC-64 is longer, and a number without end costs one to read
_PORTS = {"http": 80, "https": 443}
Body = FileBody | WholeFile | FarBody


@value
class Stored:
    """A 200 of the bucket that was believed. `digest` names what was compared: ``crc64``, ``md5`` or nothing.

    `mtime_ns` is the modification time of the file as it was sent.
    """

    etag: str
    crc64: str | None
    request_id: str
    digest: str
    source_gone: bool
    mtime_ns: int = 0


class LimitsFor(Protocol):
    """The clocks for an object of a size in bytes."""

    def __call__(self, size: int) -> Limits: ...


class Bucket:
    """Where objects go. Remembers for the run which hosts name no CRC-64, and digests by MD5 for them."""

    def __init__(
        self,
        transport: Sender | Threads,
        limits_for: LimitsFor,
        *,
        verify: bool = True,
        readers: Readers | None = None,
        read_back: bool = False,
        cleaned: Callable[[Failure], Failure] = lambda failure: failure,
    ) -> None:
        self.readers = readers
        self._transport = transport
        self._limits_for = limits_for
        self._verify = verify
        self._read_back = read_back
        self._cleaned = cleaned
        self._md5_hosts: set[str] = set()

    def let_go(self) -> None:
        """Close the connections that lie idle, those to the gateway as well."""
        self._transport.let_go()

    async def put(
        self, info: UploadInfo, path: bytes, size: int, *, inode: int = 0, sending: Sending, pace: Pace | None = None
    ) -> Stored | Failure:
        """Send the file at `path`, announced with `size` bytes, by `info` (PUT Object with the three headers).

        Success is a 200 with x-cos-request-id whose CRC-64 (or, where none comes, MD5) is that of what was read from
        a file that did not change meanwhile; everything else is a Failure.
        """
        verify = self._verify
        try:
            if self.readers is not None and self.readers.careful(path):
                async with FarBody(self.readers, path, size, inode=inode, crc=verify, md5=verify) as far:
                    return await self._send(info, path, far, sending, pace)
            md5 = verify and info.target.host in self._md5_hosts
            with body_of(path, size, inode=inode, crc=verify, md5=md5) as body:
                return await self._send(info, path, body, sending, pace)
        except SourceProblem as problem:
            return problem.failure
        except Exception as error:  # noqa: BLE001 - no answer, however odd, may end more than its own object
            return bug(error).at(Phase.VERIFY)

    async def _send(
        self, info: UploadInfo, path: bytes, body: Body, sending: Sending, pace: Pace | None
    ) -> Stored | Failure:
        host, size = info.target.host, body.size
        try:
            head = put_head(info, size)
            answer = await self._transport.send(
                info.target, head, body, limits=self._limits_for(size), sending=sending, pace=pace
            )
        except SourceProblem:
            raise
        except BadAnswer as error:
            failure = of_exception(error, Phase.PUT, host, sent=sending.acked, total=size)
            judged = await self._cut(error.partial, failure, body, host)
            return self._clean(judged, info) if isinstance(judged, Failure) else judged
        except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a value with a code
            return of_exception(error, Phase.PUT, host, sent=sending.acked, total=size)
        if isinstance(body, FarBody):
            await body.finish()
        judged = self._judge(answer, body, host) or await self._second(answer, body, host)
        if self._read_back and isinstance(judged, Stored):
            judged = await read_back(self._transport, info, path, size, self._limits_for(size)) or judged
        return self._clean(judged, info) if isinstance(judged, Failure) else judged

    def _clean(self, failure: Failure, info: UploadInfo) -> Failure:
        """What says a secret of ours back is shown without it."""
        return self._cleaned(failure.without(info.secrets()))

    async def _cut(self, answer: Answer | None, failure: Failure, body: Body, host: str) -> Stored | Failure:
        """An answer whose body was cut: its head says enough where it is an error's, or a 200 whose digest is right."""
        if answer is None or 200 < answer.status < 300:
            return failure
        if isinstance(body, FarBody):
            await body.finish()
        judged = self._judge(answer, body, host) or await self._second(answer, body, host)
        return judged if answer.status != 200 or isinstance(judged, Stored) else failure

    def _judge(self, answer: Answer, body: Body, host: str) -> Stored | Failure | None:
        """What came of it; None where only reading the file once more can tell."""
        if answer.status != 200:
            return of_cos_answer(answer, host)
        request_id = short_id(answer.header("x-cos-request-id"))
        if answer.early:
            return Failure("BAD_ANSWER", Phase.PUT, "", 200, request_id, detail="answered before all was sent")
        if not request_id:
            return Failure("NOT_COS", Phase.PUT, "", 200, detail=host)
        etag = short_id(answer.header("etag").strip('"'))
        crc = answer.header("x-cos-hash-crc64ecma")
        gone = body.check_unchanged()
        if not self._verify:
            if not etag:
                return Failure("UNVERIFIED", Phase.VERIFY, "", 200, request_id, detail="no ETag")
            return Stored(etag, crc or None, request_id, "", gone, body.mtime_ns)
        if crc:
            if not _NUMBER.match(crc) or int(crc) != body.crc:
                return Failure("CHECKSUM", Phase.VERIFY, "", 200, request_id, detail="CRC-64 differs")
            return Stored(etag, crc, request_id, "crc64", gone, body.mtime_ns)
        if not _MD5.match(etag.lower()):
            return Failure("UNVERIFIED", Phase.VERIFY, "", 200, request_id, detail="neither CRC-64 nor MD5 came")
        return None if body.md5 is None else _by_md5(body.md5, etag, request_id, gone, body)

    async def _second(self, answer: Answer, body: Body, host: str) -> Stored | Failure:
        """No CRC-64 came: the MD5 by a second read, in a thread. The host is remembered."""
        assert not isinstance(body, FarBody)  # a far one has its MD5 already
        self._md5_hosts.add(host)
        md5 = await asyncio.to_thread(body.second_md5)
        request_id, etag = short_id(answer.header("x-cos-request-id")), answer.header("etag").strip('"')
        return _by_md5(md5, etag, request_id, body.check_unchanged(), body)


def _by_md5(md5: str, etag: str, request_id: str, gone: bool, body: Body) -> Stored | Failure:
    if md5 != etag.lower():
        return Failure("CHECKSUM", Phase.VERIFY, "", 200, request_id, detail="MD5 differs")
    return Stored(etag, None, request_id, "md5", gone, body.mtime_ns)


def put_head(info: UploadInfo, size: int) -> bytes:
    """The head of the PUT: the three headers of the upload info, an explicit length, and what was signed.

    Raises LocalProtocolError for a line break or a zero byte in any of them.
    """
    signed = [f"{name}: {value}\r\n" for name, value in info.headers if name != "content-length"]
    head = (
        f"{_before(info.target)}{info.authorization}\r\nX-Cos-Security-Token: {info.token}\r\n"
        f"X-Cos-Meta-Fileid: {info.meta}\r\nContent-Length: {size}\r\n{''.join(signed)}\r\n"
    )
    return checked_head(b"PUT %s HTTP/1.1\r\n%s" % (info.raw_path, head.encode()), 6 + len(signed))


@lru_cache(maxsize=64)
def _before(target: Target) -> str:
    """What is the same for all objects of a host."""
    port = "" if target.port == _PORTS[target.scheme] else f":{target.port}"
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"Host: {host}{port}\r\nUser-Agent: {USER_AGENT}\r\nAuthorization: "
