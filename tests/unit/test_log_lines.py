"""The lines of the log that are written out by hand say what the general way says."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.log_lines import _line, log_lines
from tui_uploader.model import events as ev
from tui_uploader.model.items import QueueItem, Receipt, Stage


def without_time(line: str) -> dict[str, object]:
    value: dict[str, object] = json.loads(line)
    assert isinstance(value.pop("t"), float)
    return value


@given(st.binary(max_size=30), st.text(max_size=30), st.integers(0, 1 << 62), st.sampled_from(Stage), st.text())
def test_an_added_item(path: bytes, key: str, size: int, stage: Stage, reason: str) -> None:
    item = QueueItem(7, path, key, size, stage, None, reason)
    (line,) = log_lines(ev.ItemsAdded((item,), 1.0))
    assert without_time(line) == without_time(_line("ItemAdded", item))


@pytest.mark.parametrize(
    "event",
    [
        ev.StagesChanged(tuple(range(25_000)), Stage.CANCELLED),
        ev.ItemsHeld(tuple(range(25_000))),
        ev.ItemsReleased(tuple(range(25_000))),
    ],
)
def test_very_many_ids_are_some_lines(event: ev.StagesChanged | ev.ItemsHeld | ev.ItemsReleased) -> None:
    lines = [json.loads(line) for line in log_lines(event)]
    assert [len(line["ids"]) for line in lines] == [10_000, 10_000, 5_000]
    assert [item_id for line in lines for item_id in line["ids"]] == list(event.ids)
    assert {line["event"] for line in lines} == {type(event).__name__}


@given(st.text(), st.none() | st.text(), st.text(), st.booleans(), st.integers(1, 9))
def test_a_stored_object(etag: str, crc64: str | None, cloud_id: str, gone: bool, attempts: int) -> None:
    receipt = Receipt(etag, crc64, "r-1", cloud_id, not gone, attempts, 0.125, "crc64", gone)
    assert len(fields(receipt)) == 9
    (line,) = log_lines(ev.ItemDone(3, receipt, 1.0))
    assert without_time(line) == without_time(_line("ItemDone", ev.ItemDone(3, receipt, 1.0)))
