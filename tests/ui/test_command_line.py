"""The plan "as a command" is run by a real shell: its plan is the plan on the screen, key by key."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tui_uploader import plan_files
from tui_uploader.engine.mark_starts import starts_of
from tui_uploader.engine.plan_options import PlanOptions
from tui_uploader.engine.planner import Planner
from tui_uploader.model.events import ItemsAdded
from tui_uploader.model.files import Mark
from tui_uploader.model.items import QueueItem, Stage, Verdict
from tui_uploader.model.keys import ESCAPE
from tui_uploader.model.marked import Marked
from tui_uploader.model.queue import QueueState
from tui_uploader.ui.desk import Shell
from tui_uploader.ui.plan_command import PlanCommand
from tui_uploader.ui.plan_tally import Known, PlanTally

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


def pushed(command: str, home: Path) -> tuple[set[tuple[bytes, str]], list[str]]:
    """Path and key of what the command, run by bash, would upload; and its words as the program got them."""
    assert command.isprintable()
    seen = home / "words"
    dirs = {name: str(home / name) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    run = '"$PYTHON" -m tui_uploader "$@" --env-id x-1 --dry-run --json'
    script = f'tui-uploader() {{ printf "%s\\n" "$@" >{seen}; {run}; }}\n{command}'
    ran = subprocess.run(
        ["bash", "-c", script], capture_output=True, timeout=60, check=False, cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHON": sys.executable, "LANG": "C.UTF-8", **dirs,
             "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    plan = [line for line in found if line["event"] == "plan"]
    assert plan, ran.stderr
    uploads = {(_path(line), line["key"]) for line in plan if line["verdict"] in ("upload", "warn")}
    return uploads, seen.read_text("utf-8", "surrogateescape").splitlines()


def _path(line: dict[str, str]) -> bytes:
    path = base64.b64decode(line["path_b64"]) if "path_b64" in line else line["path"].encode()
    return path if path.startswith(b"/") else b"*/" + path


def same(pushed: set[tuple[bytes, str]], planned: set[tuple[bytes, str]]) -> bool:
    """Whether both upload the same; a list that goes through a pipe from a folder has its paths from there."""
    ends = {(path[1:], key) for path, key in pushed if path.startswith(b"*")}
    there = pushed - {(b"*" + path, key) for path, key in ends} | {
        (path, key) for path, key in planned for end, known in ends if key == known and path.endswith(end)
    }
    return there == planned


def marked(root: bytes, *names: bytes, under: bytes = b"") -> list[Mark]:
    """Marks, made while `under` was the root of the tree."""
    top = os.path.join(root, under) if under else root
    paths = [os.path.normpath(os.path.join(top, name)) for name in names]
    return [Mark(path, top, os.path.isdir(path), link=os.path.islink(path)) for path in paths]


class Plan:
    """A plan as the screen has it, without the screen: filled by the real planner, changed as keys change it."""

    def __init__(
        self, marks: Sequence[Mark], excluded: frozenset[bytes] = frozenset(), options: PlanOptions | None = None,
        shell: Shell | None = None, state: QueueState | None = None, known: Known = lambda _: None,
    ) -> None:  # fmt: skip
        self.options = options or PlanOptions()
        links = {mark.path for mark in marks if mark.link}
        planner = Planner(self.options, excluded=links | excluded)
        self.tally = PlanTally(state or QueueState(), known)
        self.tally.take(list(planner.plan(starts_of(Marked.of(marks), excluded))))
        self.tally.complete = True
        self.command = PlanCommand(
            self.tally, marks, excluded, self.options, shell or Shell(begin_list=plan_files.begin)
        )

    def at(self, end: bytes) -> int:
        """Which line's path ends so."""
        return next(at for at, line in enumerate(self.tally.lines) if line.path.endswith(end))

    @property
    def uploads(self) -> set[tuple[bytes, str]]:
        """What a start would put into the queue to be uploaded."""
        return {
            (line.path, line.key)
            for piece in self.tally.to_add() for line in piece if line.verdict in (Verdict.UPLOAD, Verdict.WARN)
        }  # fmt: skip


@pytest.fixture
def state_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TUI_UPLOADER_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


async def copied(plan: Plan, if_exists: str = "overwrite") -> str:
    return await plan.command.whole(if_exists, lambda _: None)


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
        ([(b"", (b"q1",)), (b"", (b"q1/deep/b.txt",))], (b"q1/deep",), (), PlanOptions()),
        ([(b"", (b"q1", b"twice"))], (), (b"q1/plan.xlsx",), PlanOptions()),
        ([(b"", (b"links", b"links/one", b"links/two"))], (), (b"links/two",), PlanOptions()),
        ([(b"", (b"links", b"links/one"))], (), (), PlanOptions(symlinks="follow")),
        ([(b"", (b"q1", b"raw"))], (), (),
         PlanOptions(prefix="\u202efdp \u65e5'\"$x", key_template="{host}/{relpath}")),
    ],
)  # fmt: skip
async def test_a_shell_uploads_what_the_screen_would(
    root: bytes, tmp_path: Path, state_dir: Path, chosen: Sequence[tuple[bytes, Sequence[bytes]]],
    unmarked: Sequence[bytes], left_out: Sequence[bytes], options: PlanOptions,
) -> None:  # fmt: skip
    os.makedirs(root + b"/twice/q1")
    os.close(os.open(root + b"/twice/q1/plan.xlsx", os.O_CREAT))
    os.makedirs(root + b"/links")
    for name in (b"one", b"two", b"three"):
        os.symlink(b"../top.txt", root + b"/links/" + name)
    marks = [mark for under, names in chosen for mark in marked(root, *names, under=under)]
    plan = Plan(marks, frozenset(os.path.join(root, name) for name in unmarked), options)
    for name in left_out:
        plan.tally.drop(plan.at(name))
    uploads, _ = pushed(await copied(plan), tmp_path)
    assert plan.uploads
    assert same(uploads, plan.uploads)


def few(plan: Plan) -> None:
    """As it is planned."""


def renamed(plan: Plan) -> None:
    assert not plan.tally.rename(plan.at(b"top.txt"), "\u62a5\u544a/a 'quote' \U0001f600.txt")
    assert not plan.tally.rename(plan.at(b"b.txt"), "plain.txt")
    plan.tally.drop(plan.at(b"-rf"))


def refused_by_the_service(plan: Plan) -> None:
    plan.tally.refuse({plan.at(b"top.txt"): ("STORAGE_EXCEED_AUTHORITY", "no")})


@pytest.mark.parametrize("change", [few, renamed, refused_by_the_service])
@pytest.mark.parametrize("policy", ["overwrite", "skip", "fail"])
async def test_policy_and_what_was_changed_by_hand_are_in_the_command(
    root: bytes, tmp_path: Path, state_dir: Path, change: Callable[[Plan], None], policy: str
) -> None:
    plan = Plan(marked(root, b"q1", b"raw", b"-rf", b"top.txt"), options=PlanOptions(prefix="logs"))
    change(plan)
    uploads, words = pushed(await copied(plan, policy), tmp_path)
    assert same(uploads, plan.uploads)
    assert ("--if-exists" in words) is (policy != "overwrite")
    assert policy == "overwrite" or words[words.index("--if-exists") + 1] == policy


@pytest.mark.parametrize(("drop", "single"), [(0, True), (200, False), (250, False)])
async def test_thousands_of_marks_and_hundreds_left_out(
    tmp_path: Path, state_dir: Path, drop: int, single: bool
) -> None:
    top = os.fsencode(tmp_path) + b"/many"
    os.makedirs(top)
    names = [b"%d it's\n\xff" % n if n % 1000 == 0 else b"f%d" % n for n in range(5000)]
    for name in names:
        os.close(os.open(os.path.join(top, name), os.O_CREAT))
    marks = [Mark(os.path.join(top, name), top, False) for name in names] if single else [Mark(top, top, True)]
    plan = Plan(marks, options=PlanOptions(names=ESCAPE, prefix="p"))
    for at in range(drop):
        plan.tally.drop(at * 3)
    command = await copied(plan)
    assert len(command) < 400
    assert "--plan" in command
    uploads, _ = pushed(command, tmp_path)
    assert len(uploads) == 5000 - drop
    assert uploads == plan.uploads


async def test_what_is_queued_already_is_not_in_the_command(root: bytes, tmp_path: Path, state_dir: Path) -> None:
    first = Plan(marked(root, b"q1"))
    state, ids = QueueState(), {}
    for number, line in enumerate(first.tally.lines):
        failed = line.path.endswith(b"b.txt")
        state.apply(ItemsAdded((QueueItem(number, line.path, line.key, 1, Stage.FAILED if failed else Stage.DONE),)))
        ids[line.path] = number
    plan = Plan(marked(root, b"q1", b"top.txt"), state=state, known=ids.get)
    uploads, _ = pushed(await copied(plan), tmp_path)
    assert {os.path.basename(path) for path, _ in uploads} == {b"top.txt", b"b.txt"}


async def test_the_command_goes_where_this_screen_goes(root: bytes, tmp_path: Path, state_dir: Path) -> None:
    shell = Shell(("--profile", "it's"), "from/profile", plan_files.begin)
    words = Plan(marked(root, b"top.txt"), shell=shell).command.words("overwrite")
    assert words.startswith("tui-uploader push --profile 'it'\"'\"'s' --prefix '' ")
    plan = Plan(marked(root, b"top.txt"), shell=shell)
    plan.tally.rename(0, "x")
    assert (await copied(plan)).startswith("tui-uploader push --profile 'it'\"'\"'s' --plan /")


async def test_a_list_is_for_nobody_else_is_never_written_over_and_old_ones_go(root: bytes, state_dir: Path) -> None:
    plan = Plan(marked(root, b"top.txt", b"-rf"))
    plan.tally.rename(0, "x")
    first = await copied(plan)
    assert await copied(plan) == first  # nothing changed: the same list
    (one,) = (state_dir / "plans").iterdir()
    before = one.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600
    assert (state_dir / "plans").stat().st_mode & 0o777 == 0o700
    plan.tally.rename(0, "y")
    assert await copied(plan) != first
    assert one.read_bytes() == before
    assert len(list((state_dir / "plans").iterdir())) == 2
    os.utime(one, (0, time.time() - plan_files.KEPT - 1))
    plan.tally.rename(0, "z")
    await copied(plan)
    assert before not in [file.read_bytes() for file in (state_dir / "plans").iterdir()]


async def test_a_list_that_cannot_be_written_is_an_error_and_leaves_nothing(root: bytes, state_dir: Path) -> None:
    plan = Plan(marked(root, b"top.txt"))
    plan.tally.rename(0, "x")
    os.mkdir(state_dir, 0o700)
    os.close(os.open(state_dir / "plans", os.O_CREAT))
    with pytest.raises(FileExistsError):
        await copied(plan)
    plan = Plan(marked(root, b"top.txt"), shell=Shell())
    plan.tally.rename(0, "x")
    with pytest.raises(OSError, match="no folder"):
        await copied(plan)
