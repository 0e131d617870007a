"""Opening a connection: name, TCP, proxy tunnel, TLS, all within one clock."""

import asyncio
import base64
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import aiohappyeyeballs

from tui_uploader.protocol.connection import Connection
from tui_uploader.protocol.errors import ConnectError, ConnectTimeout, ProxyError
from tui_uploader.protocol.trust import Trust, reads_one_by_one, trust, widen

_TUNNEL_HEAD_LIMIT = 16 * 1024


class Target(NamedTuple):
    """Where a connection leads. `host` is a name or address without brackets."""

    scheme: str
    host: str
    port: int


class ProxyRefused(ProxyError):
    """The proxy answered CONNECT with `status`."""

    def __init__(self, status: int, proxy: str) -> None:
        super().__init__(f"the proxy {proxy} answered {status}")
        self.status = status


def bypasses_proxy(host: str, no_proxy: str) -> bool:
    """Whether `host` is reached directly: loopback always, else as NO_PROXY says (names, suffixes, ``*``)."""
    host = host.strip("[]").lower()
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return True
    if not no_proxy:
        return False
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # it brings http.client and email

    return bool(proxy_bypass_environment(host, {"no": no_proxy}))


async def dial(
    target: Target,
    factory: Callable[[], Connection],
    context: Trust | None,
    *,
    proxy: str | None = None,
    timeout: float = 10.0,
) -> Connection:
    """An open connection to `target` within `timeout` seconds, through a CONNECT tunnel where `proxy` is given.

    Raises ConnectError (its cause says why: gaierror, ConnectionRefusedError, SSLError...), ConnectTimeout, or
    ProxyError.
    """
    loop = asyncio.get_running_loop()
    tunnelled = False
    tls = _context(context) if target.scheme == "https" else None
    server_hostname = target.host if tls is not None else None

    async def opened() -> Connection:
        nonlocal tunnelled
        if proxy is not None and target.scheme == "https":
            tunnelled = True
            sock = await _tunnel(loop, target, proxy)
            tunnelled = False
        else:
            infos = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            sock = await aiohappyeyeballs.start_connection(infos, happy_eyeballs_delay=0.25)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, connection = await loop.create_connection(factory, sock=sock, ssl=tls, server_hostname=server_hostname)
        return connection

    try:
        async with asyncio.timeout(timeout):
            if tls is not None and reads_one_by_one(tls):
                with suppress(ssl.SSLCertVerificationError):
                    return await opened()
                widen(tls)
            return await opened()
    except TimeoutError as error:
        if tunnelled:
            raise ProxyError(f"the proxy {shown_proxy(proxy or '')} did not answer in {timeout:g} s") from error
        raise ConnectTimeout(f"no connection within {timeout:g} s") from error
    except ssl.SSLError as error:
        raise ConnectError(f"TLS: {getattr(error, 'verify_message', '') or error.reason or error}") from error
    except UnicodeError as error:  # a label that no name can have: it is not asked for
        raise ConnectError("not a host name") from socket.gaierror(socket.EAI_NONAME, str(error))
    except OSError as error:
        raise ConnectError(error.strerror or str(error)) from error


def _context(found: Trust | None) -> ssl.SSLContext:
    return found if isinstance(found, ssl.SSLContext) else trust() if found is None else found()


def proxy_for(scheme: str, host: str, proxy: str | None, no_proxy: str) -> str | None:
    """The proxy that a connection to `host` takes, or None: it is for https alone, and never for loopback."""
    return proxy if scheme == "https" and proxy and not bypasses_proxy(host, no_proxy) else None


def shown_proxy(proxy: str) -> str:
    """A proxy's host and port for people: never its user name or password."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return f"{parts.hostname or ''}:{parts.port or 8080}"
    except ValueError:
        return "(not readable)"


async def _tunnel(loop: asyncio.AbstractEventLoop, target: Target, proxy: str) -> socket.socket:
    shown = shown_proxy(proxy)
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        host, port = parts.hostname or "", parts.port or 8080
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = infos[0]
        sock = socket.socket(family, kind, protocol)
    except (OSError, ValueError) as error:  # ValueError: an address that cannot be read
        raise ProxyError(f"the proxy {shown} cannot be reached") from error
    try:
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, address)
        except OSError as error:
            raise ProxyError(f"the proxy {shown} cannot be reached") from error
        name = f"[{target.host}]" if ":" in target.host else target.host
        lines = [f"CONNECT {name}:{target.port} HTTP/1.1", f"Host: {name}:{target.port}"]
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
        await loop.sock_sendall(sock, ("\r\n".join(lines) + "\r\n\r\n").encode())
        head = b""
        while b"\r\n\r\n" not in head:
            try:
                part = await loop.sock_recv(sock, 1)  # not a byte more: what follows belongs to TLS
            except OSError:
                part = b""
            head += part
            if not part or len(head) > _TUNNEL_HEAD_LIMIT:
                raise ProxyError(f"the proxy {shown} gave no usable answer")
        status = head.split(b" ", 2)[1:2]
        number = int(status[0]) if status and len(status[0]) == 3 and status[0].isdigit() else 0
        if number != 200:
            raise ProxyRefused(number, shown)
        return sock
    except BaseException:
        sock.close()
        raise
