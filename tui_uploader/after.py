"""The command of `upload.after`: run once when a job has ended, by a process of its own that outlives us; no shell."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any

from tui_uploader import places
from tui_uploader.engine.children import child_command, child_environment
from tui_uploader.log_file import LogFile
from tui_uploader.model.redact import redacted
from tui_uploader.model.text import clean_message

LIMIT = 30.0  # seconds for the command
WAIT = LIMIT + 5.0  # seconds for the process around it
_MORE = ("USER", "LOGNAME", "TZ", "TERM", "XDG_RUNTIME_DIR")
_SAID = 2000  # bytes of the command's own complaint that are looked at


def start(command: str, summary: Mapping[str, Any], *, limit: float = LIMIT) -> Callable[[float], str]:
    """Run a command beside us with the summary on its standard input; what waits for its end.

    That takes seconds and answers with what went wrong, in one sentence, empty where nothing did or it still runs.
    The time limit holds and the log is written even when this process has ended meanwhile.
    """
    environment = child_environment() | {"TUI_UPLOADER_STATE_DIR": places.state_dir()}
    environment |= {name: os.environ[name] for name in _MORE if name in os.environ}
    order = json.dumps({"command": command, "summary": dict(summary), "limit": limit}) + "\n"
    try:
        child = subprocess.Popen(
            child_command("tui_uploader.after"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        words = f"the command after a job cannot be run: {error.strerror or error}"
        return lambda seconds: words
    assert child.stdin is not None
    with contextlib.suppress(OSError):
        child.stdin.write(order.encode())
        child.stdin.close()
    child.stdin = None

    def wait(seconds: float) -> str:
        try:
            said, _ = child.communicate(timeout=seconds)
        except (subprocess.TimeoutExpired, ValueError):
            return ""
        return said.decode("utf-8", "replace").strip()

    return wait


def run_beside(command: str, summary: Mapping[str, Any], on_trouble: Callable[[str], None]) -> None:
    """`start` it and let a thread wait: `on_trouble` is called from there with what went wrong."""
    wait = start(command, summary)

    def watch() -> None:
        if words := wait(WAIT):
            on_trouble(words)

    threading.Thread(target=watch, name="after", daemon=True).start()


def carry_out(command: str, summary: Mapping[str, Any], limit: float) -> str:
    """Run the command and wait; what went wrong, in one sentence, empty where nothing did.

    It is split as a shell would split it, and no shell sees it. It gets a built environment in which there is no
    secret. Its own output goes nowhere, but for the last line of its complaints, cleaned, where it fails.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        return f"upload.after cannot be split into words: {error}"
    if not words:
        return "upload.after is empty"
    words[0] = os.path.expanduser(words[0])
    shown = clean_message(os.path.basename(words[0]), 40)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["TUI_UPLOADER_JOB"] = str(summary.get("job", ""))
    import tempfile  # by the process around the command alone

    with tempfile.TemporaryFile() as told:  # a pipe that the command does not read would hold us
        told.write(json.dumps(dict(summary)).encode() + b"\n")
        told.seek(0)
        try:
            child = subprocess.Popen(
                words,
                stdin=told,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            return f"upload.after ({shown}) cannot be run: {error.strerror or error}"
    assert child.stderr is not None
    complaint = bytearray()
    listening = threading.Thread(target=_last_of, args=(child.stderr, complaint), daemon=True)
    listening.start()
    try:
        child.wait(limit)  # for the command, not for the end of its stream: what it leaves running may hold that open
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        listening.join(1.0)
        return f"upload.after ({shown}) was ended: it took more than {limit:g} s"
    listening.join(1.0)
    if child.returncode == 0:
        return ""
    last = bytes(complaint).decode("utf-8", "replace").strip().rpartition("\n")[2]
    why = f": {clean_message(redacted(last), 120)}" if last else ""
    return f"upload.after ({shown}) ended with code {child.returncode}{why}"


def _last_of(stream: IO[bytes], kept: bytearray) -> None:
    """Read a stream to its end and keep its last bytes: a command may complain without end."""
    with stream, contextlib.suppress(OSError):
        while piece := os.read(stream.fileno(), 65536):
            kept += piece
            del kept[:-_SAID]


def main() -> int:
    """The process around the command: one line comes on standard input, what went wrong goes to standard output."""
    order = json.loads(sys.stdin.buffer.readline())
    trouble = carry_out(order["command"], order["summary"], float(order["limit"]))
    log = LogFile(places.state_dir())
    log.line("after", job=order["summary"].get("job", ""), trouble=trouble or None)
    log.close()
    with contextlib.suppress(OSError):
        sys.stdout.write(trouble + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
