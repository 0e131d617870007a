"""How one row of the queue is written: narrow in one or two lines, wide in columns. Pure."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import replace

from rich.cells import cell_len

from tui_uploader.model.failures import RetryClass
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState, Row
from tui_uploader.model.rates import clock
from tui_uploader.model.text import printable
from tui_uploader.model.value import value
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said, t
from tui_uploader.ui.live import Live
from tui_uploader.ui.widgets.name_cut import Label, distinct
from tui_uploader.ui.widgets.painted import Span
from tui_uploader.ui.words import (
    beneath,
    fit,
    fit_path,
    padded,
    size_text,
    skip_words,
    speed_text,
    stage_short,
    told,
    ways,
)

WIDE = 64  # cells from which a row has columns
SPLIT = 92  # cells from which speed and code have a column each
CODE = 31  # the longest code of the catalogue
SLOW, LONG = 16 * 1024, 60  # bytes a second below which an object is slow that needs so many seconds more

INK = {
    Stage.WAITING: "waiting",
    Stage.GETTING_INFO: "active",
    Stage.UPLOADING: "active",
    Stage.CHECKING: "active",
    Stage.DONE: "done",
    Stage.FAILED: "failed",
    Stage.SKIPPED: "dim",
    Stage.CANCELLED: "dim",
}


@value
class Shown:
    """A row, its key as shown, and what the clock says: `left` and `due` in seconds, `speed` in bytes a second."""

    row: Row
    key: str
    speed: float = 0.0
    left: float | None = None
    due: float | None = None
    ticked: bool = False
    held: bool = False

    @property
    def tick(self) -> str:
        """The sign of a ticked row."""
        return "*" if self.ticked else " "

    @property
    def stage_word(self) -> str:
        """The stage in at most five cells, an uploading object's percentage."""
        if self.row.stage is Stage.UPLOADING:
            return f"{percent(self.row):3d}%"
        if self.due is not None and self.row.failure is not None and self.row.failure.retry is RetryClass.UNKNOWN:
            return stage_short(Stage.CHECKING)  # it may be stored: until an answer is verified nobody knows
        return t("pause") if self.held and self.row.stage is Stage.WAITING else stage_short(self.row.stage)

    @property
    def code(self) -> str:
        """The code of a failed row, and of one that waits to be tried again."""
        failure = self.row.failure
        if self.slow:
            return "SLOW"
        if failure is None or not (self.row.stage is Stage.FAILED or self.due is not None):
            return ""
        return printable(failure.code)

    @property
    def badge(self) -> str:
        """``sparse`` or ``twin``, where nothing worse is to be said of it."""
        return "" if self.code or self.row.stage is Stage.SKIPPED else said(self.row.reason)

    @property
    def slow(self) -> bool:
        """Whether an object moves, but so slowly that a person should know (FAULTS row 8)."""
        return self.row.stage is Stage.UPLOADING and 0 < self.speed < SLOW and (self.left or 0) >= LONG

    @property
    def tries(self) -> str:
        """``1 try``, ``3 tries``; nothing before the first."""
        tries = self.row.attempts
        return (
            ""
            if not tries
            else t("1 try")
            if tries == 1
            else t("{tries} tries", tries=tries)
            if tries < 10
            else f"{tries}x"
        )


def shown_of(state: QueueState, live: Live, prefix: str, ticked: Container[int], now: float, item_id: int) -> Shown:
    """A row as it stands now."""
    row = state.row(item_id)
    key, tick = beneath(row.key, prefix), item_id in ticked
    if row.stage is Stage.UPLOADING:
        left = live.item_left(item_id, now, row.size - row.sent)
        return Shown(row, key, live.item_speed(item_id), left, ticked=tick)
    due = live.due_in(item_id, now) if row.stage is Stage.WAITING and live.retrying(item_id) else None
    return Shown(row, key, due=due, ticked=tick, held=item_id in state.held)


def percent(row: Row) -> int:
    """How much of an object was sent; 100 only after the service has answered."""
    return min(row.sent * 100 // row.size, 99) if row.size > 0 else 0


def calm(seconds: float) -> float:
    """Seconds left, rounded up in steps that grow: each change of a row costs a slow link about a hundred bytes."""
    step = 1 if seconds < 10 else 5 if seconds < 60 else 15 if seconds < 600 else 60
    return -(-seconds // step) * step


def narrow_lines(shown: Shown, width: int, glyphs: Glyphs, cursor: str, tall: bool) -> list[list[Span]]:
    """A row of a narrow pane, two lines where `tall`."""
    row = shown.row
    ink = INK[row.stage]
    head: list[Span] = [(f"{cursor}{padded(shown.stage_word, 5, glyphs.more)}{shown.tick}", ink)]
    key_room = _narrow_key(shown, width, tall)
    if shown.code and not tall:  # one line: the code stays whole, the key gives way
        key = padded(fit_path(printable(shown.key), key_room, glyphs.more), key_room)
        return [[*head, (key, "plain"), (" " + shown.code, ink)]]
    if row.stage is Stage.SKIPPED:
        key = padded(fit_path(printable(shown.key), key_room, glyphs.more), key_room)
        reason = fit(skip_words(row.reason), width - 8 - key_room, glyphs.more)
        return [[*head, (key, "dim"), (" " + reason, "dim")]]
    tail = _tail(shown)
    first: list[Span] = [
        *head,
        (padded(fit_path(printable(shown.key), key_room, glyphs.more), key_room), "plain"),
        (padded(size_text(row.size), 6, right=True), "plain"),
        ("  " + padded(tail, 7, glyphs.more), "plain"),
    ]
    if not tall:
        return [first]
    if not shown.code:
        return [first, []]
    label = printable(said(row.failure.info.label)) if row.failure else ""
    return [first, [("   ", "plain"), (shown.code, ink), (" " + label, "dim")]]


def _narrow_key(shown: Shown, width: int, tall: bool) -> int:
    """What the other cells leave for the key."""
    row, room = shown.row, max(width - 7, 8)
    if shown.code and not tall:
        return max(room - cell_len(shown.code) - 1, 2)
    if row.stage is Stage.SKIPPED:
        return room - min(cell_len(skip_words(row.reason)), max(room // 2, 8)) - 1
    return max(room - 15, 8)


def unlike(page: Sequence[tuple[Shown, bool]], width: int, glyphs: Glyphs, *, wide: bool) -> list[Shown]:
    """The rows of a page, each with whether it is tall, with their keys cut so that no two look the same."""
    rooms = [key_width(width) if wide else _narrow_key(shown, width, tall) for shown, tall in page]
    seen: Counter[str] = Counter()  # one key twice is no cut that hides a difference: it stays as it is
    labels = []
    for (shown, _), room in zip(page, rooms, strict=True):
        labels.append(Label(seen[shown.key], printable(shown.key), room))
        seen[shown.key] += 1
    keys = distinct(labels, glyphs.more, fit_path)
    return [replace(shown, key=key) for (shown, _), key in zip(page, keys, strict=True)]


def meaning_line(shown: Shown, width: int, glyphs: Glyphs) -> list[Span]:
    """The second line of a failed row in a wide pane: what its code means, in few words if need be, and what to do."""
    failure = shown.row.failure
    if not shown.code or failure is None:
        return []
    return [("   " + told(ways(failure), width - 4, 1)[0], "dim")]


def wide_lines(shown: Shown, width: int, glyphs: Glyphs, cursor: str) -> list[Span]:
    """A row of a wide pane: Key, Size, Stage, Speed/Left, Code, Tries."""
    row = shown.row
    ink = INK[row.stage]
    key_room = key_width(width)
    left = f" {clock(calm(shown.left))}" if shown.left is not None else ""
    moving = f"{speed_text(shown.speed)}{left}" if shown.speed else ""
    if shown.due is not None:
        moving = t("in {due}", due=clock(shown.due))
    code = shown.code
    if row.stage is Stage.SKIPPED:
        code = fit(skip_words(row.reason), CODE, glyphs.more)
    spans: list[Span] = [
        (cursor + shown.tick + padded(fit_path(printable(shown.key), key_room, glyphs.more), key_room), "plain"),
        (" " + padded(size_text(row.size), 5, right=True), "plain"),
        (" " + padded(shown.stage_word, 5, glyphs.more), ink),
    ]
    if width >= SPLIT:
        spans += [
            (" " + padded(moving, 13), "plain"),
            (" " + padded(code or shown.badge, CODE), ink if code else "dim"),
        ]
    elif (shown.due is not None or shown.slow) and len(code) + len(moving) < CODE:
        spans.append((" " + padded(f"{code} {moving}", CODE), ink))
    else:
        spans.append((" " + padded(code or moving or shown.badge, CODE), ink if code else "plain" if moving else "dim"))
    return [*spans, (" " + padded(str(row.attempts) if row.attempts else "", 5, right=True), "plain")]


def wide_header(width: int) -> list[Span]:
    """The names of the columns."""
    words = "  " + padded(t("Key"), key_width(width)) + ("  " + t("Size Stage") + " ")
    words += (
        (padded(t("Speed, left"), 14) + padded(t("Code"), CODE))
        if width >= SPLIT
        else padded(t("Speed, left / code"), CODE)
    )
    return [(words + " " + t("Tries"), "dim")]


def key_width(width: int) -> int:
    """What the other columns leave for the key."""
    return width - 2 - 6 - 6 - (CODE + 1) - (14 if width >= SPLIT else 0) - 6


def _tail(shown: Shown) -> str:
    if shown.due is not None:
        return t("in {due}", due=clock(shown.due))
    if shown.row.stage is Stage.UPLOADING:
        if shown.row.attempts and shown.left is None:  # it begins at 0 % again, and this is why
            return t("try {number}", number=shown.row.attempts + 1)
        return clock(calm(shown.left)) if shown.left is not None else ""
    return shown.tries if shown.row.stage is Stage.FAILED else shown.badge
