"""Asking for permission from the plan: refusals by line, honest counts, whatever is pressed or answered meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import pytest

from tests.ui.stage import ROOT, Stage, on_stage
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.ui.plan_tally import PlanTally

DENIED = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO, "no rule")


def lines(count: int) -> tuple[Planned, ...]:
    return tuple(Planned(ROOT + b"/q1/%05d" % n, f"logs/2026/q1/{n:05d}", 10) for n in range(count))


class Service:
    """Answers by key; waits at the object before which `gate` stands."""

    def __init__(self, answer: Callable[[str], Failure | None], hold: int = -1) -> None:
        self.answer, self.hold, self.gate = answer, hold, asyncio.Event()
        self.asked: list[str] = []
        self.held = asyncio.Event()

    async def __call__(
        self, objects: Sequence[tuple[str, int]], policy: str
    ) -> AsyncIterator[tuple[int, Failure | None]]:
        for place, (key, _) in enumerate(objects):
            if place == self.hold:
                self.held.set()
                await self.gate.wait()
            self.asked.append(key)
            yield place, self.answer(key)


async def opened(stage: Stage, service: Service, *chunks: tuple[Planned, ...]) -> PlanTally:
    stage.app.main.desk = replace(stage.app.main.desk, check=service)
    stage.scout.chunks = list(chunks)
    await stage.press("space", "u")
    tally: PlanTally = stage.app.main._screen.tally
    return tally


async def settled(stage: Stage) -> str:
    await stage.app.main.workers.wait_for_complete()
    await stage.pilot.pause()
    return " ".join(stage.text.split())


def adds_up(tally: PlanTally) -> bool:
    """The totals are those of the lines, counted by hand."""
    held = [line for at, line in enumerate(tally.lines) if at not in tally.lines.dropped]
    return all(
        tally.counts[verdict] == sum(line.verdict is verdict for line in held) for verdict in Verdict
    ) and tally.upload_bytes == sum(line.size for line in held if line.verdict in (Verdict.UPLOAD, Verdict.WARN))


async def test_what_is_left_out_or_renamed_while_the_service_is_asked_is_not_counted_twice() -> None:
    service = Service(lambda key: DENIED, hold=0)
    async with on_stage() as stage:
        tally = await opened(stage, service, lines(4))
        await stage.press("c", "f", "x", "j", "e", "ctrl+u", *"other", "enter")
        service.gate.set()
        await settled(stage)
        assert [line.verdict for line in tally.lines] == [Verdict.UPLOAD] * 2 + [Verdict.REFUSE] * 2
        assert tally.lines[1].key == "other"  # nobody was asked for that key
        assert adds_up(tally)
        assert tally.uploads == 1


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure("NET_REFUSED", Phase.INFO), "NET_REFUSED: the server refused the connection: check the address"),
        (Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO, http_status=401, whole=True), "ACCESS_TOKEN_EXPIRED: the access"),
        (Failure("HTTP_503", Phase.INFO, http_status=503, whole=True), "HTTP_503: "),
        (Failure("NO_ANSWER", Phase.INFO), "NO_ANSWER: "),
    ],
)
async def test_a_service_that_is_not_there_refuses_nothing(failure: Failure, words: str) -> None:
    service = Service(lambda key: failure)
    async with on_stage((120, 40)) as stage:
        tally = await opened(stage, service, lines(3))
        await stage.press("c")
        text = await settled(stage)
        assert "nothing is known of 3: c asks again" in text
        assert words in text
        assert "Plan: 3 objects" in text
        assert adds_up(tally)
        await stage.press("enter")
        await stage.tick()
        assert stage.app.state.counts.waiting == 3


async def test_what_was_refused_is_asked_again_and_may_come_back() -> None:
    rules = {"answer": DENIED}
    service = Service(lambda key: rules["answer"] if key.endswith(("1", "3")) else None)
    warned = replace_line(lines(4)[3], Verdict.WARN, "looks like a secret")
    async with on_stage() as stage:
        tally = await opened(stage, service, (*lines(3), warned))
        await stage.press("c")
        assert "2 of 4 would be refused" in await settled(stage)
        assert tally.counts[Verdict.REFUSE] == 2
        service.answer = lambda key: None
        await stage.press("c")
        assert "all 4 may be uploaded" in await settled(stage)
        assert [line.verdict for line in tally.lines] == [Verdict.UPLOAD] * 3 + [Verdict.WARN]
        assert tally.lines[3].reason == "looks like a secret"
        assert list(tally.lines.by_verdict[Verdict.UPLOAD]) == [0, 1, 2]
        assert adds_up(tally)


def replace_line(line: Planned, verdict: Verdict, reason: str) -> Planned:
    return Planned(line.path, line.key, line.size, verdict, None, reason)


async def test_asking_is_stopped_by_c_and_by_escape_and_says_what_it_knows() -> None:
    service = Service(lambda key: DENIED if key.endswith("7") else None, hold=5000)
    many = lines(10_000)
    async with on_stage() as stage:
        tally = await opened(stage, service, *(many[at : at + 1000] for at in range(0, 10_000, 1000)))
        await stage.press("c")
        await service.held.wait()
        await stage.press("c")
        assert "stopped: asked for 5,000 of 10,000, 500 refused" in await settled(stage)
        assert tally.counts[Verdict.REFUSE] == 500
        assert adds_up(tally)
        service.hold = 100
        await stage.press("c", "escape")
        assert "u to review" in stage.text
        assert not stage.app.main.workers_of("check")
        assert stage.port.items == []


async def test_the_cursor_stays_on_its_line_when_lines_before_it_are_refused() -> None:
    service = Service(lambda key: DENIED if key < "logs/2026/q1/00005" else None)
    async with on_stage() as stage:
        await opened(stage, service, lines(10))
        await stage.press("f", *"j" * 7)
        assert stage.app.main._screen.rows.at == 7
        await stage.press("c")
        await settled(stage)
        assert stage.app.main._screen.rows.at == 7


async def test_there_is_nothing_to_ask_for() -> None:
    service = Service(lambda key: None)
    refused = (Planned(ROOT + b"/x", "", 0, Verdict.REFUSE, "EACCES"),)
    async with on_stage() as stage:
        await opened(stage, service, refused)
        assert "nothing to ask for" in "\n".join(await stage.press("c"))
        assert service.asked == []
