"""Every asynchronous test of this folder runs on asyncio's own loop and on uvloop; certificates by openssl."""

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import run
from typing import Any

import httpx
import pytest
import uvloop

from tui_uploader.protocol.sending import Limits
from tui_uploader.protocol.threads import Threads
from tui_uploader.protocol.transport import UploadTransport

PATIENCE = 15.0  # seconds after which a hang is a failure


def pytest_asyncio_loop_factories(config: object, item: object) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Both loops, for every test."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@dataclass(frozen=True)
class Papers:
    """A private authority and what it signed: PEM files."""

    authority: str
    folder: Path

    def server(self, name: str) -> ssl.SSLContext:
        """A server's context with the certificate `name`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(self.folder / f"{name}.pem"), str(self.folder / "key.pem"))
        return context

    def client(self) -> ssl.SSLContext:
        """A client's context that trusts the private authority."""
        return ssl.create_default_context(cafile=self.authority)


def _openssl(folder: Path, *arguments: str) -> None:
    run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """A private authority, and certificates that are good, for another host, expired, and signed by nobody."""
    folder = tmp_path_factory.mktemp("papers")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    extra = ("-addext", "keyUsage=critical,keyCertSign")
    _openssl(
        folder, "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=ca", *extra
    )
    _openssl(folder, "req", "-new", *curve, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=server")
    for name, names, days in (
        ("good", "IP:127.0.0.1,DNS:localhost,DNS:bucket.test", "2"),
        ("other", "DNS:other.test", "2"),
        ("bucket", "DNS:bucket.test", "2"),
        ("expired", "IP:127.0.0.1,DNS:localhost", "-1"),
    ):
        (folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
        _openssl(
            folder, "x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem",
        )  # fmt: skip
    _openssl(folder, "req", "-x509", "-key", "key.pem", "-out", "self.pem", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1")  # fmt: skip
    return Papers(str(folder / "ca.pem"), folder)


@pytest.fixture(autouse=True)
async def in_time() -> AsyncIterator[None]:
    """No test of this folder may hang, and none may leave an error with the loop."""
    loop = asyncio.get_running_loop()
    seen: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: seen.append(context))
    yield
    for _ in range(3):
        await asyncio.sleep(0)
    assert seen == []


Make = Callable[..., httpx.AsyncBaseTransport]


@pytest.fixture(params=["httpx", "ours"])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes a transport: httpx's own, or ours; `verify` is an SSL context."""

    def httpx_own(verify: ssl.SSLContext | bool = True) -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=verify)

    def ours(verify: ssl.SSLContext | bool = True) -> httpx.AsyncBaseTransport:
        return UploadTransport(context=verify if isinstance(verify, ssl.SSLContext) else None)

    return httpx_own if request.param == "httpx" else ours


@pytest.fixture
def is_ours(request: pytest.FixtureRequest) -> bool:
    """Whether the test runs over our transport."""
    return bool(request.node.callspec.params["make"] == "ours")


@asynccontextmanager
async def client_of(
    make: Make, verify: ssl.SSLContext | bool = True, timeout: float = 5.0
) -> AsyncIterator[httpx.AsyncClient]:
    """A client over a fresh transport."""
    async with httpx.AsyncClient(transport=make(verify=verify), timeout=timeout) as client:
        yield client


@asynccontextmanager
async def uploads(
    *,
    context: ssl.SSLContext | None = None,
    proxy: str | None = None,
    no_proxy: str = "",
    body_limit: int = 64 * 1024,
    clocks: dict[str, float] | None = None,
    **seconds: float,
) -> AsyncIterator[UploadTransport]:
    """Our transport with the clocks given, closed at the end."""
    limits = Limits(**{"connect": 2.0, "stalled": 2.0, "answer": 2.0, "whole": 2.0, **(clocks or {}), **seconds})
    transport = UploadTransport(context=context, proxy=proxy, no_proxy=no_proxy, limits=limits, body_limit=body_limit)
    try:
        yield transport
    finally:
        await transport.aclose()


@asynccontextmanager
async def threads(*, context: ssl.SSLContext | None = None, stalled: float = 2.0) -> AsyncIterator[Threads]:
    """The same with two threads for large files."""
    limits = Limits(2.0, stalled, 2.0, 2.0)
    async with uploads(context=context, stalled=stalled) as near:
        senders = Threads(near, lambda: UploadTransport(context=context, limits=limits), 2)
        try:
            yield senders
        finally:
            await senders.aclose()


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[int], bytes]:
    """Makes a file of a size with bytes that differ everywhere; its path."""

    def write(size: int) -> bytes:
        path = tmp_path / f"{size}.bin"
        pattern = bytes(range(251))
        path.write_bytes((pattern * (size // 251 + 1))[:size])
        return str(path).encode()

    return write


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A hang is a failure after `PATIENCE` seconds."""
    for item in items:
        if isinstance(item, pytest.Function) and item.path.parent == Path(__file__).parent:
            item.obj = _impatient(item.obj)


def _impatient(test: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(test)
    async def timed(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            await test(*args, **kwargs)

    return timed
