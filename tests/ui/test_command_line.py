"""The plan "as a command" is run by a real shell: its plan is the plan on the screen, key by key."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.planner import Planner, start_of_mark
from tui_uploader.model.files import Mark
from tui_uploader.model.keys import ESCAPE
from tui_uploader.ui.command_line import MOST, MOST_MARKS, command_line

NAMES = (
    b"q1/plan.xlsx", b"q1/[bold]*.csv", b"q1/deep/it's $(x).txt", b"q1/deep/b.txt", b"raw/ends ", b"raw/\xff.bin",
    b"raw/new\nline", b"raw/cr\r", b"-rf", b"top.txt", b"raw/!not", b"raw/#no", b"raw/back\\slash", b"raw/.hid",
    b"raw/tab\t",
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> bytes:
    """A folder of hostile names."""
    top = os.fsencode(tmp_path) + b"/a root"
    for name in NAMES:
        os.makedirs(os.path.dirname(os.path.join(top, name)), exist_ok=True)
        Path(os.fsdecode(os.path.join(top, name))).write_bytes(b"1")
    return top


def pushed(command: str, home: Path) -> set[tuple[str, str]]:
    """Key and verdict of each line of the plan that the command, run by bash, prints."""
    assert command.isprintable()
    places = {name: str(home / name) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    script = 'tui-uploader() { "$PYTHON" -m tui_uploader "$@" --env-id x-1 --dry-run --json; }\n' + command
    ran = subprocess.run(
        ["bash", "-c", script], capture_output=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "PYTHON": sys.executable, "LANG": "C.UTF-8", **places,
             "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    plan = {(line["key"], line["verdict"]) for line in found if line["event"] == "plan"}
    assert plan, ran.stderr
    return plan


def marked(root: bytes, *names: bytes, under: bytes = b"") -> list[Mark]:
    """Marks, made while `under` was the root of the tree."""
    top = os.path.join(root, under) if under else root
    return [Mark(os.path.normpath(os.path.join(top, name)), top, os.path.isdir(os.path.join(top, name)))
            for name in names]  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "unmarked", "left_out", "options"),
    [
        ([(b"", (b"q1", b"top.txt"))], (), (), PlanOptions(prefix="a b")),
        ([(b"", (b"q1", b"raw", b"-rf"))], (b"q1/deep",), (b"raw/ends ", b"raw/tab\t", b"raw/back\\slash"),
         PlanOptions(names=ESCAPE)),
        ([(b"", (b"q1/deep", b"raw"))], (b"raw/!not", b"raw/#no"), (b"q1/deep/b.txt",), PlanOptions(names=ESCAPE)),
        ([(b"", (b"raw/new\nline", b"raw/cr\r", b"raw/\xff.bin"))], (), (), PlanOptions(names=ESCAPE)),
        ([(b"", (b".",))], (b"q1/[bold]*.csv",), (b"top.txt",), PlanOptions(hidden=False, prefix="x")),
        ([(b"", (b"q1",)), (b"raw", (b"ends ",)), (b"q1", (b"deep/b.txt",))], (), (), PlanOptions()),
        ([(b"", (b"q1", b"top.txt"))], (), (b"top.txt",), PlanOptions(key_template="{stem}-x{ext}")),
    ],
)  # fmt: skip
def test_a_shell_plans_what_the_screen_plans(
    root: bytes, tmp_path: Path, chosen: Sequence[tuple[bytes, Sequence[bytes]]], unmarked: Sequence[bytes],
    left_out: Sequence[bytes], options: PlanOptions,
) -> None:  # fmt: skip
    marks = [mark for under, names in chosen for mark in marked(root, *names, under=under)]
    excluded = frozenset(os.path.join(root, name) for name in unmarked)
    dropped = [os.path.join(root, name) for name in left_out]
    planner = Planner(options, excluded=excluded)
    screen = {
        (line.key or "", line.verdict.value)
        for line in planner.plan(map(start_of_mark, marks))
        if line.path not in dropped and line.verdict.value != "skip"
    }
    command = command_line(marks, excluded, options, left_out=dropped)
    assert "#" not in command.replace("\\#no", "").replace("#no", "")
    assert {line for line in pushed(command, tmp_path) if line[1] != "skip"} == screen


def test_what_a_command_cannot_say_is_said_beside_it(root: bytes) -> None:
    marks = marked(root, b"q1", b"raw")
    assert command_line(marks, (), PlanOptions(), renamed=2).endswith("   # 2 keys renamed here: push keeps the names")
    many = [root + b"/raw/%d" % n for n in range(MOST + 1)]
    assert command_line(marks, frozenset(many), PlanOptions()).endswith(f"# without the {MOST + 1} paths left out here")
    crowd = [Mark(root + b"/%d" % n, root, False) for n in range(MOST_MARKS + 1)]
    assert command_line(crowd, (), PlanOptions()).startswith("# too long for a command")
    inner = [*marked(root, b"q1"), *marked(root, b"q1/deep/b.txt")]
    assert "1 path left out here" in command_line(inner, {root + b"/q1/deep"}, PlanOptions())
