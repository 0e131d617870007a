"""Plans as files: written for a command that was copied, read by ``push --plan``: a path and its key in each line."""

import base64
import binascii
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tui_uploader import places, report
from tui_uploader.access import UsageProblem
from tui_uploader.engine.far_disk import Disk, Stalled
from tui_uploader.engine.planner import Start

FOLDER = "plans"
KEPT = 30 * 86400.0  # seconds after which a plan that no push has read is taken away when another one is written
_LEFT_OUT = ("skip", "refuse")
_OTHERS = {"prefix": "--prefix", "key_template": "--key", "files_from": "--files-from", "again": "--again"}


class PlanFile:
    """A plan being written: 0600, under a name that no other has, there only when it is whole. Raises OSError.

    It may be called from any thread, one after the other.
    """

    def __init__(self, folder: str, count: int, now: float) -> None:
        """Old plans in `folder` that no push has read for `KEPT` seconds go."""
        self._folder = places.make_private(folder)
        self._name = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{count}-files"
        _sweep(folder, now - KEPT)
        self._beside = os.path.join(folder, f".{self._name}.{os.urandom(4).hex()}")
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = open(os.open(self._beside, flags, 0o600), "wb")  # noqa: SIM115 - closed by `keep` or `leave`

    def write(self, lines: Sequence[tuple[bytes, str]]) -> None:
        """The next paths and their keys."""
        for path, key in lines:
            self._file.write(json.dumps({**report.path_fields(path), "key": key}).encode() + b"\n")

    def keep(self) -> str:
        """The path under which the whole plan lies on disk now."""
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
        number = 1
        while True:
            path = os.path.join(self._folder, f"{self._name}{f'-{number}' if number > 1 else ''}.jsonl")
            try:
                os.link(self._beside, path)  # never over another
            except FileExistsError:
                number += 1
            else:
                os.unlink(self._beside)
                return path

    def leave(self) -> None:
        """Nobody wants it any more."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            os.unlink(self._beside)


def begin(count: int) -> PlanFile:
    """A plan of so many files in the state folder. Raises OSError."""
    places.make_private(places.state_dir())
    return PlanFile(os.path.join(places.state_dir(), FOLDER), count, time.time())


def _sweep(folder: str, before: float) -> None:
    with contextlib.suppress(OSError), os.scandir(folder) as listing:
        for entry in listing:
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                if entry.is_file(follow_symlinks=False) and found.st_mtime < before:
                    os.unlink(entry.path)


def whole(path: bytes) -> bytes:
    """All of a file that a command names. Raises OSError, and Stalled where its file system is silent."""
    disk = Disk()
    try:
        return disk.whole(path)
    finally:
        disk.close()


def starts(plan: str, options: Mapping[str, Any]) -> list[Start]:
    """The paths of a plan with their keys. Raises UsageProblem, which names the line."""
    others = [word for name, word in _OTHERS.items() if options.get(name)]
    if options.get("paths") or others:
        raise UsageProblem(f"--plan names the paths and their keys: leave out {others[0] if others else 'the paths'}")
    try:
        data = sys.stdin.buffer.read() if plan == "-" else whole(os.fsencode(plan))
    except Stalled as silent:
        raise UsageProblem(f"--plan {plan}: its file system is {silent.words}: check the mount") from None
    except (OSError, ValueError) as error:
        raise UsageProblem(f"--plan {plan}: {getattr(error, 'strerror', None) or error}") from None
    found = list(_read(plan, data.split(b"\n")))
    _used(plan)
    return found


def _read(plan: str, lines: Iterable[bytes]) -> Iterator[Start]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                start = _start(json.loads(line))
            except (ValueError, RecursionError) as error:
                why = str(error) if type(error) is ValueError else "this is no JSON object"
                raise UsageProblem(f"--plan {plan}, line {number}: {why}") from None
            if start is not None:
                yield start


def _start(said: object) -> Start | None:
    """One line of a plan; None for one that uploads nothing."""
    if not isinstance(said, dict):
        raise ValueError("this is no JSON object")
    if said.get("event", "plan") != "plan" or said.get("verdict") in _LEFT_OUT:
        return None
    path, coded, key = said.get("path"), said.get("path_b64"), said.get("key")
    if not isinstance(key, str) or not key:
        raise ValueError('"key" is missing')
    try:
        name = base64.b64decode(coded, validate=True) if isinstance(coded, str) else str(path or "").encode()
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError('"path" or "path_b64" cannot be read') from None
    if not name or not isinstance(coded or path, str):
        raise ValueError('"path" is missing')
    return Start(name, key.encode("utf-8", "surrogatepass"))


def _used(plan: str) -> None:
    """A plan of ours that is read stays for another while."""
    folder = os.path.join(places.state_dir(), FOLDER)
    if plan != "-" and os.path.dirname(os.path.abspath(plan)) == os.path.abspath(folder):
        with contextlib.suppress(OSError):
            os.utime(plan)
