"""The emulated bucket: PUT with signature, expiry, token and file ID checked; COS headers and XML errors."""

import asyncio
import base64
from urllib.parse import unquote
from xml.sax.saxutils import escape

from aiohttp import web

from tui_uploader.emulator.cloud import BUCKET, Cloud, request_id
from tui_uploader.emulator.cos_sign import compute, parse, span
from tui_uploader.emulator.objects import Writer
from tui_uploader.emulator.raw import cut_off, drain, pour, say_nothing, write_raw
from tui_uploader.emulator.script import Fault

MAX_OBJECT = 5 * 1024**3
INSTEAD = frozenset({"status", "redirect", "html", "expired", "no_answer", "drop"})
_CHUNK = 256 * 1024
_COS = {"Server": "tencent-cos"}


class Refusal(Exception):
    """A COS error to answer with."""

    def __init__(self, status: int, code: str, message: str = "", more: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.more = status, code, message, more


def xml_error(refusal: Refusal, key: str, headers: dict[str, str] | None = None) -> web.Response:
    """A COS error body with its headers."""
    number = request_id()
    body = (
        "<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n"
        f"\t<Code>{escape(refusal.code)}</Code>\n\t<Message>{escape(refusal.message or refusal.code)}</Message>\n"
        f"{refusal.more}\t<Resource>{escape(key)}</Resource>\n"
        f"\t<RequestId>{number}</RequestId>\n\t<TraceId>{request_id()}</TraceId>\n</Error>\n"
    )
    return web.Response(
        status=refusal.status,
        body=body.encode("utf-8", "replace"),
        content_type="application/xml",
        headers={"x-cos-request-id": number, "x-cos-trace-id": request_id(), **_COS, **(headers or {})},
    )


class Bucket:
    """Answers what comes below /b/BUCKET/."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def handle(self, request: web.BaseRequest, raw_path: str) -> web.StreamResponse:
        """One request; `raw_path` is the path as it came, undecoded, without the query."""
        path = unquote(raw_path.replace("+", " "), errors="surrogateescape")  # COS takes a raw + for a blank
        lead = f"/b/{BUCKET}/"
        key = path[len(lead) :]
        if not path.startswith(lead) or not key:
            return xml_error(Refusal(404, "NoSuchBucket"), path)
        if request.method == "GET":
            return self._get(request, key)
        if request.method != "PUT":
            return xml_error(Refusal(405, "MethodNotAllowed"), key)
        cloud = self._cloud
        cloud.puts[key] += 1
        cloud.putting += 1
        cloud.most_putting = max(cloud.most_putting, cloud.putting)
        try:
            return await self._put(request, path, key)
        finally:
            cloud.putting -= 1

    async def _put(self, request: web.BaseRequest, path: str, key: str) -> web.StreamResponse:
        fault = self._cloud.script.strike("put", key)
        if fault is not None and fault.kind == "latency":
            await asyncio.sleep(fault.delay / 1000)
        if fault is not None and fault.kind == "early":
            answer = xml_error(Refusal(fault.status, fault.code or "AccessDenied"), key, fault.headers)
            await answer.prepare(request)
            await answer.write_eof()
            await drain(request)
            self._cloud.note("put", (key,), fault.status)
            return answer
        if request.headers.get("Expect", "").lower() == "100-continue" and isinstance(
            request.transport, asyncio.Transport
        ):
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            length = self._check(request, path, key)
        except Refusal as refusal:
            await drain(request)
            self._cloud.note("put", (key,), refusal.status)
            return xml_error(refusal, key)
        writer = self._cloud.objects.writer()
        try:
            ended = await self._receive(request, key, writer, length, fault)
            if ended is not None:
                return ended
            return await self._answer(request, key, writer, fault)
        finally:
            writer.drop()

    def _check(self, request: web.BaseRequest, path: str, key: str) -> int:
        """The body's length, or a Refusal."""
        headers, cloud = request.headers, self._cloud
        if "Content-Length" not in headers:
            raise Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
        length = int(headers["Content-Length"])
        if length > MAX_OBJECT:
            raise Refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.")
        fields = parse(headers.get("Authorization", ""))
        if not fields:
            raise Refusal(403, "AccessDenied", "Access Denied.")
        if fields["q-ak"] != cloud.secret_id:
            raise Refusal(403, "InvalidAccessKeyId", "The access key Id you provided does not exist.")
        times = span(fields["q-sign-time"])
        if times is None or not times[0] - 60 <= cloud.clock() <= times[1]:
            raise Refusal(403, "AccessDenied", "Request has expired")
        listed = [name for name in fields["q-header-list"].split(";") if name]
        present = {name: headers[name] for name in listed if name in headers}
        signed = compute(cloud.secret_key, fields["q-key-time"], request.method, path, {}, present)
        if len(present) != len(listed) or signed.signature != fields["q-signature"]:
            more = (
                f"\t<StringToSign>{escape(signed.string_to_sign)}</StringToSign>\n"
                f"\t<FormatString>{escape(signed.http_string)}</FormatString>\n"
            )
            raise Refusal(403, "SignatureDoesNotMatch", "The Signature you specified is invalid.", more)
        issued = cloud.issued.get(headers.get("X-Cos-Security-Token", ""))
        if issued is None or issued.key != key:
            raise Refusal(403, "InvalidAccessKeyId", "The security token is not valid.")
        if headers.get("X-Cos-Meta-Fileid") != issued.file_id:
            raise Refusal(403, "AccessDenied", "The file ID is missing or differs.")
        if headers.get("x-cos-forbid-overwrite", "").lower() == "true" and key in cloud.objects:
            if "x-cos-forbid-overwrite" not in listed:
                raise Refusal(403, "AccessDenied", "The header x-cos-forbid-overwrite is not signed.")
            raise Refusal(409, "FileAlreadyExists", "The object already exists.")
        return length

    async def _receive(
        self, request: web.BaseRequest, key: str, writer: Writer, length: int, fault: Fault | None
    ) -> web.StreamResponse | None:
        """Read the body; an answer where a fault ended it."""
        breaks = fault is not None and fault.kind in ("reset", "close", "stall")
        limit = length * fault.at // 100 if breaks and fault is not None else length + 1
        while not (breaks and writer.size >= limit):
            data = await request.content.read(min(_CHUNK, max(limit - writer.size, 1)))
            if not data:
                break
            await self._cloud.throttle.take(len(data))
            writer.write(data)
        if breaks and fault is not None:
            self._cloud.note("put", (key,), 0, writer.size)
            if fault.kind == "stall":
                if request.transport is not None and hasattr(request.transport, "pause_reading"):
                    request.transport.pause_reading()
                return await say_nothing(request)
            return await cut_off(request, fault.kind == "reset")
        if writer.size < length:
            self._cloud.note("put", (key,), 400, writer.size)
            return xml_error(Refusal(400, "IncompleteBody"), key)
        return None

    async def _answer(
        self, request: web.BaseRequest, key: str, writer: Writer, fault: Fault | None
    ) -> web.StreamResponse:
        kind = fault.kind if fault is not None else ""
        if fault is not None and kind in INSTEAD:
            return await self._instead(request, key, fault)
        given = request.headers.get("Content-MD5")
        if given is not None and len(given) != 24:
            self._cloud.note("put", (key,), 400)
            return xml_error(Refusal(400, "InvalidDigest"), key)
        if given is not None and given != base64.b64encode(writer.md5.digest()).decode():
            self._cloud.note("put", (key,), 400)
            return xml_error(Refusal(400, "BadDigest"), key)
        if kind == "corrupt":
            writer.write(b"\0damage")
        kind_of_content = request.headers.get("Content-Type", "application/octet-stream")
        file_id = request.headers.get("X-Cos-Meta-Fileid", "")
        raw = await self._in_the_raw(request, kind)
        if raw is not None:
            self._cloud.note("put", (key,), 0, writer.size)
            return raw
        stored = self._cloud.objects.keep(key, writer, kind_of_content, file_id)
        self._cloud.note("put", (key,), 200, stored.size)
        if kind == "lost_answer":
            return await cut_off(request, reset=False)
        crc = stored.crc64 ^ 1 if kind == "wrong_crc" else stored.crc64
        etag = stored.md5 if kind != "wrong_etag" else "0" * 32
        headers = {"ETag": f'"{etag}"', "x-cos-hash-crc64ecma": str(crc), "x-cos-request-id": request_id(), **_COS}
        if kind in ("no_crc", "no_digests", "wrong_etag"):
            del headers["x-cos-hash-crc64ecma"]
        if kind == "no_digests":
            del headers["ETag"]
        if kind == "no_request_id":
            del headers["x-cos-request-id"]
        if kind == "lost":
            self._cloud.objects.delete(key)
        return web.Response(status=200, headers=headers)

    async def _in_the_raw(self, request: web.BaseRequest, kind: str) -> web.StreamResponse | None:
        """An answer that no library gives, or None."""
        match kind:
            case "cut_head":
                return await write_raw(request, b"HTTP/1.1 200 OK\r\nConte")
            case "drip":
                return await write_raw(request, b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 600, pause=0.1)
            case "cut_body":
                return await write_raw(request, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            case "garbage":
                return await write_raw(request, b"220 ftp.example ready\r\n")
            case "big_head":
                return await write_raw(request, b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n")
            case "endless":
                return await pour(request)
            case _:
                return None

    async def _instead(self, request: web.BaseRequest, key: str, fault: Fault) -> web.StreamResponse:
        """An answer in place of storing what came."""
        status = {"redirect": fault.status if 300 <= fault.status < 400 else 302, "html": 200, "expired": 403}.get(
            fault.kind, fault.status if fault.kind == "status" else 0
        )
        self._cloud.note("put", (key,), status)
        match fault.kind:
            case "redirect":
                return web.Response(status=status, headers={"Location": fault.location})
            case "html":
                return web.Response(text="<html>Please sign in to the network</html>", content_type="text/html")
            case "expired":
                return xml_error(Refusal(403, "AccessDenied", "Request has expired"), key)
            case "no_answer":
                return await say_nothing(request)
            case "drop":
                return await cut_off(request, reset=False)
            case _:
                if fault.code:
                    return xml_error(Refusal(fault.status, fault.code, fault.message), key, fault.headers)
                return web.Response(status=fault.status, headers=fault.headers)

    def _get(self, request: web.BaseRequest, key: str) -> web.Response:
        stored = self._cloud.objects.get(key)
        sign = self._cloud.links.get(key)
        self._cloud.note("get", (key,), 200 if stored else 404)
        if stored is None:
            return xml_error(Refusal(404, "NoSuchKey"), key)
        if sign is None or request.rel_url.query.get("sign") != sign:
            return xml_error(Refusal(403, "AccessDenied"), key)
        with open(stored.file, "rb") as file:
            data = file.read()
        span_asked = request.http_range
        part = data[span_asked]
        whole = span_asked.start is None and span_asked.stop is None
        return web.Response(status=200 if whole else 206, body=part, content_type="application/octet-stream")
