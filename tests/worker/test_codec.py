"""Whatever the engine tells and whatever a screen asks crosses the socket as it is, found by walking the types."""

import dataclasses
import inspect
import json
import types
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.engine.codec import CodecError, coder
from tui_uploader.engine.messages import (
    EVENT,
    LINE_LIMIT,
    OPTIONS,
    call_lines,
    call_of,
    event_lines,
    events_of,
    fingerprint,
    message_of,
    port_calls,
)
from tui_uploader.engine.port import EngineOptions, EnginePort
from tui_uploader.model import events as ev
from tui_uploader.model.items import Planned, QueueItem
from tui_uploader.model.order import Order
from tui_uploader.model.secret import Secret


def examples(kind: Any) -> Iterator[Any]:
    """Some values of a type, with every member of an enum and every arm of a union among them."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is None or kind is type(None):
        yield None
    elif kind is bool:
        yield from (True, False)
    elif kind is int:
        yield from (0, 2**63)
    elif kind is float:
        yield from (0.0, 1.75)
    elif kind is str:
        yield from ("", "季度\n\x1b[31m", "bad \udcff name")
    elif kind is bytes:
        yield from (b"", bytes(range(256)))
    elif kind is Secret:
        yield Secret("canary")
    elif origin in (Union, types.UnionType):
        for one in arguments:
            yield from examples(one)
    elif origin is Sequence or (origin is tuple and arguments[-1] is ...):
        yield ()
        yield tuple(examples(arguments[0]))
    elif origin is tuple:
        yield tuple(next(examples(one)) for one in arguments)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield from kind
    else:
        hints = get_type_hints(kind)
        names = [field.name for field in dataclasses.fields(kind)]
        values = {name: list(examples(hints[name])) for name in names}
        for turn in range(max((len(some) for some in values.values()), default=1)):
            yield kind(**{name: some[turn % len(some)] for name, some in values.items()})


@pytest.mark.parametrize("kind", get_args(ev.Event), ids=lambda kind: kind.__name__)
def test_every_event_crosses(kind: type) -> None:
    for event in examples(kind):
        assert EVENT.decode(json.loads(json.dumps(EVENT.encode(event)))) == event


@pytest.mark.parametrize("name", sorted(port_calls()))
def test_every_call_crosses(name: str) -> None:
    hints = get_type_hints(getattr(EnginePort, name))
    names = [parameter for parameter in inspect.signature(getattr(EnginePort, name)).parameters if parameter != "self"]
    for turn in range(3):
        given_values = {one: (some := list(examples(hints[one])))[turn % len(some)] for one in names}
        (line,) = call_lines(name, given_values)
        assert call_of(message_of(line)) == (name, given_values)


def test_no_call_of_the_port_is_left_out() -> None:
    public = {name for name, value in vars(EnginePort).items() if inspect.isfunction(value) and name[0] != "_"}
    assert public - set(port_calls()) == {"drain", "close"}


def test_options_cross_with_their_token_and_towards_the_worker_alone() -> None:
    options = EngineOptions("https://a", "env", Secret("canary"), headers=(("a", "b"),))
    assert OPTIONS.decode(json.loads(json.dumps(OPTIONS.encode(options)))) == options
    with pytest.raises(CodecError):
        coder(EngineOptions)
    with pytest.raises(CodecError):
        coder(Secret)


def test_long_lists_are_spread_over_lines_that_are_short_enough() -> None:
    lines = [Planned(b"/srv/" + b"x" * 4000, "k" * 900 + str(number), number) for number in range(3000)]
    sent = list(call_lines("add", {"planned": tuple(lines), "last": True}))
    calls = [call_of(message_of(line)) for line in sent]
    assert [line for _, given_values in calls for line in given_values["planned"]] == lines
    assert [given_values["last"] for _, given_values in calls] == [False] * (len(calls) - 1) + [True]
    items = tuple(QueueItem(number, b"/" + b"y" * 4000, str(number), 1) for number in range(3000))
    told = list(event_lines([ev.ItemsAdded(items, 1.0), ev.RunIdle(2.0)]))
    assert max(map(len, [*sent, *told])) <= LINE_LIMIT
    back = [event for line in told for event in events_of(message_of(line))]
    assert [item for event in back if isinstance(event, ev.ItemsAdded) for item in event.items] == list(items)
    assert back[-1] == ev.RunIdle(2.0)


@pytest.mark.parametrize("kind", [ev.ItemsHeld, ev.ItemsReleased])
def test_a_view_that_joins_hears_of_a_million_rows_that_are_paused(kind: type[ev.ItemsHeld]) -> None:
    ids = tuple(range(1_000_000, 1_300_000))
    told = list(event_lines([kind(ids)]))
    assert max(map(len, told)) <= LINE_LIMIT
    back = [event for line in told for event in events_of(message_of(line))]
    assert [one for event in back if isinstance(event, kind) for one in event.ids] == list(ids)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["ItemDone", "ItemsAdded"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(_JSON)
def test_what_is_no_event_is_refused_and_nothing_else_happens(value: Any) -> None:
    try:
        event = EVENT.decode(value)
    except CodecError:
        return
    assert isinstance(event, get_args(ev.Event))


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    import subprocess
    import sys

    code = "from tui_uploader.engine.messages import fingerprint; print(fingerprint())"
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert said == [fingerprint()] * 2


def test_many_that_move_to_the_top_keep_their_order_though_they_travel_in_parts() -> None:
    order, ids = Order(), tuple(range(5000, 6700))
    for line in call_lines("move", {"ids": ids, "before": None}):
        _, asked = call_of(message_of(line))
        order.move(asked["ids"], asked["before"])
    assert order.first == [*ids]
    order = Order()
    order.move((1, 2), None)
    for line in call_lines("move", {"ids": ids, "before": 2}):
        _, asked = call_of(message_of(line))
        order.move(asked["ids"], asked["before"])
    assert order.first == [1, *ids, 2]
