"""Messages between a view and the worker: one JSON object a line, at most 1 MiB, behind a versioned greeting.

The worker greets: ``{"worker": version, "wire": fingerprint, "pid": n, "lasting": word, "jobs": [...]}``. A view
answers with one ``do``: ``open`` (a new job), ``attach`` (a job by the beginning of its id), ``stop``, ``drain``
(finish and go, understood in every version). Then events flow to the view and ``call`` lines to the worker. Nothing
that the worker sends holds a secret.
"""

import hashlib
import inspect
import json
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any, get_type_hints

from tui_uploader import __version__
from tui_uploader.engine.codec import CodecError, Coder, coder, signature
from tui_uploader.engine.port import EngineOptions, EnginePort
from tui_uploader.model.events import Event, ItemsAdded, ItemsHeld, ItemsReleased, StagesChanged
from tui_uploader.model.jobs import Asked

LINE_LIMIT = 1 << 20
_GOOD_LINE = 1 << 18  # a line is closed when it is that long
_LOCAL = frozenset({"drain", "close"})  # what a view answers by itself
EVENT: Coder = coder(Event)
OPTIONS: Coder = coder(EngineOptions, secrets=True)


class WireError(Exception):
    """The other side said what nobody says, or hung up."""


def port_calls() -> dict[str, tuple[tuple[str, Coder], ...]]:
    """The calls of EnginePort that cross, each with its parameters and their coders, read from the port itself."""
    return {
        name: signature(function)
        for name, function in vars(EnginePort).items()
        if inspect.isfunction(function) and not name.startswith("_") and name not in _LOCAL
    }


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Short text that changes whenever events, options or calls do: both sides must have the same one."""
    seen: list[str] = []

    def walk(kind: Any) -> None:
        seen.append(str(kind))
        for part in getattr(kind, "__args__", ()):
            walk(part)
        if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__") and seen.count(str(kind)) == 1:
            for name, hint in get_type_hints(kind).items():
                seen.append(name)
                walk(hint)

    walk(Event)
    walk(EngineOptions)
    for name, function in vars(EnginePort).items():
        if inspect.isfunction(function):
            seen.append(f"{name}{inspect.signature(function)}")
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


def version_key(version: str) -> tuple[int, ...]:
    """A version as numbers that compare; what is no number counts as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def own_version() -> str:
    """The version of this program."""
    return __version__


def line_of(message: dict[str, Any]) -> bytes:
    """A message as a line. Raises WireError where it is longer than a line may be."""
    line = _text(message).encode("ascii") + b"\n"
    if len(line) > LINE_LIMIT:
        raise WireError("a line longer than 1 MiB")
    return line


def message_of(line: bytes) -> dict[str, Any]:
    """A line as a message. Raises WireError."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise WireError("a line that is no JSON") from None
    if type(message) is not dict:
        raise WireError("a line that is no object")
    return message


def asked_message(asked: Asked) -> dict[str, Any]:
    """What a job was asked for as JSON; its options are words and values already."""
    starts = [[path.decode("latin-1"), key.decode("latin-1")] for path, key in asked.starts]
    return {"env_id": asked.env_id, "gateway": asked.gateway, "starts": starts} | {
        "options": asked.options,
        "lost": asked.lost,
    }


def asked_of(value: Any) -> Asked | None:
    """The same back; None where nothing was said. Raises WireError."""
    if value is None:
        return None
    try:
        starts = tuple((path.encode("latin-1"), key.encode("latin-1")) for path, key in value["starts"])
        return Asked(value["env_id"], value["gateway"], starts, dict(value["options"]), tuple(value["lost"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WireError("a job that nobody knows") from None


def event_lines(events: Sequence[Event]) -> Iterator[bytes]:
    """Events as lines of a good length each; items in great numbers are spread over several events."""
    parts: list[str] = []
    length = 0
    for event in events:
        for text in _event_texts(event):
            if parts and length + len(text) > _GOOD_LINE:
                yield _joined(parts)
                parts, length = [], 0
            parts.append(text)
            length += len(text) + 1
    if parts:
        yield _joined(parts)


def events_of(message: dict[str, Any]) -> list[Event]:
    """The events of a message. Raises WireError."""
    try:
        return [EVENT.decode(one) for one in message["events"]]
    except (CodecError, TypeError) as error:
        raise WireError(f"an event that nobody knows: {error}") from None


def call_lines(name: str, arguments: dict[str, Any]) -> Iterator[bytes]:
    """A call of the port as lines: a long list as several calls, where `last` is true for the last one alone.

    What moves before everything comes from its end on, for each part is put before those that were moved already.
    """
    parameters = dict(port_calls_cached()[name])
    listed = next((key for key, value in arguments.items() if isinstance(value, list | tuple)), None)
    if listed is None or len(arguments[listed]) <= _AT_ONCE:
        yield from _call_line(name, parameters, arguments, listed)
        return
    whole = arguments[listed]
    starts: Sequence[int] = range(0, len(whole), _AT_ONCE)
    for at in reversed(starts) if arguments.get("before", 0) is None else starts:
        part = arguments | {listed: whole[at : at + _AT_ONCE]}
        if "last" in part and at + _AT_ONCE < len(whole):
            part["last"] = False
        yield from _call_line(name, parameters, part, listed)


def _call_line(
    name: str, parameters: dict[str, Coder], arguments: dict[str, Any], listed: str | None
) -> Iterator[bytes]:
    encoded = {key: parameters[key].encode(value) for key, value in arguments.items()}
    try:
        yield line_of({"call": name, "with": encoded})
    except WireError:
        if listed is None or len(arguments[listed]) < 2:
            raise
        values = arguments[listed]
        half = len(values) // 2
        first = arguments | {listed: values[:half]} | ({"last": False} if "last" in arguments else {})
        yield from _call_line(name, parameters, first, listed)
        yield from _call_line(name, parameters, arguments | {listed: values[half:]}, listed)


def call_of(message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the arguments of a call. Raises WireError."""
    name, given = message.get("call"), message.get("with")
    calls = port_calls_cached()
    if type(name) is not str or name not in calls or type(given) is not dict:
        raise WireError("a call that nobody knows")
    parameters = dict(calls[name])
    try:
        return name, {key: parameters[key].decode(value) for key, value in given.items()}
    except (KeyError, CodecError):
        raise WireError(f"{name}: arguments that nobody knows") from None


port_calls_cached: Callable[[], dict[str, tuple[tuple[str, Coder], ...]]] = lru_cache(maxsize=1)(port_calls)
_AT_ONCE = 500
_IDS = 10_000  # in one event: a person may have paused a million rows, and no line holds those
_text = json.JSONEncoder(separators=(",", ":")).encode  # `json.dumps` would make one anew for each line


def _event_texts(event: Event) -> Iterator[str]:
    if isinstance(event, ItemsHeld | ItemsReleased | StagesChanged) and len(event.ids) > _IDS:
        for at in range(0, len(event.ids), _IDS):
            yield from _event_texts(replace(event, ids=event.ids[at : at + _IDS]))
        return
    text = _text(EVENT.encode(event))
    if len(text) > _GOOD_LINE and isinstance(event, ItemsAdded) and len(event.items) > 1:
        half = len(event.items) // 2
        yield from _event_texts(ItemsAdded(event.items[:half], event.at))
        yield from _event_texts(ItemsAdded(event.items[half:], event.at))
    else:
        yield text


def _joined(parts: Sequence[str]) -> bytes:
    return ('{"events":[' + ",".join(parts) + "]}\n").encode("ascii")


class Line:
    """The blocking end of a connection, for a view: whole lines in, bounded; bytes out."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._kept = bytearray()

    def read(self) -> dict[str, Any]:
        """The next message. Raises WireError at the end of the connection, TimeoutError where it takes too long."""
        at = 0
        while (end := self._kept.find(b"\n", at)) < 0:
            at = len(self._kept)
            if at > LINE_LIMIT:
                raise WireError("a line longer than 1 MiB")
            try:
                data = self._connection.recv(1 << 16)
            except TimeoutError:
                raise
            except OSError:
                data = b""
            if not data:
                raise WireError("the connection ended")
            self._kept += data
        line = bytes(self._kept[: end + 1])
        del self._kept[: end + 1]
        return message_of(line)

    def patience(self, seconds: float | None) -> None:
        """How long `read` and `write` wait; None is for ever."""
        self._connection.settimeout(seconds)

    def write(self, *lines: bytes) -> None:
        """Send lines whole. Raises OSError."""
        for line in lines:
            self._connection.sendall(line)

    def close(self) -> None:
        """Hang up; a reader in another thread comes back."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
