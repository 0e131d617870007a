"""The Files pane and the plan in every state and at every size, as frames of text under review."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from tests.ui.frames import NOON, SIZES, same_as
from tests.ui.stage import ROOT, FakeScout, Stage, on_stage
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.files import Entries, Entry, Facts, Inspection, Kind, Listing, Totals
from tui_uploader.model.items import Past, PastBeneath, Planned, Verdict
from tui_uploader.model.items import Stage as At
from tui_uploader.model.ordering import entry_key
from tui_uploader.ui.desk import Shell

pytestmark = pytest.mark.usefixtures("one_moment")


class Disk(FakeScout):
    """A disk whose folders are listed in steps; a folder in `hold` never comes to an end."""

    def __init__(self, **folders: Sequence[Entry]) -> None:
        super().__init__()
        self.folders[ROOT] = tuple(folders.get("root", self.folders[ROOT]))
        self.errors: dict[bytes, str] = {}
        self.hold: dict[bytes, int] = {}
        self.stalls = False

    async def read(self, folder: bytes, order: str = "name", timeout: float = 5.0) -> AsyncIterator[Listing]:
        """As a scout does: a page, a count, all of it."""
        entries = Entries.of(sorted(self.folders.get(folder, ()), key=entry_key))
        if folder in self.hold:
            if entries:
                yield Listing(folder, entries, complete=False, seen=len(entries))
                yield Listing(folder, complete=False, seen=self.hold[folder])
            if self.stalls:
                yield Listing(folder, error="DIR_STALLED")
                return
            await asyncio.Event().wait()
        yield Listing(folder, entries, self.errors.get(folder))


def file(name: str, size: int = 1000, kind: Kind = Kind.FILE, target: bytes = b"", link: str = "") -> Entry:
    """An entry of a folder; names are written as text, with surrogates for other bytes."""
    return Entry(name.encode("utf-8", "surrogateescape"), kind, size if kind is Kind.FILE else -1, NOON, target, link)


ORDINARY = (
    file("q1", kind=Kind.FOLDER), file("raw", kind=Kind.FOLDER), file(".env", 120), file("backup.tar.gz", 5_000_000),
    file("plan.xlsx", 2_200_000), file("summary.pdf", 1_200_000), file("video.mp4", 310_000_000),
    file("季度报告.docx", 88_000),
)  # fmt: skip
HOSTILE = (
    file("new\nline"), file("esc\x1b[31mred"), file("bell\x07"), file("csi\u009b31m"), file("del\x7f"),
    file("rtl-\u202egnp.exe"), file("zero\u200bwidth"), file("[bold]x[/]"), file("[@click=app.quit]hi"),
    file("not-utf8-\udcff\udcfe"), file("长" * 60 + ".txt"), file("e\u0301.txt"), file("\u00e9.txt"), file("-rf"),
    file("$(reboot); '\""), file("  both ends  "), file("100%2Ffree?#+&\\"), file("pipe", kind=Kind.FIFO),
    file("sock", kind=Kind.SOCKET), file("loop", kind=Kind.LINK, target=b"loop", link="loop"),
    file("gone", kind=Kind.LINK, target=b"no\x1bwhere", link="broken"),
)  # fmt: skip


def planned(entry: Entry, verdict: Verdict = Verdict.UPLOAD, code: str | None = None, reason: str = "") -> Planned:
    """A line of a plan."""
    key = "logs/2026/" + entry.name.decode("utf-8", "replace")
    return Planned(ROOT + b"/" + entry.name, key, max(entry.size, 0), verdict, code, reason)


PLAN = (
    *map(planned, ORDINARY[3:]),
    planned(ORDINARY[2], Verdict.WARN, None, "looks like a secret: should everybody who may read this prefix have it?"),
    planned(file("pipe", kind=Kind.FIFO), Verdict.SKIP, "NOT_A_FILE", "not-a-file"),
    planned(file("up", kind=Kind.LINK), Verdict.SKIP, None, "symlink"),
    planned(file("new\nline"), Verdict.REFUSE, "NAME_CONTROL"),
    Planned(ROOT + b"/locked", "logs/2026/locked", 0, Verdict.REFUSE, "EACCES", "its contents were not seen"),
)

Act = Callable[[Stage], Awaitable[object]]


async def _nothing(stage: Stage) -> None:
    """The screen as it opens."""


def pressing(*keys: str) -> Act:
    """Only keys."""
    return lambda stage: stage.press(*keys)


async def _badges(stage: Stage) -> None:
    await stage.press("G")
    lines = [planned(entry) for entry in (*ORDINARY[3:6], ORDINARY[6])]
    stage.port.add(lines)
    stage.port.stage(3, At.UPLOADING)
    stage.port.events.append(ev.BytesSent(3, 192_200_000))
    stage.port.fail(1, "STORAGE_EXCEED_AUTHORITY")
    await stage.tick()
    await stage.press("k", "k", "k")


async def _sized(stage: Stage) -> None:
    async def totals(path: bytes, timeout: float = 10.0) -> AsyncIterator[Totals]:
        yield Totals(214, 12_000_000, 3, 1, True)

    stage.scout.totals = totals  # type: ignore[method-assign]
    await stage.press("equals_sign")


async def _information(stage: Stage) -> None:
    stage.scout.inspection = Inspection(
        Kind.FILE, "-rw-r-----", 0o640, "ops (1000)", "adm (4)", 2_200_000, 2, NOON, NOON, NOON, b"",
        b"first line\nesc \x1b[31m\nthe third is cut",
    )  # fmt: skip
    await stage.press("j", "j", "j", "j", "i")


async def _counting(stage: Stage) -> None:
    async def totals(path: bytes, timeout: float = 10.0) -> AsyncIterator[Totals]:
        yield Totals(120_000, 12_000_000_000, 3_000, 0)
        await asyncio.Event().wait()

    stage.scout.totals = totals  # type: ignore[method-assign]
    await stage.press("equals_sign")


class Silent(Disk):
    """A disk that never says where a link leads."""

    async def look(self, folder: bytes, names: Sequence[bytes], timeout: float = 5.0) -> dict[bytes, Facts]:
        """No answer."""
        await asyncio.Event().wait()
        return {}


async def _gone(stage: Stage) -> None:
    stage.scout.inspection = Inspection(error="ENOENT")
    await stage.press("G", "i")


async def _pipe(stage: Stage) -> None:
    stage.scout.inspection = Inspection(
        Kind.FIFO, "prw-r-----", 0o640, "ops (1000)", "adm (4)", 0, 1, NOON, NOON, NOON, b"", b"", ""
    )
    await stage.press("G", "i")


LINKS = (
    file("data", kind=Kind.FOLDER), file("a.log"), file("current.log", kind=Kind.LINK, target=b"a.log", link="file"),
    file("latest", kind=Kind.LINK, target=b"data", link="folder"),
    file("old", kind=Kind.LINK, target=b"data", link="folder"),
    file("gone", kind=Kind.LINK, target=b"nowhere", link="broken"), file("pipe", kind=Kind.FIFO),
)  # fmt: skip

FILES: dict[str, tuple[Callable[[], Disk], Act]] = {
    "ordinary": (lambda: Disk(root=ORDINARY), _nothing),
    "empty": (lambda: Disk(root=()), _nothing),
    "only-hidden": (lambda: Disk(root=(file(".a"), file(".b"))), pressing("full_stop")),
    "error": (lambda: _failing("EACCES"), _nothing),
    "hung": (lambda: _failing("DIR_STALLED"), _nothing),
    "error-inside": (lambda: _failing("EIO", b"/q1"), pressing("l", "j")),
    "loading": (lambda: _held((), 0), _nothing),
    "huge-counting": (lambda: _held([file(f"access-{n}.log") for n in range(2000)], 412_000), pressing("j", "j")),
    "marked": (lambda: Disk(root=ORDINARY), pressing("space", "space", "space", "j", "v", "j", "j")),
    "filtered": (lambda: Disk(root=ORDINARY), pressing("f", "d", "o", "c", "enter")),
    "filtered-nothing": (lambda: Disk(root=ORDINARY), pressing("f", "z", "z", "enter")),
    "finding": (lambda: Disk(root=ORDINARY), pressing("slash", "v", "i")),
    "going": (lambda: Disk(root=ORDINARY), pressing("o")),
    "badges": (lambda: _with_past(), _badges),
    "earlier-folders": (lambda: _with_past(), _nothing),
    "earlier-failure": (lambda: _with_past(), pressing("j", "j", "j")),
    "sized": (lambda: Disk(root=ORDINARY), _sized),
    "hostile": (lambda: Disk(root=HOSTILE), pressing("j", "j", "j")),
    "left-out": (lambda: Disk(root=LINKS), pressing("asterisk")),
    "marking": (lambda: Silent(root=(*LINKS, Entry(b"unseen", Kind.LINK))), pressing("asterisk", "u")),
    "ranging": (lambda: Disk(root=ORDINARY), pressing("j", "v", "j", "j")),
    "by-pattern": (lambda: Disk(root=ORDINARY), pressing("plus")),
    "completing": (lambda: Disk(root=ORDINARY), pressing("o", "z", "tab")),
    "counting-beneath": (lambda: Disk(root=ORDINARY), _counting),
    "information-gone": (lambda: Disk(root=ORDINARY), _gone),
    "information-pipe": (lambda: Disk(root=LINKS), _pipe),
    "information": (lambda: Disk(root=ORDINARY), _information),
}


def _failing(code: str, inside: bytes = b"") -> Disk:
    disk = Disk(root=ORDINARY if inside else ())
    disk.errors[ROOT + inside] = code
    return disk


def _held(entries: Sequence[Entry], seen: int) -> Disk:
    disk = Disk(root=entries)
    disk.hold[ROOT] = seen
    return disk


def _with_past() -> Disk:
    disk = Disk(root=ORDINARY)
    disk.past = {
        ROOT + b"/.env": Past(At.FAILED, "EACCES", NOON, "logs/2026/.env", False),
        ROOT + b"/summary.pdf": Past(At.DONE, "", NOON, "logs/2026/summary.pdf", False),
        ROOT + "/季度报告.docx".encode(): Past(At.DONE, "", NOON, "k", True),
    }
    disk.beneath_past = {ROOT + b"/q1": PastBeneath(208, 4), ROOT + b"/raw": PastBeneath(12_345, 0)}
    return disk


def named(size: tuple[int, int]) -> str:
    """``80x24``."""
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("state", FILES)
async def test_files(state: str, size: tuple[int, int]) -> None:
    disk, act = FILES[state]
    async with on_stage(size, disk=disk()) as stage:
        await act(stage)
        await stage.pilot.pause()
        same_as(f"files-{state}-{named(size)}", stage.frame())


# --- the plan


async def _asked(stage: Stage) -> None:
    async def check(objects: Sequence[tuple[str, int]], policy: str) -> AsyncIterator[tuple[int, Failure | None]]:
        for place in range(len(objects)):
            yield place, Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO, "denied \x1b[31m") if place % 2 else None

    stage.app.main.desk = replace(stage.app.main.desk, check=check)
    await stage.press("c", "f", "j")


class Listed:
    """A list that is written nowhere, under the name that it would have."""

    def write(self, lines: Sequence[tuple[bytes, str]]) -> None:
        """Not here."""

    def keep(self) -> str:
        """In the state folder of somebody."""
        return "/home/ops/.local/state/tui-uploader/plans/20261126-150501-4-files.jsonl"

    def leave(self) -> None:
        """Nothing is left."""


def _service(*answers: str) -> Act:
    """Ask a service that answers so, in turns: a code, nothing, or what keeps it from answering."""

    async def check(objects: Sequence[tuple[str, int]], policy: str) -> AsyncIterator[tuple[int, Failure | None]]:
        for place in range(len(objects)):
            answer = answers[place % len(answers)]
            if answer == "late":
                await asyncio.Event().wait()
            if answer == "down":
                raise ConnectionError("NET_REFUSED: nothing listens there: check the address")
            yield place, Failure(answer, Phase.INFO, "denied") if answer else None

    async def ask(stage: Stage) -> None:
        stage.app.main.desk = replace(stage.app.main.desk, check=check)
        await stage.press("c")

    return ask


def _typed(key: str, text: str) -> Act:
    return pressing(*("f", "f", "j") * (key == "e"), key, "ctrl+u", *text, "enter")


async def _listed(stage: Stage) -> None:
    stage.app.main.desk.shell = Shell(begin_list=lambda count: Listed())
    await stage.press("escape", "u")
    await _typed("e", "q1.xlsx")(stage)
    await stage.press("y")
    await stage.app.main.workers.wait_for_complete()


PLANS: dict[str, tuple[Sequence[Sequence[Planned]], Act]] = {
    "takes-a-list": ([PLAN], _typed("e", "q1.xlsx")),
    "list-copied": ([PLAN], _listed),
    "asking": ([PLAN], _service("late")),
    "all-allowed": ([PLAN], _service("")),
    "service-down": ([PLAN], _service("down")),
    "all-left-out": ([PLAN[:2]], pressing("f", "x", "j", "x", "enter")),
    "nothing-listed": ([PLAN[:2]], pressing(*"j" * 20)),
    "key-wrong": ([PLAN], _typed("e", "../x")),
    "template-wrong": ([PLAN], _typed("t", "{nope}")),
    "prefix-wrong": ([PLAN], _typed("p", "a/../b")),
    "prefix-none": ([PLAN], pressing("p", "ctrl+u", "enter")),
    "waits-for-the-count": ([PLAN[:2], PLAN[2:]], pressing("enter")),
    "opened": ([PLAN], _nothing),
    "end": ([PLAN], pressing("G")),
    "all-lines": ([PLAN], pressing("f", "j", "j")),
    "uploads": ([PLAN], pressing("f", "f", "j")),
    "left-out": ([PLAN], pressing("f", "f", "j", "x")),
    "renaming": ([PLAN], pressing("f", "f", "j", "e")),
    "policy": ([PLAN], pressing("w")),
    "template": ([PLAN], pressing("t")),
    "refused-by-the-service": ([PLAN], _asked),
    "only-refusals": ([PLAN[-2:]], _nothing),
    "counting": ([PLAN[:2], PLAN[2:]], _nothing),
    "hostile": ([tuple(map(planned, HOSTILE[:10]))], pressing("f", "f", "G")),
    "help": ([PLAN], pressing("question_mark")),
}


async def review(stage: Stage, chunks: Sequence[Sequence[Planned]]) -> None:
    """Mark the first row and open the plan."""
    stage.scout.chunks = [tuple(chunk) for chunk in chunks]
    await stage.press("space", "u")


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("state", PLANS)
async def test_plan(state: str, size: tuple[int, int]) -> None:
    chunks, act = PLANS[state]
    async with on_stage(size, disk=Disk(root=ORDINARY)) as stage:
        if state in ("counting", "waits-for-the-count"):
            stage.scout.gate = asyncio.Event()
        await review(stage, chunks)
        await act(stage)
        await stage.pilot.pause()
        same_as(f"plan-{state}-{named(size)}", stage.frame())


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_plan_that_is_not_whole(size: tuple[int, int]) -> None:
    async with on_stage(size, disk=Disk(root=ORDINARY)) as stage:
        stage.scout.trouble = RuntimeError("the helper that reads the disk ended: try again")
        await review(stage, [PLAN[:2]])
        same_as(f"plan-not-whole-{named(size)}", stage.frame())


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_plan_of_a_hundred_thousand(size: tuple[int, int]) -> None:
    many = [
        tuple(Planned(ROOT + b"/f%d" % n, f"logs/2026/f{n}", 1000) for n in range(at, at + 1000))
        for at in range(0, 100_000, 1000)
    ]
    async with on_stage(size, disk=Disk(root=ORDINARY)) as stage:
        await review(stage, many)
        await stage.press("f", "G")
        same_as(f"plan-huge-{named(size)}", stage.frame())


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_a_folder_that_hangs_after_its_first_page_says_so_in_sight(size: tuple[int, int]) -> None:
    disk = _held([file(f"access-{n}.log") for n in range(2000)], 412_000)
    disk.stalls = True
    async with on_stage(size, disk=disk) as stage:
        await stage.pilot.pause()
        same_as(f"files-huge-hung-{named(size)}", stage.frame())
