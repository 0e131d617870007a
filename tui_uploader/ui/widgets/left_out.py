"""What a change of many marks had to leave out, counted by why, as one clause."""

from collections.abc import Mapping

from tui_uploader.model.files import UNREAD, Entry, Kind
from tui_uploader.ui.widgets.tree_words import why_not_marked
from tui_uploader.ui.words import plural

UNSEEN = UNREAD
_LINKS = ("folder", "loop", "broken", "stalled")


def why_left_out(entry: Entry) -> str:
    """Why an entry cannot be marked, as a word of the table; empty where it can."""
    if not why_not_marked(entry):
        return ""
    if entry.kind is Kind.LINK and entry.link == UNREAD:
        return UNSEEN
    if entry.kind is Kind.LINK:
        return entry.link if entry.link in _LINKS else "link" if entry.link or entry.target else UNSEEN
    return "large" if entry.kind is Kind.FILE else "other"


def left_out_words(left: Mapping[str, int]) -> str:
    """``2 links to folders, 1 broken link``; empty where nothing was left out."""
    words = {
        "folder": plural(left.get("folder", 0), "link to a folder", "links to folders"),
        "loop": plural(left.get("loop", 0), "link in a circle", "links in a circle"),
        "broken": plural(left.get("broken", 0), "broken link", "broken links"),
        "stalled": plural(left.get("stalled", 0), "link that does not answer", "links that do not answer"),
        UNSEEN: plural(left.get(UNSEEN, 0), "link not looked at", "links not looked at"),
        "link": plural(left.get("link", 0), "link to no file", "links to no file"),
        "large": plural(left.get("large", 0), "file over 5.0 GB", "files over 5.0 GB"),
        "other": plural(left.get("other", 0), "pipe or device", "pipes or devices"),
    }
    return ", ".join(words[why] for why in words if left.get(why))
