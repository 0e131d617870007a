"""Queue, failure detail, log and their menus, prompts and questions in every state and size, as frames under review."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.ui.frames import NOON, SIZES, same_as
from tests.ui.stage import Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Planned, Verdict
from tui_uploader.model.items import Stage as At
from tui_uploader.ui.glyphs import ASCII, UNICODE

pytestmark = pytest.mark.usefixtures("one_moment")
HOSTILE = (
    b"new\nline", b"esc\x1b[31mred", b"csi\xc2\x9b31m", b"rtl-\xe2\x80\xaegnp.exe", b"[bold]x[/]",
    b"[@click=app.quit]hi", b"not-utf8-\xff\xfe", "长".encode() * 60 + b".txt", b"e\xcc\x81.txt", b"-rf",
    b"  both ends  ", b"100%2Ffree?#+&",
)  # fmt: skip


async def every_stage(stage: Stage) -> None:
    """One object at least in every stage; the queue has the focus."""
    port = stage.port
    port.seed(4, folder="a", size=900_000)
    port.seed(6, folder="b", size=2_000_000)
    port.add([Planned(b"/srv/data.fifo", "data.fifo", 0, Verdict.SKIP, "not-a-file", "a pipe")])
    port.add([Planned(b"/srv/bad name/", "bad name//", 10, Verdict.REFUSE, "KEY_INVALID")])
    for item_id in (0, 1, 4):
        message = "Storage operation exceeds the authority of this identity."
        port.fail(
            item_id, "STORAGE_EXCEED_AUTHORITY", phase=Phase.INFO, http_status=200, request_id=f"req-{item_id}",
            message=message,
        )  # fmt: skip
    port.fail(5, "EIO", phase=Phase.LOCAL)
    port.done(2)
    port.stage(6, At.UPLOADING)
    port.bytes(6, 0)
    port.retrying(7, "SlowDown", after=9.0, http_status=503)
    port.stage(8, At.CANCELLED)
    port.pause_items([9])
    await stage.tick()
    for second in range(1, 7):
        port.bytes(6, second * 200_000)
        await stage.tick(1.0)
    await stage.press("2", "G", "g")


async def many(stage: Stage) -> None:
    """A hundred thousand rows, of which ten thousand failed."""
    stage.port.seed(100_000, folder="huge")
    for item_id in range(0, 100_000, 10):
        stage.port.fail(item_id, "STORAGE_EXCEED_AUTHORITY", phase=Phase.INFO, http_status=200)
    while stage.port.events or stage.app.pump.behind:
        await stage.tick()
    await stage.press("2", "G", "g")


async def hostile(stage: Stage) -> None:
    """Names and a message that no screen may print as they are."""
    stage.port.add([Planned(b"/srv/" + name, name.decode("utf-8", "replace"), 7) for name in HOSTILE])
    for item_id in range(len(HOSTILE)):
        stage.port.fail(item_id, "Odd\x1b]0;x\x07Code", message="<b>no</b>\x1b[2J\n[red]", request_id="r\x9b1m")
    await stage.tick()
    await stage.press("2", "G", "g")


def keys(*pressed: str, before: Callable[[Stage], Awaitable[None]] = every_stage) -> Callable[[Stage], Awaitable[None]]:
    """A state and then some keys."""

    async def go(stage: Stage) -> None:
        await before(stage)
        await stage.press(*pressed)
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()

    return go


def told(*facts: ev.Event) -> Callable[[Stage], Awaitable[None]]:
    """A state and then some facts."""

    async def go(stage: Stage) -> None:
        await every_stage(stage)
        stage.port.events.extend(facts)
        await stage.tick()

    return go


async def nothing(stage: Stage) -> None:
    """An empty queue with the focus."""
    await stage.press("2")


async def marked(stage: Stage) -> None:
    """An empty queue, and something marked."""
    await stage.press("space", "2")


async def arriving(stage: Stage) -> None:
    """A view that joined a job and has not heard all of it."""
    stage.port.events.append(ev.Attached("0f3a", NOON))
    stage.port.seed(40)
    stage.port.events.pop()  # the walk goes on
    await stage.tick()
    await stage.press("2")


async def over(stage: Stage) -> None:
    """All done."""
    stage.port.seed(3)
    for item_id in range(3):
        stage.port.done(item_id)
    stage.port.events.append(ev.RunIdle(NOON))
    await stage.tick()
    await stage.press("2")


async def attached(stage: Stage) -> None:
    """A failure of before this screen joined the job."""
    stage.port.events.append(ev.Attached("0f3a", NOON))
    stage.port.seed(3)
    stage.port.fail(1, "AccessDenied", http_status=403)
    stage.port.events.append(ev.CaughtUp(NOON))
    stage.port.pause()
    await stage.tick()
    await stage.press("2")


async def refused(stage: Stage) -> None:
    """What a plan refused, queued in two pieces."""
    stage.port.seed(2)
    stage.port.seed(1, folder="more")
    line = Planned(b"/srv/reports/a\nb", "q1/a\nb", 7, Verdict.REFUSE, "NAME_CONTROL")
    stage.port.add([line, replace(line, path=b"/srv/reports/twin", key="logs/f000001.log", code="KEY_CLASH")])
    await stage.tick()
    await stage.press("2")


async def away(stage: Stage) -> None:
    """Back after a while."""
    await every_stage(stage)
    stage.port.events.append(ev.WhileAway(7800.0, 312, 2, 4))
    await stage.tick()


TOKEN = Failure("ACCESS_TOKEN_EXPIRED", Phase.INFO, "expired", 401)
STATES: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "queue-empty": nothing,
    "queue-marked": marked,
    "queue-loading": arriving,
    "queue-every-stage": every_stage,
    "queue-ticked": keys("space", "space", "j", "space"),
    "queue-by-code": keys("s", "c"),
    "queue-ticked-groups": keys("s", "c", "g", "space"),
    "queue-by-code-opened": keys("s", "c", "G", "g", "enter"),
    "queue-by-folder": keys("s", "f"),
    "queue-by-folder-opened": keys("s", "f", "g", "j", "enter"),
    "queue-in-order": keys("s", "o"),
    "queue-failed-only": keys("f", "f"),
    "queue-no-such-row": keys("f", "w", before=over),
    "queue-taken-away": keys("c", before=over),
    "queue-huge": many,
    "queue-huge-by-code": keys("s", "c", "G", "g", before=many),
    "queue-huge-end": keys("G", before=many),
    "queue-hostile": hostile,
    "queue-paused-by-you": told(ev.RunPaused(None, NOON)),
    "queue-paused-by-token": told(ev.RunPaused(TOKEN, NOON)),
    "queue-stopped": told(ev.RunStopped(TOKEN, NOON)),
    "queue-over": over,
    "queue-while-away": away,
    "queue-found-nothing": keys("slash", "x", "y", "enter"),
    "detail-failed": keys("enter"),
    "detail-end": keys("enter", "G"),
    "detail-retrying": keys("f", "w", "g", "enter"),
    "detail-uploading": keys("f", "i", "g", "enter"),
    "detail-skipped": keys("f", "s", "g", "enter"),
    "detail-done": keys("f", "d", "g", "enter"),
    "detail-hostile": keys("enter", before=hostile),
    "detail-help": keys("enter", "question_mark"),
    "log-empty": keys("3", before=nothing),
    "log-mixed": keys("3"),
    "log-standing": keys("3", "k", "k"),
    "log-failures": keys("3", "f", "f"),
    "log-one-object": keys("enter", "l"),
    "log-one-object-nothing": keys("enter", "l", before=attached),
    "log-no-failure": keys("3", "f", "f", before=over),
    "log-refused": keys("3", before=refused),
    "log-wrapped": keys("3", "w"),
    "log-found-nothing": keys("3", "slash", "x", "y", "enter"),
    "log-huge": keys("3", before=many),
    "log-hostile": keys("3", before=hostile),
    "menu-group": keys("s"),
    "menu-filter": keys("f"),
    "menu-copy": keys("y"),
    "copied-key": keys("y", "k"),
    "copied-error": keys("y", "e"),
    "prompt-find": keys("slash", "a", "b"),
    "prompt-key": keys("e"),
    "prompt-key-wrong": keys("e", "ctrl+u", "slash", "slash", "x", "enter"),
    "prompt-limit-wrong": keys("b", "ctrl+u", "x", "enter"),
    "prompt-report-wrong": keys("E", "ctrl+u", *"/nowhere/r.csv", "enter"),
    "question-cancel": keys("s", "f", "g", "j", "x"),
    "question-retry": keys("s", "c", "g", "r"),
    "question-link": keys("Y"),
    "question-leave": keys("q"),
    "question-leave-finishing": keys("q", "f", "q"),
    "qr": keys("f", "d", "g", "Q", "y"),
    "qr-no-room": keys("f", "d", "g", "Q", "y"),
    "help-queue": keys("question_mark"),
    "help-log": keys("3", "question_mark"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", STATES)
async def test_a_frame_is_as_it_was_reviewed(name: str, size: tuple[int, int]) -> None:
    glyphs = UNICODE if name == "qr" else ASCII
    async with on_stage(size, prefix="", glyphs=glyphs) as stage:
        await STATES[name](stage)
        if name.startswith("qr"):
            await stage.tick()
        frame = stage.frame()
        assert not [line for line in frame if any(ord(sign) < 32 or ord(sign) == 0x9B for sign in line)]
        same_as(f"{name}-{size[0]}x{size[1]}", frame)
