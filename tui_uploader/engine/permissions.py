"""Permissions: asks for upload info for every object of a plan and sends no data: who would be refused?"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence

from tui_uploader.engine.port import OVERWRITE, EngineOptions
from tui_uploader.engine.retry import History, pause_before
from tui_uploader.model.code_info import Scope
from tui_uploader.model.failures import Failure
from tui_uploader.protocol.content_types import content_type
from tui_uploader.protocol.gateway import ANSWER_LIMIT, Gateway
from tui_uploader.protocol.sending import Limits, Sender
from tui_uploader.protocol.trust import trust
from tui_uploader.protocol.upload_info import InfoRequest

_AT_ONCE = 8  # POSTs under way; where answers come at once two keep this loop busy, and keys have to come through
_NEAR, _QUICK = 2, 0.02  # so many, where an answer takes fewer seconds
_LOST = 5  # calls in a row that come to nothing after all their tries: no other will do better
_TOO_LARGE = frozenset({"OBJECT_BATCH_TOO_LARGE", "EXCEED_REQUEST_SIZE_LIMIT"})
Asked = tuple[str, int]  # key and size in bytes
Answer = tuple[int, Failure | None]  # which of the objects, and why it would be refused
Answered = tuple[list[Answer], bool]  # and whether the call failed, which says nothing of its objects


async def check(options: EngineOptions, objects: Sequence[Asked]) -> AsyncIterator[Answer]:
    """One answer for each object, as they come. A failure of a whole call counts for all of it, after its retries.

    Keys must differ. The upload infos are forgotten at once. Raises GatewayUrlError, OSError and ssl.SSLError as the
    engine does.
    """
    clocks = options.clocks
    limits = Limits(clocks.connect, clocks.stalled, clocks.answer, clocks.whole_answer)
    transport = Sender(
        context=trust(options.ca_file), proxy=options.proxy, no_proxy=options.no_proxy, limits=limits,
        body_limit=ANSWER_LIMIT,
    )  # fmt: skip
    gateway = Gateway(options.gateway, options.token, transport, options.allowed_hosts)
    size = max(options.batch, 1)
    left = iter(range(0, len(objects), size))
    asking: dict[asyncio.Task[Answered], tuple[range, float]] = {}
    now, most = asyncio.get_running_loop().time, _NEAR
    stopped: Failure | None = None
    lost = 0  # calls in a row that came to nothing
    try:
        while True:
            while stopped is None and len(asking) < most and (start := next(left, None)) is not None:
                group = range(start, min(start + size, len(objects)))
                requests = [_request(options, objects[at]) for at in group]
                asking[asyncio.create_task(_ask(gateway, options, group, requests))] = group, now()
            if not asking or stopped is not None:
                break
            done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                most = _NEAR if now() - asking.pop(task)[1] < _QUICK else _AT_ONCE
                answers, whole = task.result()
                lost = lost + 1 if whole else 0
                for place, failure in answers:
                    if failure is not None and (failure.info.scope is Scope.ALL or lost >= _LOST):
                        stopped = failure
                    yield place, failure
        if stopped is not None:  # what holds for one holds for all: nobody is asked a million times
            rest = (range(start, min(start + size, len(objects))) for start in left)
            for group in (*(group for group, _ in asking.values()), *rest):
                for place in group:
                    yield place, stopped
    finally:
        for task in asking:
            task.cancel()
        await transport.aclose()


def _request(options: EngineOptions, asked: Asked) -> InfoRequest:
    key, size = asked
    extra = [(name.lower(), value) for name, value in options.headers]
    kind = next((value for name, value in extra if name == "content-type"), None) or content_type(key)
    rest = [pair for pair in extra if pair[0] not in ("content-type", "content-length")]
    if options.if_exists != OVERWRITE:
        rest.append(("x-cos-forbid-overwrite", "true"))
    return InfoRequest(key, (("content-length", str(size)), ("content-type", kind), *rest))


async def _ask(
    gateway: Gateway, options: EngineOptions, places: Sequence[int], requests: list[InfoRequest]
) -> Answered:
    history = History()
    while True:
        answer = await gateway.request_infos(requests)
        if not isinstance(answer, Failure):
            found: list[Answer] = []
            for place, request, one in zip(places, requests, answer.answers, strict=True):
                if len(places) > 1 and _unanswered(one):  # nothing says which entry is its own: asked for singly
                    found += (await _ask(gateway, options, [place], [request]))[0]
                else:
                    found.append((place, one if isinstance(one, Failure) else None))
            return found, False
        if answer.code in _TOO_LARGE and len(places) > 1:
            half = len(places) // 2
            first, lost = await _ask(gateway, options, places[:half], requests[:half])
            second, also = await _ask(gateway, options, places[half:], requests[half:])
            return first + second, lost and also
        history.met(answer)
        pause = pause_before(answer, history, options.retries, options.clocks, random.random)
        if pause is None or answer.info.scope is Scope.ALL:
            return [(place, answer) for place in places], True
        await asyncio.sleep(pause)


def _unanswered(answer: object) -> bool:
    return isinstance(answer, Failure) and answer.code == "NO_UPLOAD_INFO"
