"""How the heading of a group of the queue is written: a code with its meaning, a folder with its sums, a stage."""

from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.folders import FolderSum
from tui_uploader.model.items import Stage
from tui_uploader.model.text import printable
from tui_uploader.ui.glyphs import Glyphs
from tui_uploader.ui.language import said, t
from tui_uploader.ui.widgets.painted import Span
from tui_uploader.ui.widgets.queue_groups import BY_CODE, CODES, Group, QueueGroups
from tui_uploader.ui.widgets.queue_lines import INK
from tui_uploader.ui.words import fit_path, number, padded, size_text, told, ways

_WORDS = {
    Group.FAILED: "failed", Group.ACTIVE: "active", Group.WAITING: "waiting", Group.SKIPPED: "skipped",
    Group.CANCELLED: "cancelled", Group.DONE: "done",
}  # fmt: skip
_INKS = {Group.ACTIVE: "active", Group.DONE: "done", Group.WAITING: "waiting"}


def heading(groups: QueueGroups, group: int, count: int) -> str:
    """What a group is called, for people."""
    if groups.mode != BY_CODE:
        name = groups.folders.sum(group).name
        return t("other folders") if name is None else printable(name) + "/"
    if group >= CODES:
        return said(_WORDS[Group(group - CODES)])
    return printable(groups.code(group)) or t("other codes")


def heading_lines(
    groups: QueueGroups, group: int, count: int, width: int, glyphs: Glyphs, cursor: str, tick: str
) -> list[list[Span]]:
    """The lines of a heading; `tick` is one cell."""
    opened = groups.shape(group).item > 0
    sign = f"{cursor}{tick}{glyphs.expanded if opened else glyphs.collapsed} "
    name = heading(groups, group, count)
    if groups.mode != BY_CODE:
        return [folder_line(groups.folders.sum(group), name, width, glyphs, sign)]
    if group >= CODES:
        ink = _INKS.get(Group(group - CODES), "dim")
        return [[(f"{sign}{name} x {number(count)}", ink)]]
    code = groups.code(group)
    return [[(f"{sign}{name} x {number(count)}", "failed")], *_advice(code, width, glyphs)]


def _advice(code: str, width: int, glyphs: Glyphs) -> list[list[Span]]:
    """In two lines what a code means and what to do; where that is too long, what it means in few words."""
    if not code:
        return [[], []]
    lines = told(ways(Failure(code, Phase.PUT)), width - 5, 2)
    return [[("    " + line, "dim")] for line in [*lines, "", ""][:2]]


def folder_line(folder: FolderSum, name: str, width: int, glyphs: Glyphs, sign: str) -> list[Span]:
    """``+ exports/   !1 38/41   12M``; done only where all of it is."""
    failed = folder.stages[Stage.FAILED]
    wanted = folder.total - folder.stages[Stage.SKIPPED] - folder.stages[Stage.CANCELLED]
    ratio = f"{number(folder.done)}/{number(wanted)}"
    ink = INK[folder.worst]
    if failed:
        word, ink = f"!{number(failed)} {ratio}", "failed"
    elif wanted and folder.done == wanted:
        word = t("done {ratio}", ratio=ratio)
    else:
        word = ratio if wanted else said(folder.worst.word)
    word = padded(word, max(len(word), 11), right=True)
    room = max(width - len(sign) - len(word) - 8, 6)
    return [
        (sign + padded(fit_path(name, room, glyphs.more), room), "plain"),
        (f" {word}", ink),
        (padded(size_text(folder.size), 6, right=True), "plain"),
    ]
