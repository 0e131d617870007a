"""Reports: every format tells the same, and no name in it acts on a terminal, a spreadsheet or a page."""

import csv
import io
import json
import re

import pytest

from tui_uploader import report
from tui_uploader.model.items import Stage
from tui_uploader.model.jobs import JobItem

HEAD = {"job": "0a1b2c3d", "state": "ended", "env_id": "env-1", "total": 4, "done": 1, "failed": 2, "waiting": 1}
EVIL = b"/srv/=cmd|' /C calc'!A0\x1b[2J\xff.log"
ITEMS = [
    JobItem(0, b"/srv/a.log", "logs/a.log", 412, 1, 1, Stage.DONE, 1.0, 1, 0.1, etag="e", crc64="77", verified=True),
    JobItem(
        1, EVIL, "=cmd|' /C calc'!A0\x1b[2J", 5, 1, 1, Stage.FAILED, 2.0, 2, code="AccessDenied", phase="put",
        http_status=403, message="@no\n|pipe| [click](x)", request_id="r-1",
    ),
    JobItem(2, b"/srv/b", "-b", 5, 1, 1, Stage.FAILED, 2.0, 0, code="ENOENT", phase="local"),
    JobItem(3, b"/srv/c", "c", 5, 1, 1, Stage.UPLOADING),
]  # fmt: skip


def made(form: str) -> str:
    """A report as one text."""
    return "".join(report.lines(form, HEAD, ITEMS))


@pytest.mark.parametrize("form", report.FORMATS)
def test_nothing_in_a_report_acts_on_a_terminal(form: str) -> None:
    text = made(form)
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
    assert "AccessDenied" in text
    assert "this identity" in text or "rule" in text, "what to check is said"


def test_csv_holds_no_formula_and_the_bytes_of_odd_names() -> None:
    rows = list(csv.DictReader(io.StringIO(made("csv"))))
    assert [row["stage"] for row in rows] == ["done", "failed", "failed", "waiting"]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@")]
    assert rows[1]["key"].startswith("'=cmd|")
    assert rows[1]["path_b64"]
    assert (rows[0]["size"], rows[0]["crc64"], rows[0]["verified"]) == ("412", "77", "True")


def test_json_is_one_document_with_every_object_and_the_meaning_of_each_code() -> None:
    document = json.loads(made("json"))
    assert [one["stage"] for one in document["objects"]] == ["done", "failed", "failed", "waiting"]
    assert document["objects"][1]["key"] == ITEMS[1].key
    assert set(document["codes"]) == {"AccessDenied", "ENOENT"}
    assert document["codes"]["ENOENT"]["check"]
    assert document["job"] == "0a1b2c3d"


def test_markdown_shows_names_literally() -> None:
    text = made("markdown")
    (row,) = (line for line in text.splitlines() if "calc" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert "\\[click\\](x)" in row


def test_text_ends_with_what_the_codes_mean() -> None:
    assert made("text").splitlines()[-1].startswith("ENOENT x 1: ")


@pytest.mark.parametrize(
    ("name", "form"), [("a.csv", "csv"), ("a.JSON", "json"), ("x/a.md", "markdown"), ("a.txt", "text")]
)
def test_the_name_says_the_format(name: str, form: str) -> None:
    assert report.format_of(name) == form


def test_another_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"\.csv"):
        report.format_of("report.xlsx")
