"""Old jobs in a real terminal: attached to, looked at, resumed, stopped and run again from the page of jobs."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.ground import ENV_ID, FILES, PROGRAM, Ground, ground_at
from tests.terminal.pty_screen import Terminal


@pytest.fixture
def ground(tmp_path: Path, environment: dict[str, str]) -> Iterator[Ground]:
    """A machine."""
    with ground_at(tmp_path, environment, speed=150_000) as made:
        yield made


def killed_push(ground: Ground) -> str:
    """A push that is killed in the middle; its job."""
    push = subprocess.Popen(
        [*PROGRAM, "push", str(ground.files) + "/", "--parallel", "2"],
        env=ground.environment,
        stderr=subprocess.DEVNULL,
    )
    ground.until_stored(4)
    push.send_signal(signal.SIGKILL)
    push.wait()
    return ground.run("jobs", "--json").split('"job": "')[1][:8]


def test_attach_shows_a_job_that_was_left_behind_and_starts_nothing_by_itself(ground: Ground) -> None:
    job = killed_push(ground)
    stored = ground.stored()
    del ground.environment["TUI_UPLOADER_ENV_ID"], ground.environment["TUI_UPLOADER_GATEWAY"]  # the job knows where
    with Terminal([*PROGRAM, "attach", job[:4]], ground.environment) as terminal:
        text = terminal.wait(rf"looking at job {job}, left behind")
        assert "only looking" in text
        assert f"of {FILES}" in text
        terminal.press("2", "G")
        terminal.wait("done")
        assert ground.worker() is None
        assert ground.stored() == stored
        terminal.press("p")
        terminal.wait("left behind: ")
        terminal.press("r")
        terminal.wait(rf"going on with what job {job} left")
        ground.until_stored(FILES)
        terminal.wait("all done")
        terminal.press("H")
        terminal.wait(rf"> {job}  ended .* {FILES} of {FILES} done")
        terminal.press("enter")
        terminal.wait(rf"{FILES} done")  # also what ended before the resume
        terminal.press("escape", "escape", "q")
        assert terminal.wait_end() == 0
    assert ground.all_right()
    assert max(ground.puts().values()) <= 2  # what was in flight when it was killed
    assert ground.all_gone()


def test_a_running_job_is_attached_to_and_stopped_from_the_page(ground: Ground) -> None:
    job = ground.run("push", str(ground.files) + "/", "--parallel", "1", "--detach").strip()
    with Terminal([*PROGRAM, "--in-process", str(ground.files)], ground.environment) as terminal:
        terminal.wait("f0000.txt")
        terminal.press("H")
        terminal.wait(rf"> {job}  running")
        terminal.press("a")
        terminal.wait(rf"running: \d+ of {FILES}, this screen is attached|goes on if SSH drops")
        terminal.press("q", "k")
        assert terminal.wait_end() == 0
    with Terminal([*PROGRAM, "--in-process", str(ground.files)], ground.environment) as terminal:
        terminal.wait("f0000.txt")
        terminal.press("H")
        terminal.wait(rf"> {job}  running")
        terminal.press("s", "s")
        terminal.wait(rf"job {job} is stopped: \d+ of {FILES} done, r goes on")
        terminal.wait(rf"> {job}  stopped")
        terminal.press("A")
        terminal.wait("upload the selection of job")
        terminal.press("y")
        terminal.wait(rf"uploading again what job {job} held")
        terminal.wait(rf"{FILES} of {FILES} .*all done")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert ground.all_right()
    assert ground.all_gone()


def test_only_what_changed_goes_up_again(ground: Ground) -> None:
    job = ground.run("push", str(ground.files) + "/", "--json").split('"job": "')[1][:8]
    (ground.files / "f0003.txt").write_bytes(b"another")
    before = ground.puts()
    with Terminal(ground.screen, ground.environment) as terminal:
        terminal.wait("goes on if SSH drops")
        terminal.press("H")
        terminal.wait(rf"> {job}  ended")
        terminal.press("C", "y")
        terminal.wait(rf"1 of {FILES} .*all done")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert {key for key, count in ground.puts().items() if count != before[key]} == {"f0003.txt"}
    assert ground.all_gone()


def test_a_push_in_another_terminal_is_shown_and_left_alone(ground: Ground) -> None:
    push = subprocess.Popen(
        [*PROGRAM, "push", str(ground.files) + "/", "--limit-rate", "20K", "--parallel", "1", "--quiet"],
        env=ground.environment,
    )
    ground.until_stored(1)
    with Terminal(ground.screen, ground.environment) as terminal:
        terminal.wait("goes on if SSH drops")  # a worker runs, which knows nothing of that job
        terminal.press("H")
        text = terminal.wait("> [0-9a-f]{8}  running")
        job = text.split("> ")[1][:8]
        terminal.press("s", "s")
        terminal.wait(f"job {job} runs in another terminal: Ctrl-C there stops it")
        terminal.press("a")
        terminal.wait(f"looking at job {job}, running in another process: this is how it stood")
        terminal.press("p")
        terminal.wait("runs in another process")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert push.poll() is None
    push.send_signal(signal.SIGINT)
    assert push.wait(20) == 130


def test_a_damaged_journal_is_said_on_the_screen_and_kept_aside(ground: Ground) -> None:
    ground.run("push", str(ground.files) + "/")
    folder = ground.state / ENV_ID
    data = bytearray((folder / "journal.db").read_bytes())
    data[4096:20000] = bytes(byte ^ 0x5A for byte in data[4096:20000])
    (folder / "journal.db").write_bytes(data)
    with Terminal(ground.screen, ground.environment) as terminal:
        terminal.wait("JOURNAL_DAMAGED: the journal cannot be read")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert list(folder.glob("journal.db.damaged-*"))
    assert ground.all_gone()
