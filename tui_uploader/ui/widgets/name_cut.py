"""Names cut to a number of cells so that they keep their beginning and end and no two look the same."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from rich.cells import cell_len

# Terminals disagree on the width of what these make of the character before them, so they are spelled out.
_UNSTEADY = {code: f"<U+{code:04X}>" for code in (*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400))}


class Label(NamedTuple):
    """A text to be shown in `room` cells; labels of one `group` (a folder) must not look the same."""

    group: Hashable
    text: str
    room: int


def steady(text: str) -> str:
    """`text` without the characters whose width terminals disagree on."""
    return text if text.isascii() else text.translate(_UNSTEADY)


def head(text: str, room: int) -> str:
    """As much of the beginning of `text` as fits in `room` cells."""
    if cell_len(text) <= room:
        return text
    end = min(len(text), max(room, 0))
    while end and cell_len(text[:end]) > room:
        end -= 1
    return text[:end]


def tail(text: str, room: int) -> str:
    """As much of the end of `text` as fits in `room` cells, never beginning with a combining character."""
    start = max(len(text) - max(room, 0), 0)
    while start < len(text) and (cell_len(text[start:]) > room or (start and unicodedata.combining(text[start]))):
        start += 1
    return text[start:]


def cut(text: str, room: int, more: str) -> str:
    """`text` in at most `room` cells: a third of it the beginning, the rest the end."""
    if cell_len(text) <= room:
        return text
    left = max(room - cell_len(more), 0)
    begin = head(text, max(left // 3, min(left, 1)))
    return head(begin + more + tail(text, left - cell_len(begin)), room)


def cut_at(text: str, at: int, room: int, more: str) -> str:
    """`text` cut so that it shows its first character and what stands from index `at` on."""
    if cell_len(text) <= room:
        return text
    begin = head(text, 2) + more
    rest, room_left = text[at:], max(room - cell_len(begin), 0)
    if cell_len(rest) <= room_left:
        return begin + tail(text, room_left)
    return head(begin + cut(rest, room_left, more), room)


def link_text(name: str, target: str, room: int, more: str) -> str:
    """``name -> target`` in `room` cells: the target is cut before the name is, and left out before that."""
    left = room - cell_len(name) - 4
    return f"{name} -> {cut(target, left, more)}" if left >= min(cell_len(target), 4) else name


def distinct(labels: Sequence[Label], more: str, how: Callable[[str, int, str], str] = cut) -> list[str]:
    """Each label's text, cut to its room by `how`; labels of a group that would look the same are cut elsewhere."""
    texts = [how(label.text, label.room, more) for label in labels]
    groups: defaultdict[tuple[Hashable, str], list[int]] = defaultdict(list)
    for n, label in enumerate(labels):
        groups[label.group, _look(texts[n])].append(n)
    for alike in groups.values():
        if len(alike) > 1:
            at = _first_difference([labels[n].text for n in alike])
            for n in alike:
                texts[n] = cut_at(labels[n].text, at, labels[n].room, more)
    taken: Counter[tuple[Hashable, str]] = Counter()
    for n, label in enumerate(labels):
        look = (label.group, _look(texts[n]))
        taken[look] += 1
        while taken[look] > 1:  # twins of composed and decomposed letters, or a difference that no cut can show
            number = f"{more}{taken[look]}"
            texts[n] = head(texts[n], max(label.room - cell_len(number), 0)) + number
            look = (label.group, _look(texts[n]))
            taken[look] += 1
    return texts


def _first_difference(texts: list[str]) -> int:
    low, high = min(texts), max(texts)
    return next((n for n, pair in enumerate(zip(low, high, strict=False)) if pair[0] != pair[1]), len(low))


def _look(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)
