"""jobs, report, discard, push --again, --changed-only and --report, as processes against the emulator."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journal.test_kill import COUNT, Place, contents, expected
from tui_uploader.access import Given, resolve
from tui_uploader.engine.home import Home
from tui_uploader.engine.starting import find
from tui_uploader.left import left_behind, options_of
from tui_uploader.log_file import LogFile
from tui_uploader.session import Wanted, begin


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A cloud and a state folder."""
    made = Place(tmp_path)
    yield made
    made.thread.close()


def push(place: Place, *more: str) -> tuple[int, list[dict[str, object]]]:
    """A push of the files; its exit code and lines."""
    code, events, said = place.run("push", *more, "--json")
    assert said == ""
    return code, events


def text(place: Place, *words: str) -> tuple[int, str, str]:
    """A command for people."""
    process = place.start(*words)
    out, said = process.communicate(timeout=60)
    return process.returncode, out.decode(), said.decode()


def test_jobs_come_newest_first_and_the_job_line_names_them(place: Place) -> None:
    _, first = push(place, str(place.files))
    _, second = push(place, str(place.files), "--prefix", "p")
    assert first[0]["job"] == first[-1]["job"]
    code, jobs, _ = place.run("jobs", "--json")
    assert code == 0
    assert [job["job"] for job in jobs] == [second[0]["job"], first[0]["job"]]
    assert {(job["state"], job["total"], job["done"], job["env_id"]) for job in jobs} == {
        ("ended", COUNT, COUNT, place.cloud.env_id)
    }
    assert jobs[0]["paths"] == [str(place.files)]
    code, out, _ = text(place, "jobs")
    assert [line.split()[0] for line in out.splitlines()[1:3]] == [second[0]["job"], first[0]["job"]]


def test_no_credentials_are_needed_to_look(place: Place) -> None:
    push(place, str(place.files))
    for name in ("TOKEN_FILE", "GATEWAY", "ENV_ID"):
        place.environment.pop(f"TUI_UPLOADER_{name}")
    assert len(place.run("jobs", "--json")[1]) == 1
    assert len(place.run("jobs", "--json", "--env-id", "another")[1]) == 0
    assert text(place, "report")[0] == 0
    assert text(place, "report", "--env-id", "another")[0] == 2
    assert text(place, "resume")[0] == 3


def test_a_job_is_named_by_a_beginning_that_fits_one(place: Place) -> None:
    ids = [str(push(place, str(place.files / "f0000.txt"))[1][0]["job"]) for _ in range(17)]
    shared = next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1)
    code, _, said = text(place, "report", shared)
    assert (code, "jobs begin with" in said) == (2, True)
    assert text(place, "report", ids[3])[0] == 0
    assert text(place, "report", "zz")[0] == 2
    assert text(place, "discard", ids[3])[0] == 0
    assert text(place, "report", ids[3])[0] == 2
    assert len(place.run("jobs", "--json")[1]) == 16


def test_a_running_job_is_not_discarded_nor_resumed(place: Place) -> None:
    process = place.start("push", str(place.files), "--json", "--limit-rate", "1K")
    assert process.stdout is not None
    job = json.loads(process.stdout.readline())["job"]
    assert place.run("jobs", "--json")[1][0]["state"] == "running"
    for command in ("discard", "resume"):
        code, _, said = text(place, command, job)
        assert (code, "running" in said) == (2, True)
    process.kill()
    process.communicate(timeout=60)
    assert place.run("jobs", "--json")[1][0]["state"] == "left-behind"
    assert text(place, "discard", job)[0] == 0


def test_a_job_in_the_background_has_ended_when_nothing_is_left_of_it(place: Place) -> None:
    code, out, _ = text(place, "push", "--detach", str(place.files))
    job = out.strip()
    assert code == 0
    contact = find(Home(place.folder))  # somebody who looks: its process waits for views as long as it takes
    assert contact is not None
    assert text(place, "attach", "--no-screen", job)[0] == 0  # until it ends
    shown = place.run("jobs", "--json")[1][0]
    assert (shown["job"], shown["state"], shown["done"]) == (job, "ended", COUNT)
    assert "keeps it open" in text(place, "discard", job)[2]
    assert text(place, "stop", job)[0] == 0
    assert text(place, "discard", job)[0] == 0
    contact.line.close()


def test_only_what_changed_is_pushed(place: Place) -> None:
    push(place, str(place.files))
    changed = place.files / "f0007.txt"
    changed.write_bytes(b"other")
    (place.files / "new.txt").write_bytes(b"new")
    code, events = push(place, str(place.files), "--changed-only")
    assert code == 0
    assert {event["key"] for event in events if event["event"] == "done"} == {"files/f0007.txt", "files/new.txt"}
    assert {event["reason"] for event in events if event["event"] == "skipped"} == {"unchanged"}
    assert events[-1]["skipped"] == COUNT - 1
    assert contents(place) == expected(place)
    code, events = push(place, str(place.files), "--changed-only", "--prefix", "p")
    assert events[-1]["done"] == COUNT + 1
    code, events = push(place, str(place.files), "--changed-only", "--dry-run")
    assert {event["verdict"] for event in events if event["event"] == "plan"} == {"skip"}


def test_a_key_that_another_file_has_taken_since_is_pushed_again(place: Place, tmp_path: Path) -> None:
    push(place, str(place.files) + "/")
    other = tmp_path / "other" / "f0000.txt"
    other.parent.mkdir()
    other.write_bytes(b"of another folder")
    push(place, str(other))
    _, events = push(place, str(place.files) + "/", "--changed-only")
    assert [event["key"] for event in events if event["event"] == "done"] == ["f0000.txt"]


def test_again_takes_the_old_selection_and_options_and_those_given_now_win(place: Place) -> None:
    _, old = push(place, str(place.files), "--prefix", "p", "--exclude", "f000*")
    (place.files / "new.txt").write_bytes(b"new")
    _, events = push(place, "--again", str(old[0]["job"]))
    assert events[0]["job"] != old[0]["job"]
    assert (events[-1]["done"], events[-1]["skipped"]) == (COUNT - 10 + 1, 10)
    _, events = push(place, "--again", str(old[0]["job"]), "--prefix", "q")
    assert {str(event["key"])[:2] for event in events if event["event"] == "done"} == {"q/"}
    assert text(place, "push", "--again", str(old[0]["job"]), str(place.files))[0] == 2
    assert text(place, "push", "--failed", str(place.files))[0] == 2


def test_again_failed_pushes_the_failures_alone(place: Place) -> None:
    target = place.files / "f0001.txt"
    clash = ["push", str(place.files), str(place.files / "missing"), "--json"]
    code, events, _ = place.run(*clash)
    assert (code, events[-1]["by_code"]) == (1, {"ENOENT": 1})
    (place.files / "missing").write_bytes(b"now here")
    before = place.cloud.cloud.puts.total()
    code, events = push(place, "--again", str(events[0]["job"]), "--failed")
    assert (code, events[-1]["done"], events[-1]["total"]) == (0, 1, 1)
    assert place.cloud.cloud.puts.total() == before + 1
    assert target.exists()


def test_a_report_is_written_at_the_end_for_our_eyes_alone(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    push(place, str(place.files), "--report", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    document = json.loads(file.read_bytes())
    assert {one["key"] for one in document["objects"]} == set(expected(place))
    assert [name for name in os.listdir(tmp_path) if name.startswith(".r.json")] == []
    out = text(place, "report", "--format", "json")[1]
    assert {one["key"]: one["stage"] for one in json.loads(out)["objects"]} == dict.fromkeys(expected(place), "done")
    assert text(place, "push", str(place.files), "--report", "x.exe")[0] == 2


def test_a_report_that_nobody_would_write_is_refused(place: Place, tmp_path: Path) -> None:
    code, _, said = text(place, "push", str(place.files), "--detach", "--report", str(tmp_path / "report.md"))
    assert code == 2
    assert "--report" in said
    assert text(place, "jobs")[1] == ""


def test_a_finished_job_does_not_hide_an_older_one_that_was_left_behind(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in place.environment.items():
        if name.startswith("TUI_"):
            monkeypatch.setenv(name, value)
    process = place.start("push", str(place.files), "--json", "--parallel", "1")
    assert process.stdout is not None
    while b'"done"' not in process.stdout.readline():
        pass
    process.kill()
    process.communicate()
    assert push(place, str(next(place.files.iterdir())))[0] == 0
    job = left_behind(place.cloud.env_id)
    assert job is not None
    assert job.waiting


def test_a_screen_that_goes_on_with_a_job_knows_how_much_was_done_before(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in place.environment.items():
        if name.startswith("TUI_"):
            monkeypatch.setenv(name, value)
    place.push_until_killed(5)
    job = left_behind(place.cloud.env_id)
    assert job is not None
    options = options_of(resolve(Given()), job.id)
    wanted = Wanted(job.asked.env_id, options, job.asked, LogFile(None), [], in_process=True)
    session = begin(replace(wanted, left=job.id))
    session.leave("stop")
    assert session.stay(None).before == (job.done, job.failed)
    assert job.done >= 5
    fresh = begin(wanted)
    fresh.leave("stop")
    assert fresh.stay(None).before == (0, 0)
