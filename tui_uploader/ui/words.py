"""Words of the screen: sizes, speeds and shortened names, so that no two places write them differently."""

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells

from tui_uploader.model.failures import Failure
from tui_uploader.model.items import Stage
from tui_uploader.model.rates import clock
from tui_uploader.model.text import clean_message, printable
from tui_uploader.ui.language import said, t

LONGEST = 300  # characters of a failure's sentence that are shown


def size_text(size: int) -> str:
    """Bytes as `ls -h` writes them (``512B``, ``2.1K``, ``39M``), in the file tree's words; unknown is ``?``."""
    if size < 0:
        return "?"
    import humanize  # its translations take long to load

    text = humanize.naturalsize(size, gnu=True)
    return text if len(text) <= 4 else humanize.naturalsize(size, gnu=True, format="%.0f")


def speed_text(per_second: float) -> str:
    """A speed in the same units: ``1.9M/s``."""
    return f"{size_text(int(per_second))}/s"


def number(count: int) -> str:
    """A count with separators: ``12,000``."""
    return f"{count:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``."""
    return said(f"{{n}} {one if count == 1 else many or one + 's'}").format(n=number(count))


def took(seconds: float) -> str:
    """How long something took: ``21 s``, ``12:20``."""
    return t("{seconds} s", seconds=max(int(-(-seconds // 1)), 0)) if seconds < 60 else clock(seconds)


def fit(text: str, width: int, more: str = "~") -> str:
    """`text` in at most `width` cells; what is cut at the end is marked."""
    if cell_len(text) <= width:
        return text
    if width <= cell_len(more):
        return more[:width]
    return _head(text, width - cell_len(more)) + more


def padded(text: str, width: int, more: str = "~", *, right: bool = False) -> str:
    """`text` in exactly `width` cells."""
    short = fit(text, width, more)
    blank = " " * (width - cell_len(short))
    return blank + short if right else short + blank


def fit_path(text: str, width: int, more: str = "~") -> str:
    """A path in at most `width` cells: it keeps its end and its first folder (``q1/~/2024-plan.xlsx``)."""
    if cell_len(text) <= width:
        return text
    if text.endswith("/") and len(text) > 1 and width > 1:  # a folder: its name is its end, the slash stays
        return fit_path(text.rstrip("/"), width - 1, more) + "/"
    first, slash, rest = text.lstrip("/").partition("/")
    lead = ("/" if text.startswith("/") else "") + first + "/"
    name = rest.rpartition("/")[2]
    mark = more + "/"
    if slash and cell_len(lead) + cell_len(mark) + cell_len(name) <= width:
        room = width - cell_len(lead) - cell_len(mark)
        parts, kept = rest.split("/"), ""
        for part in reversed(parts):
            longer = f"{part}/{kept}" if kept else part
            if cell_len(longer) > room:
                break
            kept = longer
        return f"{lead}{mark}{kept}"
    if slash and cell_len(lead) <= width // 2:
        return lead + more + _tail(rest, width - cell_len(lead) - cell_len(more))
    return more + _tail(text, width - cell_len(more))


def sentence(failure: Failure) -> str:
    """Meaning and next step of a failure in the chosen language, as `Failure.sentence` has them in English."""
    lead = said(failure.info.meaning)
    lead += f" ({failure.detail})" if failure.detail else ""
    return f"{lead}: {said(failure.info.check)}" if failure.info.check else lead


def ways(failure: Failure) -> tuple[str, ...]:
    """A failure in words, from all that is known of it down to what to do alone: that is never what is left out."""
    info, check = failure.info, said(failure.info.check)
    shorter = (f"{said(info.meaning)}: {check}", f"{said(info.label)}: {check}", check)
    whole = sentence(failure)
    return tuple(clean_message(words) for words in (whole, *shorter) if len(words) < LONGEST)


def told(texts: Sequence[str], width: int, lines: int) -> list[str]:
    """The first of some texts that takes no more lines than that; where none does, the last, cut."""
    made = (wrapped(text, width) for text in texts)
    last: list[str] = []
    for last in made:
        if len(last) <= lines:
            return last
    return [*last[: lines - 1], fit(" ".join(last[lines - 1 :]), width)]


def stage_short(stage: Stage) -> str:
    """A stage in at most five cells in the chosen language."""
    found = said(f"short {stage.short}")
    return said(stage.short) if found.startswith("short ") else found


SKIPPED = {
    "not-a-file": "not a file",
    "link-broken": "broken link",
    "symlink": "link",
    "hidden": "hidden file",
    "ignored": "ignore rules",
    "excluded": "left out by pattern",
}


def badge_words(badge: str) -> str:
    """What a badge (or nothing) of a file means, in a short sentence."""
    words = {
        "sparse": t("sparse: its holes are sent as zeros"),
        "twin": t("twin: another name here differs in case or accents alone"),
    }
    return words.get(badge, "")


def skip_words(reason: str) -> str:
    """Why something was skipped, as people say it: the engine's word for it where that is not known."""
    return said(SKIPPED.get(reason, printable(reason)) or "left out")


def beneath(key: str, prefix: str) -> str:
    """A key without the prefix that stands in the title line already."""
    lead = prefix.strip("/") + "/"
    return key[len(lead) :] if len(lead) > 1 and key.startswith(lead) else key


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at blanks where there are some; never empty."""
    width = max(width, 8)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = chop_cells(word, width) or [""]
        lines.extend(whole)
    return [*lines, line]


def _head(text: str, width: int) -> str:
    kept, used = [], 0
    for char in text:
        used += cell_len(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept)


def _tail(text: str, width: int) -> str:
    kept, used = [], 0
    for char in reversed(text):
        used += cell_len(char)
        if used > width:
            break
        kept.append(char)
    return "".join(reversed(kept))


def refusal_words(failure: Failure) -> str:
    """What the service refused, in the chosen language."""
    return f"{printable(failure.code)}: {sentence(failure)}"


def signed_in_words(user: str) -> str:
    """That a sign-in went well."""
    return t("signed in as {user}", user=printable(user))


def trial_words(accepted: bool, key: str, failure: Failure | None) -> str:
    """What the service's answer to a trial means; empty where there was no answer at all."""
    if failure is None:
        return t("the service takes this token and lets it write {key}", key=printable(key)) if accepted else ""
    if accepted:
        return t("the service takes this token, but refuses {key}", key=printable(key)) + f": {refusal_words(failure)}"
    return refusal_words(failure)
