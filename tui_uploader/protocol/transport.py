"""The same as one of httpx's transports: its requests, its answers and its exceptions, so that callers cannot tell."""

from collections.abc import AsyncIterable

import httpx

from tui_uploader.protocol.body import collected
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.errors import LocalProtocolError, TransportError
from tui_uploader.protocol.heads import request_head
from tui_uploader.protocol.limits import Limits
from tui_uploader.protocol.sending import Sender

_PORTS = {"http": 80, "https": 443}


class UploadTransport(Sender, httpx.AsyncBaseTransport):
    """A Sender for httpx.AsyncClient: HTTP/1.1 over connections of its own. `send`, the hot path, is the Sender's."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Any request of httpx's, with its own timeouts where it names them; the body may be of unknown length.

        Raises httpx's ConnectError, ConnectTimeout, WriteError, WriteTimeout, ReadError, ReadTimeout, ProxyError,
        LocalProtocolError and RemoteProtocolError, with the cause that ours has.
        """
        try:
            return await self._handled(request)
        except TransportError as error:
            name = next(kind.__name__ for kind in type(error).__mro__ if hasattr(httpx, kind.__name__))
            raise getattr(httpx, name)(str(error), request=request) from error.__cause__ or error

    async def _handled(self, request: httpx.Request) -> httpx.Response:
        timeout = request.extensions.get("timeout", {})
        limits = Limits(
            timeout.get("connect") or self._limits.connect,
            timeout.get("write") or self._limits.stalled,
            timeout.get("read") or self._limits.answer,
            timeout.get("read") or self._limits.whole,
        )
        head = request_head(request.method.encode(), request.url.raw_path, request.headers.raw)
        target = Target(
            request.url.scheme, request.url.raw_host.decode(), request.url.port or _PORTS[request.url.scheme]
        )
        assert isinstance(request.stream, AsyncIterable)
        body = await collected(request.stream, chunked="transfer-encoding" in request.headers)
        declared = request.headers.get("content-length")
        if declared is not None and int(declared) != body.size:
            raise LocalProtocolError(f"the body has {body.size} bytes, and {declared} were declared")
        answer = await self.send(target, head, body, limits=limits, head_only=request.method == "HEAD")
        return httpx.Response(
            answer.status,
            headers=answer.raw_headers,
            stream=httpx.ByteStream(answer.body),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": answer.reason},
        )
