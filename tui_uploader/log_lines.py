"""The lines of the log that an event makes, and a console whose events are lines of the log."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from tui_uploader.log_file import LogFile
from tui_uploader.model import events as ev
from tui_uploader.model.items import QueueItem, Receipt
from tui_uploader.model.queue import QueueState
from tui_uploader.model.text import shown_path

if TYPE_CHECKING:
    from tui_uploader.console import Console

_IDS = 10_000  # in one line: a million in one is larger than a log is to be
_text = json.encoder.encode_basestring_ascii
"""A text as JSON has it: what `json.dumps` calls for one."""


def log_lines(event: ev.Event) -> Iterator[str]:
    """The lines for one event: one, but for items that are added (one each), and for very many ids.

    The three that every object brings are written out by hand: a million of them must cost little.
    """
    match event:
        case ev.BytesSent() | ev.LinksReady():
            return
        case ev.StageChanged(item_id, stage):
            yield f'{{"t":{time.time():.3f},"event":"StageChanged","id":{item_id},"stage":"{stage.word}"}}'
        case ev.StagesChanged(ids, stage):
            for some in _parts(ids):
                yield f'{_head("StagesChanged")},"ids":{some},"stage":"{stage.word}"}}'
        case ev.ItemsHeld(ids) | ev.ItemsReleased(ids):
            for some in _parts(ids):
                yield f'{_head(type(event).__name__)},"ids":{some}}}'
        case ev.ItemsAdded(items):
            for item in items:
                yield _line("ItemAdded", item) if item.failure is not None else _added(item)
        case ev.ItemDone(item_id, receipt):
            yield _done(item_id, receipt)
        case _:
            yield _line(type(event).__name__, event)


def _parts(ids: Sequence[int]) -> Iterator[list[int]]:
    return (list(ids[at : at + _IDS]) for at in range(0, len(ids), _IDS))


def _head(name: str) -> str:
    return f'{{"t":{time.time():.3f},"event":"{name}"'


def _added(item: QueueItem) -> str:
    return (
        f'{{"t":{time.time():.3f},"event":"ItemAdded","id":{item.id},"path":{_text(shown_path(item.path))},'
        f'"key":{_text(item.key)},"size":{item.size},"stage":"{item.stage.word}","failure":null,'
        f'"reason":{_text(item.reason)}}}'
    )


def _done(item_id: int, one: Receipt) -> str:
    crc64 = "null" if one.crc64 is None else _text(one.crc64)
    return (
        f'{{"t":{time.time():.3f},"event":"ItemDone","id":{item_id},"receipt":{{"etag":{_text(one.etag)},'
        f'"crc64":{crc64},"request_id":{_text(one.request_id)},"cloud_object_id":{_text(one.cloud_object_id)},'
        f'"verified":{_word(one.verified)},"attempts":{one.attempts},"seconds":{one.seconds:.6f},'
        f'"digest":{_text(one.digest)},"source_gone":{_word(one.source_gone)}}}}}'
    )


def _word(value: bool) -> str:  # noqa: FBT001 - it is the very thing that is written
    return "true" if value else "false"


def _line(name: str, value: object) -> str:
    return json.dumps({"t": round(time.time(), 3), "event": name, **_plain_fields(value)})


def _plain_fields(value: Any) -> dict[str, object]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name != "at"}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return shown_path(value)
    if isinstance(value, Enum):
        return getattr(value, "word", value.value)
    if isinstance(value, str):
        return value
    if isinstance(value, QueueItem | Receipt) or (is_dataclass(value) and not isinstance(value, type)):
        return _plain_fields(value)
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return value


class LoggedConsole:
    """`console` itself, each of whose events is a line of the log."""

    def __init__(self, console: Console, log: LogFile) -> None:
        self._console = console
        self._log = log
        self._held: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._console, name)

    def event(self, event: ev.Event, state: QueueState) -> None:
        """See Console; the lines are written with the next tick."""
        if self._log.off is None:
            if type(event) is ev.ItemDone:
                self._held.append(_done(event.id, event.receipt))
            else:
                self._held.extend(log_lines(event))
        self._console.event(event, state)

    def tick(self, state: QueueState) -> None:
        """See Console."""
        self._write()
        self._console.tick(state)

    def ended(self, summary: dict[str, Any], state: QueueState) -> None:
        """See Console."""
        self._write()
        self._log.line("summary", **{name: value for name, value in summary.items() if name != "event"})
        self._console.ended(summary, state)

    def _write(self) -> None:
        if self._held:
            self._log.lines(self._held)
            self._held.clear()
