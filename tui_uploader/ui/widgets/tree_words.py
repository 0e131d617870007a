"""The short texts of the file tree: sizes, badges, sentences for the focused row, and why a key does nothing."""

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from tui_uploader.model.failures import info_of
from tui_uploader.model.files import Entry, Kind
from tui_uploader.model.items import Past, PastBeneath, Stage
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import clean_message, printable, shown_path
from tui_uploader.ui.language import said, t
from tui_uploader.ui.widgets.folder_totals import Tally
from tui_uploader.ui.widgets.tree_folder import error_words
from tui_uploader.ui.widgets.tree_rows import Row
from tui_uploader.ui.words import badge_words, number, plural, sentence, skip_words, stage_short, ways

if TYPE_CHECKING:
    from tui_uploader.ui.widgets.tree_page import Look

LIMIT = 5 * 1024**3  # of one PUT (FAULTS 49)
_WORST = (Stage.FAILED, Stage.CANCELLED, Stage.SKIPPED)


@lru_cache(maxsize=4096)
def short_size(size: int) -> str:
    """A size as ``ls -h`` writes it, in at most five cells; empty where it is not known."""
    if size < 0:
        return ""
    import humanize  # its translations take long to load

    text = humanize.naturalsize(size, gnu=True)
    return text if len(text) <= 4 else humanize.naturalsize(size, gnu=True, format="%.0f")


def short_count(count: int) -> str:
    """A count in at most four cells."""
    for unit, word in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit * 10:
            return f"{count // unit}{word}"
    return str(count)


def item_badge(state: QueueState, item_id: int) -> str:
    """Where an item is, in at most five cells. 100 % is never shown: the service's answer makes it done."""
    stage = state.stage(item_id)
    if stage is not Stage.UPLOADING:
        return stage_short(stage)
    row = state.row(item_id)
    return f"{min(row.sent * 100 // max(row.size, 1), 99)}%"


def past_badge(past: Past) -> str:
    """What became of a file in an earlier job, in at most five cells; of a changed one, that it is another now."""
    return t("diff") if past.changed else stage_short(past.stage)


def folder_badge(tally: Tally, wide: bool) -> str:
    """What a folder's items have come to: the worst of it, and done only when all are."""
    done, total = tally[Stage.DONE], tally.total
    if done == total:
        return stage_short(Stage.DONE)
    for stage in _WORST[1:]:
        if tally[stage] == total:
            return stage_short(stage)
    share = f"{done}/{total}"
    if not wide and len(share) > 7:
        share = f"{short_count(done)}/{short_count(total)}"
    if failed := tally[Stage.FAILED]:
        return f"!{short_count(failed)} {share}" if wide else f"!{short_count(failed)}"
    return share


def past_counts(tally: Tally | None, past: PastBeneath) -> bool:
    """Whether a folder is told by its earlier jobs: the queue has nothing of it, or no failure where they have."""
    return tally is None or (past.failed > 0 and not tally[Stage.FAILED] and not unfinished(tally))


def unfinished(tally: Tally) -> bool:
    """Whether the journal's word on a folder may be another one soon."""
    return tally.uploading + tally[Stage.WAITING] > 0


def beneath_badge(past: PastBeneath, wide: bool) -> str:
    """What became of the files beneath a folder in earlier jobs: of how many that were tried how many are uploaded."""
    total = past.done + past.failed
    share = f"{past.done}/{total}"
    if not wide and len(share) > 7:
        share = f"{short_count(past.done)}/{short_count(total)}"
    share += "" if past.whole else "+"
    if past.failed:
        return f"!{short_count(past.failed)} {share}" if wide else f"!{short_count(past.failed)}"
    return share


def kind_words(entry: Entry) -> str:
    """What stands in the columns of something that is neither a file nor a folder; empty for a link to a file."""
    if entry.kind is Kind.LINK:
        return "" if entry.link == "file" else t("link, {link}", link=said(entry.link)) if entry.link else t("link")
    return said(entry.kind.words) if entry.kind > Kind.LINK else ""


def why_not_marked(entry: Entry) -> str:
    """Why an entry cannot be marked; empty where it can."""
    if entry.kind is Kind.LINK and entry.link != "file":
        ends = {
            "folder": t("a link to a folder is not followed: mark the folder it points to"),
            "loop": t("this link leads in a circle: there is nothing to upload"),
            "stalled": t("what this link leads to does not answer: there is nothing to upload"),
            "unread": t("nobody could say where this link leads: ^l looks again"),
            "broken": t("this link leads nowhere: there is nothing to upload"),
        }
        if not entry.link and not entry.target:
            return t("still looking where this link leads: press Space again")
        return ends.get(entry.link, t("this link does not lead to a file: there is nothing to upload"))
    if entry.kind > Kind.LINK:
        return t("{kind} cannot be uploaded", kind=said(entry.kind.words))
    if entry.kind is Kind.FILE and entry.size > LIMIT:
        return t("{size} is over the 5.0 GB limit of one upload: split the file", size=short_size(entry.size))
    return ""


def row_words(row: Row, look: "Look") -> tuple[str, tuple[str, ...]]:
    """The focused row for the line above the footer: its full path, and what is known of it from long to short.

    A failure comes first, and what to do about it is in each.
    """
    if row.entry is None:
        todo = _todo(row.folder.error) if row.folder.error is not None else ""  # the row itself has the code
        return shown_path(row.folder.path), (todo or row.folder.note,)
    path = shown_path(row.path)
    if row.is_folder:
        error = row.child.error if row.child is not None else None
        beneath = _folder_facts(row, look)
        return f"{path}/", (beneath,) if error is None else (beneath, _error_line(error), f"{error}: {_todo(error)}")
    state, item_id, past, stage = look.state, look.totals.item(row.path), look.past.get(row.path), None
    facts, known = _file_facts(row.entry), ""
    if state is not None and item_id is not None:
        stage, known = state.stage(item_id), _stage_facts(state, item_id)
    if past is not None and stage in (None, Stage.DONE) and (stage is None or past.changed):
        stage, known = past.stage, past_words(past)
    facts.insert(0 if stage is Stage.FAILED else len(facts), known)
    whole = ", ".join(fact for fact in facts if fact)
    return path, (whole, known, *_shorter(state, item_id, past)) if stage is Stage.FAILED else (whole,)


def _shorter(state: QueueState | None, item_id: int | None, past: Past | None) -> tuple[str, ...]:
    """Fewer words for what failed, now or in an earlier job."""
    failure = state.failure(item_id) if state is not None and item_id is not None else None
    if failure is not None:
        _, *shorter, check = ways(failure)
        return tuple(f"{printable(failure.code)} {words}" for words in shorter) + (check,)
    return (t("{code}: mark it, u tries again", code=printable(past.code)),) if past is not None else ()


def _folder_facts(row: Row, look: "Look") -> str:
    child, tally, past = row.child, look.totals.of(row.path), look.beneath.get(row.path)
    facts = []
    if tally is not None:
        facts = [f"{plural(tally.total, 'file')}", short_size(tally.size)]
        facts += [t("{done} done", done=tally[Stage.DONE]), t("{failed} failed", failed=tally[Stage.FAILED])]
        facts += [f"{tally[stage]} {said(stage.word)}" for stage in (Stage.SKIPPED, Stage.CANCELLED) if tally[stage]]
    if past is not None and past_counts(tally, past):
        facts.insert(0, _beneath_words(past))
    if child is not None and child.error is not None:
        facts.append(_error_line(child.error))
    elif child is not None and child.reading:
        facts.append(t("reading..."))
    elif not facts:
        known = child is not None and child.complete
        facts.append(plural(len(child.entries), "entry", "entries") if known and child else t("a folder, not read yet"))
    return ", ".join(facts)


def _beneath_words(past: PastBeneath) -> str:
    done, total = number(past.done), number(past.done + past.failed) + ("" if past.whole else "+")
    if past.failed:
        failed = number(past.failed)
        return t("earlier: {failed} failed of {total}: mark it, u tries again", failed=failed, total=total)
    return t("earlier: {done} of {total} tried are uploaded", done=done, total=total)


def _error_line(code: str | None) -> str:
    if code is None:
        return ""
    return f"{code} {error_words(code)}: {_todo(code)}"


def _todo(code: str) -> str:
    """What to do about a folder that cannot be listed."""
    todo = {"DIR_GONE": t("go on in its parent"), "EACCES": t("change its mode, then press l")}
    return todo.get(code, t("press l to try again"))


def _file_facts(entry: Entry) -> list[str]:
    facts = [short_size(entry.size)] if entry.size >= 0 and (entry.kind is Kind.FILE or entry.link == "file") else []
    if entry.kind is Kind.LINK:
        facts.append(
            t("link to {target}", target=shown_path(entry.target)) + (f" ({said(entry.link)})" if entry.link else "")
        )
    elif entry.kind is not Kind.FILE:
        facts.append(t("{kind}, cannot be uploaded", kind=said(entry.kind.words)))
    if entry.mtime > 0:
        facts.append(_when(entry.mtime))
    return [*facts, badge_words(entry.badge)]


def _when(seconds: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return t("time out of range")


def past_words(past: Past) -> str:
    """What became of a file in an earlier job, and what to do about it."""
    if past.stage is Stage.FAILED:
        words = said(info_of(past.code).label)
        return t(
            "failed {code} {words}: mark it, u tries again ({when})",
            when=_when(past.at),
            code=printable(past.code),
            words=words,
        )
    if past.changed:
        return t("changed since its upload ({when}): mark it, u uploads it again", when=_when(past.at))
    return t("uploaded {when} as {key}", when=_when(past.at), key=printable(past.key))


def _stage_facts(state: QueueState, item_id: int) -> str:
    row = state.row(item_id)
    if row.failure is not None and row.stage in (Stage.FAILED, Stage.WAITING):
        code, whole = printable(row.failure.code), clean_message(sentence(row.failure))
        return (
            f"{said(row.stage.word)} {code} {whole}"
            if row.stage is Stage.FAILED
            else t("waiting after {code}", code=code)
        )
    if row.stage is Stage.UPLOADING:
        return t("uploading {share}", share=item_badge(state, item_id))
    skipped = row.stage is Stage.SKIPPED and row.reason
    return f"{said(row.stage.word)}: {skip_words(row.reason)}" if skipped else said(row.stage.word)
