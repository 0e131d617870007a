"""The engine: a thread with a loop of its own that runs the pipeline, behind EnginePort."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.engine.collecting import collect_seldom
from tui_uploader.engine.job_record import JobRecord
from tui_uploader.engine.loops import new_loop
from tui_uploader.engine.mailbox import Mailbox
from tui_uploader.engine.pipeline import Pipeline
from tui_uploader.engine.port import FAIL, MAX_PARALLEL, OVERWRITE, SKIP, EngineOptions, Renewal
from tui_uploader.engine.renewing import Renew, Renewing
from tui_uploader.engine.second_sender import SecondSender
from tui_uploader.engine.senders import Senders
from tui_uploader.engine.wiring import limits_of
from tui_uploader.model import codes as codes  # loaded now: once a run is out of file handles nothing can be
from tui_uploader.model import events as ev
from tui_uploader.model.failures import bug, info_of
from tui_uploader.model.items import Planned
from tui_uploader.model.secret import Secret
from tui_uploader.protocol.bucket import Bucket
from tui_uploader.protocol.far_body import Readers
from tui_uploader.protocol.gateway import ANSWER_LIMIT, Gateway, read_gateway_url
from tui_uploader.protocol.sending import Sender
from tui_uploader.protocol.threads import Threads
from tui_uploader.protocol.trust import trusting
from tui_uploader.protocol.wire import is_header_value

_MOST_LYING = 1000  # lines: between two looks at the network, so that what is there already is sent meanwhile


def _unwaited(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An error that nobody waited for is witnessed like any bug, and printed nowhere."""
    if (error := context.get("exception")) is not None:
        bug(error)


class _Way(TypedDict):
    proxy: str | None
    no_proxy: str


class Engine:
    """An EnginePort in a thread of this process.

    Raises GatewayUrlError for an unusable address or token, and OSError or ssl.SSLError for an unusable CA file,
    from the constructor: nothing has been started then. With a `record` the run is journalled; its owner closes it
    after the engine. `renew` gets another token where the options name a way to one.
    """

    def __init__(
        self, options: EngineOptions, record: JobRecord | None = None, renew: Renew | None = None,
        second: SecondSender | None = None,
    ) -> None:  # fmt: skip
        read_gateway_url(options.gateway)
        self._options = options
        self._record, self._renew, self._second = record, renew, second
        self._context = second.trust if second is not None else trusting(options.ca_file)
        self._mailbox = Mailbox()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pipeline: Pipeline | None = None
        self._stop: asyncio.Event | None = None
        self._up = threading.Event()
        self._lock, self._lying = threading.Lock(), 0
        self._room = threading.Event()
        self._room.set()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
        self._thread.start()
        self._up.wait()
        if self._error is not None:
            raise self._error

    def _main(self) -> None:
        collect_seldom()
        info_of("LOCAL_LIMIT")  # the catalogue is loaded while there are handles: a failure may be that none is left
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(self._live())
        except BaseException as error:  # noqa: BLE001 - the front end must learn of it, whatever it is
            if self._up.is_set():
                self._mailbox.post(ev.RunStopped(bug(error), time.time()))
            self._error = error
        finally:
            if self._record is not None and self._pipeline is not None:
                self._record.flush()  # what is held back for a commit reaches the mailbox
            self._up.set()

    async def _live(self) -> None:
        options, clocks = self._options, self._options.clocks
        limits_for = limits_of(clocks)
        base = limits_for(0)
        way = _Way(proxy=options.proxy, no_proxy=options.no_proxy)
        asks = Sender(context=self._context, **way, limits=base, body_limit=ANSWER_LIMIT)
        near = Sender(context=self._context, **way, limits=base, beside=asks)
        puts = Threads(near, lambda: Sender(context=self._context, **way, limits=base))
        gateway = Gateway(options.gateway, options.token, asks, options.allowed_hosts)
        reading = child_command("tui_uploader.protocol.reader_process")
        readers = Readers(reading, child_environment(), timeout=clocks.source)
        bucket = Bucket(puts, limits_for, verify=options.verify, readers=readers, read_back=options.read_back,
            cleaned=gateway.cleaned)  # fmt: skip
        if self._second is not None:
            await self._second.connect()
        senders = Senders(bucket, readers, self._second, gateway.cleaned, clocks.busy)
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_unwaited)
        self._stop = asyncio.Event()
        post = self._mailbox.post
        if self._record is not None:
            self._record.attach(self._mailbox, lambda failure: self._line.admission.trouble(failure))
            post = self._record.post
        self._renewing = Renewing(options, self._renew, gateway, post)
        self._pipeline = Pipeline(options, gateway, senders, post, self._record, self._renewing)
        self._up.set()
        try:
            await self._stop.wait()
        finally:
            await self._pipeline.close()
            if self._second is not None:
                self._second.close()
            readers.close()
            await puts.aclose()
            await asks.aclose()

    def _call(self, function: Callable[..., object], *arguments: object) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the run is over anyway
                self._loop.call_soon_threadsafe(function, *arguments)

    @property
    def _line(self) -> Pipeline:
        assert self._pipeline is not None
        return self._pipeline

    def drain(self) -> list[ev.Event]:
        """See EnginePort."""
        return self._mailbox.drain()

    def wait(self, timeout: float) -> bool:
        """Wait until an event is there, at most `timeout` seconds."""
        return self._mailbox.wait(timeout)

    def settle(self, timeout: float) -> None:
        """Let more events come for `timeout` seconds, unless the run is at an end."""
        self._mailbox.settle(timeout)

    def add(self, planned: Sequence[Planned], *, last: bool = True) -> None:
        """See EnginePort."""
        with self._lock:
            self._lying += len(planned)
            if self._lying >= _MOST_LYING:
                self._room.clear()
        self._call(self._take, tuple(planned), last)

    def _take(self, planned: tuple[Planned, ...], last: bool) -> None:
        with self._lock:
            self._lying -= len(planned)
            if self._lying < _MOST_LYING:
                self._room.set()
        self._line.add(planned, last)

    def wait_for_room(self, timeout: float) -> bool:
        """Wait until little lies here that was added and not taken, at most `timeout` seconds; False where much does.

        A walk is faster than the queue: what is found in the meantime would fill the memory.
        """
        return self._room.wait(timeout)

    def wait_for_first(self, timeout: float) -> None:
        """Wait until the service has answered for the first of what was added, at most `timeout` seconds."""
        self._line.answered.wait(timeout)

    def pause(self) -> None:
        """See EnginePort."""
        self._call(self._line.pause)

    def resume(self) -> None:
        """See EnginePort."""
        self._call(self._line.resume)

    def retry(self, ids: Sequence[int]) -> None:
        """See EnginePort."""
        self._call(self._line.retry, tuple(ids))

    def cancel(self, ids: Sequence[int]) -> None:
        """See EnginePort."""
        self._call(self._line.cancel, tuple(ids))

    def move(self, ids: Sequence[int], before: int | None) -> None:
        """See EnginePort."""
        self._call(self._line.by_hand.move, tuple(ids), before)

    def set_key(self, item_id: int, key: str) -> None:
        """See EnginePort."""
        self._call(self._line.by_hand.set_key, item_id, key)

    def pause_items(self, ids: Sequence[int]) -> None:
        """See EnginePort."""
        self._call(self._line.by_hand.hold, tuple(ids))

    def resume_items(self, ids: Sequence[int]) -> None:
        """See EnginePort."""
        self._call(self._line.by_hand.release, tuple(ids))

    def request_links(self, wanted: Sequence[tuple[int, str]]) -> None:
        """See EnginePort."""
        self._call(self._line.by_hand.request_links, tuple(wanted))

    def set_parallel(self, parallel: int | None) -> None:
        """See EnginePort."""
        self._call(self._line.set_parallel, None if parallel is None else max(1, min(parallel, MAX_PARALLEL)))

    def set_if_exists(self, policy: str) -> None:
        """What to do with an object that is there already: overwrite, skip, fail; other words are ignored."""
        if policy in (OVERWRITE, SKIP, FAIL):
            self._call(self._line.admission.set_if_exists, policy)

    def set_limit(self, limit: int | None) -> None:
        """See EnginePort."""
        self._call(self._line.set_limit, limit)

    def set_token(self, token: Secret, renewal: Renewal | None = None) -> None:
        """See EnginePort."""
        if not token.reveal() or not is_header_value(token.reveal()):
            raise ValueError("the access token is empty or holds characters that no token has: paste it whole")
        self._call(self._renewing.use, token, renewal)

    def finish(self) -> None:
        """See EnginePort."""
        self._call(self._line.finish)

    def close(self, *, timeout: float = 3.0) -> None:
        """See EnginePort."""
        if self._stop is not None:
            self._call(self._stop.set)
        self._thread.join(timeout)
