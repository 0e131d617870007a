"""The log: private, redacted, rotated, and off without harm where it cannot be written."""

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui_uploader.log_file import KEPT, NAME, LogFile, take_over_logging
from tui_uploader.log_lines import log_lines
from tui_uploader.model import events as ev
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.model.items import QueueItem, Receipt, Stage
from tui_uploader.model.secret import Secret


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_are_private_json_without_the_secret(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    log = LogFile(str(folder))
    log.keep_out(Secret("CANARY-1234"))
    log.line("said", text="the token CANARY-1234 and https://x.example/k?sign=CANARY2")
    log.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
    assert "CANARY" not in (folder / NAME).read_text()
    assert read(folder / NAME)[0]["text"] == "the token *** and https://x.example/k?***"


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / NAME).touch(mode=0o644)
    LogFile(str(tmp_path)).line("one")
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_file_of_ours_is_never_written_to(tmp_path: Path, kind: str) -> None:
    other = tmp_path / "other"
    other.touch()
    place = tmp_path / NAME
    if kind == "link":
        place.symlink_to(other)
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.mkdir()
    said: list[str] = []
    log = LogFile(str(tmp_path), said.append)
    log.line("one")
    log.line("two")
    assert other.read_text() == ""
    assert len(said) == 1
    assert said[0].startswith("LOG_OFF: ")
    assert log.off


def test_no_folder_is_no_log_and_no_word() -> None:
    said: list[str] = []
    LogFile(None, said.append).line("one")
    assert said == []


def test_it_is_rotated_and_the_oldest_goes(tmp_path: Path) -> None:
    log = LogFile(str(tmp_path), most=1000)
    for number in range(200):
        log.line("said", number=number)
    log.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [NAME, *(f"{NAME}.{number}" for number in range(1, KEPT + 1))]
    assert all((tmp_path / name).stat().st_size <= 1000 for name in names)
    assert read(tmp_path / NAME)[-1]["number"] == 199
    numbers = [line["number"] for name in reversed(names) for line in read(tmp_path / name)]
    assert numbers == list(range(200 - len(numbers), 200))


def test_two_processes_rotate_one_file_without_losing_lines(tmp_path: Path) -> None:
    code = (
        "import sys; from tui_uploader.log_file import LogFile\n"
        "log = LogFile(sys.argv[1], most=20_000)\n"
        "for number in range(300): log.line('said', who=sys.argv[2], number=number)\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in "ab"]
    assert [one.wait(30) for one in both] == [0, 0]
    lines = [line for path in tmp_path.iterdir() for line in read(path)]
    for who in "ab":
        assert sorted(int(str(line["number"])) for line in lines if line["who"] == who) == list(range(300))


def test_a_full_disk_turns_it_off_with_one_sentence_and_leaves_whole_lines(tmp_path: Path) -> None:
    """The limit on a file's size is a real refusal of the system to write on, as a full disk's is."""
    code = (
        "import resource, sys; from tui_uploader.log_file import LogFile\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))\n"
        "log = LogFile(sys.argv[1], print)\n"
        "for number in range(100): log.line('said', number=number)\n"
        "print('goes on')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[1:] == ["goes on"]
    assert "LOG_OFF" in ended.stdout
    assert 5 < len(read(tmp_path / NAME)) < 20


def test_libraries_speak_into_the_log_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    log = LogFile(str(tmp_path))
    try:
        take_over_logging(log)
        logging.getLogger("httpx").info("GET https://b.example/k?sign=CANARY")
        logging.getLogger("httpcore.http11").debug("send_request_headers CANARY")
        logging.getLogger("other").warning("see https://b.example/k?sign=CANARY")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    log.close()
    assert [line["name"] for line in read(tmp_path / NAME)] == ["other"]
    assert "CANARY" not in (tmp_path / NAME).read_text()
    assert capfd.readouterr() == ("", "")


FAILURE = Failure("SlowDown", Phase.PUT, "wait", 503, "req-1")
ITEM = QueueItem(0, b"/srv/\xff\x1b", "a", 3)


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (ev.ItemsAdded((ITEM,)), {"event": "ItemAdded", "id": 0, "path": "/srv/\\xff\u241b", "stage": "waiting"}),
        (ev.StageChanged(4, Stage.UPLOADING), {"event": "StageChanged", "id": 4, "stage": "uploading"}),
        (ev.ItemFailed(4, FAILURE, 2, 1.0), {"event": "ItemFailed", "id": 4, "attempts": 2}),
        (ev.ItemDone(4, Receipt("e", "1", "r", "c", True, 1, 0.1), 1.0), {"event": "ItemDone", "id": 4}),
        (ev.RunPaused(None, 1.0), {"event": "RunPaused", "failure": None}),
        (ev.Noted("x", 1.0), {"event": "Noted", "text": "x"}),
    ],
)
def test_every_event_is_a_line(event: ev.Event, found: dict[str, object]) -> None:
    (line,) = log_lines(event)
    assert found.items() <= json.loads(line).items()


def test_progress_is_no_line() -> None:
    assert list(log_lines(ev.BytesSent(1, 100))) == []
