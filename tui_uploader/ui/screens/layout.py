"""The panes of the main screen, what their titles and the line above the footer say, and which layout a size gets."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.geometry import Size

from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import QueueState, Row
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.ui.language import said, t
from tui_uploader.ui.words import badge_words, number, plural, sentence, size_text, skip_words, ways

PANES = ("files", "queue", "log")
TINY = Size(40, 10)
SMALL = Size(76, 15)
BROAD = 120


class Shape(NamedTuple):
    """Which parts of the main screen a size shows, and how large; `small` has tabs in place of titles."""

    panes: tuple[str, ...]
    small: bool
    tiny: bool  # one line of words and nothing else
    guided: bool
    files_width: str | int
    log_height: str | int


def shape_of(size: Size, pane: str, *, zoomed: bool, guided: bool) -> Shape:
    """The shape for a size, the focused pane and whether it is zoomed."""
    tiny = size.width < TINY.width or size.height < TINY.height
    small = not tiny and (size.width < SMALL.width or size.height < SMALL.height)
    single = small or zoomed
    broad = size.width >= BROAD and size.height >= 24
    return Shape(
        panes=() if tiny else (pane,) if single else PANES,
        small=small,
        tiny=tiny,
        guided=guided and not small and not tiny,
        files_width="1fr" if single else "40%" if broad else 38,
        log_height="1fr" if single else 9 if broad else 4,
    )


def queue_words(state: QueueState) -> str:
    """``812, 1.4G`` for the queue's title."""
    return f"{number(len(state))}, {size_text(state.bytes_wanted)}" if len(state) else t("empty")


def mark_words(files: int, folders: int) -> str:
    """What is marked and the key that goes on; empty where nothing is."""
    parts = [plural(files, "file")] * bool(files) + [plural(folders, "folder")] * bool(folders)
    return t("marked: {parts}, u to review", parts=", ".join(parts)) if parts else ""


def row_words(row: Row) -> tuple[str, Sequence[str], str]:
    """Of a row of the queue: its path, what there is to say of it from long to short, and the ink of that."""
    path = shown_path(row.path)
    failure = row.failure
    if failure is not None and row.stage in (Stage.FAILED, Stage.WAITING):
        ink = "failed" if row.stage is Stage.FAILED else "warning"
        return path, ways(failure), ink
    if row.stage is Stage.SKIPPED:
        return path, (t("skipped: {reason}", reason=skip_words(row.reason)),), "dim"
    if row.stage is Stage.DONE and row.receipt is not None:
        words, ink = t("done, verified") if row.receipt.verified else t("done, not verified"), "done"
    else:
        words, ink = said(row.stage.word), "dim"
        if row.attempts and row.stage.active:
            words += ", " + t("attempt {number}", number=row.attempts + 1)
    return path, (", ".join(part for part in (words, badge_words(row.reason)) if part),), ink


def log_words(level: str, *, following: bool) -> str:
    """``info+, following`` for the log's title."""
    return f"{level}, {t('following') if following else t('F follows')}"


def group_words(name: str, code: str) -> tuple[str, Sequence[str], str]:
    """Of a group of the queue: its name, and what its code means and asks for."""
    if not code:
        return name, (t("Enter opens or closes the group"),), "dim"
    return name, ways(Failure(code, Phase.PUT)), "failed"


def paused_words(state: QueueState) -> str:
    """Who paused and the key that goes on."""
    if state.paused is None:
        return ""
    failure = state.paused.failure
    if failure is None:
        return t("paused by you: p goes on")
    return t(
        "paused: {code}, {sentence}; p goes on", code=printable(failure.code), sentence=clean_message(sentence(failure))
    )
