"""The emulator as a server: one port for gateway, bucket and control, on 127.0.0.1."""

import shutil
import ssl
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from types import TracebackType

from aiohttp import web

from tui_uploader.emulator.auth import Accounts, Auth
from tui_uploader.emulator.bucket import Bucket
from tui_uploader.emulator.cloud import Arrived, Cloud, Throttle, request_id
from tui_uploader.emulator.control import Control
from tui_uploader.emulator.gateway import Gateway, error, read_body
from tui_uploader.emulator.objects import Objects, Stored
from tui_uploader.emulator.script import Fault, Script

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Options:
    """How an emulator behaves. `limit` is bytes a second over all PUTs; `lifetime` of upload info and `session` of an
    access token are in seconds; `users` are names with their passwords."""

    port: int = 0
    data: str | None = None
    token: str | None = None
    env_id: str = "emu-1a2b3c"
    batch_limit: int = 100
    lifetime: int = 900
    faults: tuple[Fault, ...] = ()
    refused: tuple[str, ...] = ()
    limit: int | None = None
    users: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    session: int = 7200
    context: ssl.SSLContext | None = field(default=None, repr=False)
    clock: Callable[[], float] = time.time


class Emulator:
    """``async with Emulator(Options()) as cloud:`` serves until the end of the block."""

    def __init__(self, options: Options | None = None) -> None:
        self._options = options or Options()
        self._temporary = self._options.data is None
        self.data = self._options.data or tempfile.mkdtemp(prefix="tui-uploader-cloud-")
        token = self._options.token or request_id() + request_id()
        self.cloud = Cloud(
            env_id=self._options.env_id,
            token=token,
            objects=Objects(self.data),
            script=Script(list(self._options.faults)),
            refused=set(self._options.refused),
            batch_limit=self._options.batch_limit,
            lifetime=self._options.lifetime,
            accounts=Accounts(self._options.clock, dict(self._options.users), self._options.session),
            throttle=Throttle(self._options.limit),
            clock=self._options.clock,
        )
        self._gateway = Gateway(self.cloud)
        self._bucket = Bucket(self.cloud)
        self._control = Control(self.cloud)
        self._auth = Auth(self.cloud.accounts)
        self._runner: web.ServerRunner | None = None

    @property
    def gateway(self) -> str:
        """The gateway's URL."""
        return self.cloud.origin

    @property
    def token(self) -> str:
        """The access token it accepts."""
        return self.cloud.token

    @property
    def env_id(self) -> str:
        """The environment's ID."""
        return self.cloud.env_id

    @property
    def requests(self) -> list[Arrived]:
        """What has arrived, in order."""
        return self.cloud.arrived

    def objects(self) -> dict[str, Stored]:
        """The bucket's content by key."""
        return self.cloud.objects.all()

    def batches(self) -> list[int]:
        """The number of items of each POST for upload info."""
        return [len(arrived.keys) for arrived in self.requests if arrived.kind == "info"]

    async def __aenter__(self) -> "Emulator":
        server = web.Server(self._handle, access_log=None, auto_decompress=False)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._options.port, ssl_context=self._options.context)
        await site.start()
        port = self._runner.addresses[0][1]
        scheme = "http" if self._options.context is None else "https"
        self.cloud.origin = f"{scheme}://{HOST}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._temporary:
            shutil.rmtree(self.data, ignore_errors=True)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0]
        if path.startswith("/v1/"):
            response = await self._gateway.handle(request, path)
            if not response.prepared:
                response.headers["Date"] = formatdate(self.cloud.clock(), usegmt=True)
            return response
        if path.startswith("/auth/v1/"):
            answer = self._auth.answer(path, request.method, dict(request.query), await read_body(request))
            self.cloud.note("auth", (path,), answer.status)
            return answer
        if path.startswith("/b/"):
            return await self._bucket.handle(request, path)
        if path.startswith("/__emulator/"):
            return self._gateway.refused_identity(request) or await self._control.handle(request, path)
        return error(404, "INVALID_PATH", "No such path.")
