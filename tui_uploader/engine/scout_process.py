"""The scout's helper process: answers one request after the other on its standard streams, ends with its parent."""

import gc
import marshal
import os
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from tui_uploader.engine import scouting
from tui_uploader.engine.listing import list_pages
from tui_uploader.engine.plan_rows import rows_of
from tui_uploader.model.marked import Marked

_HEAD = struct.Struct("!I")
_AT_ONCE = 250  # lines of a plan in one answer: what the screen takes in at once, while a key may wait
_BEHIND = 5  # a plan steps back for the screen that shows it; its helper makes no other


def _send(out: BinaryIO, *answer: Any) -> None:
    body = marshal.dumps(answer)
    out.write(_HEAD.pack(len(body)) + body)
    out.flush()


def _plan(marks: Any, excluded: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    from tui_uploader.engine.mark_starts import starts_of
    from tui_uploader.engine.planner import Planner, PlanOptions, chunks  # its rules take 50 ms to load

    marked = Marked(marks, excluded)
    left_out = marked.left_out()
    try:  # links are started by themselves: the walk around them leaves them out
        planner = Planner(PlanOptions(*options), excluded=left_out.union(marked.links()))
    except ValueError as error:
        yield ("bad", str(error))
        return
    with suppress(OSError):
        os.nice(_BEHIND)
    gc.disable()  # a million names hold no circle, and to look for one takes as long as to list them
    try:
        for chunk in chunks(planner.plan(starts_of(marked, left_out)), _AT_ONCE):
            yield ("lines", rows_of(chunk))
    finally:
        gc.enable()
    yield ("end", None)


def _complete(typed: bytes) -> Iterator[list[bytes] | str]:
    try:
        yield scouting.completions(typed)
    except (OSError, ValueError) as error:
        yield scouting.code_of(error)


def _history(folder: str, gateway: str, paths: list[bytes]) -> Iterator[Any]:
    from tui_uploader.engine.history import history  # a database: most folders are read without it

    yield from history(folder, gateway, paths)


def _beneath(folder: str, gateway: str, paths: list[bytes]) -> Iterator[Any]:
    from tui_uploader.engine.history import beneath

    yield from beneath(folder, gateway, paths)


_ANSWERS: dict[str, Callable[..., Iterator[Any]]] = {
    "look": scouting.look, "inspect": scouting.inspect, "totals": scouting.totals, "complete": _complete,
    "history": _history, "beneath": _beneath,
}  # fmt: skip


def answers(word: str, *rest: Any) -> Iterator[tuple[Any, ...]]:
    """The answers to one request, the last one beginning with ``end``."""
    if word == "list":
        yield from list_pages(*rest)
    elif word == "plan":
        yield from _plan(*rest)
    else:
        for answer in _ANSWERS[word](*rest):
            yield ("some", answer)
        yield ("end", None)


def serve(source: BinaryIO, out: BinaryIO) -> None:
    """Answer requests until the parent closes its end."""
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        for answer in answers(*marshal.loads(source.read(_HEAD.unpack(head)[0]))):
            _send(out, *answer)


if __name__ == "__main__":
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:  # the parent is gone: nobody is left to answer
        os._exit(0)
