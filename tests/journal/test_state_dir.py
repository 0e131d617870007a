"""`--state-dir DIR`: whatever a command keeps or looks for lies there, and nowhere else."""

import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.journal.test_kill import COUNT, Place
from tui_uploader.cli import cli


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A cloud, and a home whose usual state folder is never to be made."""
    made = Place(tmp_path)
    del made.environment["TUI_UPLOADER_STATE_DIR"]
    made.environment |= {"HOME": str(tmp_path / "home"), "XDG_STATE_HOME": str(tmp_path / "usual")}
    yield made
    made.thread.close()
    assert not os.path.exists(tmp_path / "usual")
    assert not os.path.exists(tmp_path / "home")


def here(place: Place) -> list[str]:
    """The option, as a path from where the test runs."""
    return ["--state-dir", os.path.relpath(place.state)]


def test_a_push_keeps_its_journal_and_log_there_and_the_other_commands_find_it(place: Place) -> None:
    code, events, said = place.run("push", str(place.files), "--json", *here(place))
    assert (code, events[-1]["done"], said) == (0, COUNT, "")
    assert {"journal.db"} <= set(os.listdir(place.folder))
    assert (place.state / "log.jsonl").is_file()
    job = str(events[0]["job"])
    assert [one["job"] for one in place.run("jobs", "--json", *here(place))[1]] == [job]
    process = place.start("report", job, *here(place))
    assert b"f0000.txt" in process.communicate(timeout=60)[0]
    assert place.run("discard", job, *here(place))[0] == 0
    assert place.run("jobs", "--json", *here(place))[1] == []


def test_what_a_killed_push_left_there_is_resumed(place: Place) -> None:
    told = place.push_until_killed(5, *here(place))
    code, events, _ = place.run("resume", "--json", *here(place))
    assert code == 0
    sent = {event["key"] for event in events if event["event"] == "done"}
    assert not sent & told
    assert len(place.cloud.objects()) == COUNT


def test_a_job_in_the_background_lives_there(place: Place) -> None:
    process = place.start("push", "--detach", str(place.files), "--limit-rate", "1K", *here(place))
    job = process.communicate(timeout=60)[0].decode().strip()
    assert process.returncode == 0
    (shown,) = place.run("jobs", "--json", *here(place))[1]
    assert (shown["job"], shown["state"]) == (job, "running")
    watching = place.start("attach", "--no-screen", "--json", job, *here(place))
    assert watching.stdout is not None
    assert watching.stdout.readline()
    stopping = place.start("stop", job, *here(place))
    stopping.communicate(timeout=60)
    assert stopping.returncode == 0
    watching.communicate(timeout=60)
    assert place.run("jobs", "--json", *here(place))[1][0]["state"] != "running"


def test_the_option_is_stronger_than_the_environment_and_names_a_folder(place: Place, tmp_path: Path) -> None:
    place.environment["TUI_UPLOADER_STATE_DIR"] = str(tmp_path / "other")
    assert place.run("push", str(place.files), "--json", *here(place))[0] == 0
    assert os.path.exists(place.folder)
    assert not (tmp_path / "other").exists()
    code, _, said = place.run("push", str(place.files), "--state-dir", "")
    assert (code, "--state-dir" in said) == (2, True)


@pytest.mark.parametrize("name", ["open", "push", "jobs", "resume", "report", "discard", "attach", "stop", "doctor"])
def test_every_command_that_keeps_state_has_it(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert isinstance(command, click.Command)
    assert "--state-dir" in {word for option in command.params for word in option.opts}
