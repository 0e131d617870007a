"""What a row of the queue says of rows 8 and 9-14: slow but moving, and an outcome that nobody knows yet."""

import pytest

from tests.faults.table import rows
from tui_uploader.model.failures import Failure, Phase, RetryClass
from tui_uploader.model.items import Stage
from tui_uploader.model.queue import Row
from tui_uploader.ui.glyphs import ASCII
from tui_uploader.ui.widgets.queue_lines import Shown, wide_lines


def row(stage: Stage, failure: Failure | None = None) -> Row:
    return Row(0, b"/f", "f", 10_000_000, stage, 1000, failure, 1, "", None)


def text(shown: Shown, width: int) -> str:
    return "".join(part for part, _ in wide_lines(shown, width, ASCII, " "))


@rows(8)
@pytest.mark.parametrize("width", [70, 120])
def test_a_slow_object_says_so_with_its_rate_and_the_time_left(width: int) -> None:
    said = text(Shown(row(Stage.UPLOADING), "f", 3000.0, 3333.0), width)
    assert "SLOW" in said
    assert "2.9K/s" in said
    assert "56:00" in said
    assert "SLOW" not in text(Shown(row(Stage.UPLOADING), "f", 3_000_000.0, 3.0), width)
    assert "SLOW" not in text(Shown(row(Stage.UPLOADING), "f", 3000.0, 5.0), width)  # small, not slow


@rows(9, 10, 11, 14)
def test_an_object_whose_outcome_is_unknown_is_being_checked_until_it_is_tried_again() -> None:
    cut = Failure("BAD_ANSWER", Phase.PUT, again=RetryClass.UNKNOWN)
    for failure in (Failure("NO_ANSWER", Phase.PUT), cut):
        assert "check" in text(Shown(row(Stage.WAITING, failure), "f", due=3.0), 120)
    assert "check" not in text(Shown(row(Stage.WAITING, Failure("NET_RESET", Phase.PUT)), "f", due=3.0), 120)
    assert "check" not in text(Shown(row(Stage.FAILED, cut), "f"), 120)
