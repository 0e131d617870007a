"""The child of `recorded`: reads an old job from the journal and tells its objects, many in one frame, to its parent.

A process and not a thread: what it makes of a million rows would take the interpreter from the keys of the screen.
"""

import marshal
import os
import sqlite3
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO

from tui_uploader.engine.collecting import collect_seldom
from tui_uploader.engine.journal import Journal, JournalError
from tui_uploader.model.items import Receipt, Stage
from tui_uploader.model.jobs import JobItem
from tui_uploader.model.paths import root_between
from tui_uploader.model.receipts import packed

HEAD = struct.Struct("!I")
AT_ONCE = 500  # objects in one frame: what a screen takes in before it looks at the clock
_BEHIND = 5  # it steps back for the screen that shows what it reads
Part = tuple[str, tuple[Any, ...]]
"""``stand`` with the fields of `ItemsStand`, or ``one`` with those of a `JobItem`."""


def parts_of(items: Iterable[JobItem]) -> list[Part]:
    """Objects of a journal in columns; one with a story of its own stands by itself."""
    parts: list[Part] = []
    run: list[tuple[JobItem, str]] = []
    root: tuple[bytes, int] | None = None
    for item in items:
        text = _text(item)
        if run and not (text is not None and _under(root, item)):
            parts.append(_stand(run, root))
            run = []
        if text is not None and not run:
            root = root_between(item.path, item.key.encode("utf-8", "surrogatepass"))
        if text is None or root is None:
            parts.append(("one", fields_of(item)))
        else:
            run.append((item, text))
    return [*parts, _stand(run, root)] if run else parts


def fields_of(item: JobItem) -> tuple[Any, ...]:
    """The fields of an object as plain values."""
    return (
        item.id, item.path, item.key, item.size, item.mtime_ns, item.inode, int(item.stage), item.at, item.attempts,
        item.seconds, item.code, item.phase, item.http_status, item.message, item.detail, item.request_id, item.etag,
        item.crc64, item.cloud_object_id, item.verified, item.reason,
    )  # fmt: skip


def item_of(at: int, fields: tuple[Any, ...]) -> JobItem:
    """The same back, under the number that it has on a screen."""
    _, path, key, size, mtime_ns, inode, stage, *rest = fields
    return JobItem(at, path, key, size, mtime_ns, inode, Stage(stage), *rest)


def receipt_of(item: JobItem) -> Receipt:
    """What the service said of a stored object."""
    return Receipt(
        item.etag, item.crc64, item.request_id, item.cloud_object_id, item.verified, item.attempts, item.seconds
    )


def _text(item: JobItem) -> str | None:
    """The receipt of a done object as text, none of one that waits; None for an object with a story of its own."""
    if not item.key.isprintable():
        return None
    if item.stage is Stage.DONE:
        return packed(receipt_of(item), item.key) or None
    return "" if item.stage < Stage.DONE and not item.code else None


def _under(root: tuple[bytes, int] | None, item: JobItem) -> bool:
    return root is not None and item.path == root[0] + item.key.encode()[root[1] :]


def _stand(run: Sequence[tuple[JobItem, str]], root: tuple[bytes, int] | None) -> Part:
    assert root is not None
    texts = tuple(text for _, text in run)
    keys, sizes = tuple(item.key for item, _ in run), tuple(item.size for item, _ in run)
    return "stand", (run[0][0].id, keys, sizes, *root, texts if any(texts) else ())


def _frames(folder: str, job: str) -> Iterator[tuple[str, Any]]:
    try:
        with Journal(folder) as journal:
            items = journal.items(job)
            while some := list(islice(items, AT_ONCE)):
                yield "rows", parts_of(some)
    except JournalError as error:
        yield "trouble", error.failure.sentence
    except (sqlite3.Error, KeyError) as error:
        yield "trouble", str(error)
    else:
        yield "end", None


def tell(folder: str, job: str, out: BinaryIO) -> None:
    """All of a job, and last of all whether that was all."""
    for frame in _frames(folder, job):
        body = marshal.dumps(frame)
        out.write(HEAD.pack(len(body)) + body)
        out.flush()


if __name__ == "__main__":
    collect_seldom()
    with suppress(OSError):
        os.nice(_BEHIND)
    try:
        tell(sys.argv[1], sys.argv[2], sys.stdout.buffer)
    except BrokenPipeError:  # the parent is gone: nobody is left to tell
        os._exit(0)
